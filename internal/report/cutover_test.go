package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/steps"
)

// hardNight: put off once; then a pipeline starts an application in
// mid-finalization, and the person is asked whether to go on.
func hardNight(t *testing.T) steps.State {
	s := newStage(t, 2, "comes-back")
	_, q := s.follow("finalize")
	s.choose(q, "postpone")
	for q = nil; q == nil || q.ID != "stop-writers" || q.Recommended != "stop"; {
		if _, q = s.await(""); q.ID != "stop-writers" || q.Recommended != "stop" {
			s.choose(q, q.Alone())
		}
	}
	s.chooseWith(q, "stop", map[string][]string{"limit": {"2"}})
	now, _ := s.follow("")
	return now
}

// checkHardNight holds what the golden files show to what has happened.
func checkHardNight(t *testing.T, s steps.State) {
	t.Helper()
	for name, s := range map[string]steps.State{"warm": s, "cold": resumed(s)} {
		r := report.New(s, s.At)
		checkConsistent(t, r)
		if len(r.Alarms) == 0 || r.Alarms[0].Kind != "app" || r.Alarms[0].Name != "orders-worker" || r.Alarms[0].End.IsZero() || r.Alarms[0].Seconds == 0 {
			t.Errorf("%s: alarms: %+v", name, r.Alarms)
		}
		if len(r.Waivers) != 2 || !r.Waivers[0].Former || r.Waivers[1].Former || r.Waivers[0].Reason != reason {
			t.Errorf("%s: waivers: %+v", name, r.Waivers)
		}
		if len(r.Decisions) != 1 || r.Decisions[0].Answer != "go-on" || r.Decisions[0].By == "" {
			t.Errorf("%s: decisions: %+v", name, r.Decisions)
		}
		if len(r.BackOuts) != 1 || r.BackOuts[0].By == "" || r.BackOuts[0].Why == "" {
			t.Errorf("%s: back-outs: %+v", name, r.BackOuts)
		}
		if len(r.Downtimes) != 2 || r.Forecasts[0].Verdict != "" || !r.Forecasts[0].Begin.Equal(r.Downtimes[0].Begin) {
			t.Errorf("%s: the cut-over that was put off: %+v", name, r.Forecasts)
		}
	}
	r := report.New(s, s.At)
	if len(r.Forecasts) != 2 || r.Forecast.Verdict == "" || *r.Forecast.Actual != r.Downtimes[1].Seconds || r.Decisions[0].Again != 2 {
		t.Errorf("forecasts %+v, decisions %+v", r.Forecasts, r.Decisions)
	}
}

// resumed is the same migration after the wizard was started anew.
func resumed(s steps.State) steps.State {
	cold, _ := steps.Apply(steps.New(), steps.Event{At: s.At.Add(time.Minute), Is: steps.Resumed{Choices: s.Choices, Did: s.Did, History: s.History}})
	return cold
}

func TestWhoIsLeftAndWhoGoesFirstIsNamed(t *testing.T) {
	if underRace {
		t.Skip("make walks plays it without the detector")
	}
	t.Parallel()
	var s steps.State
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, 8, "slow-apps")
		now, q := st.follow("switch")
		api := slices.IndexFunc(now.Choices.Memory, func(m steps.AppMemory) bool { return m.Name == "orders-api" })
		st.chooseWith(q, "switch", map[string][]string{"canary": {now.Choices.Memory[api].GUID}})
		_, q = st.follow("canary")
		st.choose(q, "go-on")
		_, q = st.follow("switch.ill")
		st.choose(q, "leave")
		s, _ = st.follow("validate")
	})
	r := report.New(s, s.At)
	checkConsistent(t, r)
	for _, a := range r.Applications {
		api, worker := a.Name == "orders-api", a.Name == "orders-worker"
		if a.Canary != api || a.Left != worker {
			t.Errorf("%+v", a)
		}
		if worker && (a.AsBefore == nil || *a.AsBefore || a.Now.Ailment == "") {
			t.Errorf("an application that does not run is as it was: %+v", a)
		}
	}
	d := r.Downtimes[0]
	if !slices.Equal(d.NotUp, []string{"orders-worker"}) || d.End.IsZero() {
		t.Errorf("%+v", d)
	}
	if up := d.End.Sub(lastOf(s, steps.MomentApp, "started")); up < 0 {
		t.Errorf("the downtime ended %s before the last start", -up)
	}
	if begin, end := steps.Span(s, steps.Switch); !d.End.Equal(end.Truncate(time.Second)) || end.Sub(begin) < 30*time.Second {
		t.Errorf("orders-api needs half a minute to be healthy; the switch was done at %s, the downtime ended %s", end, d.End)
	}
	if md := r.Markdown(); !strings.Contains(md, "NOT UP when it ended: orders-worker") || !strings.Contains(md, "LEFT as it is") {
		t.Error(md)
	}
}

func lastOf(s steps.State, kind steps.MomentKind, word string) time.Time {
	var at time.Time
	for _, m := range s.History {
		if m.Kind == kind && m.Status == word {
			at = m.At
		}
	}
	return at
}

func alarm(id, name, word string) steps.Moment {
	return steps.Moment{Kind: steps.MomentAlarm, ID: id, Object: name, Status: word, Says: "what " + name + " is"}
}

func TestAlarmsAreToldApart(t *testing.T) {
	t.Parallel()
	s := told(
		alarm("app:"+guid("api"), "api", "begun"), alarm("key:"+guid("reporting"), "reporting", "begun"), // 0, 1
		alarm("chosen-key:source", "pgmw", "begun"), alarm("instance:"+guid("orders"), "orders", "begun"), // 2, 3
		alarm("space", "dev", "begun"), alarm("app:"+guid("api"), "api", "over"), // 4, 5
		inRound(2, alarm("unseen:space:"+guid("far"), "far", "begun")), // 6
		inRound(2, alarm("cf-user", "kim", "begun")),                   // 7
	)
	r := report.New(s, start.Add(10*time.Minute))
	var got []string
	for _, a := range r.Alarms {
		got = append(got, fmt.Sprintf("%d %s %s %d %v %v", a.Round, a.Kind, a.Name, a.Seconds, a.Writer, a.End.IsZero()))
	}
	want := []string{
		"1 app api 300 true false", "1 key reporting 540 true true", "1 changed-key pgmw 480 false true",
		"1 changed-instance orders 420 false true", "1 changed-space dev 360 false true", "2 unseen far 240 true true", "2 changed-user kim 180 false true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	md := r.Markdown()
	for _, text := range []string{"| application api | what api is | 1 | the source | api could write to the source from 2026-11-22 21:00:00 to 2026-11-22 21:05:00 (5 min 00 s): the databases were still kept in sync then, so it should be on the target. | 2026-11-22 21:00:00 UTC | 2026-11-22 21:05:00 UTC | 5 min 00 s |", "still on", "Changed under the migration by somebody else"} {
		if !strings.Contains(md, text) {
			t.Errorf("Markdown does not say %q", text)
		}
	}
}

func TestEveryWaiverStaysInTheRecord(t *testing.T) {
	t.Parallel()
	given := func(name string, minute int) steps.Waiver {
		return steps.Waiver{ID: "app:" + guid(name), Name: name, Reason: "reads only", At: start.Add(time.Duration(minute) * time.Minute), By: "dana"}
	}
	said := func(name string) steps.Moment {
		return steps.Moment{Kind: steps.MomentWaiver, ID: "app:" + guid(name), Object: name, Status: "waived", Says: "reads only", By: "kim"}
	}
	s := told(said("a"), said("b"), said("c"))
	s.Choices.Former = []steps.Former{{Round: 1, Waivers: []steps.Waiver{given("a", 0)}, BackOut: &steps.BackOutChoice{At: start.Add(90 * time.Second)}}}
	s.Choices.Waivers = []steps.Waiver{given("c", 2)}
	r := report.New(s, start.Add(time.Hour))
	got := map[string][2]bool{}
	for _, w := range r.Waivers {
		got[w.Writer] = [2]bool{w.Former, w.Withdrawn}
	}
	if len(r.Waivers) != 3 || got["a"] != [2]bool{true, false} || got["b"] != [2]bool{false, true} || got["c"] != [2]bool{false, false} {
		t.Errorf("%+v", r.Waivers)
	}
	if !slices.Equal(r.People, []string{"dana", "kim"}) {
		t.Errorf("people: %v", r.People)
	}
}

func answer(question, option string) steps.Moment {
	return steps.Moment{Kind: steps.MomentAnswer, Object: question, Status: option, By: "kim"}
}

func TestDecisionPoints(t *testing.T) {
	t.Parallel()
	s := told(app("api", "stopped"), answer("decision", "go-on"), answer("decision", "go-on"), answer("decision", "back-out"))
	s.Choices.Stop = &steps.StopChoice{At: start, Limit: 1, AskAfter: start.Add(150 * time.Second)}
	r := report.New(s, start.Add(time.Hour))
	want := []report.Decision{
		{Round: 1, Answered: start.Add(time.Minute), Answer: "go-on", By: "kim"},
		{Round: 1, Answered: start.Add(2 * time.Minute), Answer: "go-on", By: "kim"},
		{Round: 1, Asked: start.Add(150 * time.Second), Answered: start.Add(3 * time.Minute), Answer: "back-out", By: "kim"},
	}
	if !slices.Equal(r.Decisions, want) {
		t.Errorf("got  %+v\nwant %+v", r.Decisions, want)
	}
	if len(r.BackOuts) != 1 || r.BackOuts[0].By != "kim" {
		t.Errorf("back-outs: %+v", r.BackOuts)
	}
}

// forecast says ten to sixty seconds for every phase.
func forecast(at time.Time) *steps.Forecast {
	f := &steps.Forecast{At: at}
	for _, phase := range []string{steps.PhaseStop, steps.PhaseFinalize, steps.PhaseRebind, steps.PhaseStart} {
		f.Parts = append(f.Parts, steps.ForecastPart{Phase: phase, Low: 10*time.Second + time.Millisecond, High: time.Minute - time.Millisecond, Basis: "a guess"})
	}
	return f
}

// A switch of two at once, in seconds: the first is started while the second is
// still being bound.
func switched(at ...steps.Moment) steps.State {
	s := steps.New()
	s.Choices.Where = &steps.Where{User: "dana"}
	for _, m := range at {
		m.Round = 1
		s.History = append(s.History, m)
	}
	s.Choices.Stop = &steps.StopChoice{At: start, Forecast: forecast(start)}
	return s
}

func in(seconds int, m steps.Moment) steps.Moment {
	m.At = start.Add(time.Duration(seconds) * time.Second)
	return m
}

func night() []steps.Moment {
	stop := moment(steps.MomentEffect, "stop api", "done")
	stop.Seconds = 4
	return []steps.Moment{
		in(0, answer("stop-writers", "stop")),
		in(5, stop), in(5, app("api", "stopped")), in(12, app("worker", "stopped")),
		in(20, moment(steps.MomentEffect, "start the finalization", "done")),
		in(90, moment(steps.MomentFinalization, "", steps.Completed)),
		in(91, step(steps.Switch, "begun")),
		in(100, answer("switch", "switch")),
		in(103, app("api", "unbound from the source")), in(110, app("api", "bound to the target")), in(111, app("api", "started")),
		in(120, app("worker", "bound to the target")), in(121, app("worker", "unbound from the source")), in(130, app("worker", "started")),
		in(150, step(steps.Switch, "done")),
	}
}

func TestForecastAgainstActual(t *testing.T) {
	t.Parallel()
	r := report.New(switched(night()...), start.Add(time.Hour))
	checkConsistent(t, r)
	d := r.Downtimes[0]
	var got []string
	for _, p := range d.Phases {
		got = append(got, fmt.Sprintf("%s %d", p.Name, p.Seconds))
	}
	if want := []string{"stopping 11", "decision 8", "finalization 70", "decision 10", "rebinding 21", "starting 29"}; !slices.Equal(got, want) {
		t.Errorf("phases %v, want %v", got, want)
	}
	if len(r.Forecasts) != 1 {
		t.Fatalf("%+v", r.Forecasts)
	}
	f := r.Forecasts[0]
	if f.Low != 40 || f.High != 240 || *f.Actual != 149 || f.Decision != 18 || f.Verdict != report.Inside || !f.Begin.Equal(d.Begin) {
		t.Errorf("%+v", f)
	}
	verdicts := map[steps.PhaseName]report.Verdict{}
	for _, p := range f.Parts {
		verdicts[p.Name] = p.Verdict
		if p.Low != 10 || p.High != 60 || p.Basis != "a guess" {
			t.Errorf("%+v", p)
		}
	}
	if verdicts[steps.PhaseStopping] != report.Inside || verdicts[steps.PhaseFinalization] != report.Longer || verdicts[steps.PhaseStarting] != report.Inside {
		t.Errorf("%v", verdicts)
	}
	if md := r.Markdown(); !strings.Contains(md, "| In all | 40 s to 4 min 00 s | 2 min 29 s | inside the range |") || !strings.Contains(md, "| finalization | 10 s to 1 min 00 s | 1 min 10 s | longer than forecast | a guess |") {
		t.Error(md)
	}
}

// TestWhatNobodySawEndIsNotHeldAgainstTheForecast: the machine was closed when COMPLETED
// came, so that nobody knows how long the finalization took.
func TestWhatNobodySawEndIsNotHeldAgainstTheForecast(t *testing.T) {
	t.Parallel()
	all := night()
	look := time.Time{}
	for i, m := range all {
		if m.Is(steps.MomentFinalization, steps.Completed) {
			look = m.At.Add(-time.Minute)
			all[i].NotBefore = look
		}
	}
	r := report.New(switched(all...), start.Add(time.Hour))
	checkConsistent(t, r)
	for _, p := range r.Forecasts[0].Parts {
		if unseen := p.Name == steps.PhaseFinalization; unseen != (p.Actual == nil) || unseen && p.Verdict != "" {
			t.Errorf("%+v", p)
		}
	}
	if last := r.Finalization[len(r.Finalization)-1]; !last.NotBefore.Equal(look) || r.Forecasts[0].Decision != 0 {
		t.Errorf("%+v, %+v", last, r.Forecasts[0])
	}
	if md := r.Markdown(); !strings.Contains(md, "| COMPLETED | 1 | between 2026-11-22 ") || !strings.Contains(md, "| waiting for a decision | between 2026-11-22 ") {
		t.Error(md)
	}
}

func TestADowntimeThatIsNotOverIsNotJudged(t *testing.T) {
	t.Parallel()
	all := night()
	for n := 3; n < len(all); n++ { // wherever it stands
		r := report.New(switched(all[:n]...), start.Add(time.Hour))
		checkConsistent(t, r)
		if d := r.Downtimes[0]; !d.End.IsZero() || r.Forecasts[0].Verdict != "" || r.Forecasts[0].Actual == nil {
			t.Errorf("after %d moments: %+v", n, d)
		}
	}
}

func TestHealthyApplicationsAndTheCanary(t *testing.T) {
	t.Parallel()
	all := night()
	all = append(all[:11:11],
		in(115, app("api", "healthy")), in(135, answer("canary", "go-on")), // alone until here
		in(140, app("worker", "bound to the target")), in(141, app("worker", "started")), in(148, app("worker", "healthy")),
		in(160, step(steps.Switch, "done")))
	s := switched(all...)
	s.Choices.Switch = &steps.SwitchChoice{Canary: guid("api"), Proven: true}
	r := report.New(s, start.Add(time.Hour))
	checkConsistent(t, r)
	var got []string
	for _, p := range r.Downtimes[0].Phases[4:] {
		got = append(got, fmt.Sprintf("%s %d", p.Name, p.Seconds))
	}
	if want := []string{"rebinding 10", "starting 5", "decision 20", "rebinding 5", "starting 8"}; !slices.Equal(got, want) || len(r.Downtimes[0].NotUp) > 0 {
		t.Errorf("phases %v, want %v; not up %v", got, want, r.Downtimes[0].NotUp)
	}
}

func TestABackOutAfterTheSwitchIsADowntimeOfItsOwn(t *testing.T) {
	t.Parallel()
	s := switched(append(night(),
		in(300, answer("go-back", "back-out")), in(302, app("api", "stopped")), in(303, app("worker", "stopped")),
		in(310, app("api", "bound to the source")), in(311, app("api", "started")), in(320, app("worker", "started")))...)
	s.Choices.BackOut = &steps.BackOutChoice{At: start.Add(300 * time.Second), By: "kim", Remove: true, Loss: "writes since 21:01"}
	r := report.New(s, start.Add(time.Hour))
	checkConsistent(t, r)
	if len(r.Downtimes) != 2 || len(r.Downtimes[1].Phases) != 1 || r.Downtimes[1].Phases[0].Name != steps.PhaseReturning || r.Downtimes[1].Seconds != 18 {
		t.Fatalf("%+v", r.Downtimes)
	}
	if f := r.Forecasts[0]; f.Verdict != report.Inside || *f.Actual != 149 {
		t.Errorf("the forecast is held against the wrong downtime: %+v", f)
	}
	if r.BackOuts[0].Loss != "writes since 21:01" || !strings.Contains(r.Markdown(), "writes since 21:01") {
		t.Errorf("%+v", r.BackOuts)
	}
}

func TestNamesakesAreKeptApart(t *testing.T) {
	t.Parallel()
	one, two := app("api", "stopped"), app("api", "stopped")
	two.ID = "guid-of-another"
	up := one
	up.Status = "started"
	s := told(one, two, up)
	s.Choices.Memory = []steps.AppMemory{{Ref: ref("api"), State: steps.Started}, {Ref: steps.Ref{GUID: two.ID, Name: "api"}, State: steps.Started}}
	r := report.New(s, start.Add(time.Hour))
	if len(r.Applications) != 2 || r.Applications[0].GUID == r.Applications[1].GUID {
		t.Errorf("%+v", r.Applications)
	}
	if d := r.Downtimes[0]; !d.End.IsZero() || !slices.Equal(d.Applications, []string{"api (guid-of-another)", "api (guid-of-api)"}) {
		t.Errorf("one of the two is still down: %+v", d)
	}
}

func TestAFormerCutOverIsRemembered(t *testing.T) {
	t.Parallel()
	s := told()
	three, one := []steps.Process{{Type: "web", Instances: 3}}, []steps.Process{{Type: "web", Instances: 1}}
	s.Choices.Former = []steps.Former{{Round: 1, Memory: []steps.AppMemory{
		{Ref: ref("api"), State: steps.Started, Processes: three}, {Ref: ref("worker"), State: steps.Started, Processes: one},
	}, Waivers: []steps.Waiver{{ID: "app:" + guid("worker")}}}}
	s.Choices.Memory = []steps.AppMemory{{Ref: ref("api"), State: steps.Started, Processes: one}}
	r := report.New(s, start.Add(time.Hour))
	api, worker := r.Applications[0], r.Applications[1]
	if api.Before.Instances != 1 || len(api.Earlier) != 1 || api.Earlier[0].Instances != 3 || api.Earlier[0].Round != 1 || api.Waived {
		t.Errorf("%+v", api)
	}
	if worker.Before == nil || len(worker.Earlier) > 0 || !worker.Waived {
		t.Errorf("%+v", worker)
	}
	if md := r.Markdown(); !strings.Contains(md, "before an earlier cut-over (round 1): started, web × 3") {
		t.Error(md)
	}
}

func TestAFailureKeepsItsWords(t *testing.T) {
	t.Parallel()
	failed := moment(steps.MomentEffect, "stop api", steps.OutcomeFailed)
	failed.Says, failed.HTTPStatus, failed.RequestID = "no quota", 422, "r-1"
	r := report.New(told(failed, moment(steps.MomentEffect, "stop api", "done")), start.Add(time.Hour))
	if q := r.Requests[0]; q.Message != "no quota" || q.Status != 422 || q.RequestID != "r-1" || q.DoneAt.IsZero() {
		t.Errorf("%+v", q)
	}
}
