package unattended

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// troubled is a landscape in which faults are dealt.
func troubled(t *testing.T, cfg sandbox.Config, cards ...string) world {
	t.Helper()
	for _, line := range cards {
		f, err := sandbox.ParseFault(line)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Faults = append(cfg.Faults, f)
	}
	cfg.Seed, cfg.Speed = 7, 20
	w := world{enginetest.New(t, cfg)}
	w.Config.Pace = enginetest.Seldom
	return w
}

func (w world) plan(t *testing.T, on plan.OnFailure) plan.Plan {
	t.Helper()
	i := w.Landscape.Info()
	p, err := plan.Parse([]byte("org: " + i.Org + "\nspace: " + i.Space + "\nsource: {instance: " + i.Source + "}\ntarget: {instance: " + i.Target +
		"}\nuntil: switched\naccept: all\nwaive: [{writer: 'scheduler:nightly-jobs', reason: its schedules are off tonight}]\non-failure: " + string(on) + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// onTarget holds that what ran runs on the target, and nothing was taken back.
func (w world) onTarget(t *testing.T) {
	t.Helper()
	i, moved := w.Landscape.Info(), 0
	for _, space := range w.Landscape.Truth().Spaces {
		if space.Org != i.Org || space.Name != i.Space {
			continue
		}
		for _, app := range space.Apps {
			for _, b := range app.Bindings {
				if b.Instance == i.Source {
					t.Errorf("%s is still bound to the source", app.Name)
				}
				if b.Instance == i.Target && app.State == "STARTED" {
					moved++
				}
			}
		}
	}
	if moved != 2 {
		t.Errorf("%d applications run on the target", moved)
	}
	for _, r := range changed(w.Landscape) {
		if strings.HasPrefix(r, "DELETE /v1/") {
			t.Errorf("taken back: %s", r)
		}
	}
}

// TestWhatPassesIsWaitedForAtEveryRequest, over HTTP: whatever passes strikes whichever
// request, and the run ends where it was to end.
func TestWhatPassesIsWaitedForAtEveryRequest(t *testing.T) {
	t.Parallel()
	requests := []string{
		"PATCH /v3/service_instances/*", "POST /v3/service_credential_bindings @1-", "GET /v1/preflight-check", "POST /v1/replication",
		"POST /v3/apps/*/actions/stop", "POST /v1/finalization", "POST /v3/service_credential_bindings @3-",
		"DELETE /v3/service_credential_bindings/*", "POST /v3/apps/*/actions/start",
	}
	kinds := []string{
		"429 retry-after=15s lasts=12s", "503 retry-after=10s lasts=40s", "html-502 lasts=40s", "busy lasts=40s", "unknown-route lasts=40s",
		"refused lasts=40s", "lost-answer lasts=5s",
	}
	on := []plan.OnFailure{plan.FailureBackOut, plan.FailureStop, plan.FailureBackOutWithLoss}
	for n, request := range requests {
		for m := range 3 { // each kind is there for some requests, and each request has some kinds
			kind := kinds[(n+2*m)%len(kinds)]
			if strings.HasPrefix(kind, "busy") && strings.Contains(request, "/v1/") {
				kind = kinds[0]
			}
			if underRace && n%3 != m {
				continue
			}
			t.Run(request+" "+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := troubled(t, sandbox.Config{}, request+" "+kind)
					r := w.run(t, w.plan(t, on[m]))
					if code, says := r.outcome(); code != status.ExitDone {
						t.Fatalf("status %d: %s\n%v", code, says, changed(w.Landscape))
					}
					struck := 0
					for _, q := range w.Landscape.Requests() {
						if q.Fault != "" {
							struck++
						}
					}
					if struck == 0 || struck > 40 {
						t.Errorf("%d requests were struck", struck)
					}
					w.onTarget(t)
				})
			})
		}
	}
}

// gap is a network that is away for a while after a request has been answered.
type gap struct {
	next  http.RoundTripper
	after string
	lasts time.Duration

	mu    sync.Mutex
	begun time.Time
	hits  int
}

func (g *gap) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	away := !g.begun.IsZero() && time.Since(g.begun) < g.lasts
	if away {
		g.hits++
	}
	g.mu.Unlock()
	if away {
		return nil, errors.New("EOF")
	}
	a, err := g.next.RoundTrip(r)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.begun.IsZero() && r.Method+" "+r.URL.Path == g.after {
		g.begun = time.Now()
	}
	return a, err
}

// TestNoNetworkIsNoEndOfALogin: it may be away for longer than a token lives.
func TestNoNetworkIsNoEndOfALogin(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"POST /v1/replication", "POST /v1/finalization"} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := troubled(t, sandbox.Config{TokenLifetime: 30 * time.Second})
				g := &gap{next: w.Config.Transport, after: after, lasts: 5 * time.Minute}
				w.Config.Transport = g
				r := w.run(t, w.plan(t, plan.FailureBackOut))
				if code, says := r.outcome(); code != status.ExitDone || g.hits == 0 {
					t.Fatalf("status %d: %s; %d requests in the gap", code, says, g.hits)
				}
				w.onTarget(t)
			})
		})
	}
}

// TestATokenServersTroubleIsNoEndOfALogin, whatever it says, short of that the login has
// ended.
func TestATokenServersTroubleIsNoEndOfALogin(t *testing.T) {
	t.Parallel()
	cards := []string{"503", "400", "cut-body", "403", "429 retry-after=20s", "refused", "html-502"}
	if underRace {
		cards = cards[:3]
	}
	for _, card := range cards {
		t.Run(card, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := troubled(t, sandbox.Config{TokenLifetime: 30 * time.Second}, "uaa POST /oauth/token @2- "+card+" lasts=50s")
				r := w.run(t, w.plan(t, plan.FailureBackOut))
				if code, says := r.outcome(); code != status.ExitDone {
					t.Fatalf("status %d: %s", code, says)
				}
				w.onTarget(t)
			})
		})
	}
}

// TestWhatDoesNotPassInTimeEndsNotYet: nothing is taken back for it, and it is said.
func TestWhatDoesNotPassInTimeEndsNotYet(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("an hour of looks: make walks plays it without the detector")
	}
	for _, on := range []plan.OnFailure{plan.FailureBackOutWithLoss, plan.FailureBackOut} {
		synctest.Test(t, func(t *testing.T) {
			w := troubled(t, sandbox.Config{}, "POST /v3/service_credential_bindings @3- 503 lasts=10h")
			w.Config.Pace = 0.05
			began := time.Now()
			r := w.run(t, w.plan(t, on))
			code, says := r.outcome()
			if took := time.Since(began); code != status.ExitNotYet || !strings.Contains(says, "Run it again later") || took < 30*time.Minute || took > 3*time.Hour {
				t.Errorf("on-failure %s: status %d: %s, after %v", on, code, says, took)
			}
			for _, request := range changed(w.Landscape) {
				if strings.HasPrefix(request, "DELETE /v1/") {
					t.Errorf("on-failure %s: taken back: %s", on, request)
				}
			}
		})
	}
}

// TestWhatFailsForGoodIsTriedWithPauses, and then on-failure holds.
func TestWhatFailsForGoodIsTriedWithPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := troubled(t, sandbox.Config{}, `POST /v3/service_credential_bindings @3- 422 text="no"`)
		r := w.run(t, w.plan(t, plan.FailureBackOut))
		failed := map[string][]time.Time{}
		for _, m := range r.last.State.History {
			if m.Is(steps.MomentEffect, steps.OutcomeFailed) && m.HTTPStatus == 422 {
				failed[m.ID] = append(failed[m.ID], m.At)
			}
		}
		for id, at := range failed {
			if len(at) > 3 || len(at) > 1 && at[1].Sub(at[0]) < 5*time.Second || len(at) > 2 && at[2].Sub(at[1]) < 20*time.Second {
				t.Errorf("%s failed at %v", id, at)
			}
		}
		if len(failed) == 0 {
			t.Error("nothing failed")
		}
		if r.last.State.Choices.BackOut == nil {
			t.Error("it did not turn back")
		}
	})
}

// TestAMissingRightAtALookEndsTheRun at once, with its own status.
func TestAMissingRightAtALookEndsTheRun(t *testing.T) {
	t.Parallel()
	for _, card := range []string{"migration every 403", "migration GET @8- 403", "GET /v3/service_instances 403", "GET /v3/service_credential_bindings @9- 403"} {
		t.Run(card, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := troubled(t, sandbox.Config{}, card)
				began := time.Now()
				r := w.run(t, w.plan(t, plan.FailureBackOut))
				code, says := r.outcome()
				if code != status.ExitNoRight || !strings.Contains(says, "role") {
					t.Errorf("status %d: %s", code, says)
				}
				if took := time.Since(began); strings.HasPrefix(card, "migration every") && took > 5*time.Minute {
					t.Errorf("only after %v", took)
				}
			})
		})
	}
}

// TestALookThatFindsNothingTakesNothingBack: an empty answer, a 404 or a status that is
// missing, once or twice, is no end of what the service runs.
func TestALookThatFindsNothingTakesNothingBack(t *testing.T) {
	t.Parallel()
	for _, card := range []string{
		"GET /v1/replication @4 404", "GET /v1/replication @6-7 404", "GET /v1/replication @5-6 field name=status",
		"GET /v1/finalization @6-7 404", "GET /v1/finalization @7 field name=status value=null",
	} {
		t.Run(card, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := troubled(t, sandbox.Config{}, card)
				r := w.run(t, w.plan(t, plan.FailureBackOut))
				if code, says := r.outcome(); code != status.ExitDone {
					t.Fatalf("status %d: %s", code, says)
				}
				w.onTarget(t)
			})
		})
	}
}

// TestALongWaitIsSaidAtOnce to whoever only looks, with its own status.
func TestALongWaitIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	for _, card := range []string{"cf GET /v3/service_instances 429 retry-after=3600s", "cf GET /v3/service_credential_bindings 503 retry-after=3600s"} {
		synctest.Test(t, func(t *testing.T) {
			w := troubled(t, sandbox.Config{}, card)
			began := time.Now()
			o := RunOptions{Yes: true}
			pl := w.plan(t, plan.FailureStop)
			r, _, _, err := rehearse(t.Context(), w.Config, pl, o.answers(pl), func(status.Event) {})
			if err != nil {
				t.Fatal(err)
			}
			code, says := r.outcome()
			if took := time.Since(began); code != status.ExitNotYet || !strings.Contains(says, "asks to wait until "+began.Add(time.Hour).Format("15:04")) || took > 30*time.Second {
				t.Errorf("after %v: status %d: %s", took, code, says)
			}
			now, err := engine.LookOnce(t.Context(), w.Config)
			if took := time.Since(began); err != nil || !now.Looked || took > time.Minute {
				t.Errorf("a look: %v after %v", err, took)
			}
		})
	}
}
