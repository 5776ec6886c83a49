package unattended

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// Process is one of the two things that the service does.
type Process struct {
	Name   string
	see    steps.Sight
	of     func(steps.State) steps.Progress
	moment steps.MomentKind
	End    string // word for which --wait waits
}

// The two of them.
var (
	Replication = Process{
		Name: "replication", see: steps.SeeReplication, moment: steps.MomentReplication, End: steps.InSync,
		of: func(s steps.State) steps.Progress { return s.Facts.Replication },
	}
	Finalization = Process{
		Name: "finalization", see: steps.SeeFinalization, moment: steps.MomentFinalization, End: steps.Completed,
		of: func(s steps.State) steps.Progress { return s.Facts.Finalization },
	}
)

// lookEvery is how often --wait looks at one that may take days, and at one that
// keeps applications down.
func (x Process) lookEvery() time.Duration {
	if x.see == steps.SeeFinalization {
		return 3 * time.Second
	}
	return 15 * time.Second
}

// Progress says how one of them stands, and waits for its end if so asked. unseen says
// why it is not known, or not as far.
func (u Runner) Progress(ctx context.Context, pl plan.Plan, x Process, wait bool, timeout time.Duration) (r status.ProgressResult, unseen, err error) {
	v, err := u.observe(ctx, pl, x.see)
	if err != nil {
		return r, nil, err
	}
	r, unseen = v.progress(ctx, x, wait, timeout)
	if r.ExitStatus = status.ExitStatus(unseen); unseen != nil {
		r.Says = unseen.Error()
	}
	return r, unseen, nil
}

func (v *Observation) progress(ctx context.Context, x Process, wait bool, timeout time.Duration) (status.ProgressResult, error) {
	r := status.ProgressResult{Version: status.ResultVersion, Command: x.Name, At: v.s.At, Names: namesOf(v.s, v.plan)}
	switch {
	case v.end.past != nil:
		r.Status, r.Says = status.LastStatus(*v.end.past, x.moment), "The migration is complete, by its record. This was seen last; the service is not asked any more."
		r.Names = v.end.past.Names()
		return r, nil
	case v.end.Err != nil:
		return r, v.end.Err
	case !v.nameable:
		return r, status.Exit(status.ExitOpen, v.keysWanted())
	}
	r.Known = true
	var late <-chan time.Time
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		late = t.C
	}
	for {
		now := x.of(v.s)
		r.At, r.Exists, r.Status = v.s.At, now.Exists, ""
		if now.Exists {
			r.Status = line(now.Word)
		}
		switch {
		case now.Is(steps.Failed):
			return r, status.Exit(status.ExitService, "the migration service says that the "+x.Name+" has FAILED")
		case !wait, now.Is(x.End), now.Is(steps.Completed):
			return r, nil
		case !now.Exists:
			return r, x.waitingFor(wait)
		}
		t := time.NewTimer(paced(v.pace, x.lookEvery()))
		select {
		case <-t.C:
		case <-late:
			t.Stop()
			return r, status.Exit(status.ExitNotYet, fmt.Sprintf("the %s is %s after %s; the service goes on with it", x.Name, r.Status, timeout))
		case <-ctx.Done():
			t.Stop()
			return r, status.Exit(status.ExitInterrupted, "interrupted. The service goes on with the "+x.Name+".")
		}
		if err := v.observe(ctx, x.see); err != nil {
			return r, err
		}
	}
}

// waitingFor says that nothing is there to be waited for.
func (x Process) waitingFor(wait bool) error {
	if wait {
		return status.Exit(status.ExitNotYet, "there is no "+x.Name+" to wait for.")
	}
	return nil
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
