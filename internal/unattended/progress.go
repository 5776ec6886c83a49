package unattended

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// Process is one of the two things that the service does.
type Process struct {
	Name   string
	see    steps.Observable
	about  steps.Subject
	of     func(steps.State) steps.Progress
	moment steps.MomentKind
	every  time.Duration // how often --wait looks at it
	End    string        // word for which --wait waits
}

// The two of them: one may take days, the other keeps applications down.
var (
	Replication = Process{
		Name: "replication", about: steps.AboutReplication, see: steps.ObserveReplication, moment: steps.MomentReplication, every: 15 * time.Second, End: steps.InSync,
		of: func(s steps.State) steps.Progress { return s.Facts.Replication },
	}
	Finalization = Process{
		Name: "finalization", about: steps.AboutFinalization, see: steps.ObserveFinalization, moment: steps.MomentFinalization, every: 3 * time.Second, End: steps.Completed,
		of: func(s steps.State) steps.Progress { return s.Facts.Finalization },
	}
)

// ended reports whether there is nothing to wait for, or nothing any more.
func (x Process) ended(s steps.State) bool {
	p := x.of(s)
	return !p.Exists || p.Is(steps.Failed) || p.Is(x.End) || p.Is(steps.Completed)
}

// Progress says how one of them stands, and waits for its end if so asked. unseen says
// why it is not known, or not as far.
func (u Runner) Progress(ctx context.Context, pl plan.Plan, x Process, wait bool, timeout time.Duration) (r status.ProgressResult, unseen, err error) {
	o := observation{looks: once(x.see)}
	if wait {
		o.timeout, o.looks[0].Every = timeout, x.every
		o.until = func(now engine.Snapshot) bool {
			return x.ended(now.State) || slices.Contains(now.GivenUp, x.see)
		}
	}
	end, err := u.observe(ctx, pl, o)
	if err != nil {
		return r, nil, err
	}
	r, unseen = x.result(end, pl, wait, timeout)
	if s := end.Now.State; end.past == nil && end.Err == nil && !steps.Nameable(s) {
		if before := u.backedOut(s, pl); before != "" {
			unseen = status.Exit(status.ExitOpen, line("The "+x.Name+" cannot be asked for any more. "+before))
		}
	}
	if r.ExitStatus = status.ExitStatus(unseen); unseen != nil {
		r.Says = unseen.Error()
	}
	return r, unseen, nil
}

func (x Process) result(end StepEnd, pl plan.Plan, wait bool, timeout time.Duration) (status.ProgressResult, error) {
	s := end.Now.State
	now := x.of(s)
	r := status.ProgressResult{Version: status.ResultVersion, Command: x.Name, At: s.At, Names: namesOf(s, pl)}
	if r.Known = now.Known && steps.Nameable(s) && otherKeys(s, pl) == nil; r.Known && now.Exists {
		r.Exists = true
		r.Status = line(now.Word)
	}
	switch {
	case end.past != nil:
		r.Status, r.Says = status.LastStatus(*end.past, x.moment), "The migration is complete, by its record. This was seen last; the service is not asked any more."
		r.Names = end.past.Names()
		r.LastSeen = status.ProgressOf(*end.past, x.about).LastSeen
	case end.Err != nil && end.result.interrupted && now.Known && wait:
		return r, status.Exit(status.ExitInterrupted, "interrupted. The service goes on with the "+x.Name+".")
	case end.Err != nil:
		return r, end.Err
	case !steps.Nameable(s) && steps.IsCompleted(s): // by the record: a key is deleted, as it has to be
		last := status.ProgressOf(s, x.about)
		r.Status, r.LastSeen, r.Says = last.Status, last.LastSeen, last.String()+": a service key is gone, and the service finds a migration by its keys."
	case !steps.Nameable(s):
		return r, status.Exit(status.ExitOpen, keysWanted(s, pl))
	case end.result.late:
		return r, status.Exit(status.ExitNotYet, fmt.Sprintf("the %s is %s after %s; the service goes on with it", x.Name, cmp.Or(r.Status, "not known"), timeout))
	case now.Is(steps.Failed):
		return r, status.Exit(status.ExitService, "the migration service says that the "+x.Name+" has FAILED")
	case wait && !now.Exists:
		return r, status.Exit(status.ExitNotYet, "there is no "+x.Name+" to wait for.")
	}
	return r, nil
}

// namesOf are the six names, as planned where none was seen or chosen.
func namesOf(s steps.State, pl plan.Plan) steps.Names {
	n, planned := s.Names(), PlannedNames(pl)
	return steps.Names{
		Org: cmp.Or(n.Org, planned.Org), Space: cmp.Or(n.Space, planned.Space),
		SourceInstance: cmp.Or(n.SourceInstance, planned.SourceInstance), TargetInstance: cmp.Or(n.TargetInstance, planned.TargetInstance),
		SourceKey: cmp.Or(n.SourceKey, planned.SourceKey), TargetKey: cmp.Or(n.TargetKey, planned.TargetKey),
	}
}

func asksService(see steps.Observable) bool { return see == Replication.see || see == Finalization.see }
