package steps_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// checkPhases holds that a phase of a downtime is what was done in it: while a person's
// word is waited for, no application is brought anywhere, and the parts add up to the
// whole.
func checkPhases(t interface{ Fatalf(string, ...any) }, s State) {
	for _, d := range Downtimes(s) {
		at := d.Begin
		for _, p := range d.Phases {
			if !p.Begin.Equal(at) {
				t.Fatalf("%s begins %s, the phase before ended %s", p.Name, p.Begin, at)
			}
			at = p.End
			if p.Name != PhaseDecision {
				continue
			}
			for _, m := range s.History {
				within := m.At.After(p.Begin) && (p.End.IsZero() || m.At.Before(p.End))
				if within && m.Kind == MomentApp && (m.Verb == DoBind || m.Verb == DoUnbind || m.Verb == DoStartApp) {
					t.Fatalf("%s %s at %s, within a wait for a person's word from %s to %s\n%s", m.Object, m.Status, m.At, p.Begin, p.End, told(s))
				}
			}
		}
	}
}

// TestEveryWayOfSwitchingEndsTheDecision: whichever option and fields let the
// applications go to the target, the time from there is not one of waiting for a word.
func TestEveryWayOfSwitchingEndsTheDecision(t *testing.T) {
	t.Parallel()
	ways := 0
	for _, option := range []string{OptionSwitch, OptionArrange} {
		for _, field := range []string{"", "canary", "restage", "order"} {
			r := newRun(t, newWorld(false))
			q := toSwitch(t, r)
			a, ok := q.Complete(option, "tested")
			o, _ := q.Option(option)
			if !ok {
				t.Fatalf("%s cannot be answered: %+v", option, o)
			}
			for _, f := range o.Fields {
				if f.ID == field {
					a.Values[field] = []string{f.Choices[len(f.Choices)-1].ID}
				}
			}
			r.w.now = r.w.now.Add(7 * time.Minute)
			r.apply(Answered{a})
			for range 40 {
				for len(r.queue) > 0 { // each request takes its time
					e := r.queue[0]
					r.queue, r.w.now = r.queue[1:], r.w.now.Add(3*time.Second)
					r.perform(e)
				}
				r.watch()
				if q := Ask(r.s); q != nil && q.ID == QuestionCanary {
					r.choose(OptionGoOn)
				}
			}
			ds := Downtimes(r.s)
			if len(ds) != 1 || ds[0].End.IsZero() {
				t.Fatalf("%s %s: %+v", option, field, ds)
			}
			checkPhases(t, r.s)
			switched := time.Duration(0)
			for _, p := range ds[0].Phases {
				if p.Name == PhaseRebinding || p.Name == PhaseStarting {
					switched += p.End.Sub(p.Begin)
				}
			}
			if switched == 0 {
				t.Errorf("%s %s: the switch took no time: %+v", option, field, ds[0].Phases)
			}
			ways++
		}
	}
	if ways != 8 {
		t.Errorf("%d ways were tried", ways)
	}
}

// toSwitch leads a run to the question how the applications go to the target.
func toSwitch(t *testing.T, r *run) *Question {
	t.Helper()
	return toQuestion(t, r, QuestionSwitch)
}

// toQuestion leads a run to a question by what is recommended.
func toQuestion(t *testing.T, r *run, id QuestionID) *Question {
	t.Helper()
	for range 200 {
		r.settle()
		q := Ask(r.s)
		switch {
		case q == nil:
			r.watch()
			continue
		case q.ID == id:
			return q
		}
		if o, _ := q.Option(q.Alone()); o.Wait {
			r.w.step(false)
			r.watch()
			continue
		}
		r.choose(q.Alone())
	}
	t.Fatalf("never came to %s", id)
	return nil
}

// told is a record in short.
func told(s State) string {
	var b strings.Builder
	for _, m := range s.History {
		fmt.Fprintln(&b, m.At.Format("15:04:05"), m.Kind, m.Object, m.Status)
	}
	return b.String()
}
