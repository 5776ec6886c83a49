package unattended

import (
	"context"
	"fmt"
	"strings"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

func censusOf(s steps.State) status.WritersResult {
	r := status.WritersResult{Version: status.ResultVersion, Known: true, At: s.At, Names: s.Names(), Open: len(steps.OpenWriters(s)), Writers: []status.Writer{}, Applications: []status.App{}}
	if s.Choices.Ended != nil {
		r.Open = 0
		return r
	}
	r.Writers = append(r.Writers, status.WritersOf(s)...)
	r.Applications = append(r.Applications, appsOf(s)...)
	return r
}

// unsettledWriters lists who can write, each with what settles it.
func unsettledWriters(s steps.State) string {
	open := steps.OpenWriters(s)
	if len(open) == 0 {
		return "Nobody has said that nothing else writes to source or target. `stop-apps --yes` says it."
	}
	lines := []string{fmt.Sprintf("%d can write to %s:", len(open), steps.SideOf(open...).Database())}
	for _, w := range open {
		settle := "stop-apps --yes"
		if w.Fate == steps.FateDecide {
			settle = "switch it off, or stop-apps --yes --waive " + ShellQuoted(w.Handle()+"=REASON")
		}
		lines = append(lines, line(fmt.Sprintf("%s (%s): %s", w.Handle(), w.What, settle)))
	}
	return strings.Join(lines, "\n  ")
}

// Writers lists all that can write to source or target. unseen says why it is not known.
func (u Runner) Writers(ctx context.Context, pl plan.Plan) (r status.WritersResult, unseen, err error) {
	end, err := u.observe(ctx, pl, observation{looks: once(steps.ObserveApps, steps.ObserveElsewhere)})
	if err != nil {
		return r, nil, err
	}
	switch r = censusOf(end.Now.State); {
	case end.past != nil:
		r = censusOf(*end.past)
		r.Known, r.Says = false, "The migration is complete, by its record: there is nobody left to list."
	case end.Err != nil:
		r.Known, r.Says, r.ExitStatus = false, end.Err.Error(), status.ExitStatus(end.Err)
	}
	r.Names = namesOf(end.Now.State, pl)
	return r, end.Err, nil
}
