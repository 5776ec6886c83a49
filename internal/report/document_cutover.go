package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pg-migrate-wizard/steps"
)

func (r Report) downtimeSection() section {
	s := section{ID: "downtime", Title: "Downtime"}
	if len(r.Downtimes) == 0 {
		s.Text = []string{"No application was down because of this migration."}
	}
	forecasts := slices.Clone(r.Forecasts)
	for _, d := range r.Downtimes {
		caption := fmt.Sprintf("From %s to %s: %s. Stopped: %s", stamp(d.Begin), cmp.Or(stamp(d.End), "now"), lasting(d.Seconds), strings.Join(d.Applications, ", "))
		caption += where(len(d.NotUp) > 0, ". NOT UP when it ended: "+strings.Join(d.NotUp, ", "))
		t := tabulate(d.Phases, caption, "Phase|Begin|End|Duration", func(p Phase) []string {
			return append([]string{phaseLabel(p.Name)}, unseenFrom(p.NotBefore, p.cells(), p.Begin)...)
		})
		t.Bar = d.Phases
		s.Tables = append(s.Tables, t)
		forecasts = slices.DeleteFunc(forecasts, func(f Forecast) bool {
			about := !f.Begin.IsZero() && f.Begin.Equal(d.Begin)
			if about {
				s.Tables = append(s.Tables, f.table())
			}
			return about
		})
	}
	for _, f := range forecasts { // of no downtime
		s.Tables = append(s.Tables, f.table())
	}
	return s
}

// table puts forecast and actual side by side.
func (f Forecast) table() table {
	whole, verdict := "none", verdictWords[f.Verdict]
	if f.Actual != nil {
		whole, verdict = lasting(*f.Actual), cmp.Or(verdict, "not judged: not on the target")
	}
	verdict += where(f.Verdict == Longer && *f.Actual-f.Decision <= f.High, "; inside without the decisions")
	t := table{Caption: "Forecast of " + stamp(f.At) + ", and what came", Head: []string{"Phase", "Forecast", "Actual", "Verdict", "Made from"}}
	t.Rows = append(t.Rows, []string{"In all", between(f.Low, f.High), whole, verdict, ""})
	for _, p := range f.Parts {
		actual := ""
		if p.Actual != nil {
			actual = lasting(*p.Actual)
		}
		t.Rows = append(t.Rows, []string{phaseLabel(p.Name), between(p.Low, p.High), actual, verdictWords[p.Verdict], p.Basis})
	}
	if f.Decision > 0 {
		t.Rows = append(t.Rows, []string{phaseLabel(steps.PhaseDecision), "not forecast", lasting(f.Decision), "", ""})
	}
	return t
}

func (r Report) decisionsSection() section {
	words := map[string]string{
		steps.OptionGoOn: "go on", steps.OptionPostpone: "start the applications again, finalize another day", steps.OptionBackOut: "back out",
	}
	t := tabulate(r.Decisions, "The downtime lasted longer than somebody wanted: go on, or back out?", "Round|Asked|Answered|Answer|Who", func(d Decision) []string {
		answer := words[d.Answer] + where(d.Again > 0, fmt.Sprintf(", ask again after %d min", d.Again))
		return []string{
			strconv.Itoa(d.Round), cmp.Or(stamp(d.Asked), "not recorded"), cmp.Or(stamp(d.Answered), "not yet"), cmp.Or(answer, d.Answer), d.By,
		}
	})
	return section{ID: "decisions", Title: "Decision points"}.with("None: nobody was asked during a downtime whether to go on.", t)
}

func (r Report) alarmsSection() section {
	alarms := func(writers bool, caption, head string) table {
		of := slices.DeleteFunc(slices.Clone(r.Alarms), func(a Alarm) bool { return a.Writer != writers })
		return tabulate(of, caption, head, func(a Alarm) []string {
			row := []string{a.Name, a.What, strconv.Itoa(a.Round)}
			if a.Writer {
				row[0] = writer(a.Kind, a.Name)
				row = append(row, a.Side.Database(), a.Means)
			}
			return append(row, a.cells()...)
		})
	}
	return section{ID: "alarms", Title: "Alarms"}.with("None.",
		alarms(true, "Could write while nobody should", "Who|What it is|Round|To|What it means|Since|Until|Duration"),
		alarms(false, "Changed under the migration by somebody else", "What|Change|Round|Since|Until|Duration"))
}

func (r Report) waiversSection() section {
	caption := "Let be on somebody's word; what they wrote to the source during the finalization is not on the target"
	if slices.ContainsFunc(r.Waivers, func(w Waiver) bool { return w.Side != steps.Source }) {
		caption += "; what they wrote to the target before COMPLETED may differ from the source"
	}
	t := tabulate(r.Waivers, caption, "Writer|To|Reason|Round|When|Who|Still good", func(w Waiver) []string {
		good := "yes"
		switch {
		case w.Withdrawn:
			good = "no: taken back"
		case w.Former:
			good = "no: that cut-over was taken back"
		}
		return []string{writer(w.Kind, w.Writer), w.Side.Database(), w.Reason, strconv.Itoa(w.Round), stamp(w.At), cmp.Or(w.By, "not known"), good}
	})
	return section{ID: "waived", Title: "Waived writers"}.with("None.", t)
}

func (r Report) backOutsSection() section {
	words := map[string]string{
		steps.Postponed:       "applications started again, replication kept",
		steps.RestartedSource: "applications started again after the failed finalization",
		steps.TakenOff:        "taken back",
	}
	t := tabulate(r.BackOuts, "Times that the migration turned back", "What|Round|Begin|End|Duration|Who|Why|Agreed to lose", func(b BackOut) []string {
		what := words[b.How]
		switch {
		case len(b.Removed) > 0:
			what += ", " + strings.Join(b.Removed, " and ") + " removed"
		case b.How == steps.TakenOff:
			what += ", nothing removed from the service"
		}
		row := append([]string{what, strconv.Itoa(b.Round)}, b.cells()...)
		return append(row, b.By, b.Why, cmp.Or(b.Loss, "nothing"))
	})
	return section{ID: "back-outs", Title: "Back-outs"}.with("None.", t)
}
