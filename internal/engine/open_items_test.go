package engine_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// toTheEnd takes what is proposed at each question, and deletes wherever something can be
// deleted without a word on what is open, if that is what somebody wants.
func (s *stage) toTheEnd(deletes bool) engine.Snapshot {
	s.t.Helper()
	for range 60 {
		now, q := s.await()
		if now.State.Choices.Ended != nil {
			return now
		}
		option := q.Alone()
		if q.ID == steps.QuestionStopWriters {
			for _, o := range []string{steps.OptionStop, steps.OptionWaive} {
				if _, can := q.Default(o); can && !slices.ContainsFunc(steps.OpenWriters(now.State), func(w steps.Writer) bool { return w.Fate == steps.FateDecide }) == (o == steps.OptionStop) {
					option = o
					break
				}
			}
		}
		if deletes {
			for _, o := range []string{steps.OptionDeleteNow, steps.OptionDelete} {
				if _, can := q.Default(o); can {
					option = o
				}
			}
		}
		if o, _ := q.Option(option); o.Wait { // proposed over an alarm; this one goes on
			for _, o := range []string{steps.OptionAccept, steps.OptionYes, steps.OptionSwitch, steps.OptionLeave} {
				if _, can := q.Default(o); can {
					option = o
				}
			}
		}
		s.choose(q, option)
	}
	s.t.Fatal("no end")
	return engine.Snapshot{}
}

// TestWhatIsOpenIsToldInTheEnd: by hand, with whoever was forgotten or came back, the end
// names each, in the wizard, on the status page and by the record alone, also where the
// person has deleted the source over it.
func TestWhatIsOpenIsToldInTheEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scenario string
		deletes  bool
		names    []string
	}{
		{"forgotten-writer", false, []string{"orders-direct", "orders-board", "reporting", "nightly-jobs", "backfill", "create the roles", "orders-db"}},
		{"forgotten-writer", true, []string{"orders-direct", "orders-board", "nightly-jobs", "backfill", "create the roles"}},
		{"comes-back", false, []string{"orders-worker", "create the roles", "nightly-jobs"}},
		{"comes-back", true, []string{"orders-worker", "create the roles", "nightly-jobs"}},
	} {
		name := c.scenario
		if c.deletes {
			name += ", deleted all the same"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, c.scenario)
				now := s.toTheEnd(c.deletes)
				prod, _ := s.Landscape.Truth().Space("acme", "prod")
				if _, there := prod.Instance("orders-db"); there == c.deletes {
					t.Errorf("the source is there: %t", there)
				}
				id := strings.TrimSuffix(now.Journal[strings.LastIndexByte(now.Journal, '/')+1:], ".jsonl")
				s.Stop()
				record, err := engine.LoadMigration(s.Config.StateDir, id)
				if err != nil {
					t.Fatal(err)
				}
				for where, st := range map[string]steps.State{"the wizard": now.State, "the record": record} {
					told := steps.Standing(st)
					for _, i := range status.PageOf(engine.Snapshot{State: st}).Open {
						told += "\n" + i.Text
					}
					for _, name := range c.names {
						if !strings.Contains(told, name) {
							t.Errorf("%s does not name %s:\n%s", where, name, told)
						}
					}
					for _, item := range steps.Show(st, steps.CleanUp, st.At) {
						if item.Kind == steps.ItemHeadline && item.Tone == steps.Good {
							t.Errorf("%s says %s", where, item.Text)
						}
					}
				}
				// A word after the end closes one of them, and nothing else.
				before := len(steps.OpenItems(record))
				i, err := steps.FindOpen(record, "scheduler:nightly-jobs")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := engine.CloseItem(s.Config.StateDir, id, steps.ItemClosed{ID: i.ID, By: "Kim", Note: "on again"}, time.Now()); err != nil {
					t.Fatal(err)
				}
				record, err = engine.LoadMigration(s.Config.StateDir, id)
				if err != nil || len(steps.OpenItems(record)) != before-1 || record.Choices.Ended == nil {
					t.Errorf("%d open of %d, %v", len(steps.OpenItems(record)), before, err)
				}
			})
		})
	}
}

// TestALookClosesWhatNamesTheSourceNoMore: while it is validated, whoever got another
// address is found, and only they are closed.
func TestALookClosesWhatNamesTheSourceNoMore(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "forgotten-writer")
		for {
			now, q := s.await()
			if q.ID == steps.QuestionValidate {
				break
			}
			option := q.Alone()
			if _, waives := q.Default(steps.OptionWaive); waives && slices.ContainsFunc(steps.OpenWriters(now.State), func(w steps.Writer) bool { return w.Fate == steps.FateDecide }) {
				option = steps.OptionWaive
			}
			s.choose(q, option)
		}
		isOpen := func() (direct, board bool) {
			now, _ := s.await()
			for _, i := range steps.OpenItems(now.State) {
				direct = direct || i.Handle() == "mention:orders-direct"
				board = board || i.Handle() == "mention:orders-board"
			}
			return direct, board
		}
		if direct, board := isOpen(); !direct || !board {
			t.Fatalf("direct %t, board %t", direct, board)
		}
		s.setVariable("orders-board", "REPORT_DATABASE", "jdbc:postgresql://elsewhere.example/orders")
		s.Engine.LookAgain()
		time.Sleep(time.Minute)
		if direct, board := isOpen(); !direct || board {
			t.Errorf("after the look: direct %t, board %t", direct, board)
		}
	})
}

// setVariable changes the environment of an application, as cf set-env does.
func (s *stage) setVariable(app, name, value string) {
	s.t.Helper()
	client := &http.Client{Transport: s.Config.Transport}
	at := s.Landscape.Info()
	form := url.Values{"grant_type": {"password"}, "username": {at.User}, "password": {at.Password}}
	call := func(method, path, auth, kind, body string, into any) {
		r, err := http.NewRequestWithContext(s.t.Context(), method, at.API+path, strings.NewReader(body))
		if err != nil {
			s.t.Fatal(err)
		}
		r.Header.Set("Authorization", auth)
		r.Header.Set("Content-Type", kind)
		answer, err := client.Do(r)
		if err != nil {
			s.t.Fatal(err)
		}
		defer answer.Body.Close() //nolint:errcheck // read only
		if answer.StatusCode != http.StatusOK {
			s.t.Fatalf("%s %s: %s", method, path, answer.Status)
		}
		if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
			s.t.Fatal(err)
		}
	}
	var token struct {
		Value string `json:"access_token"`
	}
	call("POST", "/oauth/token", "Basic Y2Y6", "application/x-www-form-urlencoded", form.Encode(), &token)
	var apps struct{ Resources []struct{ GUID string } }
	call("GET", "/v3/apps?names="+app, "bearer "+token.Value, "", "", &apps)
	body, _ := json.Marshal(map[string]any{"var": map[string]string{name: value}})
	call("PATCH", "/v3/apps/"+apps.Resources[0].GUID+"/environment_variables", "bearer "+token.Value, "application/json", string(body), &struct{}{})
}
