package engine_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

func looksAt(sights ...steps.Observable) []steps.Look {
	var looks []steps.Look
	for _, sight := range sights {
		looks = append(looks, steps.Look{Of: sight})
	}
	return looks
}

// everything is what a whole page about a migration is made of, in an order in
// which it cannot be looked at.
var everything = looksAt(steps.ObserveFinalization, steps.ObserveReplication, steps.ObserveElsewhere, steps.ObserveApps, steps.ObserveTargetKeys, steps.ObserveSourceKeys, steps.ObserveAccess, steps.ObserveShares)

// TestLookOnceSeesWhatTheStepDoesNot: with a journal, and with nothing but the
// choices, which is what a colleague's machine knows.
func TestLookOnceSeesWhatTheStepDoesNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "forgotten-writer")
		left := s.at("in-sync")
		list, err := engine.Journals(s.Config.StateDir)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		changing := len(changingRequests(s))
		s.Config.Looks = everything
		with, without := s.Config, s.Config
		with.Resume = list[0].ID
		without.StateDir, without.WithoutRecord = t.TempDir(), &steps.WithoutRecord{Choices: steps.Choices{
			Where: left.Choices.Where, Source: left.Choices.Source, Target: left.Choices.Target,
			SourceKey: left.Choices.SourceKey, TargetKey: left.Choices.TargetKey,
		}}
		for how, cfg := range map[string]engine.Config{"with the journal": with, "without": without} {
			began := time.Now()
			now, err := engine.LookOnce(t.Context(), cfg)
			if err != nil || !now.Looked || time.Since(began) > 10*time.Second {
				t.Errorf("%s: looked %v after %v, %v", how, now.Looked, time.Since(began), err)
			}
			for _, l := range everything {
				if seen := now.State.Seen[l.Of]; !seen.Fresh() {
					t.Errorf("%s: %s: %+v", how, l.Of, seen)
				}
			}
			if f := now.State.Facts; len(f.Elsewhere.Mentions) != 2 || f.Replication.Word != steps.InSync || f.Access != steps.Yes {
				t.Errorf("%s: %+v", how, f)
			}
		}
		if n := len(changingRequests(s)); n != changing {
			t.Errorf("%d changing requests were made", n-changing)
		}
		if entries, err := engine.Journals(without.StateDir); err != nil || len(entries) != 0 {
			t.Errorf("a journal was written: %v, %v", entries, err)
		}
	})
}

// TestLookOnceAsksNothingThatHasNoName: a service that cannot be asked is not
// waited for.
func TestLookOnceAsksNothingThatHasNoName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		left := s.at("in-sync")
		before := s.count("GET", "/v1/")
		s.Config.Looks = everything
		s.Config.WithoutRecord = &steps.WithoutRecord{Choices: steps.Choices{Where: left.Choices.Where, Source: left.Choices.Source}}
		now, err := engine.LookOnce(t.Context(), s.Config)
		if err != nil || !now.Looked || !now.State.Seen[steps.ObserveElsewhere].Fresh() {
			t.Errorf("looked %v, %v", now.Looked, err)
		}
		if n := s.count("GET", "/v1/") - before; n != 0 || !now.State.Seen[steps.ObserveTargetKeys].At.IsZero() {
			t.Errorf("%d requests to the service, %+v", n, now.State.Seen)
		}
	})
}

// TestLookOnceSaysWhatItCouldNotSee: a look that fails is tried as often as the
// configuration says, one that lacks the right once; the rest is seen.
func TestLookOnceSaysWhatItCouldNotSee(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault        string
		tries, fails int
	}{{"html-502", 0, 1}, {"html-502", 3, 3}, {"403", 3, 1}} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, "good-day", "GET /v1/finalization "+c.fault)
			left := s.at("open-access")
			left.Choices.SourceKey, left.Choices.TargetKey = &steps.KeyChoice{Name: "a"}, &steps.KeyChoice{Name: "b"}
			s.Config.Looks, s.Config.LookTries = everything, c.tries
			s.Config.WithoutRecord = &steps.WithoutRecord{Choices: left.Choices}
			now, err := engine.LookOnce(t.Context(), s.Config)
			if err != nil || !now.Looked {
				t.Errorf("looked %v, %v", now.Looked, err)
			}
			if seen := now.State.Seen[steps.ObserveFinalization]; seen.Problem == nil || seen.Fails != c.fails {
				t.Errorf("%s: %+v, want %d fails", c.fault, seen, c.fails)
			}
			if seen := now.State.Seen[steps.ObserveElsewhere]; !seen.Fresh() {
				t.Errorf("%s: %+v", c.fault, seen)
			}
		})
	}
}

// unanswered is a network that answers nothing.
type unanswered struct{}

func (unanswered) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestLookOnceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		s.Stop()

		lost := s.Config
		lost.Resume = "nothing"
		if _, err := engine.LookOnce(t.Context(), lost); err == nil {
			t.Error("a journal that is not there was read")
		} else if _, ok := errors.AsType[*engine.JournalError](err); !ok {
			t.Errorf("%v", err)
		}

		out := s.Config
		out.CFHome = t.TempDir()
		if now, err := engine.LookOnce(t.Context(), out); err != nil || !now.Looked || now.State.Facts.Session.Reason == "" {
			t.Errorf("signed out: looked %v, %+v, %v", now.Looked, now.State.Facts.Session, err)
		}

		slow := s.Config
		slow.Transport = unanswered{}
		slow.WithoutRecord = &steps.WithoutRecord{Choices: steps.Choices{Where: &steps.Where{API: s.Landscape.Info().API, Space: steps.Ref{GUID: "space"}}}}
		slow.Looks = looksAt(steps.ObserveInstances)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if now, err := engine.LookOnce(ctx, slow); !errors.Is(err, context.DeadlineExceeded) || now.Looked {
			t.Errorf("looked %v, %v", now.Looked, err)
		}
	})
}

// TestExtraLooksAreRepeated: beside those of the step, as often as they are wanted.
func TestExtraLooksAreRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		left := s.at("in-sync")
		s.Config.Pace, s.Config.LookOnly = 1, true
		s.Config.WithoutRecord = &steps.WithoutRecord{Choices: left.Choices}
		s.Config.Looks = []steps.Look{{Of: steps.ObserveApps, Every: 10 * time.Second}, {Of: steps.ObserveReplication, Every: 10 * time.Second}}
		s.Start()
		time.Sleep(5 * time.Second)
		bindings, replication := s.count("GET", "/v3/service_credential_bindings"), s.count("GET", "/v1/replication")
		time.Sleep(time.Minute)
		if n := s.count("GET", "/v1/replication") - replication; n != 6 {
			t.Errorf("%d looks at the replication in a minute", n)
		}
		if n := s.count("GET", "/v3/service_credential_bindings") - bindings; n < 6 {
			t.Errorf("%d requests for the applications in a minute", n)
		}
		if now := s.Engine.Snapshot(); !now.Looked {
			t.Error("not looked")
		}
	})
}

// TestLookAroundChangesAndWritesNothing: the last look of a run sees what is wanted
// beside the step, and leaves landscape and journal as they are.
func TestLookAroundChangesAndWritesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		now, _ := s.follow("stop-writers")
		before, err := os.ReadFile(now.Journal)
		if err != nil {
			t.Fatal(err)
		}
		changing := len(changingRequests(s))
		if err := s.Engine.LookAround(t.Context(), everything); err != nil {
			t.Fatal(err)
		}
		for _, l := range everything {
			if seen := s.Engine.Snapshot().State.Seen[l.Of]; !seen.Fresh() {
				t.Errorf("%s: %+v", l.Of, seen)
			}
		}
		after, err := os.ReadFile(now.Journal)
		if err != nil || string(after) != string(before) || len(changingRequests(s)) != changing {
			t.Errorf("something was changed or written: %v", err)
		}
	})
}

// breaking is a network that breaks down for the migration service.
type breaking struct {
	http.RoundTripper
	broken atomic.Bool
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.broken.Load() && strings.HasPrefix(r.URL.Path, "/v1/") {
		return nil, errors.New("the network is down")
	}
	return b.RoundTripper.RoundTrip(r)
}

// TestALastingLookIsNotGivenUpSoon: what was seen before is borne with for long.
func TestALastingLookIsNotGivenUpSoon(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		for _, lasting := range []bool{false, true} {
			s := newStage(t, "good-day")
			left := s.at("in-sync")
			s.Config.LookOnly, s.Config.Lasting, s.Config.Pace = true, lasting, 1
			s.Config.WithoutRecord = &steps.WithoutRecord{Choices: left.Choices}
			s.Config.Looks = []steps.Look{{Of: steps.ObserveReplication, Every: time.Second}}
			net := &breaking{RoundTripper: s.Config.Transport}
			s.Config.Transport = net
			s.Start()
			time.Sleep(5 * time.Second)
			net.broken.Store(true)
			time.Sleep(30 * time.Second)
			if up := slices.Contains(s.Engine.Snapshot().GivenUp, steps.ObserveReplication); up == lasting {
				t.Errorf("lasting %v: given up %v", lasting, up)
			}
			s.Stop()
		}
	})
}
