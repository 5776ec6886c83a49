package report

import (
	"fmt"
	"strconv"
	"strings"

	"pg-migrate-wizard/steps"
)

// The sections about the hour that counts.

func (r Report) downtimeSection() section {
	s := section{ID: "downtime", Title: "Downtime"}
	if len(r.Downtimes) == 0 {
		s.Text = []string{"No application was down because of this migration."}
	}
	told := map[int]bool{}
	for _, d := range r.Downtimes {
		t := table{
			Caption: fmt.Sprintf("From %s to %s: %s. Stopped: %s", stamp(d.Begin), or(stamp(d.End), "now"), lasts(d.Span), strings.Join(d.Applications, ", ")),
			Head:    []string{"Phase", "Begin", "End", "Duration"}, Bar: d.Phases,
		}
		if len(d.NotUp) > 0 {
			t.Caption += ". NOT UP when it ended: " + strings.Join(d.NotUp, ", ")
		}
		for _, p := range d.Phases {
			t.Rows = append(t.Rows, append([]string{phaseLabel(p.Name)}, spanCells(p.Span)...))
		}
		s.Tables = append(s.Tables, t)
		for i, f := range r.Forecasts {
			if !f.Begin.IsZero() && f.Begin.Equal(d.Begin) {
				s.Tables, told[i] = append(s.Tables, f.table()), true
			}
		}
	}
	for i, f := range r.Forecasts {
		if !told[i] {
			s.Tables = append(s.Tables, f.table())
		}
	}
	return s
}

// table puts forecast and actual side by side.
func (f Forecast) table() table {
	t := table{Caption: "Forecast of " + stamp(f.At) + ", and what came", Head: []string{"Phase", "Forecast", "Actual", "Verdict", "Made from"}}
	whole := "none"
	if f.Actual != nil {
		whole = lasting(*f.Actual)
	}
	verdict := f.Verdict.words()
	if f.Actual != nil && verdict == "" {
		verdict = "not judged: not on the target"
	}
	if f.Verdict == Longer && *f.Actual-f.Decision <= f.High {
		verdict += "; inside without the decisions"
	}
	t.Rows = append(t.Rows, []string{"In all", between(f.Low, f.High), whole, verdict, ""})
	for _, p := range f.Parts {
		actual := ""
		if p.Actual != nil {
			actual = lasting(*p.Actual)
		}
		t.Rows = append(t.Rows, []string{phaseLabel(p.Name), between(p.Low, p.High), actual, p.Verdict.words(), p.Basis})
	}
	if f.Decision > 0 {
		t.Rows = append(t.Rows, []string{phaseLabel(PhaseDecision), "not forecast", lasting(f.Decision), "", ""})
	}
	return t
}

func (v Verdict) words() string {
	switch v {
	case Inside:
		return "inside the range"
	case Shorter:
		return "shorter than forecast"
	case Longer:
		return "longer than forecast"
	}
	return ""
}

func (r Report) decisionsSection() section {
	s := section{ID: "decisions", Title: "Decision points"}
	if len(r.Decisions) == 0 {
		s.Text = []string{"None: nobody was asked during a downtime whether to go on."}
		return s
	}
	t := table{Caption: "The downtime lasted longer than somebody wanted: go on, or back out?", Head: []string{"Round", "Asked", "Answered", "Answer", "Who"}}
	for _, d := range r.Decisions {
		answer := map[string]string{"": "", steps.OptionGoOn: "go on", steps.OptionPostpone: "start the applications again, finalize another day", steps.OptionBackOut: "back out"}[d.Answer]
		if d.Again > 0 {
			answer += fmt.Sprintf(", ask again after %d min", d.Again)
		}
		t.Rows = append(t.Rows, []string{
			strconv.Itoa(d.Round), or(stamp(d.Asked), "not recorded"), or(stamp(d.Answered), "not yet"), or(answer, d.Answer), d.By,
		})
	}
	s.Tables = []table{t}
	return s
}

func (r Report) alarmsSection() section {
	s := section{ID: "alarms", Title: "Alarms"}
	writers := table{Caption: "Could write to the source while nobody should: what it wrote then may be lost", Head: []string{"Who", "What it is", "Round", "Since", "Until", "Duration"}}
	changes := table{Caption: "Changed under the migration by somebody else", Head: []string{"What", "Change", "Round", "Since", "Until", "Duration"}}
	for _, a := range r.Alarms {
		t, name := &changes, a.Name
		if a.Writer {
			t, name = &writers, writer(string(a.Kind), a.Name)
		}
		t.Rows = append(t.Rows, append([]string{name, a.What, strconv.Itoa(a.Round)}, spanCells(a.Span)...))
	}
	for _, t := range []table{writers, changes} {
		if len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	if len(s.Tables) == 0 {
		s.Text = []string{"None."}
	}
	return s
}

func (r Report) waiversSection() section {
	s := section{ID: "waived", Title: "Waived writers"}
	if len(r.Waivers) == 0 {
		s.Text = []string{"None."}
		return s
	}
	t := table{Caption: "Let be on somebody's word; what they wrote to the source during the finalization is not on the target", Head: []string{"Writer", "Reason", "Round", "When", "Who", "Still good"}}
	for _, w := range r.Waivers {
		good := "yes"
		switch {
		case w.Withdrawn:
			good = "no: taken back"
		case w.Former:
			good = "no: that cut-over was taken back"
		}
		t.Rows = append(t.Rows, []string{writer(w.Kind, w.Writer), w.Reason, strconv.Itoa(w.Round), stamp(w.At), or(w.By, "not known"), good})
	}
	s.Tables = []table{t}
	return s
}

// writer names something that can write, with its kind in words.
func writer(kind, name string) string {
	switch steps.WriterKind(kind) {
	case steps.WriterApp:
		kind = "application"
	case steps.WriterKey:
		kind = "service key"
	case steps.WriterMention:
		kind = "holder of the address"
	case steps.WriterUnseen:
		kind = "not looked into:"
	}
	return join(" ", kind, name)
}

func (r Report) backOutsSection() section {
	s := section{ID: "back-outs", Title: "Back-outs"}
	if len(r.BackOuts) == 0 {
		s.Text = []string{"None."}
		return s
	}
	t := table{Caption: "Times that the migration turned back", Head: []string{"What", "Round", "Begin", "End", "Duration", "Who", "Why", "Agreed to lose"}}
	for _, b := range r.BackOuts {
		how := map[string]string{
			steps.Postponed:       "applications started again, replication kept",
			steps.RestartedSource: "applications started again after the failed finalization",
			steps.TakenOff:        "replication and finalization removed",
		}[b.How]
		row := append([]string{how, strconv.Itoa(b.Round)}, spanCells(b.Span)...)
		t.Rows = append(t.Rows, append(row, b.By, b.Why, or(b.Loss, "nothing")))
	}
	s.Tables = []table{t}
	return s
}
