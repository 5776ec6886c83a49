package report

import (
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

func (r Report) document() document {
	names := arrow(r.Names)
	d := document{Title: "Migration report", Standing: r.Standing}
	if names != "" {
		d.Title += ": " + names
	}
	switch r.Outcome {
	case NotStarted:
		d.Outcome = "Nothing was begun."
	case InProgress:
		d.Outcome = "The migration is under way, at step " + r.Step.Title() + "."
	default: // the machine's word about an end says how it ended, and where the applications are
		d.Outcome, d.Standing = r.Standing, ""
	}
	d.Sections = []section{
		r.summary(), r.downtimeSection(), r.decisionsSection(), r.alarmsSection(), r.waiversSection(), r.stepsSection(),
		r.statusSection(), r.applicationsSection(), r.findingsSection(), r.backOutsSection(), r.requestsSection(),
		r.removedSection(), r.leftSection(),
	}
	return d
}

func arrow(n steps.Names) string {
	if n.SourceInstance == "" {
		return ""
	}
	return n.SourceInstance + " → " + or(n.TargetInstance, "(no target yet)")
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
	if !r.Whole.Begin.IsZero() {
		add("In all", lasts(r.Whole))
	}
	if len(r.Downtimes) > 0 {
		add("Downtime", total(r.Downtimes))
		if f := r.Forecast; f != nil && f.Verdict != "" {
			add("Downtime forecast", fmt.Sprintf("%s; actual %s, %s", between(f.Low, f.High), lasting(*f.Actual), f.Verdict.words()))
		}
	}
	if r.Rounds > 1 {
		add("Start-overs", strconv.Itoa(r.Rounds-1))
		add("Targets given up", strings.Join(r.SpentTargets, ", "))
	}
	add("Report made", stamp(r.Made))
	return s
}

func (r Report) stepsSection() section {
	s := section{ID: "steps", Title: "Steps"}
	t := table{Caption: "Every step, with the time that was spent in it", Head: []string{"Step", "Status", "Round", "Begin", "End", "Duration", "Word given by"}}
	for _, step := range r.Steps {
		name := step.Title
		if step.Number > 0 {
			name = fmt.Sprintf("%d. %s", step.Number, step.Title)
		}
		if len(step.Rounds) == 0 {
			t.Rows = append(t.Rows, []string{name, step.standing(), "", "", "", "", step.By})
		}
		for i, turn := range step.Rounds {
			status, by := "", ""
			if i == len(step.Rounds)-1 {
				status, by = step.standing(), step.By
			}
			row := append([]string{name, status, strconv.Itoa(turn.Round)}, spanCells(turn.Span)...)
			t.Rows = append(t.Rows, append(row, by))
		}
	}
	s.Tables = []table{t}
	return s
}

// standing is the status in words. What a back-out gave up may have been done
// before.
func (s Step) standing() string {
	switch {
	case s.Status == steps.Skipped && len(s.Rounds) > 0:
		return "given up"
	case s.Status == steps.Skipped, s.Status == steps.Todo:
		return "not reached"
	case s.Status == steps.Attention:
		return "needs attention"
	case s.Status == steps.Asking:
		return "waits for a decision"
	}
	return string(s.Status)
}

func (r Report) statusSection() section {
	s := section{ID: "status", Title: "Replication and finalization"}
	for _, x := range []struct {
		caption string
		words   []Word
	}{{"Replication, as the migration service called it", r.Replication}, {"Finalization, as the migration service called it", r.Finalization}} {
		if len(x.words) == 0 {
			continue
		}
		t := table{Caption: x.caption, Head: []string{"Status", "Round", "Begin", "End", "Duration"}}
		for _, w := range x.words {
			t.Rows = append(t.Rows, append([]string{or(w.Word, "(empty)"), strconv.Itoa(w.Round)}, spanCells(w.Span)...))
		}
		s.Tables = append(s.Tables, t)
	}
	if len(s.Tables) == 0 {
		s.Text = []string{"There was none."}
	}
	return s
}

func (r Report) applicationsSection() section {
	s := section{ID: "applications", Title: "Applications"}
	if len(r.Applications) == 0 {
		s.Text = []string{"None is known."}
		return s
	}
	t := table{Caption: "How they were before this migration touched them, and how they are", Head: []string{"Application", "Before", "Now", "As before", "Switched"}}
	for _, a := range r.Applications {
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
		t.Rows = append(t.Rows, []string{r.nameOf(a), was, is, same, a.switched()})
	}
	s.Tables = []table{t}
	return s
}

// nameOf tells applications of the same name apart.
func (r Report) nameOf(a Application) string {
	same := 0
	for _, x := range r.Applications {
		if x.Name == a.Name {
			same++
		}
	}
	name := labelled(a.Name, a.GUID, same > 1)
	if a.Waived {
		name += " (waived)"
	}
	return name
}

// switched says how an application was brought to the target, where that is not
// as usual.
func (a Application) switched() string {
	var parts []string
	if a.Canary {
		parts = append(parts, "first, alone (canary)")
	}
	if a.Restaged {
		parts = append(parts, "restaged")
	}
	if a.Left {
		parts = append(parts, "LEFT as it is, to be mended")
	}
	return strings.Join(parts, ", ")
}

func (r Report) findingsSection() section {
	s := section{ID: "preflight", Title: "Preflight check"}
	if len(r.Checks) > 0 {
		t := table{Caption: "Runs", Head: []string{"Run", "Round", "Result"}}
		for _, c := range r.Checks {
			t.Rows = append(t.Rows, []string{stamp(c.At), strconv.Itoa(c.Round), c.Result})
		}
		s.Tables = append(s.Tables, t)
	} else {
		s.Text = append(s.Text, "It was not run.")
	}
	p := r.Preflight
	if p == nil {
		return s
	}
	t := table{Caption: "Findings of the last run", Head: []string{"Finding", "Side", "Severity", "Accepted", "Remedy", "Identity"}}
	if !p.Complete {
		t.Caption = "What was accepted; the other findings are not known any more"
	}
	for _, x := range p.Findings {
		severity := x.Severity
		if x.New {
			severity += ", new"
		}
		t.Rows = append(t.Rows, []string{or(x.Text, "(text not kept)"), string(x.Side), severity, x.acceptance(), x.Remedy, x.ID})
	}
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
	s := section{ID: "requests", Title: "Requests that failed or got no clear answer"}
	if len(r.Requests) == 0 {
		s.Text = []string{"None."}
		return s
	}
	t := table{Caption: "What was asked for and did not work at once", Head: []string{"Request", "When", "Outcome", "What was said", "Then"}}
	for _, q := range r.Requests {
		then := "not done"
		if !q.DoneAt.IsZero() {
			then = "done at " + stamp(q.DoneAt)
		}
		said := q.Says
		if q.Status > 0 {
			said = join(", ", said, "HTTP "+strconv.Itoa(q.Status))
		}
		if q.RequestID != "" {
			said = join(", ", said, "request id "+q.RequestID)
		}
		t.Rows = append(t.Rows, []string{q.Request, stamp(q.At), q.Outcome, said, then})
	}
	s.Tables = []table{t}
	return s
}

func (r Report) removedSection() section {
	s := section{ID: "removed", Title: "Cleaned up"}
	if len(r.Removed) == 0 {
		s.Text = []string{"Nothing was deleted."}
		return s
	}
	t := table{Caption: "What this migration deleted", Head: []string{"Request", "When"}}
	for _, x := range r.Removed {
		t.Rows = append(t.Rows, []string{x.What, stamp(x.At)})
	}
	s.Tables = []table{t}
	return s
}

func (r Report) leftSection() section {
	s := section{ID: "left", Title: "What is left, and why"}
	if len(r.Left) == 0 {
		s.Text = []string{"Nothing."}
		return s
	}
	t := table{Caption: "Still there", Head: []string{"What", "Name", "Why", "Last seen"}}
	for _, x := range r.Left {
		what := leftLabels[x.Kind]
		if x.Status != "" {
			what += ", " + x.Status
		}
		name := x.Name
		if x.Of != "" {
			name += " (" + x.Of + ")"
		}
		t.Rows = append(t.Rows, []string{what, name, x.Why, or(stamp(x.SeenAt), "known from the record only")})
	}
	s.Tables = []table{t}
	return s
}

var leftLabels = map[steps.LeftKind]string{
	steps.LeftSource: "source instance", steps.LeftTarget: "target instance", steps.LeftSourceKey: "key of the source", steps.LeftTargetKey: "key of the target",
	steps.LeftBinding: "binding to the source", steps.LeftShare: "share of the source", steps.LeftAccess: "open to the migration service",
	steps.LeftReplication: "replication", steps.LeftFinalization: "finalization",
}
