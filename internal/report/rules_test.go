package report_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/steps"
)

// told is a state with a history, a moment a minute.
func told(moments ...steps.Moment) steps.State {
	s := steps.New()
	s.Choices.Where = &steps.Where{User: "dana", API: "https://api.example"}
	s.Facts.Session = steps.Session{SignedIn: true, User: "dana", API: "https://api.example"}
	for i, m := range moments {
		m.At = start.Add(time.Duration(i) * time.Minute)
		m.Round = max(1, m.Round)
		s.Choices.Round = m.Round
		s.History = append(s.History, m)
	}
	return s
}

func step(id steps.ID, word string) steps.Moment {
	return steps.Moment{Kind: steps.MomentStep, Object: string(id), Status: word}
}

// moment is one as an old journal has it: in words.
func moment(kind steps.MomentKind, object, status string) steps.Moment {
	m := steps.Moment{Kind: kind, Object: object, Status: status}
	return m.Identified([]steps.Effect{
		{Do: steps.DoCreateFinalization},
		{Do: steps.DoDeleteFinalization},
		{Do: steps.DoCreateReplication},
		{Do: steps.DoDeleteReplication},
		{Do: steps.DoStopApp, App: ref("api")},
		{Do: steps.DoStartApp, App: ref("api")},
		{Do: steps.DoDeleteKey, Key: ref("k"), Instance: ref("orders-db")},
		{Do: steps.DoDeleteInstance, Instance: ref("orders-db")},
	})
}

// app is a moment of the application whose GUID is its name's.
func app(name, word string) steps.Moment {
	m := moment(steps.MomentApp, name, word)
	m.ID = guid(name)
	return m
}

func guid(name string) string { return "guid-of-" + name }

func ref(name string) steps.Ref { return steps.Ref{GUID: guid(name), Name: name} }

func inRound(n int, m steps.Moment) steps.Moment { m.Round = n; return m }

func TestTheTimeOfANewSignInIsNotTheStepsTime(t *testing.T) {
	t.Parallel()
	s := told(
		step(steps.SignIn, "done"), step(steps.Replicate, "begun"), // 0, 1
		step(steps.SignIn, "begun"), step(steps.SignIn, "done"), // 2, 3
		step(steps.Replicate, "done"), step(steps.Writers, "begun"), // 4, 5
	)
	r := report.New(s, start.Add(10*time.Minute))
	got := map[steps.ID]int64{}
	for _, x := range r.Steps {
		if len(x.Rounds) == 1 {
			got[x.ID] = x.Rounds[0].Seconds / 60
		}
	}
	want := map[steps.ID]int64{steps.SignIn: 1, steps.Replicate: 2, steps.Writers: 5}
	for id, minutes := range want {
		if got[id] != minutes {
			t.Errorf("%s took %d min, want %d", id, got[id], minutes)
		}
	}
	checkConsistent(t, r)
}

func TestEveryRoundHasItsLine(t *testing.T) {
	t.Parallel()
	s := told(
		step(steps.Databases, "begun"), step(steps.Databases, "done"), step(steps.Replicate, "begun"), // 0-2
		step(steps.BackOut, "begun"),               // 3
		inRound(2, step(steps.Databases, "begun")), // 4
		inRound(2, step(steps.Databases, "done")), inRound(2, step(steps.Replicate, "begun")),
	)
	r := report.New(s, start.Add(10*time.Minute))
	for id, want := range map[steps.ID][]int64{steps.Databases: {60, 60}, steps.Replicate: {60, 240}, steps.BackOut: {60}} {
		i := slices.IndexFunc(r.Steps, func(x report.Step) bool { return x.ID == id })
		var got []int64
		for _, turn := range r.Steps[i].Rounds {
			got = append(got, turn.Seconds)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v s, want %v", id, got, want)
		}
	}
	first := r.Steps[steps.Replicate.Number()-1].Rounds[0]
	if !first.End.Equal(start.Add(3 * time.Minute)) {
		t.Errorf("the first replication ended %s", first.End)
	}
}

func TestTwoDowntimesAndTheirPhases(t *testing.T) {
	t.Parallel()
	s := told(
		app("api", "stopped"), app("worker", "stopped"), // 0, 1
		moment(steps.MomentAnswer, "finalize", "postpone"), // 2
		app("api", "started"), app("worker", "started"),    // 3, 4
		moment(steps.MomentAnswer, "stop-writers", "stop"), // 5
		app("api", "stopped"), app("worker", "stopped"),    // 5, 6
		moment(steps.MomentEffect, "start the finalization", "done"), // 7
		moment(steps.MomentFinalization, "", steps.Waiting),          // 8
		moment(steps.MomentFinalization, "", steps.Completed),        // 9
		step(steps.Switch, "begun"),                                  // 10
		moment(steps.MomentAnswer, "switch", "switch"),               // 11
		// 12 to 15
		app("api", "started"), app("worker", "started"), app("api", "healthy"), app("worker", "healthy"),
	)
	r := report.New(s, start.Add(time.Hour))
	checkConsistent(t, r)
	want := [][]steps.PhaseName{
		{steps.PhaseStopping, steps.PhaseDecision, steps.PhaseReturning},
		{steps.PhaseStopping, steps.PhaseDecision, steps.PhaseFinalization, steps.PhaseDecision, steps.PhaseStarting},
	}
	if len(r.Downtimes) != len(want) {
		t.Fatalf("%d downtimes", len(r.Downtimes))
	}
	for i, d := range r.Downtimes {
		var got []steps.PhaseName
		var sum int64
		for _, p := range d.Phases {
			got, sum = append(got, p.Name), sum+p.Seconds
		}
		if !slices.Equal(got, want[i]) || sum != d.Seconds || !slices.Equal(d.Applications, []string{"api", "worker"}) {
			t.Errorf("downtime %d: %v, %d of %d s, %v", i, got, sum, d.Seconds, d.Applications)
		}
	}
	if len(r.BackOuts) != 1 || r.BackOuts[0].How != steps.Postponed || r.BackOuts[0].Seconds != 0 {
		t.Errorf("back-outs: %+v", r.BackOuts)
	}
}

func TestAStopThatALookFoundCountsAsDowntime(t *testing.T) {
	t.Parallel()
	s := told(
		moment(steps.MomentEffect, "stop api", "unclear"),
		moment(steps.MomentEffect, "stop api", "done"),
		app("api", "stopped"),
		app("api", "started"),
		app("admin", "stopped"), // it was stopped before, and somebody had started it
	)
	s.Choices.Memory = []steps.AppMemory{
		{Ref: ref("api"), State: steps.Started}, {Ref: ref("admin"), State: steps.Stopped},
	}
	r := report.New(s, start.Add(time.Hour))
	if len(r.Downtimes) != 1 || r.Downtimes[0].Seconds != 60 {
		t.Errorf("downtimes: %+v", r.Downtimes)
	}
	if len(r.Requests) != 1 || r.Requests[0].Outcome != "unclear" || !r.Requests[0].DoneAt.Equal(start.Add(time.Minute)) {
		t.Errorf("requests: %+v", r.Requests)
	}
}

func TestADowntimeThatLasts(t *testing.T) {
	t.Parallel()
	s := told(app("api", "stopped"), moment(steps.MomentEffect, "start the finalization", "done"))
	r := report.New(s, start.Add(10*time.Minute))
	d := r.Downtimes[0]
	last := d.Phases[len(d.Phases)-1]
	if !d.End.IsZero() || d.Seconds != 600 || last.Name != steps.PhaseFinalization || !last.End.IsZero() || last.Seconds != 540 {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(r.Markdown(), "still on") {
		t.Error("Markdown does not say that it lasts")
	}
}

func TestAWaiverNamesWhoGaveIt(t *testing.T) {
	t.Parallel()
	s := told(app("api", "stopped"))
	s.Choices.Waivers = []steps.Waiver{{ID: "app:a2", Name: "worker", Reason: "reads only", At: start, By: "dana"}}
	r := report.New(s, start)
	if len(r.Waivers) != 1 || r.Waivers[0] != (report.Waiver{Round: 1, Kind: "app", Writer: "worker", Reason: "reads only", At: start, By: "dana", Side: steps.Source}) {
		t.Errorf("%+v", r.Waivers)
	}
}

func TestAnAcceptanceNamesWhoGaveIt(t *testing.T) {
	t.Parallel()
	s := told(moment(steps.MomentAnswer, "preflight.warnings", "accept-some"))
	f, g := steps.NewFinding(steps.Source, false, "roles found"), steps.NewFinding(steps.Source, false, "rights found")
	s.Facts.Findings = &steps.Findings{At: start, List: []steps.Finding{f, g}}
	s.Choices.Accepted = []steps.Acceptance{{ID: f.ID, At: start, By: "kim", Text: f.Text}}
	s.Choices.Replicate = &steps.Consent{By: "dana"}
	r := report.New(s, start)
	x, y := r.Preflight.Findings[0], r.Preflight.Findings[1]
	if !x.Accepted || x.AcceptedBy != "kim" || !x.AcceptedAt.Equal(start) || y.Accepted {
		t.Errorf("%+v, %+v", x, y)
	}
	if !slices.Equal(r.People, []string{"dana", "kim"}) {
		t.Errorf("people: %v", r.People)
	}
}

func TestWhatWasAcceptedIsKnownWithoutItsRun(t *testing.T) {
	t.Parallel()
	s := told()
	s.Choices.Accepted = []steps.Acceptance{{ID: "source-warning-1", At: start, By: "kim", Text: "roles found"}}
	p := report.New(s, start).Preflight
	if p == nil || p.Complete || len(p.Findings) != 1 || p.Findings[0].Text != "roles found" || p.Findings[0].AcceptedBy != "kim" {
		t.Errorf("%+v", p)
	}
}

func TestAStartOverAndAColdRestart(t *testing.T) {
	t.Parallel()
	var warm, cold steps.State
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 8, "replication-fails")
		_, q := s.follow("replication.failed")
		s.choose(q, "back-out")
		_, q = s.follow("backed-out")
		s.choose(q, "again")
		warm, _ = s.follow("")
		cold = resumed(warm)
	})
	hot, resumed := report.New(warm, warm.At), report.New(cold, warm.At)
	for name, r := range map[string]report.Report{"warm": hot, "cold": resumed} {
		checkConsistent(t, r)
		if r.Rounds != 2 || len(r.UsedTargets) != 1 {
			t.Errorf("%s: %d rounds, spent %v", name, r.Rounds, r.UsedTargets)
		}
		replicate := r.Steps[steps.Replicate.Number()-1]
		if n := len(replicate.Rounds); n != 2 {
			t.Errorf("%s: the replication has %d rounds", name, n)
		}
		if r.Outcome != report.Completed || r.Step != steps.CleanUp {
			t.Errorf("%s: %s at %s", name, r.Outcome, r.Step)
		}
		if !slices.ContainsFunc(r.Left, func(l report.Leftover) bool { return l.What == steps.LeftTarget && l.Name == r.UsedTargets[0] }) {
			t.Errorf("%s: the used target is not among what is left: %+v", name, r.Left)
		}
		if !slices.ContainsFunc(r.Removed, func(x report.Removal) bool { return x.What == "remove the replication" && x.Round == 1 }) {
			t.Errorf("%s: removed %+v", name, r.Removed)
		}
		if r.Preflight == nil || !r.Preflight.Findings[0].Accepted {
			t.Errorf("%s: what was accepted is lost", name)
		}
	}
	if !cmp.Equal(hot.Preflight, resumed.Preflight) || !resumed.Preflight.Complete {
		t.Errorf("a restart changes what is known of the check:\n%s", cmp.Diff(hot.Preflight, resumed.Preflight))
	}
	for i, x := range hot.Steps {
		if y := resumed.Steps[i]; x.Status != y.Status || !slices.Equal(x.Rounds, y.Rounds) {
			t.Errorf("warm %+v\ncold %+v", x, y)
		}
	}
	if len(hot.Left) != len(resumed.Left) {
		t.Errorf("left, seen: %+v\nleft, by the record: %+v", hot.Left, resumed.Left)
	}
}

func TestAColdRecordPromisesNothing(t *testing.T) {
	t.Parallel()
	s := told(step(steps.Writers, "begun"), app("api", "stopped"), step(steps.Writers, "done"), step(steps.Finalize, "begun"))
	r := report.New(s, start.Add(time.Hour))
	if strings.Contains(r.Standing, "nothing lost") || !strings.Contains(r.Standing, "STOPPED since 2026-11-22 21:01:00 UTC") {
		t.Error(r.Standing)
	}
	if r.Step != steps.Finalize || r.Steps[steps.Writers.Number()-1].Status != steps.Done || r.Steps[steps.Finalize.Number()-1].Status != steps.Working {
		t.Errorf("stands at %s: %+v", r.Step, r.Steps)
	}
}

func TestOnlyWhatDeletesIsCalledRemoved(t *testing.T) {
	t.Parallel()
	ref := steps.Ref{Name: "x"}
	var history []steps.Moment
	want := 0
	for _, do := range steps.Verbs() {
		e := []steps.Effect{{Do: do, App: ref, Instance: ref, Key: ref, Space: ref, Task: ref}}
		for _, status := range []string{steps.OutcomeDone, steps.OutcomeFailed} {
			history = append(history, steps.Moment{Kind: steps.MomentEffect, Object: e[0].String(), Status: status}.Identified(e))
		}
		if strings.HasPrefix(string(do), "delete-") || do == steps.DoUnshare {
			want++
		}
	}
	if got := report.New(told(history...), start).Removed; len(got) != want {
		t.Errorf("%d removed, want %d: %+v", len(got), want, got)
	}
}

func TestNothingBegun(t *testing.T) {
	t.Parallel()
	r := report.New(steps.New(), start)
	if r.Outcome != report.NotStarted || len(r.Left) > 0 || len(r.Downtimes) > 0 || !r.Whole.Begin.IsZero() {
		t.Errorf("%+v", r)
	}
	_, html := forms(t, r)
	checkPage(t, html)
	checkMarkdown(t, r.Markdown())
}

// TestEveryFieldIsDocumented: the JSON form is a public interface.
func TestEveryFieldIsDocumented(t *testing.T) {
	t.Parallel()
	docs, err := os.ReadFile("../../docs/report.md")
	if err != nil {
		t.Fatal(err)
	}
	r := report.New(hostile(), start.Add(2*time.Hour))
	r.Decisions[0].Asked, r.Decisions[0].Again, r.Forecasts[0].Verdict = start, 1, report.Inside
	r.Steps[0].By, r.Preflight.Findings[0].AcceptedBy, r.Requests[0].DoneAt = "x", "x", start
	r.Left[0].SeenAt, r.Left[0].Of, r.Left[0].Status = start, "x", "x"
	js, _ := forms(t, r)
	var tree any
	if err := json.Unmarshal([]byte(js), &tree); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				seen[key] = true
				walk(value)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(tree)
	if len(seen) < 85 {
		t.Errorf("only %d fields seen", len(seen))
	}
	for key := range seen {
		if !strings.Contains(string(docs), "`"+key+"`") {
			t.Errorf("docs/report.md does not explain %s", key)
		}
	}
}
