package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// checkVoices holds that all voices give the same account of one record: the report for
// people and for programs, the page, the events' end, and the screen.
func checkVoices(t *testing.T, s steps.State, r report.Report) {
	t.Helper()
	same := func(what string, report, other any) {
		t.Helper()
		if report != other {
			t.Errorf("%s: the report says %v, another voice %v", what, report, other)
		}
	}
	zone := r.Made.Location()
	short := func(at *time.Time) time.Time {
		if at == nil || at.IsZero() {
			return time.Time{}
		}
		return at.In(zone).Truncate(time.Second)
	}
	page := status.PageOf(engine.Snapshot{State: s})
	markdown := r.Markdown()

	same("place", r.Place.Provider+r.Place.Landscape+r.Place.API, page.Place.Provider+page.Place.Landscape+page.Place.API)
	same("names", r.Names, page.Names)
	same("step", r.Step, page.Step.ID)
	if page.Ended != nil {
		same("outcome", string(r.Outcome), page.Ended.How)
	}

	var sum int64
	for _, d := range r.Downtimes {
		sum += d.Seconds
	}
	words := steps.SayDowntimeInAll(sum, len(r.Downtimes))
	if n := len(r.Downtimes); n > 0 {
		last := r.Downtimes[n-1]
		same("downtime", float64(last.Seconds), page.Downtime.Seconds)
		same("begin of the downtime", last.Begin, short(&page.Downtime.Begin))
		same("end of the downtime", last.End, short(page.Downtime.End))
		same("downtimes", n, page.Downtime.Times)
		same("downtime in all", sum, page.Downtime.InAll)
		if f := page.Downtime.Forecast; f != nil {
			same("forecast", float64(r.Forecast.Low), f.LowSeconds)
			same("forecast", float64(r.Forecast.High), f.HighSeconds)
		}
		if !strings.Contains(markdown, "**Downtime:** "+words) {
			t.Errorf("the report does not say %q", words)
		}
		if r.Outcome == report.Completed && !slices.ContainsFunc(steps.Show(s, steps.CleanUp, s.At), func(i steps.Item) bool { return i.Label == "Downtime" && i.Text == words }) {
			t.Errorf("the last screen does not say %q", words)
		}
	} else if page.Downtime != nil {
		t.Errorf("the page has a downtime, the report none")
	}

	same("alarms", len(r.Alarms), len(page.Alarms))
	for i, a := range page.Alarms {
		same("alarm", r.Alarms[i].Name, a.Name)
		same("begin of the alarm", r.Alarms[i].Begin, short(&a.Since))
		same("end of the alarm", r.Alarms[i].End, short(a.Until))
		same("meaning of the alarm", r.Alarms[i].Means, a.Means)
	}
	for _, text := range status.AlarmsWithPossibleLoss(s) {
		if !slices.ContainsFunc(r.Alarms, func(a report.Alarm) bool { return a.Means == text }) {
			t.Errorf("only the end of the run says %q", text)
		}
	}
	for _, w := range page.Writers {
		waived := slices.ContainsFunc(r.Waivers, func(x report.Waiver) bool { return x.Writer == w.Name && !x.Former && !x.Withdrawn })
		if w.Fate == steps.FateWaived && !waived {
			t.Errorf("%s is waived on the page, and not in the report", w.Name)
		}
	}

	for _, x := range page.Steps {
		of := r.Steps[x.Number-1]
		same("status of "+x.Title, of.Status, x.Status)
		var took int64
		for _, turn := range of.Rounds {
			if turn.Round == r.Rounds {
				took = turn.Seconds
			}
		}
		same("seconds of "+x.Title, float64(took), x.Seconds)
	}
	for _, x := range []struct {
		report []report.StatusSpan
		page   status.Progress
	}{{r.Replication, page.Replication}, {r.Finalization, page.Finalization}} {
		if n := len(x.report); n > 0 && x.page.Exists {
			same("status", x.report[n-1].Status, x.page.Status)
		}
	}
	for _, a := range s.Facts.Apps {
		i := slices.IndexFunc(r.Applications, func(x report.Application) bool { return x.GUID == a.GUID })
		if i < 0 || r.Applications[i].Now != nil && r.Applications[i].Now.State != a.State {
			t.Errorf("%s is %s, and not so in the report", a.Name, a.State)
		}
	}
}
