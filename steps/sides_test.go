package steps_test

import (
	"slices"
	"strings"
	"testing"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// onTarget is an application that is bound to the target only.
func onTarget(guid, name, state string) App {
	return App{Ref: Ref{guid, name}, State: state, Processes: []Process{{"web", 1}}, Target: Bindings{{GUID: "b-" + guid, Name: "db"}}}
}

// withTargetWriter is a migration that is IN-SYNC while somebody has started an application
// on the target.
func withTargetWriter(t *testing.T) *run {
	t.Helper()
	w := newWorld(false)
	r := newRun(t, w)
	r.until("in-sync")
	w.add(onTarget("t1", "preview", Started))
	return r
}

func (r *run) line(id string) Writer {
	r.t.Helper()
	list := Census(r.s)
	i := slices.IndexFunc(list, func(w Writer) bool { return w.ID == id })
	if i < 0 {
		r.t.Fatalf("the census has no %s: %+v", id, list)
	}
	return list[i]
}

// TestAWriterToTheTargetIsInTheWay: it is stopped on consent, the finalization waits for
// that, and it is started again where it was: after COMPLETED, and after a way back.
func TestAWriterToTheTargetIsInTheWay(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"on", OptionPostpone, OptionBackOut} {
		r := withTargetWriter(t)
		r.until("stop-writers")
		x := r.line("app:t1")
		if x.Side != Target || x.Fate != FateStop || !x.Runs || !strings.Contains(Ask(r.s).Title, "source and target") {
			t.Errorf("%+v, asked %q", x, Ask(r.s).Title)
		}
		r.choose("stop")
		if r.w.app("t1").State != Stopped || !r.line("app:t1").Settled() {
			t.Fatalf("it is %s", r.w.app("t1").State)
		}
		if m := r.s.Choices.Memory; m[len(m)-1].Side != Target && !slices.ContainsFunc(m, func(m AppMemory) bool { return m.GUID == "t1" && m.Side == Target && m.State == Started }) {
			t.Errorf("remembered as %+v", m)
		}
		r.restart()
		switch way {
		case "on":
			r.follow()
		default:
			r.until("finalize")
			r.choose(way)
			r.until(map[string]string{OptionPostpone: "in-sync", OptionBackOut: "backed-out"}[way])
		}
		a := r.w.app("t1")
		if a.State != Started || a.Source != nil || len(a.Target) != 1 || a.Target[0].GUID != "b-t1" {
			t.Errorf("%s: ends as %+v", way, a)
		}
		side := Source
		if way == "on" {
			side = Target
		}
		r.w.checkSide(t, side)
	}
}

// TestTheTargetLocksTheFinalization: each kind of writer is a line with its side, and
// waiving each unlocks it.
func TestTheTargetLocksTheFinalization(t *testing.T) {
	t.Parallel()
	r := withTargetWriter(t)
	r.w.keys[Target] = append(r.w.keys[Target], Key{Ref: Ref{"k9", "psql"}, Usable: Yes})
	probe := App{Ref: Ref{"e1", "probe"}, State: Started}
	r.w.elsewhere = Elsewhere{
		Mentions: []Mention{
			{Ref: Ref{"e1", "probe"}, Side: Target, Kind: MentionEnvironment, Apps: []App{probe}, Variables: []string{"NEW_DB"}},
			{Ref: Ref{"u1", "both-addresses"}, Side: Both, Kind: MentionService, Apps: []App{probe}},
		},
		Schedulers: []Scheduler{{Ref: Ref{"j1", "jobs"}, Side: Target, Offering: "jobscheduler", Apps: []Ref{{"t1", "preview"}}}},
		Unseen:     []Unseen{{Ref: Ref{"s9", "dev"}, Side: Both, Kind: "space"}},
	}
	r.w.tasks = []Task{{Ref: Ref{"x1", "seed"}, App: Ref{"t1", "preview"}, State: "RUNNING"}}
	r.until("stop-writers")
	r.watch()
	for id, side := range map[string]Side{
		"app:t1": Target, "task:x1": Target, "key:k9": Target, "mention:e1": Target, "mention:u1": Both, "scheduler:j1": Target, "unseen:space:s9": Both, "app:a1": Source,
	} {
		if x := r.line(id); x.Side != side || x.Settled() {
			t.Errorf("%s: %+v", id, x)
		}
	}
	for _, id := range []string{"app:t1", "key:k9", "mention:e1", "mention:u1", "scheduler:j1", "unseen:space:s9"} {
		r.fill("waive", map[string][]string{"lines": {id}, "reason": {"it is off"}})
	}
	if x := r.line("app:t1"); x.Fate != FateWaived || !x.Runs {
		t.Errorf("%+v", x)
	}
	for _, v := range r.s.Choices.Waivers {
		if v.ID == "key:k9" && v.Side != Target {
			t.Errorf("noted without its side: %+v", v)
		}
	}
	r.choose("stop")
	q := r.asks("finalize")
	if r.w.app("t1").State != Started || len(r.w.tasks) != 0 || !strings.Contains(q.Why, "key:psql") {
		t.Errorf("preview %s, tasks %v: %s", r.w.app("t1").State, r.w.tasks, q.Why)
	}
}

// TestAnAlarmSaysWhichSide: what comes back on the target may collide with the replication,
// whenever that was; the alarm ends with COMPLETED, and stays open as one that may have cost
// writes.
func TestAnAlarmSaysWhichSide(t *testing.T) {
	t.Parallel()
	r := withTargetWriter(t)
	r.until("finalize")
	r.w.app("t1").State = Started
	r.watch()
	list := Alarms(r.s)
	if len(list) != 1 || list[0].Side != Target || !list[0].Until.IsZero() {
		t.Fatalf("%+v", list)
	}
	if says := list[0].Meaning(r.s); !strings.Contains(says, "preview has been able to write to the target since") || !strings.Contains(says, "may collide with the replication") {
		t.Error(says)
	}
	if q := r.asks("stop-writers"); !strings.Contains(q.Title, "preview can write to the target again") {
		t.Error(q.Title)
	}
	r.choose("stop")
	r.watch()
	if list = Alarms(r.s); list[0].Until.IsZero() || len(LossAlarms(r.s)) != 0 {
		t.Errorf("before the finalization: %+v, may have cost %+v", list, LossAlarms(r.s))
	}
	r.until("finalizing")
	if open := LossAlarms(r.s); len(open) != 1 || !strings.Contains(Standing(r.s), "the target") {
		t.Errorf("%+v: %s", open, Standing(r.s))
	}
	r.w.app("t1").State = Started
	r.watch()
	r.w.step(false)
	r.w.step(false)
	r.watch()
	if list = Alarms(r.s); len(list) != 2 || list[1].Until.IsZero() {
		t.Errorf("COMPLETED, and the alarm lasts: %+v", list)
	}
	r.restart()
	if again := Alarms(r.s); again[0].Side != Target {
		t.Errorf("forgotten with the program: %+v", again)
	}
}

// TestGreenWaitsForCompleted: an application that is bound to the target and stopped is
// expected. It is named, in nobody's way, and started first.
func TestGreenWaitsForCompleted(t *testing.T) {
	t.Parallel()
	for _, way := range []string{OptionGoOn, OptionLeave} {
		w := newWorld(false)
		w.add(onTarget("g1", "api-green", Stopped))
		r := newRun(t, w)
		r.until("replicate")
		if q := r.asks("replicate"); !strings.Contains(q.Why, "api-green (green, waits for COMPLETED)") {
			t.Error(q.Why)
		}
		r.until("stop-writers")
		if x := r.line("app:g1"); !x.Green || !x.Settled() || x.Side != Target || !strings.Contains(x.What, "green, waits for COMPLETED") {
			t.Errorf("%+v", x)
		}
		r.until("finalize")
		if q := r.asks("finalize"); !strings.Contains(q.Why, "Green, stopped until COMPLETED: api-green.") {
			t.Error(q.Why)
		}
		r.until("switch")
		if w.app("g1").State != Stopped || slices.ContainsFunc(Census(r.s), func(x Writer) bool { return x.Side != Source }) {
			t.Errorf("it is %s; the census after COMPLETED has %+v", w.app("g1").State, Census(r.s))
		}
		q := r.asks("switch")
		if o, _ := q.Option(OptionSwitch); q.Recommended != OptionGreen || !strings.Contains(o.Consequence, "api-green stays stopped") {
			t.Errorf("%+v", q)
		}
		r.choose(OptionGreen)
		q = r.asks("canary")
		if w.app("g1").State != Started || w.app("a1").State != Stopped || w.app("a1").Target != nil || !strings.Contains(q.Title, "api-green") {
			t.Errorf("green %s, blue %+v: %s", w.app("g1").State, w.app("a1"), q.Title)
		}
		r.restart()
		r.asks("canary")
		r.choose(way)
		r.until("validate")
		w.left, w.green = r.s.Choices.Switch.Left, r.s.Choices.Switch.Green
		if left := len(w.left); way == OptionLeave && (left != 3 || w.app("a1").State != Stopped || w.app("a1").Source == nil) || way == OptionGoOn && left != 0 {
			t.Errorf("%s: left %v, api %+v", way, w.left, w.app("a1"))
		}
		w.checkSide(t, Target)
		// The way back leaves it as it was: bound to the target, and stopped.
		r.choose(OptionBackOut)
		r.until("backed-out")
		w.left, w.green = nil, nil
		w.checkSide(t, Source)
	}
}

// TestGreenStaysStoppedUnlessItIsPicked, also where somebody starts it afterwards.
func TestGreenStaysStoppedUnlessItIsPicked(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.add(onTarget("g1", "api-green", Stopped))
	w.add(onTarget("g2", "jobs-green", Stopped))
	r := newRun(t, w)
	r.until("switch")
	a, _ := r.asks("switch").Default(OptionArrange)
	a.Values["green"] = []string{"g2"}
	r.apply(Answered{a})
	r.settle()
	if q := r.asks("canary"); strings.Contains(q.Title, "api-green") || w.app("g1").State != Stopped || w.app("g2").State != Started {
		t.Errorf("%s: %+v", q.Title, w.apps)
	}
	r.choose(OptionGoOn)
	r.until("validate")
	w.app("g1").State = Started // by hand, after COMPLETED: that is nobody's business
	r.watch()
	r.asks("validate")
	if w.app("g1").State != Started || len(Alarms(r.s)) != 0 {
		t.Errorf("%+v, alarms %+v", w.app("g1"), Alarms(r.s))
	}
}

// TestGreenStartedTooEarlyRaisesAnAlarm, and is stopped again as the consent says.
func TestGreenStartedTooEarlyRaisesAnAlarm(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.add(onTarget("g1", "api-green", Stopped))
	r := newRun(t, w)
	r.until("finalize")
	w.app("g1").State = Started
	r.watch()
	if list := Alarms(r.s); len(list) != 1 || list[0].Name != "api-green" || list[0].Side != Target {
		t.Errorf("%+v", list)
	}
	r.until("switch")
	if w.app("g1").State != Stopped {
		t.Errorf("it writes until COMPLETED: %s", w.app("g1").State)
	}
}

// TestHalfMovedIsUnderstood: an application that is bound to both reaches both. It keeps
// its binding to the target on either way.
func TestHalfMovedIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"on", OptionBackOut} {
		w := newWorld(false)
		r := newRun(t, w)
		r.until("in-sync")
		w.add(App{Ref: Ref{"h1", "half"}, State: Started, Processes: []Process{{"web", 1}}, Source: Bindings{{GUID: "bh1", Name: "db"}}, Target: Bindings{{GUID: "bh2", Name: "db-new"}}})
		r.until("stop-writers")
		if x := r.line("app:h1"); x.Side != Both || x.Fate != FateStop {
			t.Errorf("%+v", x)
		}
		side := Source
		if way == "on" {
			side = Target
			r.follow()
		} else {
			r.until("finalize")
			r.choose(way)
			r.until("backed-out")
		}
		w.checkSide(t, side)
		if w.app("h1").Target[0].GUID != "bh2" {
			t.Errorf("its binding to the target was made anew: %+v", w.app("h1"))
		}
	}
}
