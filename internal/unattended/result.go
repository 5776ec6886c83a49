package unattended

import (
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// Parts says which lists belong to a command's result.
type Parts struct{ Findings, Writers, Apps bool }

func appsOf(s steps.State) []status.App {
	var list []status.App
	for _, a := range s.Facts.Apps {
		v := status.App{Name: line(a.Name), GUID: a.GUID, State: a.State, BoundTo: []string{}, Healthy: a.Healthy, Ailment: line(a.Ailment), NotReady: a.NotReady}
		if at := steps.SeenBefore(s, steps.ObserveApps); !at.IsZero() {
			v.LastSeen = &at
		}
		if a.Healthy != steps.Unknown {
			well := a.Healthy == steps.Yes
			v.IsHealthy = &well
		}
		v.Bindings = map[steps.Side]int{steps.Source: len(a.Source), steps.Target: len(a.Target)}
		for _, bound := range []struct {
			to   steps.Side
			list steps.Bindings
		}{{steps.Source, a.Source}, {steps.Target, a.Target}} {
			if len(bound.list) == 0 {
				continue
			}
			v.BoundTo = append(v.BoundTo, string(bound.to))
			if bound.list.InForce() == nil {
				v.NotInForce = append(v.NotInForce, string(bound.to))
			}
		}
		for _, m := range s.Choices.Memory {
			if m.GUID == a.GUID {
				v.Was = m.State
			}
		}
		list = append(list, v)
	}
	return list
}

// reported is the result of a command that has brought its migration to the end, with the
// report of it.
func (u Runner) reported(r status.StepResult, end StepEnd) status.StepResult {
	if end.past == nil {
		r.Report = u.report(end.Now.State, end.Now.Journal)
	}
	return r
}

// ResultOfStep is ResultOf for a command that leads on. Where the migration has ended with
// it, the report is written.
func (u Runner) ResultOfStep(command string, end StepEnd, with Parts) status.StepResult {
	return u.reported(ResultOf(command, end, with), end)
}

// ResultOf is the end of a step command, for programs.
func ResultOf(command string, end StepEnd, with Parts) status.StepResult {
	s, journal := end.Now.State, end.Now.Journal
	if end.past != nil {
		s, journal = *end.past, end.pastJournal
	}
	v := status.PageOf(engine.Snapshot{State: s, Journal: journal})
	r := status.StepResult{
		Version: status.ResultVersion, Command: command, Done: end.Err == nil, Changed: end.Changed, Changes: end.Changes, ExitStatus: status.ExitStatus(end.Err),
		Names: v.Names, Step: v.Step.ID, Standing: v.Standing, Replication: v.Replication, Finalization: v.Finalization, Journal: v.Journal,
	}
	r.Closing = status.ClosingOf(s)
	if r.Says = end.Says; end.Err != nil {
		r.Says = end.Err.Error()
	}
	if with.Findings {
		r.Findings = v.Findings
	}
	if with.Writers {
		r.Writers = v.Writers
	}
	if with.Apps {
		r.Applications = appsOf(s)
	}
	if s.Choices.Ended != nil {
		for _, l := range s.Choices.Ended.Left {
			r.Left = append(r.Left, line(l.String()))
		}
	}
	return r
}
