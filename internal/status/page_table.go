package status

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// Table prints the page for people.
func (p Page) Table(w io.Writer) {
	p.head(w)
	p.steps(w)
	p.now(w)
	p.people(w)
	p.prepare(w)
	p.left(w)
	p.way(w)
}

func (p Page) head(w io.Writer) {
	n := p.Names
	rows := [][]string{
		{"Place", dash(p.Place.Landscape) + " · " + dash(line(n.Org)) + " / " + dash(line(n.Space)) + " · " + dash(line(p.Place.User))},
		sourceRow("Source", n), targetRow("Target", n),
	}
	if !p.Place.SignedIn && p.Ended == nil {
		rows = append(rows, []string{"Login", "none: " + line(p.Place.Reason)})
	}
	if p.Journal != "" {
		rows = append(rows, []string{"Journal", p.Journal})
	}
	head := "Unknown"
	for _, what := range p.Unknown {
		rows, head = append(rows, []string{head, what}), ""
	}
	Columns(w, rows)
}

func sourceRow(head string, n steps.Names) []string {
	return []string{head, dash(line(n.SourceInstance)), "key " + dash(line(n.SourceKey))}
}

func targetRow(head string, n steps.Names) []string {
	return []string{head, dash(line(n.TargetInstance)), "key " + dash(line(n.TargetKey))}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// widthOfAllColumns is how wide a page has to be for the times at which steps were begun.
const widthOfAllColumns = 78

func (p Page) steps(w io.Writer) {
	list := p.Steps
	if p.Step.Number == 0 {
		list = append(list[:len(list):len(list)], p.Step)
	}
	rows := rowsOf(list, func(s Step) []string {
		row := []string{"", "", s.Title, strings.TrimSpace(string(s.Status) + "  " + s.Badge), "", ""}
		if s.ID == p.Step.ID && p.Ended == nil {
			row[0] = ">"
		}
		if s.Number > 0 {
			row[1] = strconv.Itoa(s.Number)
		}
		if s.Begin != nil {
			row[4] = s.Begin.Format(time.RFC3339)
		}
		if s.Begin != nil && s.End != nil {
			row[5] = lasting(fromSeconds(s.Seconds))
		}
		return row
	}, "", "", "STEP", "STATUS", "BEGUN", "TOOK")
	if widthFor(w) < widthOfAllColumns {
		for n, r := range rows {
			rows[n] = slices.Delete(r, 4, 5)
		}
	}
	section(w, "", rows)
}

func (p Page) now(w io.Writer) {
	fmt.Fprintln(w)
	rows := [][]string{{"Replication", p.Replication.String()}, {"Finalization", p.Finalization.String()}}
	if d := p.Downtime; d != nil {
		text := lasting(fromSeconds(d.Seconds)) + " since " + d.Begin.Format(time.RFC3339)
		if d.End != nil {
			text = lasting(fromSeconds(d.Seconds)) + ", " + d.Begin.Format(time.RFC3339) + " to " + d.End.Format(time.RFC3339)
		}
		if f := d.Forecast; f != nil {
			text += fmt.Sprintf(" (forecast: %s to %s)", lasting(fromSeconds(f.LowSeconds)), lasting(fromSeconds(f.HighSeconds)))
		}
		rows = append(rows, []string{"Downtime", text})
		if d.Times > 1 {
			rows = append(rows, []string{"", "with those before: " + steps.SayDowntimeInAll(d.InAll, d.Times)})
		}
	}
	for _, a := range p.Alarms {
		text := a.Name + ": " + strings.TrimSuffix(a.What, ".") + ", since " + a.Since.Format(time.RFC3339)
		if a.Until != nil {
			text += ", until " + a.Until.Format(time.RFC3339)
		}
		rows = append(rows, []string{"ALARM", text})
		if a.Means != a.What {
			rows = append(rows, []string{"", a.Means})
		}
	}
	Columns(w, append(rows, []string{"Standing", p.Standing}))
}

func fromSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// String says in a word or two how it goes.
func (p Progress) String() string {
	switch {
	case p.LastSeen != nil && p.over:
		return p.Status + " at " + p.LastSeen.Format(time.RFC3339) + "; cannot be asked any more"
	case p.LastSeen != nil:
		return cmp.Or(p.Status, "none") + " when it was seen last, " + p.LastSeen.Format(time.RFC3339)
	case !p.Known && p.Status != "":
		return p.Status + " when it was seen last; not looked at any more"
	case !p.Known && p.RemovedAt != nil:
		return "removed at " + p.RemovedAt.Format(time.RFC3339)
	case !p.Known:
		return "not looked at"
	case !p.Exists:
		return "none"
	case p.Since == nil:
		return dash(p.Status)
	}
	if p.NotBefore != nil {
		return dash(p.Status) + ", came between " + p.NotBefore.Format(time.RFC3339) + " and " + p.Since.Format(time.RFC3339)
	}
	return dash(p.Status) + " since " + p.Since.Format(time.RFC3339)
}

// people prints what is for somebody to settle: findings, writers, problems.
func (p Page) people(w io.Writer) {
	section(w, "Findings of the preflight check", rowsOf(p.Findings, func(f Finding) []string {
		word := strings.TrimPrefix(f.severity(), "warning, ")
		if f.Critical {
			word = "CRITICAL"
		}
		return []string{"  " + word, string(f.Side), f.ID, f.Text}
	}))
	section(w, "Who can write to source or target"+lastSeen(p.Writers), rowsOf(p.Writers, func(x Writer) []string {
		return []string{"  " + string(x.Fate), string(x.Kind) + ":" + x.Name, strings.TrimSuffix(x.What+": "+x.Note, ": ")}
	}))
	for _, x := range p.Waiting {
		printText(w, "\nNot done yet: %s", x.What)
		for _, l := range []string{x.Why, x.text()} {
			if l != "" {
				printText(w, "  %s", l)
			}
		}
	}
	for _, x := range p.Problems {
		printText(w, "\nProblem: %s", x.What)
		for _, l := range []string{x.Says, x.NotChanged, x.Next} {
			if l != "" {
				printText(w, "  %s", l)
			}
		}
		if x.RequestID != "" {
			printText(w, "  Request id: %s", x.RequestID)
		}
	}
}

// left prints what is open, once the applications are to be, or are, on the target.
func (p Page) left(w io.Writer) {
	if len(p.Open) == 0 || p.Ended == nil && p.Step.Number < steps.Switch.Number() {
		return
	}
	printText(w, "\nStill open: %d. `open close ITEM --by NAME --note TEXT` says that one is done.", len(p.Open))
	OpenTable(w, p.Open)
}

// lastSeen is when writers were seen that are not seen now; empty: they all are.
func lastSeen(list []Writer) string {
	for _, x := range list {
		if x.LastSeen != nil {
			return ", last seen " + x.LastSeen.Format(time.RFC3339)
		}
	}
	return ""
}

// way prints what comes next, and the way back.
func (p Page) way(w io.Writer) {
	fmt.Fprintln(w)
	switch q := p.Next; {
	case p.Ended != nil:
		printText(w, "Ended: %s, %s", p.Ended.How, p.Ended.At.Format(time.RFC3339))
	case q == nil:
		fmt.Fprintln(w, "Next: nothing is asked now.")
	default:
		printText(w, "Next: %s (%s)", q.Title, q.ID)
		if q.Why != "" {
			printText(w, "  %s", q.Why)
		}
		Columns(w, optionRows(q))
	}
	switch b := p.BackOut; {
	case p.Ended != nil:
	case b.Possible:
		printText(w, "\nBack out: %s", b.Outcome)
		for _, l := range b.Lines {
			printText(w, "  - %s", l)
		}
		for _, l := range b.Cannot {
			printText(w, "  stays: %s", l)
		}
	case b.Why != "":
		printText(w, "\nBack out: not possible. %s", b.Why)
	}
}

func optionRows(q *Question) [][]string {
	return rowsOf(q.Options, func(o Option) []string {
		mark, text := "   ", o.Consequence
		if o.ID == q.Recommended {
			mark = "  *"
		}
		if o.Undo != steps.UndoFree {
			text = strings.TrimPrefix(text+"; undo: "+string(o.Undo), "; ")
		}
		if o.Blocked != "" {
			text = "not now: " + o.Blocked
		}
		return []string{mark, o.ID, o.Label, text}
	})
}

func lasting(d time.Duration) string { return steps.Lasting(d) }
