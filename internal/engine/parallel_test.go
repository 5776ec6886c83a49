package engine

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// stopping is a platform on which applications stop one after the other.
type stopping struct {
	Platform
	takes map[string]time.Duration
	fails map[string]error
}

func (p *stopping) StopApp(_ context.Context, guid string) error {
	time.Sleep(p.takes[guid])
	return p.fails[guid]
}

func (p *stopping) Hide(text string) string { return text }

func (p *stopping) Identity() cfsession.Identity { return cfsession.Identity{} }

func stopOf(guid string) steps.Effect {
	return steps.Effect{Do: steps.DoStopApp, Round: 1, App: steps.Ref{GUID: guid, Name: "app " + guid}}
}

// inFlight is an engine that has announced some changes, and is at them.
func inFlight(t *testing.T, p Platform, guids ...string) (*Engine, *tasks) {
	t.Helper()
	e := New(Config{StateDir: t.TempDir(), Program: "test"})
	e.session.Store(p)
	e.state, _ = steps.Apply(steps.New(), steps.Event{At: time.Now(), Is: steps.Resumed{
		Choices: steps.Choices{Round: 1, Where: &steps.Where{API: "https://api.example"}},
	}})
	before := e.state
	e.state.Work = maps.Clone(e.state.Work)
	for _, guid := range guids {
		e.state.Work[stopOf(guid).ID()] = steps.Work{Effect: stopOf(guid), Status: steps.InFlight}
	}
	if err := e.record(before); err != nil {
		t.Fatal(err)
	}
	running := newTasks(t.Context())
	for _, guid := range guids {
		e.perform(running, stopOf(guid), secret.Text{})
	}
	return e, running
}

func dangling(t *testing.T, e *Engine) (guids []string) {
	t.Helper()
	rec, err := readJournal(e.journal.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range rec.Dangling {
		guids = append(guids, w.Effect.App.GUID)
	}
	return guids
}

// TestSeveralChangesAtOnce: each is announced before it is begun, each outcome is
// kept as it comes, and whoever closes the program waits for those under way.
func TestSeveralChangesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, running := inFlight(t, &stopping{
			takes: map[string]time.Duration{"a": 3 * time.Second, "b": time.Second, "c": 2 * time.Second, "d": 4 * time.Second},
			fails: map[string]error{"c": &cfsession.Error{Op: "stop", Status: 403}},
		}, "a", "b", "c", "d")
		if e.inFlight != 4 {
			t.Errorf("%d under way", e.inFlight)
		}
		if diff := cmp.Diff([]string{"a", "b", "c", "d"}, dangling(t, e)); diff != "" {
			t.Errorf("announced (-want +got):\n%s", diff)
		}
		for e.inFlight == 4 {
			<-e.inbox.ready
			first, _ := e.inbox.take()
			e.apply(running, first)
		}
		// A kill at this moment leaves the others to be looked at.
		if diff := cmp.Diff([]string{"a", "c", "d"}, dangling(t, e)); diff != "" || e.inFlight != 3 {
			t.Errorf("%d under way, in doubt (-want +got):\n%s", e.inFlight, diff)
		}
		if err := e.shutdown(running); err != nil {
			t.Fatal(err)
		}
		rec, err := readJournal(e.journal.path)
		if err != nil {
			t.Fatal(err)
		}
		did := slices.Sorted(maps.Keys(rec.Did))
		want := []string{stopOf("a").ID(), stopOf("b").ID(), stopOf("d").ID()}
		if diff := cmp.Diff(want, did); diff != "" || len(rec.Dangling) != 0 || e.inFlight != 0 {
			t.Errorf("%d under way, in doubt %v, done (-want +got):\n%s", e.inFlight, rec.Dangling, diff)
		}
		if w := e.state.Work[stopOf("c").ID()]; w.Status != steps.GoneWrong || w.Problem.Kind != steps.ProblemForbidden {
			t.Errorf("%+v", w)
		}
	})
}

// TestAllThatIsInDoubtIsTakenUp: after a kill every request without an outcome is
// unclear to the next run, which writes nothing about them that it does not know.
func TestAllThatIsInDoubtIsTakenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, running := inFlight(t, &stopping{}, "a", "b", "c")
		running.running.Wait() // done, but nobody kept it
		path := e.journal.path
		if err := e.journal.close(); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path) //nolint:gosec // the test's own
		if err != nil {
			t.Fatal(err)
		}
		next := New(e.cfg)
		resumed, err := next.resume(strings.TrimSuffix(filepath.Base(path), ".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		next.apply(running, message{event: resumed})
		for _, guid := range []string{"a", "b", "c"} {
			if w := next.state.Work[stopOf(guid).ID()]; w.Status != steps.Unclear {
				t.Errorf("%s: %+v", guid, w)
			}
		}
		if err := next.journal.close(); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(path) //nolint:gosec // the test's own
		if err != nil || !slices.Equal(before, after) {
			t.Errorf("%v; the journal is now\n%s", err, after)
		}
	})
}
