package unattended

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// Planned is one of several plans that are carried out at once.
type Planned struct {
	Runner Runner // at the place of the plan
	Plan   plan.Plan
	File   string
}

// MoreThanOneError says why plans cannot be carried out together.
type MoreThanOneError struct{ says string }

func (e *MoreThanOneError) Error() string { return e.says }

// CheckSeveral says why plans cannot be carried out together; nil: they can. Together they
// go as far as IN-SYNC, where each can wait: one at a time is led through its downtime.
func CheckSeveral(list []Planned) error {
	refuse := func(format string, args ...any) error { return &MoreThanOneError{fmt.Sprintf(format, args...)} }
	sources, targets := map[string]string{}, map[string]string{}
	for _, x := range list {
		if !plan.InSync.Covers(x.Plan.Until) {
			return refuse("%s goes as far as %s. Of several plans each goes as far as %s at the most, and is parked there: one at a time is led through its downtime. Say `until: %s`, run them together, and then this one alone, as far as %s",
				x.File, x.Plan.Until, plan.InSync, plan.InSync, x.Plan.Until)
		}
		for _, same := range []struct {
			seen map[string]string
			what string
			name string
		}{{sources, "source", x.Plan.Source.Instance}, {targets, "target", x.Plan.Target.Instance}} {
			key := strings.Join([]string{x.place(), x.Plan.Org, x.Plan.Space, same.name}, "\n")
			if other := same.seen[key]; other != "" {
				return refuse("%s and %s have the same %s, %s: a database takes part in one migration", other, x.File, same.what, same.name)
			}
			same.seen[key] = x.File
		}
	}
	return nil
}

// place is the landscape that a plan works at, as far as it says.
func (x Planned) place() string {
	if at := x.Runner.Config.API; at != "" {
		return address(at)
	}
	return x.Plan.Landscape
}

// names tells several migrations apart, each by its source; where two have sources of one
// name, by where they are, too.
func names(list []Planned) []string {
	for _, of := range []func(Planned) string{
		func(x Planned) string { return x.Plan.Source.Instance },
		func(x Planned) string { return x.Plan.Space + "/" + x.Plan.Source.Instance },
		func(x Planned) string { return x.Plan.Org + "/" + x.Plan.Space + "/" + x.Plan.Source.Instance },
	} {
		var made []string
		seen := map[string]bool{}
		for _, x := range list {
			made = append(made, line(of(x)))
			seen[made[len(made)-1]] = true
		}
		if len(seen) == len(list) {
			return made
		}
	}
	var files []string
	for _, x := range list {
		files = append(files, line(x.File))
	}
	return files
}

// RunSeveral carries out several plans, each as far as it says, and watches all of them at
// once. They are begun one after the other: the next when the service has the replication
// of the one before, or that is over. What stops one stops no other. The exit is the worst
// of theirs.
func (u Runner) RunSeveral(ctx context.Context, list []Planned, o RunOptions, v *status.EventPrinter) error {
	if o.DryRun {
		v.Untimed = true // they are told one after the other
	}
	called := names(list)
	printers := v.Several(called)
	codes := make([]int, len(list))
	over := time.Now().Add(o.Timeout)
	var running sync.WaitGroup
	for i, x := range list {
		own, late := o, o.Timeout > 0 && !time.Now().Before(over)
		if o.Timeout > 0 && !late {
			own.Timeout = time.Until(over)
		}
		placed := make(chan struct{})
		running.Go(func() {
			release := sync.OnceFunc(func() { close(placed) })
			defer release()
			codes[i] = x.run(ctx, own, late, printers[i], func(now engine.Snapshot) {
				if now.State.Facts.Replication.Exists {
					release()
				}
			})
		})
		<-placed
		if o.DryRun {
			running.Wait()
		}
	}
	running.Wait()
	v.Clear()
	return u.leaveSeveral(called, codes, o, v)
}

// run carries one of several out, and returns its exit status.
func (x Planned) run(ctx context.Context, o RunOptions, late bool, v *status.EventPrinter, seen func(engine.Snapshot)) int {
	x.Runner.beside = seen
	notBegun := func(code int, why string) int {
		v.Print(status.Event{At: time.Now(), Event: status.EventEnd, ExitStatus: &code, Says: "not begun: " + why + ". Nothing was done"})
		return code
	}
	switch {
	case ctx.Err() != nil:
		return notBegun(status.ExitInterrupted, "interrupted")
	case late:
		return notBegun(status.ExitNotYet, "the time is up")
	}
	return status.ExitStatus(v.PrintEnd(x.Runner.Run(ctx, x.Plan, o, v)))
}

// leaveSeveral tells how several have ended, and how to go on with them.
func (u Runner) leaveSeveral(called []string, codes []int, o RunOptions, v *status.EventPrinter) error {
	worst := status.Worst(codes...)
	var open []string
	for i, code := range codes {
		if code != status.ExitDone {
			open = append(open, fmt.Sprintf("%s (%d)", called[i], code))
		}
	}
	says := fmt.Sprintf("all %d are as far as their plans say", len(called))
	if o.DryRun {
		says = fmt.Sprintf("the %d plans answer everything", len(called))
	}
	if len(open) > 0 {
		says = fmt.Sprintf("%d of %d are as far as their plans say; not so: %s", len(called)-len(open), len(called), strings.Join(open, ", "))
	}
	v.Print(status.Event{At: time.Now(), Event: status.EventEnd, ExitStatus: &worst, Says: says})
	if !o.DryRun {
		fmt.Fprintln(u.Err, steps.SayParked)
		if len(open) > 0 {
			fmt.Fprintf(u.Err, "To go on with them, run: %s\n", u.Again)
		}
	}
	return v.Exit(worst)
}
