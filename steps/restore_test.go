package steps_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// TestRestoreIsExact draws spaces: applications in all states, with any number
// of processes, bound with and without name and parameters, here and in another
// space, and writers of every other kind. Each is led to some point of the road,
// and from there through or back. The promised side has to be as it was.
func TestRestoreIsExact(t *testing.T) {
	for range 4 { // of a hundred spaces each
		rapid.Check(t, func(t *rapid.T) {
			w := randomWorld(t)
			r := &walk{t: t, w: w, s: New(), quick: true}
			r.apply(Resumed{})
			r.lead(rapid.SampledFrom([]string{"replicate", "in-sync", "stop-writers", "finalize", "finalizing", "switch", "switching", "validate", "clean-up.target-key"}).Draw(t, "point"))
			r.turnPages()
			if rapid.Bool().Draw(t, "closes the lid") {
				r.crash()
			}
			back := rapid.Bool().Draw(t, "back")
			for range 400 {
				if r.s.Choices.Ended != nil {
					break
				}
				if q := AskBackOut(r.s); back && q != nil && r.s.Choices.BackOut == nil && len(r.flying) == 0 {
					a, _ := q.Default("back-out")
					r.apply(Answered{a})
					continue
				}
				r.quietly(func(q *Question) string { return unattended(q, back) })
			}
			if r.s.Choices.Ended == nil {
				t.Fatalf("no end at %s: asks %+v, work %+v", Current(r.s), Ask(r.s), r.s.Work)
			}
			if back != (r.s.Choices.Ended.How == EndBackedOut) {
				t.Fatalf("ended %s, back %v", r.s.Choices.Ended.How, back)
			}
			r.promised()
		})
	}
}

func unattended(q *Question, back bool) string {
	if back && q.ID == "backed-out" {
		return "end"
	}
	return q.Alone()
}

func randomWorld(t *rapid.T) *world {
	w := newWorld(rapid.Bool().Draw(t, "gcp"))
	w.apps = nil
	for n := range rapid.IntRange(0, 9).Draw(t, "apps") {
		a := App{
			Ref: Ref{fmt.Sprintf("a%d", n), fmt.Sprintf("app-%d", n)}, SpaceGUID: "s1",
			State:     rapid.SampledFrom([]string{Started, Started, Stopped}).Draw(t, "state"),
			Processes: []Process{{"web", rapid.IntRange(0, 5).Draw(t, "web")}},
			Source:    Bindings{{GUID: fmt.Sprintf("b%d", n), Name: rapid.SampledFrom([]string{"", "db", "orders"}).Draw(t, "binding")}},
		}
		if rapid.Bool().Draw(t, "has a worker") {
			a.Processes = append(a.Processes, Process{"worker", rapid.IntRange(0, 3).Draw(t, "worker")})
		}
		if rapid.Bool().Draw(t, "has parameters") {
			a.Source[0].Params, a.Source[0].ParamsKnown = json.RawMessage(fmt.Sprintf(`{"schema":"s%d"}`, n)), true
		}
		for older := range rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1, 2}).Draw(t, "older bindings") {
			b := a.Source[0]
			b.GUID, b.Params = fmt.Sprintf("b%d-%d", n, older), json.RawMessage(`{"schema":"older"}`)
			a.Source = append(a.Source, b)
		}
		if rapid.IntRange(0, 4).Draw(t, "elsewhere") == 0 {
			a.SpaceGUID = "s2"
			w.shares[Source] = []Share{{Space: Ref{"s2", "dev"}}}
		}
		if rapid.IntRange(0, 4).Draw(t, "task") == 0 {
			w.tasks = append(w.tasks, Task{Ref: Ref{"t-" + a.GUID, "backfill"}, App: a.Ref, State: "RUNNING"})
		}
		w.apps = append(w.apps, a)
		w.before[a.GUID] = copyApp(a)
	}
	if rapid.Bool().Draw(t, "another key") {
		w.keys[Source] = append(w.keys[Source], Key{Ref: Ref{"k0", "reporting"}, Usable: Yes})
	}
	if rapid.Bool().Draw(t, "mention") {
		w.elsewhere.Mentions = []Mention{{Ref: Ref{"u0", "orders-direct"}, Kind: MentionService, Apps: []App{{Ref: Ref{"x0", "export"}, State: Started}}}}
	}
	if rapid.Bool().Draw(t, "scheduler") {
		w.elsewhere.Schedulers = []Scheduler{{Ref: Ref{"j0", "nightly"}, Offering: "jobscheduler"}}
	}
	return w
}

// addWriters adds one writer of each other kind.
func (w *world) addWriters() {
	w.apps = append(w.apps, App{Ref: Ref{"a4", "report"}, SpaceGUID: "s2", State: Started, Processes: []Process{{"web", 1}}, Source: Bindings{{GUID: "b4"}}})
	w.before["a4"] = copyApp(w.apps[3])
	w.tasks = []Task{{Ref: Ref{"t1", "backfill"}, App: Ref{"a3", "admin"}, State: "RUNNING"}}
	w.keys[Source] = []Key{{Ref: Ref{"k0", "reporting"}, Usable: Yes}}
	w.elsewhere = Elsewhere{
		Mentions: []Mention{
			{Ref: Ref{"u0", "direct"}, Kind: MentionService, Apps: []App{{Ref: Ref{"x0", "export"}, State: Started}}},
			{Ref: Ref{"x1", "board"}, Kind: MentionEnvironment, Apps: []App{{Ref: Ref{"x1", "board"}, State: Started}}, Variables: []string{"DB"}},
		},
		Schedulers: []Scheduler{{Ref: Ref{"j0", "nightly"}, Offering: "jobscheduler", Apps: []Ref{{"a2", "worker"}}}},
		Unseen:     []Unseen{{Ref: Ref{"s9", "secret-space"}, Kind: "space", Why: "403"}},
	}
}

// TestCensusLocksTheFinalization: one writer of each kind gives exactly that
// many lines; the finalization is out of reach until all are settled; in which
// order they are settled does not matter.
func TestCensusLocksTheFinalization(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(false)
		w.addWriters()
		r := &walk{t: t, w: w, s: New()}
		r.apply(Resumed{})
		r.lead("source-key")
		a, _ := Ask(r.s).Default("create")
		r.apply(Answered{a})
		r.lead("stop-writers")
		lines := Census(r.s)
		if len(lines) != 10 { // four applications, one of them stopped; a task, a key, two mentions, a scheduler, an unseen space
			t.Fatalf("%d lines: %+v", len(lines), lines)
		}
		stopped := false
		for range 40 {
			q := Ask(r.s)
			if q != nil && q.ID == "finalize" {
				break
			}
			if q == nil || q.Waiting() || len(r.flying) > 0 {
				r.quietly(func(*Question) string { return "wait" })
				continue
			}
			var open []Writer
			for _, l := range Census(r.s) {
				if !l.Settled() {
					open = append(open, l)
				}
			}
			if len(open) == 0 && stopped {
				t.Fatalf("nothing is open, and %s is asked", q.ID)
			}
			if _, can := q.Option("stop"); can && (len(open) == 0 || !stopped && rapid.IntRange(0, 3).Draw(t, "stops") == 0) {
				r.quietly(func(*Question) string { return "stop" })
				stopped = true
				continue
			}
			r.apply(Answered{Answer{Question: q.ID, Option: "waive", Values: map[string][]string{
				"lines": {rapid.SampledFrom(open).Draw(t, "line").ID}, "reason": {"it is off"},
			}}})
		}
		if q := Ask(r.s); q == nil || q.ID != "finalize" {
			t.Fatalf("not unlocked: %+v", q)
		}
		for _, l := range Census(r.s) {
			if !l.Settled() {
				t.Fatalf("unlocked with %+v", l)
			}
		}
	})
}

// TestWriterThatComesBack: the alarm is raised by the look that sees it, lasts
// until it is stopped again, and stands in the record with its interval.
func TestWriterThatComesBack(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("finalizing")
	w.app("a2").State = Started
	before := w.now
	r.watch()
	alarms := Alarms(r.s)
	if len(alarms) != 1 || alarms[0].Name != "worker" || !alarms[0].Until.IsZero() || alarms[0].Since.Sub(before) > time.Minute {
		t.Fatalf("alarms after one look: %+v", alarms)
	}
	q := Ask(r.s)
	if q.ID != "stop-writers" || q.Tone != Bad || q.Recommended != "stop" {
		t.Fatalf("asks %+v", q)
	}
	if w.app("a2").State != Started {
		t.Fatal("it was stopped without a word")
	}
	r.choose("stop")
	if w.app("a2").State != Stopped {
		t.Fatal("it runs on")
	}
	r.watch()
	if alarms = Alarms(r.s); alarms[0].Until.IsZero() {
		t.Fatalf("the alarm goes on: %+v", alarms)
	}
	r.follow()
	w.checkSwitched(t)
}

// TestTheGroundMoves: a renamed instance and a deleted key are named, and lock
// the finalization.
func TestTheGroundMoves(t *testing.T) {
	for name, move := range map[string]func(*world){
		"renamed": func(w *world) { w.instances[0].Name = "orders-old" },
		"key":     func(w *world) { w.keys[Target] = nil },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(false)
			r := newRun(t, w)
			r.until("finalize")
			move(w)
			r.watch()
			o, _ := Ask(r.s).Option("finalize")
			if o.Blocked == "" || len(Alarms(r.s)) != 1 {
				t.Fatalf("not noticed: %+v, alarms %+v", o, Alarms(r.s))
			}
		})
	}
}

// TestCanaryGoesFirst: the others stay down until it is healthy and the person
// has said so.
func TestCanaryGoesFirst(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("switch")
	a, _ := Ask(r.s).Default("arrange")
	a.Values["canary"] = []string{"a2"}
	r.apply(Answered{a})
	r.settle()
	if q := Ask(r.s); q.ID != "canary" {
		t.Fatalf("asks %+v", q)
	}
	if w.app("a2").State != Started || w.app("a2").Target == nil || w.app("a1").Target != nil {
		t.Fatalf("the canary is not alone: %+v", w.apps)
	}
	r.choose("go-on")
	r.follow()
	w.checkSwitched(t)
}

// TestIllApplicationIsNamed: what does not get healthy is named, and is started
// anew, or left, on its own.
func TestIllApplicationIsNamed(t *testing.T) {
	w := newWorld(false)
	w.ailing["a2"] = "web 0 is CRASHED"
	r := newRun(t, w)
	r.until("switch")
	r.choose("switch")
	q := Ask(r.s)
	if q.ID != "switch.ill" || StatusOf(r.s, Switch) != Attention {
		t.Fatalf("asks %+v", q)
	}
	starts := len(w.log)
	r.choose("restage")
	if got := w.log[starts:]; fmt.Sprint(got) != "[stop-app:a2#1 restage:a2#1 start-app:a2#1]" {
		t.Fatalf("restaged by %v", got)
	}
	delete(w.ailing, "a2")
	r.watch()
	r.follow()
	w.checkSwitched(t)
}

func TestIllApplicationIsLeft(t *testing.T) {
	w := newWorld(false)
	w.ailing["a2"] = "web 0 is CRASHED"
	r := newRun(t, w)
	r.until("switch")
	r.choose("switch")
	r.choose("leave")
	if id := Current(r.s); id != Validate {
		t.Fatalf("stands at %s: %+v", id, Ask(r.s))
	}
}

// TestDecisionPoint: after the time that the person has set, the wizard asks,
// and the word is kept.
func TestDecisionPoint(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("stop-writers")
	a, _ := Ask(r.s).Complete("stop", "it is off")
	a.Values["limit"] = []string{"30"}
	r.apply(Answered{a})
	r.settle()
	r.choose("finalize")
	w.now = w.now.Add(31 * time.Minute)
	r.watch()
	q := Ask(r.s)
	if q.ID != "decision" {
		t.Fatalf("asks %s", q.ID)
	}
	a, _ = q.Default("go-on")
	a.Values["limit"] = []string{"10"}
	r.apply(Answered{a})
	if q = Ask(r.s); q.ID != "finalizing" {
		t.Fatalf("asks %s", q.ID)
	}
	w.now = w.now.Add(11 * time.Minute)
	r.watch()
	if q = Ask(r.s); q.ID != "decision" {
		t.Fatalf("does not ask again: %s", q.ID)
	}
	r.choose("back-out")
	r.choose("end")
	w.checkBack(t)
}

// TestBackOutAfterCompleted says what is lost, and brings everything back.
func TestBackOutAfterCompleted(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("validate")
	card := BackOutPlan(r.s)
	if !card.Possible || !card.Lost {
		t.Fatalf("card %+v", card)
	}
	r.choose("back-out")
	if w.replication != "" || w.finalization != "" {
		t.Error("left on the service")
	}
	r.choose("end")
	w.checkSide(t, Source)
	if r.s.Choices.BackOut.Loss == "" {
		t.Error("the record does not say what was lost")
	}
}
