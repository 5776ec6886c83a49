package steps_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/plan"
	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// storm is trouble that passes: from its first hit on, for a while.
type storm struct {
	kind    ProblemKind
	verb    Verb // that it strikes; empty: all
	looks   bool // it strikes looks, too
	unclear bool // nobody can tell whether a request was carried out
	works   bool // it is carried out all the same
	advice  bool // the other side says how long it lasts
	lasts   time.Duration

	begun time.Time
	hits  int
}

func (x *storm) strikes(now time.Time) bool {
	if x.begun.IsZero() {
		x.begun = now
	}
	hit := now.Before(x.begun.Add(x.lasts))
	if hit {
		x.hits++
	}
	return hit
}

func (x *storm) problem(now time.Time) Problem {
	p := Problem{Kind: x.kind, Says: "not now", Unclear: x.unclear}
	if x.advice {
		p.RetryAfter = x.begun.Add(x.lasts).Sub(now)
	}
	return p
}

// alone leads a migration by a plan, through a storm, and returns why it has ended; nil:
// it went as far as the plan says.
func (r *run) alone(p plan.Plan, x *storm) error {
	for range 5000 {
		switch {
		case len(r.queue) > 0:
			e := r.queue[0]
			r.queue = r.queue[1:]
			if e.Changes() && (x.verb == "" || x.verb == e.Do) && x.strikes(r.w.now) {
				if x.works && x.unclear {
					r.w.carryOut(r.s, e)
				}
				r.apply(WentWrong{e, x.problem(r.w.now)})
				continue
			}
			r.perform(e)
			continue
		case r.lookIn(x):
			continue
		}
		if p.Until.Reached(r.s) {
			return nil
		}
		q := Ask(r.s)
		if q == nil || q.Waiting() {
			r.idle()
			continue
		}
		a, err := p.Answer(q, r.s)
		if later, ok := errors.AsType[*plan.LaterError](err); ok {
			r.w.now = later.At
			r.apply(TimeCame{})
			continue
		}
		if err != nil {
			return err
		}
		r.w.confirmed = r.w.confirmed || q.ID == QuestionFinalize
		r.apply(Answered{a})
	}
	return fmt.Errorf("it never ends: stands at %s, asks %+v, waits for %+v", Current(r.s), Ask(r.s), Delays(r.s))
}

// lookIn makes one look that is not fresh; a storm may strike it.
func (r *run) lookIn(x *storm) bool {
	for _, l := range Looks(r.s) {
		if r.s.Seen[l.Of].Fresh() {
			continue
		}
		if x.looks && !x.begun.IsZero() && x.strikes(r.w.now) {
			r.apply(LookFailed{l.Of, r.s.Sequence(), x.problem(r.w.now)})
			r.w.now = r.w.now.Add(20 * time.Second) // pauses grow
			return true
		}
		r.apply(r.w.answer(r.s, l.Of, r.s.Sequence()))
		return true
	}
	return false
}

// idle lets time pass, as far as something is due, and the service get on.
func (r *run) idle() {
	next := r.w.now.Add(3 * time.Second)
	try := NextTry(r.s)
	if try.After(r.w.now) {
		next = try
	}
	r.w.now = next
	r.w.step(false)
	if x := r.w.onIdle; x != nil {
		x()
	}
	r.apply(TimeCame{})
	if !try.IsZero() {
		return // it is looked before that
	}
	for _, l := range Looks(r.s) {
		if see := r.s.Seen[l.Of]; see.Fresh() && l.Every > 0 {
			r.apply(r.w.answer(r.s, l.Of, r.s.Sequence()))
		}
	}
}

// changes are the requests that an unattended migration sends.
var changes = []Verb{DoOpenAccess, DoCreateKey, DoCreateReplication, DoStopApp, DoCreateFinalization, DoBind, DoUnbind, DoStartApp}

const planOf = `version: 1
org: acme
space: prod
source: {instance: orders-db, key: {create: true, name: for-migration}}
target: {instance: orders-hyperscaler, key: {create: true, name: for-migration}}
accept: all
until: switched
on-failure: %s
`

// plansWalked is how many walks there are; fewer where all is slower, see race_test.go.
var plansWalked uint64 = 1000

// TestNoWalkThroughWhatPassesDestroysAnything: whatever passes strikes an unattended
// migration, at whichever request, for as long as it may. At the end of what passes every
// application that ran runs on the target, and nothing was taken back. What lasts longer
// than all patience ends the run, and still nothing is taken back.
func TestNoWalkThroughWhatPassesDestroysAnything(t *testing.T) {
	t.Parallel()
	for seed := range plansWalked {
		chance := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a walk that can be walked again
		x := &storm{
			kind: passing[chance.IntN(len(passing))], verb: changes[chance.IntN(len(changes))],
			looks: chance.IntN(3) == 0, unclear: chance.IntN(2) == 0, works: chance.IntN(2) == 0, advice: chance.IntN(3) == 0,
			lasts: time.Duration(1+chance.IntN(24*60)) * time.Second,
		}
		if chance.IntN(6) == 0 {
			x.verb = ""
		}
		long := chance.IntN(5) == 0
		if long {
			x.lasts, x.looks = 30*time.Hour, false // looks are made for as long as somebody waits
		}
		on := []plan.OnFailure{plan.FailureStop, plan.FailureBackOut, plan.FailureBackOutWithLoss}[chance.IntN(3)]
		p, err := plan.Parse(fmt.Appendf(nil, planOf, on))
		if err != nil {
			t.Fatal(err)
		}
		r := newRun(t, newWorld(chance.IntN(4) == 0))
		err = r.alone(p, x)
		told := fmt.Sprintf("walk %d, %+v, on-failure %s: ended by %v; log %v", seed, *x, on, err, r.w.log)
		if slices.ContainsFunc(r.w.log, func(id string) bool {
			return strings.HasPrefix(id, string(DoDeleteReplication)) || strings.HasPrefix(id, string(DoDeleteFinalization)) || strings.HasPrefix(id, string(DoDeleteKey))
		}) {
			t.Fatalf("something was taken back: %s", told)
		}
		stop, stopped := errors.AsType[*plan.StopError](err)
		switch {
		case err == nil:
			r.w.checkSide(t, Target)
		case !long || !stopped || stop.Reason != plan.NotPassed:
			t.Fatal(told)
		}
		if x.hits == 0 {
			t.Fatalf("nothing was struck: %s", told)
		}
	}
}
