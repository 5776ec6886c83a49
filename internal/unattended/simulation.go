package unattended

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// simulation plays a migration forward in the machine alone: what is there is
// looked at once, what would be done counts as done, and everything after that is as
// the machine assumes ([steps.AsAssumed]). Each assumption is told.
type simulation struct {
	eng  *engine.Engine // looks
	tell func(status.Event)

	s    steps.State
	now  time.Time
	due  []steps.Effect
	told map[string]bool

	would status.Would
}

func newSimulation(eng *engine.Engine, seen engine.Snapshot, tell func(status.Event)) *simulation {
	return &simulation{
		eng: eng, s: seen.State, due: slices.Clone(seen.Withheld), now: time.Now(), told: map[string]bool{},
		would: status.Would{Stops: []string{}, Deletes: []string{}, Assumed: []string{}},
		tell: func(e status.Event) {
			e.At = time.Now() // what is played has an order, and no time
			tell(e)
		},
	}
}

// mostTurns bounds how long a migration can be played; a large one takes some ten
// turns for each application.
const mostTurns = 100_000

// play goes on until the plan's end or an open question.
func (i *simulation) play(ctx context.Context, pl plan.Plan, answer func(*steps.Question, steps.State) (steps.Answer, error)) (driveResult, error) {
	r := driveResult{}
	waited, answered := 0, map[string]int{}
	for range mostTurns {
		r.last = engine.Snapshot{State: i.s}
		switch see, unseen := i.unseen(); {
		case ctx.Err() != nil:
			r.interrupted = true
			return r, nil
		case i.s.Choices.Ended != nil || !unseen && len(i.due) == 0 && reached(pl, i.s):
			r.done = reached(pl, i.s)
			return r, nil
		case len(i.due) > 0:
			e := i.due[0]
			i.due = i.due[1:]
			i.carryOut(e)
			waited = 0
			continue
		case unseen:
			err := i.see(ctx, see)
			if stuck, ok := errors.AsType[*stuckError](err); ok {
				r.question, r.open, r.unseen = steps.Ask(i.s), stuck.exit(), true
				return r, nil
			}
			if err != nil {
				return r, err
			}
			continue
		}
		q := steps.Ask(i.s)
		wait := q == nil || q.Waiting()
		var a steps.Answer
		if !wait {
			var err error
			if a, err = answer(q, i.s); err != nil {
				r.question, r.open = q, err
				return r, nil
			}
			o, _ := q.Option(a.Option)
			wait = o.Wait
		}
		if wait {
			if waited++; waited > 3 {
				r.question = q
				return r, nil
			}
			if err := i.letTimePass(ctx); err != nil {
				return r, err
			}
			continue
		}
		key := fmt.Sprint(q.ID, " ", a.Option, a.Values)
		if answered[key]++; answered[key] > sameAnswer {
			r.question, r.open = q, fmt.Errorf("%s: %w", a.Option, errRepeated)
			return r, nil
		}
		waited = 0
		i.tell(status.Event{At: i.now, Event: status.EventAnswer, ID: string(q.ID), Option: a.Option, Name: status.OptionName(a.Option, i.s)})
		i.apply(steps.Answered{Answer: a})
	}
	return r, fmt.Errorf("the plan cannot be played to its end")
}

// apply takes an event in. The machine's times are played, too.
func (i *simulation) apply(event steps.Occurrence) {
	i.now = i.now.Add(time.Second)
	was := steps.Current(i.s)
	next, due := steps.Apply(i.s, steps.Event{At: i.now, Is: event})
	for _, m := range next.History[min(len(i.s.History), len(next.History)):] {
		if m.Kind == steps.MomentWaiver || m.Kind == steps.MomentAcceptance { // which, and why
			i.tell(status.EventOf(m))
		}
	}
	i.s, i.due = next, append(i.due, due...)
	if is := steps.Current(i.s); is != was {
		i.tell(status.Event{At: i.now, Event: status.EventStep, Step: is, Number: is.Number(), Word: "begun"})
	}
}

// carryOut plays that an effect is done.
func (i *simulation) carryOut(e steps.Effect) {
	i.tell(status.Event{At: i.now, Event: status.EventEffect, What: line(e.String()), Word: "would be done", Requests: e.Requests()})
	if e.Changes() {
		i.would.Changes++
		switch {
		case e.Do == steps.DoStopApp:
			i.would.Stops, i.would.Downtime = append(i.would.Stops, line(e.App.Name)), true
		case e.Do.Deletes():
			i.would.Deletes = append(i.would.Deletes, line(e.String()))
		}
		i.assume("this login may do all of it; `pg-migrate-wizard doctor` looks at its rights")
	}
	switch e.Do {
	case steps.DoCheck:
		i.apply(steps.Checked{Effect: e, Findings: i.findings()})
		return
	case steps.DoCreateReplication:
		i.assume("the replication comes IN-SYNC")
	case steps.DoCreateFinalization:
		i.assume("the finalization comes to COMPLETED")
	}
	i.apply(steps.Did{Effect: e, Made: steps.Ref{GUID: placeholder(e), Name: e.Key.Name}})
}

// placeholder stands for the GUID of what would be made, also in the requests that
// come after.
func placeholder(e steps.Effect) string {
	switch e.Do {
	case steps.DoCreateInstance:
		return "{GUID of the new instance " + e.Instance.Name + "}"
	case steps.DoCreateKey:
		return "{GUID of the new key " + e.Key.Name + " of " + e.Instance.Name + "}"
	case steps.DoBind:
		return "{GUID of the new binding of " + e.App.Name + " to " + e.Instance.Name + "}"
	}
	return ""
}

// findings are those that the preflight check would find: as the last time, where
// these databases were checked before.
func (i *simulation) findings() []steps.Finding {
	last, n := i.s.Choices.Checked, i.s.Names()
	if last == nil || last.Names.Org != n.Org || last.Names.Space != n.Space ||
		last.Names.SourceInstance != n.SourceInstance || last.Names.TargetInstance != n.TargetInstance {
		i.assume("the preflight check finds nothing")
		return nil
	}
	critical := 0
	for _, f := range last.List {
		if f.Critical {
			critical++
		}
	}
	i.assume(fmt.Sprintf("the preflight check finds what it found on %s: %d critical, %d warnings",
		last.At.Format(time.DateTime), critical, len(last.List)-critical))
	return last.List
}

func (i *simulation) assume(says string) {
	if !i.told[says] {
		i.told[says] = true
		i.would.Assumed = append(i.would.Assumed, says)
		i.tell(status.Event{At: i.now, Event: status.EventAssumption, Says: says})
	}
}

// unseen returns a thing that the machine wants to see and has not seen anew.
func (i *simulation) unseen() (steps.Observable, bool) {
	for _, l := range steps.Looks(i.s) {
		if !i.s.Seen[l.Of].Fresh() {
			return l.Of, true
		}
	}
	return "", false
}

// letTimePass looks at everything once more, a while later: what was under way
// has gone well.
func (i *simulation) letTimePass(ctx context.Context) error {
	i.now = i.now.Add(time.Hour)
	for _, p := range []steps.Progress{i.s.Facts.Replication, i.s.Facts.Finalization} {
		if p.Exists && p.Word != steps.Failed && p.Word != steps.InSync && p.Word != steps.Completed {
			i.assume("the replication or finalization that is under way goes well")
		}
	}
	for _, l := range steps.Looks(i.s) {
		if err := i.see(ctx, l.Of); err != nil {
			return err
		}
	}
	return nil
}

// see looks at a thing for the first time, or at what the machine assumes of it.
func (i *simulation) see(ctx context.Context, see steps.Observable) error {
	if !i.s.Seen[see].At.IsZero() || asksService(see) && i.played() || (see == steps.ObserveTargetKeys || see == steps.ObserveNote) && i.playsTarget() {
		if left, ok := steps.AsAssumed(i.s, see).(steps.SawElsewhere); ok && len(left.Elsewhere.Unseen) < len(i.s.Facts.Elsewhere.Unseen) {
			i.assume("nobody has the address of the source otherwise than by a binding or a key")
		}
		i.apply(steps.AsAssumed(i.s, see))
		return nil
	}
	seen, err := i.eng.Look(ctx, i.existing(), see)
	if err != nil {
		p := engine.ProblemOf(err)
		if p.RetryAfter > 0 {
			p.NotBefore = time.Now().Add(p.RetryAfter)
		}
		if p.Passes() || p.Kind == steps.ProblemForbidden {
			return &stuckError{see, p}
		}
		return fmt.Errorf("could not look at the %s: %w", see, err)
	}
	i.apply(seen)
	if see != steps.ObserveReplication && see != steps.ObserveFinalization {
		return i.see(ctx, see) // and with it what was played before
	}
	return nil
}

// existing is the state without keys and a target that are only played: nothing can be
// read of them.
func (i *simulation) existing() steps.State {
	s := i.s
	s.Facts.SourceKeys = slices.DeleteFunc(slices.Clone(s.Facts.SourceKeys), onlyPlayed)
	s.Facts.TargetKeys = slices.DeleteFunc(slices.Clone(s.Facts.TargetKeys), onlyPlayed)
	if i.playsTarget() {
		s.Choices.Target = nil
	}
	return s
}

// playsTarget reports whether the target is only played: it would be created.
func (i *simulation) playsTarget() bool {
	t := i.s.Choices.Target
	return t != nil && onlyPlayed(steps.Key{Ref: *t})
}

func onlyPlayed(k steps.Key) bool { return strings.HasPrefix(k.GUID, "{") }

// played reports whether a key is only played: the service could not be asked.
func (i *simulation) played() bool {
	return slices.ContainsFunc(i.s.Facts.SourceKeys, onlyPlayed) || slices.ContainsFunc(i.s.Facts.TargetKeys, onlyPlayed)
}
