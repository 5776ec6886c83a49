package steps_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// boundTwice gives an application a second, older binding to the source.
func (w *world) boundTwice(guid string) {
	a := w.app(guid)
	newest := a.Source[0]
	newest.Params, newest.ParamsKnown = json.RawMessage(`{"role":"new"}`), true
	older := Binding{GUID: "old-" + guid, Name: newest.Name, Params: json.RawMessage(`{"role":"old"}`), ParamsKnown: true}
	a.Source = Bindings{newest, older}
	w.before[guid] = copyApp(*a)
}

func (w *world) logged(prefix string) int {
	return slices.IndexFunc(w.log, func(line string) bool { return strings.HasPrefix(line, prefix) })
}

// TestAllBindingsToTheSourceGo: an application may have several bindings to one
// instance, with or without a name; it gets the newest. The world checks that it is
// never started with source and target at hand.
func TestAllBindingsToTheSourceGo(t *testing.T) {
	for _, app := range []string{"a1", "a2"} { // a1's are named
		t.Run(app, func(t *testing.T) {
			w := newWorld(false)
			w.boundTwice(app)
			r := newRun(t, w)
			told := false
			r.settle()
			for range 200 {
				if r.s.Choices.Ended != nil {
					break
				}
				q := Ask(r.s)
				if q == nil || q.Waiting() {
					w.step(false)
					r.watch()
					continue
				}
				if q.ID == QuestionStopWriters {
					told = slices.ContainsFunc(Census(r.s), func(x Writer) bool {
						return x.ID == "app:"+app && strings.Contains(x.What, "2 bindings")
					})
				}
				r.choose(q.Alone())
			}
			if !told {
				t.Error("the census does not say that it is bound twice")
			}
			w.checkSwitched(t)
			m := r.s.Choices.Memory[slices.IndexFunc(r.s.Choices.Memory, func(m AppMemory) bool { return m.GUID == app })]
			if string(m.Binding.Params.Raw) != `{"role":"new"}` || len(m.Older) != 1 || string(m.Older[0].Params.Raw) != `{"role":"old"}` {
				t.Errorf("remembered as %+v, older %+v", m.Binding, m.Older)
			}
			if w.logged("unbind:old-"+app) > w.logged("unbind:"+w.before[app].Source[0].GUID) {
				t.Errorf("the binding that it used went first: %v", w.log)
			}
		})
	}
}

// TestTheWayBackSaysWhatItCannotRestore: of several bindings the one that was used is made
// again, like it was.
func TestTheWayBackSaysWhatItCannotRestore(t *testing.T) {
	w := newWorld(false)
	w.boundTwice("a2")
	r := newRun(t, w)
	r.settle()
	for range 200 {
		q := Ask(r.s)
		if q != nil && q.ID == QuestionValidate {
			break
		}
		if q == nil || q.Waiting() {
			w.step(false)
			r.watch()
			continue
		}
		if q.ID == QuestionSwitch && !strings.Contains(q.Why, "1 older binding goes") {
			t.Errorf("the switch does not say what goes: %s", q.Why)
		}
		r.choose(q.Alone())
	}
	cannot := strings.Join(BackOutPlan(r.s).Cannot, " ")
	if !strings.Contains(cannot, "1 older binding to the source, of worker") {
		t.Errorf("the card: %s", cannot)
	}
	q := AskBackOut(r.s)
	a, _ := q.Default(OptionBackOut)
	r.apply(Answered{a})
	r.settle()
	for range 5 {
		r.watch()
	}
	source := w.app("a2").Source
	if len(source) != 1 || string(source[0].Params) != `{"role":"new"}` || w.app("a2").Target != nil || w.app("a2").State != Started {
		t.Errorf("%+v; notice %q; log %v", w.app("a2"), r.s.Notice, w.log)
	}
}

// TestMemoryOfOneBindingIsRead: journals of before hold one binding an application.
func TestMemoryOfOneBindingIsRead(t *testing.T) {
	var m AppMemory
	if err := json.Unmarshal([]byte(`{"guid":"a","name":"api","state":"STARTED","processes":null,"binding":{"name":"db","params":{"known":true}}}`), &m); err != nil || m.Binding.Name != "db" || m.Older != nil {
		t.Errorf("%+v, %v", m, err)
	}
	data, err := json.Marshal(m)
	if err != nil || strings.Contains(string(data), "older") {
		t.Errorf("%s, %v", data, err)
	}
}

// upToTheRefusal drives the migration to where the platform has failed to delete an
// application's binding to the source.
func upToTheRefusal(t *testing.T, w *world) *run {
	r := newRun(t, w)
	r.settle()
	for range 200 {
		q := Ask(r.s)
		switch {
		case q != nil && q.ID == FailedQuestion(Switch):
			return r
		case q == nil || q.Waiting():
			w.step(false)
			r.watch()
		default:
			r.choose(q.Alone())
		}
	}
	t.Fatalf("nothing fails: %v", w.log)
	return nil
}

// TestAnOldBindingThatCannotBeDeletedKeepsNobodyDown: what the platform failed to delete
// is not in force. With the person's word the application goes on to the target, stays
// up over a restart of the wizard, and what is left is known to the end.
func TestAnOldBindingThatCannotBeDeletedKeepsNobodyDown(t *testing.T) {
	w := newWorld(false)
	w.clings = map[string]bool{"b2": true}
	r := upToTheRefusal(t, w)
	if w.app("a2").State != Stopped {
		t.Fatal("it runs before it was settled")
	}
	r.choose(OptionPass)
	for range 4 {
		r.watch()
	}
	a := w.app("a2")
	if a.State != Started || len(a.Target) != 1 || len(a.Source) != 1 {
		t.Fatalf("%+v; log %v", a, w.log)
	}
	if q := Ask(r.s); q == nil || q.ID != QuestionValidate {
		t.Errorf("asks %+v", q)
	}
	old := OldBindings(r.s)
	if len(old) != 1 || old[0].App.GUID != "a2" || old[0].Side != Source || old[0].Binding.GUID != "b2" || old[0].Binding.Condition() != ConditionStuck {
		t.Errorf("left: %+v", old)
	}
	// The wizard is started anew: what runs is left running.
	data, err := json.Marshal(r.s.Choices)
	if err != nil {
		t.Fatal(err)
	}
	again := &run{t: t, w: w, s: New()}
	var choices Choices
	if err := json.Unmarshal(data, &choices); err != nil {
		t.Fatal(err)
	}
	stops := len(w.log)
	again.apply(Resumed{Choices: choices, Did: r.s.Did, History: r.s.History})
	for range 3 {
		again.watch()
	}
	if w.app("a2").State != Started || len(w.log) != stops {
		t.Errorf("it was touched again: %v", w.log[stops:])
	}
	left := slices.IndexFunc(Inventory(again.s), func(l LeftItem) bool { return l.What == LeftBinding && l.Name == "worker" })
	if left < 0 {
		t.Errorf("what is left is not listed: %+v", Inventory(again.s))
	}
}

// TestAnOldBindingInForceIsNeverLeft: the word to go on does not start an application
// that would get the source's credentials.
func TestAnOldBindingInForceIsNeverLeft(t *testing.T) {
	for _, o := range []Operation{{}, {Type: "create", State: "succeeded"}, {Type: "create", State: "in progress"}, {Type: "delete", State: "odd"}, {Type: "update", State: "succeeded"}, {State: "failed"}} {
		t.Run(fmt.Sprintf("%s %s", o.Type, o.State), func(t *testing.T) {
			w := newWorld(false)
			w.clings = map[string]bool{"b2": true}
			w.clingsAs = &o
			r := upToTheRefusal(t, w)
			r.choose(OptionPass)
			for range 4 {
				r.watch()
			}
			if w.app("a2").State != Stopped {
				t.Errorf("started with %+v: %v", w.app("a2").Source, w.log)
			}
		})
	}
}

// TestConditionsOfThings walks type and state of the last operation through all that is
// decided by it.
func TestConditionsOfThings(t *testing.T) {
	const (
		there, making, notMade, changing = ConditionThere, ConditionMaking, ConditionNotMade, ConditionChanging
		going, stuck, unclear            = ConditionGoing, ConditionStuck, ConditionUnclear
	)
	states := []string{"initial", "in progress", "succeeded", "failed", "", "paused"}
	for kind, row := range map[string][]Condition{
		"create": {making, making, there, notMade, unclear, unclear},
		"update": {changing, changing, there, there, unclear, unclear},
		"delete": {going, going, going, stuck, unclear, unclear},
		"":       {unclear, unclear, unclear, unclear, there, unclear},
		"mend":   {unclear, unclear, unclear, unclear, unclear, unclear},
	} {
		for i, state := range states {
			o := Operation{Type: kind, State: state, Description: "the broker's words", At: time.Unix(1, 0)}
			if got := o.Condition(); got != row[i] {
				t.Errorf("%q %q is %q, want %q", kind, state, got, row[i])
			}
			binding := row[i]
			if kind == "update" {
				binding = unclear // bindings and keys are never updated
			}
			b := Binding{Operation: o}
			if got := b.Condition(); got != binding {
				t.Errorf("binding: %q %q is %q, want %q", kind, state, got, binding)
			}
			if got := (Bindings{b}).InForce() != nil; got != (binding == there) {
				t.Errorf("binding: %q %q in force: %v", kind, state, got)
			}
		}
	}
}

// TestWhatCanBeChosen: what somebody once failed to delete is there, and can be chosen.
func TestWhatCanBeChosen(t *testing.T) {
	for _, c := range []struct {
		o             Operation
		shown         Tri // what the platform tells of the key's credentials
		instance, key bool
	}{
		{Operation{}, Yes, true, true},
		{Operation{Type: "create", State: "succeeded"}, Yes, true, true},
		{Operation{Type: "create", State: "in progress"}, Unknown, false, false},
		{Operation{Type: "create", State: "initial"}, Unknown, false, false},
		{Operation{Type: "create", State: "failed"}, Unknown, false, false},
		{Operation{Type: "update", State: "succeeded"}, Yes, true, false},
		{Operation{Type: "update", State: "in progress"}, Yes, true, false},
		{Operation{Type: "update", State: "failed"}, Yes, true, false},
		{Operation{Type: "delete", State: "initial"}, Yes, false, false},
		{Operation{Type: "delete", State: "in progress"}, Yes, false, false},
		{Operation{Type: "delete", State: "failed"}, Yes, true, true},
		{Operation{Type: "delete", State: "failed"}, Unknown, true, false},
		{Operation{Type: "delete", State: "failed"}, No, true, false},
		{Operation{Type: "delete", State: "succeeded"}, Yes, false, false},
		{Operation{Type: "create", State: "paused"}, Yes, false, false},
		{Operation{State: "failed"}, Yes, false, false},
	} {
		t.Run(fmt.Sprintf("%s %s %s", c.o.Type, c.o.State, c.shown), func(t *testing.T) {
			w := newWorld(false)
			w.instances[0].Operation = c.o
			w.keys[Source] = []Key{{Ref: Ref{"k0", "reporting"}, Operation: c.o, Usable: c.shown}}
			r := newRun(t, w)
			r.settle()
			for Ask(r.s).ID != QuestionSource {
				r.choose(Ask(r.s).Alone())
			}
			open := func(option string) bool {
				o, there := Ask(r.s).Option(option)
				return there && o.Blocked == ""
			}
			if got := open("i1"); got != c.instance {
				t.Errorf("the instance can be chosen: %v", got)
			}
			w.instances[0].Operation = Operation{}
			r.watch()
			for Ask(r.s).ID != QuestionSourceKey {
				r.choose(Ask(r.s).Alone())
			}
			if got := open(UseKey("reporting")); got != c.key {
				t.Errorf("the key can be chosen: %v", got)
			}
		})
	}
}

// TestNotReadyIsNotHealthy: an application whose instances run and are out of reach of
// requests is not in its place, is no proof as the canary, and is asked about.
func TestNotReadyIsNotHealthy(t *testing.T) {
	for name, health := range map[string]App{
		"not ready":  {Healthy: No, Ailment: "web: 0 of 1 ready (1 running, not ready)", NotReady: true},
		"not told":   {Healthy: Unknown, Ailment: "not known: 403"},
		"not asked":  {Healthy: Unknown},
		"does crash": {Healthy: No, Ailment: "web: 0 of 1 running (1 crashed)", Crashed: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(false)
			w.health = map[string]App{"a2": health}
			r := newRun(t, w)
			r.settle()
			for range 60 {
				q := Ask(r.s)
				switch {
				case q != nil && q.ID == QuestionSwitch:
					a, ok := q.Complete(OptionArrange, "")
					if !ok {
						t.Fatalf("%+v", q)
					}
					a.Values["canary"] = []string{"a2"}
					r.apply(Answered{a})
					r.settle()
				case q == nil || q.Waiting():
					w.step(false)
					r.watch()
				default:
					r.choose(q.Alone())
				}
				if Current(r.s) == Switch && w.app("a2").State == Started {
					break
				}
			}
			for range 3 {
				r.watch()
			}
			if q := Ask(r.s); q != nil && q.ID == QuestionCanary {
				t.Fatalf("the canary counts as proven: %s", q.Title)
			}
			if w.app("a1").State != Stopped || r.s.History.Has(1, func(m *Moment) bool { return m.Is(MomentApp, AppHealthy) }) {
				t.Errorf("it counts as healthy")
			}
			w.now = w.now.Add(6 * time.Minute)
			r.watch()
			q := Ask(r.s)
			asked := q != nil && q.ID == QuestionSwitchIll
			if asked != (name != "not asked") {
				t.Errorf("after patience: %+v", q)
			}
			w.health = nil
			r.watch()
			if q := Ask(r.s); q == nil || q.ID != QuestionCanary {
				t.Errorf("when it is well: %+v", q)
			}
		})
	}
}

// TestAStateThatIsNotKnownIsNotStopped: the census is settled only by a state that says
// so, and such an application is stopped like one that runs.
func TestAStateThatIsNotKnownIsNotStopped(t *testing.T) {
	w := newWorld(false)
	w.app("a2").State = "PAUSED"
	r := newRun(t, w)
	r.settle()
	for Ask(r.s) == nil || Ask(r.s).ID != QuestionStopWriters {
		if q := Ask(r.s); q != nil && !q.Waiting() {
			r.choose(q.Alone())
			continue
		}
		w.step(false)
		r.watch()
	}
	open := slices.ContainsFunc(OpenWriters(r.s), func(x Writer) bool { return x.ID == "app:a2" && strings.Contains(x.What, "PAUSED") })
	if !open {
		t.Errorf("%+v", OpenWriters(r.s))
	}
	r.choose(OptionStop)
	r.watch()
	if w.app("a2").State != Stopped {
		t.Errorf("it is %s", w.app("a2").State)
	}
}
