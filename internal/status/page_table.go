package status

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// Table prints the page for people.
func (v Page) Table(w io.Writer) {
	v.head(w)
	v.road(w)
	v.now(w)
	v.people(w)
	v.way(w)
}

func (v Page) head(w io.Writer) {
	n := v.Names
	rows := [][]string{
		{"Place", dash(v.Place.Landscape) + " · " + dash(line(n.Org)) + " / " + dash(line(n.Space)) + " · " + dash(line(v.Place.User))},
		{"Source", dash(line(n.SourceInstance)), "key " + dash(line(n.SourceKey))},
		{"Target", dash(line(n.TargetInstance)), "key " + dash(line(n.TargetKey))},
	}
	if !v.Place.SignedIn && v.Ended == nil {
		rows = append(rows, []string{"Login", "none: " + line(v.Place.Reason)})
	}
	if v.Journal != "" {
		rows = append(rows, []string{"Journal", v.Journal})
	}
	for n, says := range v.Unknown {
		rows = append(rows, []string{map[bool]string{true: "Unknown"}[n == 0], says})
	}
	Columns(w, rows)
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// wideRoad is how wide a page has to be for the times at which steps were begun.
const wideRoad = 78

func (v Page) road(w io.Writer) {
	fmt.Fprintln(w)
	head := []string{"", "", "STEP", "STATUS", "BEGUN", "TOOK"}
	steps := v.Steps
	if v.Step.Number == 0 {
		steps = append(steps[:len(steps):len(steps)], v.Step)
	}
	var rows [][]string
	for _, s := range steps {
		mark, number := "", strconv.Itoa(s.Number)
		if s.ID == v.Step.ID && v.Ended == nil {
			mark = ">"
		}
		if s.Number == 0 {
			number = ""
		}
		begun, took := "", ""
		if s.Begin != nil {
			begun = s.Begin.Format(time.RFC3339)
			if s.End != nil {
				took = lasting(fromSeconds(s.Seconds))
			}
		}
		rows = append(rows, []string{mark, number, s.Title, strings.TrimSpace(string(s.Status) + "  " + s.Badge), begun, took})
	}
	rows = append([][]string{head}, rows...)
	if widthFor(w) < wideRoad {
		for n, r := range rows {
			rows[n] = append(r[:4:4], r[5])
		}
	}
	Columns(w, rows)
}

func (v Page) now(w io.Writer) {
	fmt.Fprintln(w)
	rows := [][]string{{"Replication", v.Replication.String()}, {"Finalization", v.Finalization.String()}}
	if d := v.Downtime; d != nil {
		text := lasting(time.Duration(d.Seconds*float64(time.Second))) + " since " + d.Begin.Format(time.RFC3339)
		if d.End != nil {
			text = lasting(d.End.Sub(d.Begin)) + ", " + d.Begin.Format(time.RFC3339) + " to " + d.End.Format(time.RFC3339)
		}
		if f := d.Forecast; f != nil {
			text += fmt.Sprintf(" (forecast: %s to %s)", lasting(fromSeconds(f.LowSeconds)), lasting(fromSeconds(f.HighSeconds)))
		}
		rows = append(rows, []string{"Downtime", text})
	}
	for _, a := range v.Alarms {
		text := a.Name + ": " + a.What + ", since " + a.Since.Format(time.RFC3339)
		if a.Until != nil {
			text += ", until " + a.Until.Format(time.RFC3339)
		}
		rows = append(rows, []string{"ALARM", text})
	}
	Columns(w, append(rows, []string{"Standing", v.Standing}))
}

func fromSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// String says in a word or two how it goes.
func (p Progress) String() string {
	switch {
	case !p.Known && p.Status != "":
		return p.Status + " when it was seen last; not looked at any more"
	case !p.Known:
		return "not looked at"
	case !p.Exists:
		return "none"
	case p.Since == nil:
		return dash(p.Status)
	}
	return dash(p.Status) + " since " + p.Since.Format(time.RFC3339)
}

// people prints what is for somebody to settle: findings, writers, problems.
func (v Page) people(w io.Writer) {
	if len(v.Findings) > 0 {
		fmt.Fprintln(w, "\nFindings of the preflight check")
		rows := [][]string{}
		for _, f := range v.Findings {
			word := "warning"
			switch {
			case f.Critical:
				word = "CRITICAL"
			case f.Accepted:
				word = "accepted"
			}
			rows = append(rows, []string{"  " + word, string(f.Side), f.ID, f.Text})
		}
		Columns(w, rows)
	}
	if len(v.Writers) > 0 {
		fmt.Fprintln(w, "\nWho can write to the source")
		Columns(w, writerRows(v.Writers))
	}
	for _, p := range v.Problems {
		say(w, "\nProblem: %s", p.What)
		for _, l := range []string{p.Says, p.NotChanged, p.Next} {
			if l != "" {
				say(w, "  %s", l)
			}
		}
		if p.RequestID != "" {
			say(w, "  Request id: %s", p.RequestID)
		}
	}
}

func writerRows(writers []Writer) [][]string {
	var rows [][]string
	for _, x := range writers {
		rows = append(rows, []string{"  " + string(x.Fate), string(x.Kind) + ":" + x.Name, strings.TrimSuffix(x.What+": "+x.Note, ": ")})
	}
	return rows
}

// way prints what comes next, and the way back.
func (v Page) way(w io.Writer) {
	fmt.Fprintln(w)
	switch q := v.Next; {
	case v.Ended != nil:
		say(w, "Ended: %s, %s", v.Ended.How, v.Ended.At.Format(time.RFC3339))
	case q == nil:
		fmt.Fprintln(w, "Next: nothing is asked now.")
	default:
		say(w, "Next: %s (%s)", q.Title, q.ID)
		if q.Why != "" {
			say(w, "  %s", q.Why)
		}
		Columns(w, optionRows(q))
	}
	if b := v.BackOut; v.Ended == nil && b.Possible {
		say(w, "\nBack out: %s", b.Outcome)
		for _, l := range b.Lines {
			say(w, "  - %s", l)
		}
		for _, l := range b.Cannot {
			say(w, "  stays: %s", l)
		}
	} else if v.Ended == nil && b.Why != "" {
		say(w, "\nBack out: not possible. %s", b.Why)
	}
}

func optionRows(q *Question) [][]string {
	var rows [][]string
	for _, o := range q.Options {
		mark := " "
		if o.ID == q.Recommended {
			mark = "*"
		}
		says := o.Consequence
		if o.Undo != steps.UndoFree {
			says = strings.TrimPrefix(says+"; undo: "+string(o.Undo), "; ")
		}
		if o.Blocked != "" {
			says = "not now: " + o.Blocked
		}
		rows = append(rows, []string{"  " + mark, o.ID, o.Label, says})
	}
	return rows
}

func lasting(d time.Duration) string { return steps.Lasting(d) }
