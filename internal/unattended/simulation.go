package unattended

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// imagination plays a migration forward in the machine alone: what is there is
// looked at, what would be done counts as done, and what cannot be known goes
// well. Each such assumption is told.
type imagination struct {
	eng  *engine.Engine
	tell func(status.Event)

	s     steps.State
	now   time.Time
	due   []steps.Effect
	real  map[steps.Sight]any // looks at the real world, once each
	done  []steps.Effect
	words map[steps.Verb]string // of the replication and finalization: what they come to
	told  map[string]bool
}

func imagine(eng *engine.Engine, s steps.State, tell func(status.Event)) *imagination {
	return &imagination{
		eng: eng, s: s, tell: func(e status.Event) {
			e.At = time.Now() // what is imagined has an order, and no time
			tell(e)
		}, now: time.Now(), real: map[steps.Sight]any{}, words: map[steps.Verb]string{}, told: map[string]bool{},
	}
}

// mostTurns bounds how long a migration can be played; a large one takes some ten
// turns for each application.
const mostTurns = 100_000

// play goes on until the plan's end or an open question.
func (i *imagination) play(ctx context.Context, pl plan.Plan, answer func(*steps.Question, steps.State) (steps.Answer, error)) (driveResult, error) {
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
			if err := i.see(ctx, see); err != nil {
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
		key := string(q.ID) + a.Option
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

// apply takes an event in. The machine's times are imagined, too.
func (i *imagination) apply(event any) {
	i.now = i.now.Add(time.Second)
	was := steps.Current(i.s)
	next, due := steps.Apply(i.s, steps.Event{At: i.now, Is: event})
	i.s, i.due = next, append(i.due, due...)
	if is := steps.Current(i.s); is != was {
		i.tell(status.Event{At: i.now, Event: status.EventStep, Step: is, Number: is.Number(), Word: "begun"})
	}
}

// carryOut imagines that an effect is done.
func (i *imagination) carryOut(e steps.Effect) {
	i.tell(status.Event{At: i.now, Event: status.EventEffect, What: line(e.String()), Word: "would be done", Requests: e.Requests()})
	if e.Changes() {
		i.assume("this login may do all of it; `pg-migrate-wizard doctor` looks at its rights")
	}
	i.done = append(i.done, e)
	switch e.Do {
	case steps.DoCheck:
		i.apply(steps.Checked{Effect: e, Findings: i.findings()})
		return
	case steps.DoCreateReplication:
		i.words[e.Do] = steps.InSync
		i.assume("the replication comes IN-SYNC")
	case steps.DoCreateFinalization:
		i.words[e.Do] = steps.Completed
		i.assume("the finalization comes to COMPLETED")
	case steps.DoDeleteReplication:
		delete(i.words, steps.DoCreateReplication)
	case steps.DoDeleteFinalization:
		delete(i.words, steps.DoCreateFinalization)
	}
	i.apply(steps.Did{Effect: e, Made: steps.Ref{GUID: guidOf(e), Name: e.Key.Name}})
}

// guidOf stands for the GUID of what would be made. It says in a request what goes
// there.
func guidOf(e steps.Effect) string {
	switch e.Do {
	case steps.DoCreateKey:
		return "{GUID of the new key " + e.Key.Name + " of " + e.Instance.Name + "}"
	case steps.DoBind:
		return "{GUID of the new binding of " + e.App.Name + " to " + e.Instance.Name + "}"
	}
	return ""
}

// findings are those that the preflight check would find: as the last time, where
// these databases were checked before.
func (i *imagination) findings() []steps.Finding {
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

func (i *imagination) assume(says string) {
	if !i.told[says] {
		i.told[says] = true
		i.tell(status.Event{At: i.now, Event: status.EventAssumption, Says: says})
	}
}

// unseen returns a thing that the machine wants to see and has not seen anew.
func (i *imagination) unseen() (steps.Sight, bool) {
	for _, l := range steps.Looks(i.s) {
		if !i.s.Seen[l.See].Fresh() {
			return l.See, true
		}
	}
	return "", false
}

// letTimePass looks at everything once more, a while later: what was under way
// has gone well.
func (i *imagination) letTimePass(ctx context.Context) error {
	i.now = i.now.Add(time.Hour)
	for verb, p := range map[steps.Verb]steps.Progress{
		steps.DoCreateReplication: i.s.Facts.Replication, steps.DoCreateFinalization: i.s.Facts.Finalization,
	} {
		if p.Exists && p.Word != steps.Failed && i.words[verb] == "" {
			i.words[verb] = steps.InSync
			if verb == steps.DoCreateFinalization {
				i.words[verb] = steps.Completed
			}
			i.assume("the replication or finalization that is under way goes well")
		}
	}
	for _, l := range steps.Looks(i.s) {
		if err := i.see(ctx, l.See); err != nil {
			return err
		}
	}
	return nil
}

// see observes one thing: the real one, and what was done to it since.
func (i *imagination) see(ctx context.Context, see steps.Sight) error {
	o := steps.Observation{Asked: i.s.Sequence()}
	switch see {
	case steps.SeeSession:
		i.apply(steps.SawSession{Observation: o, Session: i.s.Facts.Session})
		return nil
	case steps.SeeReplication, steps.SeeFinalization:
		return i.seeProgress(ctx, o, see)
	case steps.SeeAccess:
		if i.did(steps.DoOpenAccess) {
			i.apply(steps.SawAccess{Observation: o, Open: steps.Yes})
			return nil
		}
	}
	seen, known := i.real[see]
	if !known {
		var err error
		if seen, err = i.eng.Look(ctx, i.existing(), see); err != nil {
			return fmt.Errorf("could not look at the %s: %w", see, err)
		}
		i.real[see] = seen
	}
	known = known || !i.s.Seen[see].At.IsZero() // before the play began
	i.apply(i.overlaid(seen, o, known))
	return nil
}

// existing is the state without keys that are only imagined: nothing can be read
// of them.
func (i *imagination) existing() steps.State {
	s := i.s
	s.Facts.SourceKeys = slices.DeleteFunc(slices.Clone(s.Facts.SourceKeys), imagined)
	s.Facts.TargetKeys = slices.DeleteFunc(slices.Clone(s.Facts.TargetKeys), imagined)
	return s
}

func imagined(k steps.Key) bool { return strings.HasPrefix(k.GUID, "{") }

func (i *imagination) did(do steps.Verb) bool {
	return slices.ContainsFunc(i.done, func(e steps.Effect) bool { return e.Do == do })
}

// seeProgress says what the service would say. Before both keys are there in
// reality it could not be asked.
func (i *imagination) seeProgress(ctx context.Context, o steps.Observation, see steps.Sight) error {
	verb, undo := steps.DoCreateReplication, steps.DoDeleteReplication
	if see == steps.SeeFinalization {
		verb, undo = steps.DoCreateFinalization, steps.DoDeleteFinalization
	}
	exists, word := i.words[verb] != "", i.words[verb]
	if !exists && !i.did(undo) && !i.did(steps.DoCreateKey) {
		seen, known := i.real[see]
		if !known {
			var err error
			if seen, err = i.eng.Look(ctx, i.s, see); err != nil {
				return fmt.Errorf("could not look at the %s: %w", see, err)
			}
			i.real[see] = seen
		}
		switch seen := seen.(type) {
		case steps.SawReplication:
			exists, word = seen.Exists, seen.Word
		case steps.SawFinalization:
			exists, word = seen.Exists, seen.Word
		}
	}
	if see == steps.SeeFinalization {
		i.apply(steps.SawFinalization{Observation: o, Names: i.s.Names(), Exists: exists, Word: word})
	} else {
		i.apply(steps.SawReplication{Observation: o, Names: i.s.Names(), Exists: exists, Word: word})
	}
	return nil
}

// overlaid is what was seen once, with what was done since. Of applications and
// shares the machine's own facts are up to date.
func (i *imagination) overlaid(seen any, o steps.Observation, known bool) any {
	f := i.s.Facts
	switch seen := seen.(type) {
	case steps.SawInstances:
		seen.Observation, seen.Instances = o, i.instances(seen.Instances)
		return seen
	case steps.SawAccess:
		seen.Observation = o
		return seen
	case steps.SawKeys:
		seen.Observation, seen.Keys = o, i.keys(seen.Side, seen.Keys)
		return seen
	case steps.SawApps:
		seen.Observation = o
		if known {
			seen.Apps = slices.Clone(f.Apps)
		}
		for n, a := range seen.Apps {
			if a.State == steps.Started {
				seen.Apps[n].Healthy = steps.Yes
			}
		}
		seen.Tasks = slices.DeleteFunc(slices.Clone(seen.Tasks), func(t steps.Task) bool {
			return slices.ContainsFunc(i.done, func(e steps.Effect) bool { return e.Do == steps.DoCancelTask && e.Task.GUID == t.GUID })
		})
		return seen
	case steps.SawElsewhere:
		seen.Observation = o
		seen.Elsewhere.Unseen = slices.DeleteFunc(slices.Clone(seen.Elsewhere.Unseen), func(u steps.Unseen) bool {
			hidden := u.GUID == i.s.Choices.Source.GUID && i.did(steps.DoCreateKey) // the new key will tell the address
			if hidden {
				i.assume("nobody has the address of the source otherwise than by a binding or a key")
			}
			return hidden
		})
		return seen
	case steps.SawShares:
		seen.Observation = o
		if known {
			seen.Shares = i.shares()
		}
		return seen
	case steps.SawOrgs:
		seen.Observation = o
		return seen
	case steps.SawSpaces:
		seen.Observation = o
		return seen
	case steps.SawMigrations:
		seen.Observation = o
		return seen
	}
	return seen
}

func (i *imagination) instances(list []steps.Instance) []steps.Instance {
	list = slices.Clone(list)
	for _, e := range i.done {
		at := slices.IndexFunc(list, func(x steps.Instance) bool { return x.GUID == e.Instance.GUID })
		switch {
		case at < 0:
		case e.Do == steps.DoDeleteInstance:
			list = slices.Delete(list, at, at+1)
		case e.Do == steps.DoRenameInstance:
			list[at].Name = e.NewName
		case e.Do == steps.DoOpenAccess:
			list[at].Operation = steps.Operation{Type: "update", State: "succeeded", At: i.now}
		}
	}
	return list
}

func (i *imagination) keys(side steps.Side, list []steps.Key) []steps.Key {
	list = slices.Clone(list)
	for _, e := range i.done {
		if e.Side != side {
			continue
		}
		switch e.Do {
		case steps.DoCreateKey:
			k := steps.Key{Ref: steps.Ref{GUID: guidOf(e), Name: e.Key.Name}, Usable: steps.Yes, SessionReplication: steps.No}
			if e.SessionReplication {
				k.SessionReplication = steps.Yes
			}
			list = append(list, k)
		case steps.DoDeleteKey:
			list = slices.DeleteFunc(list, func(k steps.Key) bool { return k.GUID == e.Key.GUID })
		}
	}
	return list
}

func (i *imagination) shares() map[steps.Side][]steps.Share {
	shares := map[steps.Side][]steps.Share{}
	for side, list := range i.s.Facts.Shares {
		for _, x := range list {
			if !slices.ContainsFunc(i.done, func(e steps.Effect) bool {
				return e.Do == steps.DoUnshare && e.Side == side && e.Space.GUID == x.Space.GUID
			}) {
				shares[side] = append(shares[side], x)
			}
		}
	}
	return shares
}
