package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

// lineVersion is the version of the form of what the one-line commands print.
// Fields are added to it, and not changed.
const lineVersion = 1

// lineResult is what a one-line command that leads a migration has done, for
// programs. Its JSON is a public interface (docs/commands.md).
type lineResult struct {
	Version      int             `json:"version"`
	Command      string          `json:"command"`
	Done         bool            `json:"done"`        // the end of its step is there
	Changed      []string        `json:"changed"`     // requests that changed something, in order; empty: nothing was to be done
	ExitStatus   int             `json:"exit_status"` // of the command
	Says         string          `json:"says"`        // why it is not done, and what settles it; or why nothing had to be
	Names        steps.Names     `json:"names"`
	Step         steps.ID        `json:"step"` // where the migration stands
	Standing     string          `json:"standing"`
	Replication  statusProgress  `json:"replication"`
	Finalization statusProgress  `json:"finalization"`
	Findings     []statusFinding `json:"findings,omitempty"`     // preflight-check, create-replication
	Writers      []statusWriter  `json:"writers,omitempty"`      // stop-apps, create-finalization
	Applications []lineApp       `json:"applications,omitempty"` // stop-apps, switch, back-out
	BackOut      *statusBackOut  `json:"back_out,omitempty"`     // back-out, delete-*
	Left         []string        `json:"left,omitempty"`         // clean-up: what was left on purpose
	Journal      string          `json:"journal"`
}

// lineApp is how an application stands.
type lineApp struct {
	Name    string    `json:"name"`
	GUID    string    `json:"guid"`
	State   string    `json:"state"`
	Was     string    `json:"was"`      // before the migration touched it; empty: not touched
	BoundTo []string  `json:"bound_to"` // source, target
	Healthy steps.Tri `json:"healthy"`  // empty: not known
}

// parts says which lists belong to a command's result.
type parts struct{ findings, writers, apps bool }

func appsOf(s steps.State) []lineApp {
	var list []lineApp
	for _, a := range s.Facts.Apps {
		v := lineApp{Name: line(a.Name), GUID: a.GUID, State: a.State, BoundTo: []string{}, Healthy: a.Healthy}
		if a.Source != nil {
			v.BoundTo = append(v.BoundTo, string(steps.Source))
		}
		if a.Target != nil {
			v.BoundTo = append(v.BoundTo, string(steps.Target))
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

func resultOf(command string, end errandEnd, with parts) lineResult {
	s, journal := end.now.State, end.now.Journal
	if end.past != nil {
		s, journal = *end.past, end.pastJournal
	}
	v := viewOf(engine.Snapshot{State: s, Journal: journal})
	r := lineResult{
		Version: lineVersion, Command: command, Done: end.err == nil, Changed: end.changed, ExitStatus: statusOf(end.err),
		Names: v.Names, Step: v.Step.ID, Standing: v.Standing, Replication: v.Replication, Finalization: v.Finalization, Journal: v.Journal,
	}
	if r.Says = end.says; end.err != nil {
		r.Says = end.err.Error()
	}
	if with.findings {
		r.Findings = v.Findings
	}
	if with.writers {
		r.Writers = v.Writers
	}
	if with.apps {
		r.Applications = appsOf(s)
	}
	if s.Choices.Ended != nil {
		for _, l := range s.Choices.Ended.Left {
			r.Left = append(r.Left, line(l.String()))
		}
	}
	return r
}

func (r lineResult) table(w io.Writer) {
	word := "done"
	switch {
	case r.ExitStatus == StatusNotYet && len(r.Changed) > 0:
		word = "begun, and not there yet"
	case r.ExitStatus == StatusService && len(r.Changed) > 0:
		word = "begun, and the service says FAILED"
	case !r.Done && len(r.Changed) > 0:
		word = "begun, and not done"
	case !r.Done:
		word = "not done"
	case len(r.Changed) == 0:
		word = "done; nothing was changed"
	}
	rows := [][]string{{"Command", r.Command + ": " + word}}
	if r.Done && r.Says != "" {
		rows = append(rows, []string{"", r.Says})
	}
	for _, c := range r.Changed {
		rows = append(rows, []string{"Changed", c})
	}
	if r.Replication.Known || r.Replication.Status != "" {
		rows = append(rows, []string{"Replication", r.Replication.String()})
	}
	if r.Finalization.Known || r.Finalization.Status != "" {
		rows = append(rows, []string{"Finalization", r.Finalization.String()})
	}
	for _, l := range r.Left {
		rows = append(rows, []string{"Left", l})
	}
	rows = append(rows, []string{"Stands at", r.Step.Title()}, []string{"", r.Standing})
	columns(w, rows)
	if len(r.Findings) > 0 {
		fmt.Fprintln(w)
		columns(w, findingRows(r.Findings))
		remedies(w, r.Findings)
	}
	if len(r.Writers) > 0 {
		fmt.Fprintln(w)
		columns(w, censusRows(r.Writers))
	}
	if len(r.Applications) > 0 {
		fmt.Fprintln(w)
		columns(w, appRows(r.Applications))
	}
	if b := r.BackOut; b != nil {
		fmt.Fprintln(w)
		b.table(w)
	}
}

func findingRows(list []statusFinding) [][]string {
	rows := [][]string{{"SIDE", "SEVERITY", "ID", "FINDING"}}
	for _, f := range list {
		severity := "warning"
		switch {
		case f.Critical:
			severity = "critical"
		case f.Accepted:
			severity = "warning, accepted"
		}
		rows = append(rows, []string{string(f.Side), severity, f.ID, f.Text})
	}
	return rows
}

// remedies says what helps against the findings.
func remedies(w io.Writer, list []statusFinding) {
	var rows [][]string
	for _, f := range list {
		if f.Remedy != "" && !f.Accepted {
			rows = append(rows, []string{f.ID, f.Remedy})
		}
	}
	if len(rows) > 0 {
		fmt.Fprintln(w, "\nWhat helps")
		columns(w, rows)
	}
}

func censusRows(list []statusWriter) [][]string {
	rows := [][]string{{"WRITER", "FATE", "WHAT"}}
	for _, w := range list {
		fate := string(w.Fate)
		if w.Note != "" {
			fate += ": " + w.Note
		}
		rows = append(rows, []string{string(w.Kind) + ":" + w.Name, fate, w.What})
	}
	return rows
}

func appRows(list []lineApp) [][]string {
	rows := [][]string{{"APPLICATION", "STATE", "WAS", "HEALTHY", "BOUND TO"}}
	for _, a := range list {
		rows = append(rows, []string{a.Name, strings.ToLower(a.State), dash(strings.ToLower(a.Was)), dash(string(a.Healthy)), strings.Join(a.BoundTo, ", ")})
	}
	return rows
}

func (b statusBackOut) table(w io.Writer) {
	say(w, "Backing out: %s", dash(b.Outcome))
	if b.Why != "" {
		say(w, "%s", b.Why)
	}
	for i, l := range b.Lines {
		say(w, "  %s. %s", strconv.Itoa(i+1), l)
	}
	for _, l := range b.Cannot {
		say(w, "  stays: %s", l)
	}
}

// carryOut runs an errand and prints what has come of it.
func (p *program) carryOut(ctx context.Context, f *lineFlags, cfg engine.Config, e *errand, with parts) error {
	end, err := p.do(ctx, engine.New(cfg), cfg, e)
	if err != nil {
		return err
	}
	return p.tell(f, e.command, end, with)
}

// tell prints what has come of an errand: always for programs, for people where
// it has come to something. Why not is an error.
func (p *program) tell(f *lineFlags, command string, end errandEnd, with parts) error {
	if f.form.word != formatTable || end.err == nil || len(end.changed) > 0 || with.findings && end.now.State.Facts.Findings != nil {
		r := resultOf(command, end, with)
		if err := p.print(f.form, r, r.table); err != nil {
			return err
		}
	}
	if end.now.Warning != "" {
		fmt.Fprintln(p.err, line(end.now.Warning))
	}
	return end.err
}
