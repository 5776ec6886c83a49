package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// progressResult is what the service says of a replication or a finalization, for
// programs.
type progressResult struct {
	Version    int         `json:"version"`
	Command    string      `json:"command"`
	ExitStatus int         `json:"exit_status"` // of the command
	Known      bool        `json:"known"`       // the service was asked
	Exists     bool        `json:"exists"`
	Status     string      `json:"status"` // the service's word; empty: there is none
	At         time.Time   `json:"at"`     // when it was looked
	Says       string      `json:"says"`   // why nothing was asked, or how it has ended
	Names      steps.Names `json:"names"`
}

func (r progressResult) table(w io.Writer) {
	word := r.Status
	switch {
	case word != "":
	case r.Known:
		word = "none"
	default:
		word = "not known"
	}
	n := r.Names
	rows := [][]string{
		{r.Command, word},
		{"source", line(n.SourceInstance), "key " + dash(line(n.SourceKey))},
		{"target", line(n.TargetInstance), "key " + dash(line(n.TargetKey))},
	}
	if r.Says != "" && r.ExitStatus == StatusDone { // else it is the error
		rows = append(rows, []string{"", r.Says})
	}
	columns(w, rows)
}

// watched is one of the two things that the service does.
type watched struct {
	command string
	see     steps.Sight
	of      func(steps.State) steps.Progress
	moment  steps.MomentKind
	end     string // word for which --wait waits
}

var (
	theReplication = watched{
		command: "replication", see: steps.SeeReplication, moment: steps.MomentReplication, end: steps.InSync,
		of: func(s steps.State) steps.Progress { return s.Facts.Replication },
	}
	theFinalization = watched{
		command: "finalization", see: steps.SeeFinalization, moment: steps.MomentFinalization, end: steps.Completed,
		of: func(s steps.State) steps.Progress { return s.Facts.Finalization },
	}
)

// progressCommand looks at one of them, and changes nothing.
func (p *program) progressCommand(common *flags, x watched) *cobra.Command {
	cmd, f := p.lineCommand(common, x.command, "Says how the "+x.command+" stands",
		fmt.Sprintf(`Asks the migration service how the %s stands, and changes nothing; whoever has
started it. There is none: exists is false, and the status 0. It cannot be asked because
nobody has said with which service keys: known is false, and the status 7. FAILED is
status 6. With --wait it waits until %s or FAILED.`, x.command, x.end),
		"# how does the "+x.command+" stand?\n"+x.command+"\n# wait until the "+x.command+" is "+x.end+"\n"+x.command+" --wait --timeout 6h", nil)
	f.addWait(cmd, "until "+x.end+" or FAILED")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		v, err := p.survey(cmd.Context(), pl, cfg, x.see)
		if err != nil {
			return err
		}
		r, err := p.progress(cmd.Context(), f, &v, x)
		if r.ExitStatus = statusOf(err); err != nil {
			r.Says = err.Error()
		}
		return errors.Join(p.print(f.form, r, r.table), err)
	}
	return cmd
}

// lookEvery is how often --wait looks at one that may take days, and at one that
// keeps applications down.
func (x watched) lookEvery() time.Duration {
	if x.see == steps.SeeFinalization {
		return 3 * time.Second
	}
	return 15 * time.Second
}

func (p *program) progress(ctx context.Context, f *lineFlags, v *survey, x watched) (progressResult, error) {
	r := progressResult{Version: lineVersion, Command: x.command, At: v.s.At, Names: namesOf(v.s, v.plan)}
	switch {
	case v.end.past != nil:
		r.Status, r.Says = lastWord(*v.end.past, x.moment), "The migration is complete, by its record. This was seen last; the service is not asked any more."
		r.Names = v.end.past.Names()
		return r, nil
	case v.end.err != nil:
		return r, v.end.err
	case !v.nameable:
		return r, &exit{StatusOpen, v.keysWanted()}
	}
	r.Known = true
	var late <-chan time.Time
	if f.timeout > 0 {
		t := time.NewTimer(f.timeout)
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
			return r, &exit{StatusService, "the migration service says that the " + x.command + " has FAILED"}
		case !f.wait, now.Is(x.end), now.Is(steps.Completed):
			return r, nil
		case !now.Exists:
			return r, x.waitingFor(f)
		}
		t := time.NewTimer(paced(v.pace, x.lookEvery()))
		select {
		case <-t.C:
		case <-late:
			t.Stop()
			return r, &exit{StatusNotYet, fmt.Sprintf("the %s is %s after %s; the service goes on with it", x.command, r.Status, f.timeout)}
		case <-ctx.Done():
			t.Stop()
			return r, &exit{StatusInterrupted, "interrupted. The service goes on with the " + x.command + "."}
		}
		if err := v.look(ctx, x.see); err != nil {
			return r, err
		}
	}
}

// waitingFor says that nothing is there to be waited for.
func (x watched) waitingFor(f *lineFlags) error {
	if f.wait {
		return &exit{StatusNotYet, "there is no " + x.command + " to wait for."}
	}
	return nil
}

// lastWord is the last status that a record has.
func lastWord(s steps.State, moment steps.MomentKind) string {
	return line(s.History.LastStatus(s.Choices.Round, moment))
}

// namesOf are the six names, as planned where none was seen or chosen.
func namesOf(s steps.State, pl plan.Plan) steps.Names {
	n, planned := s.Names(), planNames(pl)
	return steps.Names{
		Org: cmp.Or(n.Org, planned.Org), Space: cmp.Or(n.Space, planned.Space),
		SourceInstance: cmp.Or(n.SourceInstance, planned.SourceInstance), TargetInstance: cmp.Or(n.TargetInstance, planned.TargetInstance),
		SourceKey: cmp.Or(n.SourceKey, planned.SourceKey), TargetKey: cmp.Or(n.TargetKey, planned.TargetKey),
	}
}
