package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"pg-migrate-wizard/steps"
)

// document is the report as people read it: the same sections, facts and tables
// in every form, so that Markdown and HTML cannot say different things.
type document struct {
	Title    string
	Outcome  string
	Standing string
	Sections []section
}

type section struct {
	ID, Title string
	Text      []string
	Facts     []fact
	Tables    []table
}

type fact struct{ Label, Text string }

type table struct {
	Caption string
	Head    []string   // the first column names the row
	Rows    [][]string // as long as Head
	Bar     []Phase    // drawn above the table, where a picture can be
}

// tabulate makes a table with a row for each entry of a list.
func tabulate[T any](list []T, caption, head string, row func(T) []string) table {
	t := table{Caption: caption, Head: strings.Split(head, "|")}
	for _, x := range list {
		t.Rows = append(t.Rows, row(x))
	}
	return t
}

// with adds the tables that have rows; where none has, it adds a text instead.
func (s section) with(otherwise string, tables ...table) section {
	for _, t := range tables {
		if len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	if len(s.Tables) == 0 && otherwise != "" {
		s.Text = append(s.Text, otherwise)
	}
	return s
}

func (r Report) document() document {
	d := document{Title: "Migration report", Standing: r.Standing}
	if n := r.Names; n.SourceInstance != "" {
		d.Title += ": " + n.SourceInstance + " → " + cmp.Or(n.TargetInstance, "(no target yet)")
	}
	switch r.Outcome {
	case NotStarted:
		d.Outcome = "Nothing was begun."
	case InProgress:
		d.Outcome = "The migration is under way, at step " + r.Step.Title() + "."
	default: // of an end, the machine says how it ended and where the applications are
		d.Outcome, d.Standing = r.Standing, ""
	}
	d.Sections = []section{
		r.summary(), r.downtimeSection(), r.decisionsSection(), r.alarmsSection(), r.waiversSection(), r.stepsSection(),
		r.statusSection(), r.applicationsSection(), r.findingsSection(), r.prepareSection(), r.backOutsSection(), r.requestsSection(),
		r.removedSection(), r.leftSection(), r.supportSection(),
	}
	return d
}

func (r Report) summary() section {
	s := section{ID: "summary", Title: "Who, what, when"}
	add := func(label, text string) {
		if text != "" {
			s.Facts = append(s.Facts, fact{label, text})
		}
	}
	add("Landscape", join(" on ", r.Place.Landscape, r.Place.Provider))
	add("Org / space", join(" / ", r.Names.Org, r.Names.Space))
	add("User", r.User)
	if len(r.People) > 1 {
		add("Everybody who decided", strings.Join(r.People, ", "))
	}
	add("Source instance", r.Names.SourceInstance)
	add("Target instance", r.Names.TargetInstance)
	add("Source service key", r.Names.SourceKey)
	add("Target service key", r.Names.TargetKey)
	add("Cloud Foundry API", r.Place.API)
	add("Migration service", r.Place.MigrationURL)
	add("Begun", stamp(r.Whole.Begin))
	add("Ended", stamp(r.Whole.End))
	add("In all", where(!r.Whole.Begin.IsZero(), lasting(r.Whole.Seconds)))
	var down int64
	for _, d := range r.Downtimes {
		down += d.Seconds
	}
	add("Downtime", where(len(r.Downtimes) > 0, steps.SayDowntimeInAll(down, len(r.Downtimes))))
	if f := r.Forecast; len(r.Downtimes) > 0 && f != nil && f.Verdict != "" {
		add("Downtime forecast", fmt.Sprintf("%s; actual %s, %s", between(f.Low, f.High), lasting(*f.Actual), verdictWords[f.Verdict]))
	}
	if r.Rounds > 1 {
		add("Start-overs", strconv.Itoa(r.Rounds-1))
		add("Targets given up", strings.Join(r.UsedTargets, ", "))
	}
	add("Report made", stamp(r.Made))
	return s
}

func (r Report) stepsSection() section {
	t := tabulate[Step](nil, "Every step, with the time that was spent in it", "Step|Status|Round|Begin|End|Duration|Word given by", nil)
	for _, step := range r.Steps {
		name := where(step.Number > 0, strconv.Itoa(step.Number)+". ") + step.Title
		for _, turn := range step.Rounds {
			t.Rows = append(t.Rows, append(append([]string{name, "", strconv.Itoa(turn.Round)}, turn.cells()...), ""))
		}
		if len(step.Rounds) == 0 {
			t.Rows = append(t.Rows, []string{name, "", "", "", "", "", ""})
		}
		last := t.Rows[len(t.Rows)-1] // the status stands there once
		last[1], last[6] = step.status(), step.By
	}
	return section{ID: "steps", Title: "Steps", Tables: []table{t}}
}

func (r Report) statusSection() section {
	statuses := func(caption string, list []StatusSpan) table {
		return tabulate(list, caption, "Status|Round|Begin|End|Duration", func(x StatusSpan) []string {
			return append([]string{cmp.Or(x.Status, "(empty)"), strconv.Itoa(x.Round)}, unseenFrom(x.NotBefore, x.cells(), x.Begin)...)
		})
	}
	return section{ID: "status", Title: "Replication and finalization"}.with("There was none.",
		statuses("Replication, as the migration service called it", r.Replication),
		statuses("Finalization, as the migration service called it", r.Finalization))
}

func (r Report) applicationsSection() section {
	called := map[string]int{}
	for _, a := range r.Applications {
		called[a.Name]++
	}
	caption := "How they were before this migration touched them, and how they are"
	for _, a := range r.Applications {
		if !a.SeenAt.IsZero() {
			caption = "How they were before this migration touched them, and how they were seen last, at " + stamp(a.SeenAt)
		}
	}
	t := tabulate(r.Applications, caption, "Application|Before|Now|As before|Switched", func(a Application) []string {
		name := labelled(a.Name, a.GUID, called[a.Name] > 1) + where(a.Waived, " (waived)")
		was, is, same := "not remembered", "not looked at", ""
		if a.Before != nil {
			was = a.Before.words()
		}
		for _, x := range a.Earlier {
			was += fmt.Sprintf("; before an earlier cut-over (round %d): %s", x.Round, x.words())
		}
		switch {
		case a.Gone:
			is = "gone"
		case a.Now != nil:
			is = a.Now.words()
		}
		if a.AsBefore != nil {
			same = map[bool]string{true: "yes", false: "NO"}[*a.AsBefore]
		}
		return []string{name, was, is, same, a.switched()}
	})
	return section{ID: "applications", Title: "Applications"}.with("None is known.", t)
}

func (r Report) findingsSection() section {
	runs := tabulate(r.Checks, "Runs", "Run|Round|Result", func(c Check) []string { return []string{stamp(c.At), strconv.Itoa(c.Round), c.Result} })
	s := section{ID: "preflight", Title: "Preflight check"}.with("It was not run.", runs)
	p := r.Preflight
	if p == nil {
		return s
	}
	caption := "Findings of the last run"
	if !p.Complete {
		caption = "What was accepted; the other findings are not known any more"
	}
	t := tabulate(p.Findings, caption, "Finding|Side|Severity|Accepted|Remedy|Identity", func(x Finding) []string {
		return []string{cmp.Or(x.Text, "(text not kept)"), string(x.Side), x.Severity + where(x.New, ", new"), x.acceptance(), x.Remedy, x.ID}
	})
	for _, x := range p.Mended {
		t.Rows = append(t.Rows, []string{x.Text, string(x.Side), x.Severity + ", mended", x.acceptance(), "", x.ID})
	}
	if len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	} else {
		s.Text = append(s.Text, "The last run found nothing.")
	}
	return s
}

func (r Report) requestsSection() section {
	t := tabulate(r.Requests, "What was asked for and did not work at once", "Request|When|Outcome|What was said|Then", func(q Request) []string {
		said := join(", ", q.Message, where(q.Status > 0, "HTTP "+strconv.Itoa(q.Status)), where(q.RequestID != "", "request id "+q.RequestID))
		then := "not done"
		if !q.DoneAt.IsZero() {
			then = "done at " + stamp(q.DoneAt)
		}
		return []string{q.Request, stamp(q.At), q.Outcome, said, then}
	})
	return section{ID: "requests", Title: "Requests that failed or got no clear answer"}.with("None.", t)
}

func (r Report) removedSection() section {
	t := tabulate(r.Removed, "What this migration deleted", "Request|When", func(x Removal) []string { return []string{x.What, stamp(x.At)} })
	return section{ID: "removed", Title: "Cleaned up"}.with("Nothing was deleted.", t)
}

func (r Report) leftSection() section {
	t := tabulate(r.Left, "Still there", "What|Name|Why|Last seen", func(x Leftover) []string {
		what := leftLabels[x.What] + where(x.Status != "", ", "+x.Status)
		name := x.Name + where(x.Of != "", " ("+x.Of+")")
		return []string{what, name, x.Why, cmp.Or(stamp(x.SeenAt), "known from the record only")}
	})
	var open, closed []OpenItem
	for _, i := range r.Open {
		if i.Closed {
			closed = append(closed, i)
		} else {
			open = append(open, i)
		}
	}
	o := tabulate(open, "Still open", "What|Why it matters|Since|Left open by|Closed by", func(i OpenItem) []string {
		by := map[string]string{steps.ClosedByLook: "a look that does not find it, or a word", steps.ClosedByWord: "a word"}
		return []string{i.Text, i.Why, stamp(i.Since), i.By, cmp.Or(by[i.ClosesBy], i.ClosesBy)}
	})
	c := tabulate(closed, "Was open, and is closed", "What|Closed at|By|What was said", func(i OpenItem) []string {
		return []string{i.Text, stamp(i.ClosedAt), cmp.Or(i.ClosedBy, "a look"), i.Note}
	})
	s := section{ID: "left", Title: "What is left, and why"}
	if len(t.Rows)+len(o.Rows) == 0 {
		s.Text = append(s.Text, "Nothing.")
	}
	return s.with("", o, t, c)
}
