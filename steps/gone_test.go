package steps_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/plan"
	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// atRunning stands where the service runs a replication, or a finalization.
func atRunning(t *testing.T, finalizing bool) *run {
	t.Helper()
	r := newRun(t, newWorld(false))
	r.settle()
	for range 60 {
		q := Ask(r.s)
		if q == nil || q.Waiting() {
			if finalizing && r.w.finalization == Running || !finalizing && r.w.replication == Running {
				r.watch()
				return r
			}
			r.w.step(false)
			r.watch()
			continue
		}
		r.choose(q.Alone())
	}
	t.Fatal("it never runs")
	return nil
}

// TestGoneTakesSeveralLooks: a look or two that do not find what was there say nothing.
func TestGoneTakesSeveralLooks(t *testing.T) {
	t.Parallel()
	for _, finalizing := range []bool{false, true} {
		r := atRunning(t, finalizing)
		gone, see := QuestionReplicationGone, ObserveReplication
		if finalizing {
			gone, see = QuestionFinalizationGone, ObserveFinalization
		}
		asks := func() QuestionID {
			if q := Ask(r.s); q != nil {
				return q.ID
			}
			return ""
		}
		miss := func(after time.Duration) {
			r.w.now = r.w.now.Add(after)
			r.w.forgets = 1
			r.apply(r.w.answer(r.s, see, r.s.Sequence()))
			r.w.forgets = 0
			r.apply(r.w.answer(r.s, ObserveInstances, r.s.Sequence())) // it has its name
		}
		for range 20 { // once in a while
			miss(3 * time.Second)
			if asks() == gone || !Ask(r.s).Waiting() || !Doubted(r.s, see) {
				t.Fatalf("one look asks %+v", Ask(r.s))
			}
			r.watch()
			if Doubted(r.s, see) {
				t.Fatal("it was seen again and is doubted")
			}
		}
		for range 5 { // many at once
			miss(time.Second)
		}
		if asks() == gone {
			t.Fatal("some looks within some seconds are taken for an end")
		}
		if every := lookAt(r.s, see); every > 5*time.Second {
			t.Errorf("what is doubted is looked at every %v", every)
		}
		miss(10 * time.Second)
		if asks() != gone {
			t.Errorf("several looks over time: asks %q", asks())
		}
	}
}

func lookAt(s State, see Observable) time.Duration {
	for _, l := range Looks(s) {
		if l.Of == see {
			return l.Every
		}
	}
	return time.Hour
}

// TestNothingUnlocksWhileItIsDoubted: no finalization is made of a replication that the
// last look did not find.
func TestNothingUnlocksWhileItIsDoubted(t *testing.T) {
	t.Parallel()
	r := newRun(t, newWorld(false))
	r.settle()
	for range 60 {
		q := Ask(r.s)
		switch {
		case q == nil || q.Waiting():
			r.w.step(false)
			r.watch()
			continue
		case q.ID != QuestionFinalize:
			r.choose(q.Alone())
			continue
		}
		a, _ := q.Default(OptionFinalize)
		r.w.confirmed = true
		r.w.forgets = 2 // finalization and replication
		r.apply(Answered{a})
		r.settle()
		if r.w.finalization != "" || !Doubted(r.s, ObserveReplication) {
			t.Fatalf("finalization %q", r.w.finalization)
		}
		r.watch() // it is there again
		if r.w.finalization != Waiting {
			t.Errorf("finalization %q after the replication was seen again; asks %+v", r.w.finalization, Ask(r.s))
		}
		return
	}
	t.Fatal("it never asks to finalize")
}

// TestNoWalkThroughMissedLooksTakesAnythingBack: an unattended migration that would back
// out for what is gone does not for what one or two looks in a row did not find.
func TestNoWalkThroughMissedLooksTakesAnythingBack(t *testing.T) {
	t.Parallel()
	p, err := plan.Parse(fmt.Appendf(nil, planOf, plan.FailureBackOut))
	if err != nil {
		t.Fatal(err)
	}
	for seed := range plansWalked / 5 {
		chance := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a walk that can be walked again
		w := newWorld(false)
		w.onIdle = func() {
			if chance.IntN(4) == 0 {
				w.forgets = 1 + chance.IntN(2)
			}
		}
		r := newRun(t, w)
		err := r.alone(p, &storm{verb: "none"})
		for _, id := range w.log {
			if strings.HasPrefix(id, "delete-") {
				t.Fatalf("walk %d: %s: %v", seed, id, w.log)
			}
		}
		if err != nil {
			t.Fatalf("walk %d: %v", seed, err)
		}
		w.checkSide(t, Target)
	}
}

// TestARenamedInstanceHidesTheMigration: the service finds a migration by names. Under
// another name it does not find it, which does not mean that there is none: nothing is
// begun anew, nothing is removed, and once the name is back all goes on.
func TestARenamedInstanceHidesTheMigration(t *testing.T) {
	t.Parallel()
	for _, side := range []int{0, 1} {
		for _, finalizing := range []bool{false, true} {
			r := atRunning(t, finalizing)
			at := Current(r.s)
			name := r.w.instances[side].Name
			r.w.instances[side].Name = "renamed"
			r.w.forgets = 1 << 20
			for range 20 {
				r.w.now = r.w.now.Add(5 * time.Second)
				for _, l := range Looks(r.s) {
					r.apply(r.w.answer(r.s, l.Of, r.s.Sequence()))
				}
			}
			q := Ask(r.s)
			if q == nil || q.ID != QuestionMisnamed || Current(r.s) != at || !strings.Contains(q.Title, name) {
				t.Fatalf("side %d, finalizing %v: at %s: %+v", side, finalizing, Current(r.s), q)
			}
			if _, ok := q.Option(OptionBackOut); ok || BackOutPlan(r.s).Possible {
				t.Error("what the service does not find can be removed")
			}
			_, err := plan.Plan{Until: plan.CleanedUp, OnFailure: plan.FailureBackOut}.Answer(q, r.s)
			if err == nil {
				t.Error("a plan answers that")
			}
			r.w.instances[side].Name, r.w.forgets = name, 0
			r.choose(OptionLook)
			r.watch()
			if q := Ask(r.s); q == nil || !q.Waiting() || Current(r.s) != at {
				t.Errorf("with its name back it asks %+v", q)
			}
		}
	}
}
