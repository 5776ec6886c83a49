package steps_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// comesBack lets an application write during the finalization, and stops it again.
func comesBack(t *testing.T) *run {
	w := newWorld(false)
	r := newRun(t, w)
	r.upTo(QuestionFinalizing)
	w.app("a2").State = Started
	r.watch()
	r.mustAsk(QuestionStopWriters)
	r.redOnEveryScreen("worker")
	r.choose(OptionStop)
	r.watch()
	return r
}

// redOnEveryScreen: every page says who can or could write, in red.
func (r *run) redOnEveryScreen(who string) {
	r.t.Helper()
	for _, id := range append(Road(), BackOut) {
		if !slices.ContainsFunc(Show(r.s, id, r.w.now), func(i Item) bool { return i.Tone == Bad && strings.HasPrefix(i.Text, who) }) {
			r.t.Fatalf("the page of %s is silent, at %s: %+v", id, Current(r.s), Show(r.s, id, r.w.now))
		}
	}
}

// TestAnAlarmIsNotForgotten: from a writer in the finalization to the end every screen
// and every question that goes on over it say so, and nothing deletes by itself.
func TestAnAlarmIsNotForgotten(t *testing.T) {
	r := comesBack(t)
	seen := map[QuestionID]bool{}
	for range 100 {
		r.redOnEveryScreen("worker")
		if r.s.Choices.Ended != nil {
			break
		}
		q := Ask(r.s)
		if q == nil || q.Waiting() {
			r.w.step(false)
			r.watch()
			continue
		}
		seen[q.ID] = true
		goesOn := ""
		switch q.ID.Base() {
		case QuestionSwitch:
			goesOn = OptionSwitch
		case QuestionValidate:
			goesOn = OptionYes
		case QuestionCleanUpCooling:
			goesOn = OptionDeleteNow
		case QuestionCleanUpTargetKey, QuestionCleanUpSourceKey, QuestionCleanUpSourceInstance:
			goesOn = OptionDelete
		}
		if goesOn != "" {
			o, _ := q.Option(goesOn)
			if q.Tone != Bad || !strings.Contains(o.Consequence, "worker") || !strings.Contains(q.Why, "worker") {
				t.Errorf("%s does not say it: %+v", q.ID, q)
			}
			if keeps, _ := q.Option(q.Recommended); !keeps.Wait && keeps.ID != OptionKeep || q.Alone() == OptionDelete || q.Alone() == OptionDeleteNow {
				t.Errorf("%s proposes %s, alone %s", q.ID, q.Recommended, q.Alone())
			}
		}
		r.choose(q.Alone())
	}
	for _, id := range []QuestionID{QuestionSwitch, QuestionAlarm, QuestionValidate, QuestionCleanUpTargetKey, QuestionCleanUpCooling} {
		if !seen[id] {
			t.Errorf("%s was not asked", id)
		}
	}
	if r.s.Choices.Ended == nil || len(r.w.instances) != 4 {
		t.Fatalf("ended %+v, instances %v", r.s.Choices.Ended, r.w.instances)
	}
	head := Show(r.s, CleanUp, r.w.now)
	if !slices.ContainsFunc(head, func(i Item) bool { return i.Kind == ItemHeadline && i.Tone == Bad }) || len(LossAlarms(r.s)) != 1 {
		t.Errorf("the end is told as a good one: %+v", head)
	}
}

// TestDeletingOverAnAlarmTakesAWordOfItsOwn, which is no other act's word.
func TestDeletingOverAnAlarmTakesAWordOfItsOwn(t *testing.T) {
	r := comesBack(t)
	words := map[string]QuestionID{}
	for range 100 {
		q := Ask(r.s)
		if q != nil && q.ID == QuestionCleanUpSourceInstance {
			break
		}
		if q == nil || q.Waiting() {
			r.w.step(false)
			r.watch()
			continue
		}
		for _, o := range q.Options {
			words[o.Typed] = q.ID
		}
		option := q.Alone()
		for _, way := range []string{OptionDeleteNow, OptionDelete} {
			if _, ok := q.Default(way); ok {
				option = way
			}
		}
		r.choose(option)
	}
	q := r.mustAsk(QuestionCleanUpSourceInstance)
	o, _ := q.Option(OptionDelete)
	if other, taken := words[o.Typed]; o.Typed == "" || o.Typed == "orders-db" || taken {
		t.Errorf("the word %q is that of %s, too", o.Typed, other)
	}
	if strings.Contains(o.Consequence, "the target has it") {
		t.Error(o.Consequence)
	}
	r.choose(OptionCompared) // answered in the last moment
	o, _ = r.mustAsk(QuestionCleanUpSourceInstance).Option(OptionDelete)
	if strings.Contains(o.Consequence, "worker") || len(LossAlarms(r.s)) != 0 {
		t.Errorf("answered, and still %q", o.Consequence)
	}
}

// TestComparedAnswersTheAlarm: the person's word ends it; the record keeps both.
func TestComparedAnswersTheAlarm(t *testing.T) {
	r := comesBack(t)
	r.upTo(QuestionAlarm)
	r.choose(OptionCompared)
	r.mustAsk(QuestionValidate)
	if len(LossAlarms(r.s)) != 0 || len(Alarms(r.s)) != 1 || r.s.Choices.AlarmWords[0].By == "" {
		t.Errorf("%+v, %+v", LossAlarms(r.s), r.s.Choices.AlarmWords)
	}
	r.follow()
	r.w.checkSwitched(t)
	if len(r.w.instances) != 3 {
		t.Error("the source is left")
	}
}

// TestAWriterBeforeTheFinalizationCostsNothing: the databases were kept in sync then.
func TestAWriterBeforeTheFinalizationCostsNothing(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.upTo(QuestionFinalize)
	w.app("a2").State = Started
	r.watch()
	r.choose(OptionStop)
	r.watch()
	r.follow()
	if len(Alarms(r.s)) != 1 || len(LossAlarms(r.s)) != 0 {
		t.Errorf("%+v of %+v", LossAlarms(r.s), Alarms(r.s))
	}
	w.checkSwitched(t)
}

// TestAFinalizationThatWasFoundIsGuarded like our own: whatever runs is named in an
// alarm, also where it is COMPLETED already; nothing is deleted without a word.
func TestAFinalizationThatWasFoundIsGuarded(t *testing.T) {
	for _, word := range []string{Waiting, Running, Completed} {
		t.Run(word, func(t *testing.T) {
			w := newWorld(false)
			w.tasks = []Task{{Ref: Ref{"t1", "backfill"}, App: Ref{"a3", "admin"}, State: "RUNNING"}}
			w.elsewhere.Mentions = []Mention{{Ref: Ref{"u0", "direct"}, Kind: MentionService, Apps: []App{{Ref: Ref{"x0", "export"}, State: Started}}}}
			r := newRun(t, w)
			r.upTo(QuestionInSync)
			if w.finalization = word; word == Completed {
				w.step(false)
				w.replication, w.finalized = Completed, true
			}
			w.now = w.now.Add(time.Minute)
			r.watch()
			r.watch()
			var names []string
			for _, a := range LossAlarms(r.s) {
				names = append(names, a.ID)
			}
			slices.Sort(names)
			if want := []string{"app:a1", "app:a2", "mention:u0", "task:t1"}; !slices.Equal(names, want) {
				t.Fatalf("alarms %v at %s", names, Current(r.s))
			}
			if word != Completed {
				q := r.mustAsk(QuestionStopWriters)
				if q.Tone != Bad || !offers(q, OptionStop, OptionBackOut) {
					t.Errorf("%+v", q)
				}
				if StatusOf(r.s, Writers) == Done {
					t.Error("the writers count as stopped")
				}
			}
			r.redOnEveryScreen("api")
			if says := LossAlarms(r.s)[0].Meaning(r.s); !strings.Contains(says, "nobody here saw since when") {
				t.Errorf("it says since when: %s", says)
			}
			r.follow()
			if len(w.instances) != 4 || len(w.keys[Source]) == 0 {
				t.Error("the source was deleted without a word")
			}
		})
	}
}

// TestTheFinalizationNamesWhatItRestsOn: each line that was waived, with its reason, and
// each task that was cancelled.
func TestTheFinalizationNamesWhatItRestsOn(t *testing.T) {
	w := newWorld(false)
	w.addWriters()
	r := newRun(t, w)
	r.until("source-key")
	r.choose(OptionCreate)
	r.upTo(QuestionFinalize)
	q := r.mustAsk(QuestionFinalize)
	var shown strings.Builder
	for _, i := range Show(r.s, Finalize, w.now) {
		shown.WriteString(i.Text + strings.Join(i.Cells, " ") + "\n")
	}
	named := 0
	for _, l := range Census(r.s) {
		if l.Fate == FateWaived {
			named++
			if !strings.Contains(q.Why, l.Name) || !strings.Contains(shown.String(), l.Name) {
				t.Errorf("%s is waived and not named: %s\n%s", l.Handle(), q.Why, shown.String())
			}
		}
	}
	if named == 0 || !strings.Contains(q.Why, "backfill") || !strings.Contains(shown.String(), "backfill") {
		t.Errorf("%d waived; %s\n%s", named, q.Why, shown.String())
	}
}

// TestABackOutIsNoAlarm: what it starts itself is nobody's coming back.
func TestABackOutIsNoAlarm(t *testing.T) {
	for _, at := range []QuestionID{QuestionFinalize, QuestionFinalizing} {
		w := newWorld(false)
		r := newRun(t, w)
		r.upTo(at)
		if at == QuestionFinalize { // confirmed, and turned back in the same moment
			a, _ := Ask(r.s).Default(OptionFinalize)
			w.confirmed = true
			r.apply(Answered{a})
		}
		back, _ := AskBackOut(r.s).Default(OptionBackOut)
		r.apply(Answered{back})
		for range 4 {
			r.settle()
			if r.s.Notice != "" || len(Alarms(r.s)) > 0 {
				t.Errorf("%s: %q, %+v", at, r.s.Notice, Alarms(r.s))
			}
			r.watch()
		}
		w.checkBack(t)
	}
}

// TestNobodyEndsWithApplicationsDown: a replication that fails in the downtime is left to
// support only when the applications run again.
func TestNobodyEndsWithApplicationsDown(t *testing.T) {
	for _, word := range []string{Failed, ""} {
		w := newWorld(false)
		r := newRun(t, w)
		r.upTo(QuestionFinalize)
		w.replication = word
		for range 20 { // what is gone is looked at for a while
			if q := Ask(r.s); q != nil && q.Tone == Bad {
				break
			}
			w.now = w.now.Add(time.Minute)
			r.watch()
		}
		q := Ask(r.s)
		if o, _ := q.Option(OptionSupport); o.ID != "" && o.Blocked == "" || !offers(q, OptionPostpone, OptionBackOut) {
			t.Fatalf("%q: %+v", word, q)
		}
		r.choose(OptionPostpone)
		w.checkBack(t)
	}
}

// TestNothingLostIsNotSaidOverAnAlarm: no voice says so while something wrote, or writes,
// in the finalization; going back keeps what it wrote.
func TestNothingLostIsNotSaidOverAnAlarm(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.upTo(QuestionFinalizing)
	w.app("a2").State = Started
	r.watch()
	for range 60 {
		said := append([]string{Standing(r.s), ShortStanding(r.s), BackOutPlan(r.s).Outcome}, Leaving(r.s)...)
		q := Ask(r.s)
		if q != nil {
			said = append(said, q.Title, q.Why)
			for _, o := range q.Options {
				said = append(said, o.Consequence)
			}
		}
		for _, text := range said {
			for _, claim := range []string{"nothing lost", "othing is lost", "data safe", "with everything"} {
				if strings.Contains(text, claim) {
					t.Errorf("at %s: %q", Current(r.s), text)
				}
			}
		}
		if q == nil || q.Waiting() {
			w.step(false)
			r.watch()
			continue
		}
		if q.ID == QuestionValidate {
			return
		}
		option := q.Alone()
		if _, stops := q.Default(OptionStop); stops {
			option = OptionStop
		}
		r.choose(option)
	}
	t.Fatalf("not through: %+v", Ask(r.s))
}

// TestTheDowntimeSaysWhoIsDown, and turns red when the service has failed.
func TestTheDowntimeSaysWhoIsDown(t *testing.T) {
	clock := func(r *run) Item {
		items := Show(r.s, Current(r.s), r.w.now)
		i := slices.IndexFunc(items, func(i Item) bool { return i.Clock })
		if i < 0 {
			t.Fatalf("no downtime at %s: %+v", Current(r.s), items)
		}
		return items[i]
	}
	w := newWorld(false)
	r := newRun(t, w)
	r.upTo(QuestionSwitch)
	if c := clock(r); c.Label != "your applications are down" || c.Tone != Warn {
		t.Errorf("%+v", c)
	}
	w.refuse(DoStartApp, "a2")
	r.choose(OptionSwitch)
	r.watch()
	if c := clock(r); c.Label != "1 of 2 applications down" {
		t.Errorf("%+v", c)
	}
	w = newWorld(false)
	r = newRun(t, w)
	r.upTo(QuestionFinalizing)
	w.finalization = Failed
	r.watch()
	if c := clock(r); c.Tone != Bad {
		t.Errorf("%+v", c)
	}
}
