package steps_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// unshare ends a sharing as the platform does: it unbinds first.
func (w *world) unshare(e Effect) {
	if !w.finalized {
		w.violate("a share was ended before COMPLETED")
	}
	for _, a := range w.apps {
		if a.Source != nil && a.SpaceGUID == e.Space.GUID {
			w.violate("the share with %s was ended with %s bound", e.Space.Name, a.Name)
		}
	}
	w.shares[e.Side] = slices.DeleteFunc(w.shares[e.Side], func(sh Share) bool { return sh.Space.GUID == e.Space.GUID })
}

// rename gives an instance another name; the platform refuses what is shared or
// would be there twice.
func (w *world) rename(s State, e Effect) {
	if !w.finalized || s.Choices.Validated == nil || s.Choices.BackOut != nil {
		w.violate("%s was renamed while the migration service may still be asked", e.Instance.Name)
	}
	for i := range w.instances {
		switch {
		case w.instances[i].GUID == e.Instance.GUID:
			if len(w.shares[e.Side]) > 0 {
				w.violate("%s was renamed while it is shared", e.Instance.Name)
			}
			w.instances[i].Name = e.NewName
		case w.instances[i].Name == e.NewName:
			w.violate("two instances of the name %s", e.NewName)
		}
	}
}

// atCleanUp is a migration whose applications are on the target and validated.
func atCleanUp(t testing.TB, gcp bool) (*world, *run) {
	t.Helper()
	w := newWorld(gcp)
	r := newRun(t, w)
	r.until("clean-up.target-key")
	return w, r
}

// atSource has gone on to where the source is cleaned up, past the names.
func atSource(t testing.TB, change func(*world)) (*world, *run) {
	t.Helper()
	w, r := atCleanUp(t, false)
	change(w)
	r.watch()
	r.choose("delete")
	r.keepNames()
	r.choose("delete-now")
	return w, r
}

func (r *run) keepNames() {
	if q := Ask(r.s); q != nil && q.ID == "clean-up.name-swap" {
		r.choose("keep")
	}
}

// changes lists what was asked of the world since a mark, verbs only.
func (w *world) changes(since int) []string {
	var list []string
	for _, id := range w.log[since:] {
		verb, _, _ := strings.Cut(id, ":")
		list = append(list, verb)
	}
	return list
}

func (w *world) instanceNamed(name string) *Instance {
	for i := range w.instances {
		if w.instances[i].Name == name {
			return &w.instances[i]
		}
	}
	return nil
}

// crowd leaves a bit of everything on the source.
func crowd(w *world) {
	w.keys[Source] = append(w.keys[Source], Key{Ref: Ref{"k8", "reporting"}, Usable: Yes}, Key{Ref: Ref{"k9", "backup"}, Usable: Yes})
	w.apps = append(w.apps,
		App{Ref: Ref{"a8", "late"}, SpaceGUID: "s1", State: Stopped, Source: Bindings{{GUID: "b8"}}},
		App{Ref: Ref{"a9", "far"}, SpaceGUID: "s9", State: Stopped, Source: Bindings{{GUID: "b9"}}},
	)
	w.shares = map[Side][]Share{Source: {{Space: Ref{"s9", "partners"}, Org: Ref{"o1", "acme"}}}}
}

func TestCleanUpGoesInOrderAndSurvivesARestartAtEachQuestion(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		w, r := atCleanUp(t, true)
		crowd(w)
		r.watch()
		mark := len(w.log)
		var asked []string
		for Ask(r.s) != nil {
			if restarts {
				r.restart()
			}
			q := Ask(r.s)
			if len(asked) == 20 {
				t.Fatalf("no end: %v", asked)
			}
			asked = append(asked, strings.TrimPrefix(string(q.ID), "clean-up."))
			option := q.Alone()
			if o, ok := q.Option("delete"); ok {
				option = o.ID
				if typed := q.ID != "clean-up.target-key"; typed != (o.Typed != "") || typed != (o.Undo == UndoNever) {
					t.Errorf("%s: typed %q, undo %q", q.ID, o.Typed, o.Undo)
				}
			}
			r.choose(option)
		}
		want := []string{
			"target-key", "cooling", "source-key", "source-key:k9", "source-key:k8", "binding:b9", "binding:b8", "share:s9",
			"name-swap", "source-instance",
		}
		if !slices.Equal(asked, want) {
			t.Errorf("restarts %v: asked\n%v, not\n%v", restarts, asked, want)
		}
		did := w.changes(mark)
		if !slices.Equal(did, []string{"delete-key", "delete-key", "delete-key", "delete-key", "unbind", "unbind", "unshare", "delete-instance"}) {
			t.Errorf("did %v", did)
		}
		e := r.s.Choices.Ended
		if e == nil || e.How != EndCompleted || e.Left == nil || len(e.Left) > 0 {
			t.Errorf("ended %+v", e)
		}
	}
}

func TestTheSourceIsKeptForAWeek(t *testing.T) {
	w, r := atCleanUp(t, false)
	r.choose("delete")
	r.choose("keep")
	mark := len(w.log)
	q := r.asks("clean-up.cooling")
	if o, _ := q.Option(q.Recommended); !o.Wait || !strings.Contains(o.Label, "Sunday, 29 November 2026") || q.Alone() != "delete-now" {
		t.Errorf("proposes %+v, alone %s", o, q.Alone())
	}
	r.choose("wait")
	r.restart()
	r.asks("clean-up.cooling")
	w.now = w.now.Add(8 * 24 * time.Hour)
	r.restart()
	if q := r.asks("clean-up.cooling"); q.Recommended != "delete-now" || q.Alone() != "delete-now" {
		t.Errorf("after a week it proposes %s", q.Recommended)
	}
	if r.choose("wait"); len(w.log) != mark {
		t.Errorf("waiting did %v", w.log[mark:])
	}
	r.choose("leave")
	if len(w.log) != mark || len(w.keys[Source]) == 0 || w.instanceNamed("orders-db") == nil {
		t.Errorf("leaving did %v", w.log[mark:])
	}
	for _, want := range []struct {
		what LeftKind
		name string
	}{{LeftSourceKey, "pg-migrate-wizard"}, {LeftSource, "orders-db"}} {
		if !slices.ContainsFunc(r.s.Choices.Ended.Left, func(l LeftItem) bool {
			return l.What == want.what && l.Name == want.name && l.Why == "left on purpose" && !l.SeenAt.IsZero()
		}) {
			t.Errorf("%+v is not in %+v", want, r.s.Choices.Ended.Left)
		}
	}
}

func TestARunningApplicationKeepsItsOnlyDatabase(t *testing.T) {
	w, r := atSource(t, func(w *world) {
		w.apps = append(w.apps, App{Ref: Ref{"a9", "far"}, State: Started, Source: Bindings{{GUID: "b9"}}})
	})
	r.choose("delete")
	q := r.asks("clean-up.binding:b9")
	if o, _ := q.Option("delete"); !strings.Contains(o.Blocked, "far is running on the old database") || q.Recommended != "keep" {
		t.Errorf("proposes %s of %+v", q.Recommended, o)
	}
	w.app("a9").Target = Bindings{{GUID: "b10"}}
	r.watch()
	q = r.asks("clean-up.binding:b9")
	o, _ := q.Option("delete")
	if o.Blocked != "" || o.Typed != "unbind far" || !strings.Contains(o.Consequence, "fails until it is restarted") {
		t.Errorf("with both databases: %+v", o)
	}
	// Its target goes away after the question and before the last look.
	w.app("a9").Target = nil
	mark := len(w.log)
	a, _ := q.Default("delete")
	r.apply(Answered{a})
	r.settle()
	if len(w.log) != mark || !strings.Contains(r.s.Notice, "far is running") {
		t.Errorf("did %v, notice %q", w.log[mark:], r.s.Notice)
	}
	w.app("a9").State = Stopped
	r.watch()
	if r.asks("clean-up.binding:b9"); len(w.log) != mark {
		t.Error("a word that was taken back came true")
	}
	r.choose("delete")
	r.asks("clean-up.source-instance")
}

func TestWhatIsLeftOnPurposeKeepsTheSource(t *testing.T) {
	w, r := atSource(t, crowd)
	for _, option := range []string{"delete", "delete", "delete", "keep", "delete"} {
		r.choose(option)
	}
	q := r.asks("clean-up.share:s9")
	if o, _ := q.Option("delete"); !strings.Contains(o.Blocked, "unbind far in the space partners") {
		t.Errorf("the share: %+v", o)
	}
	r.choose("keep")
	q = r.asks("clean-up.source-instance")
	if o, _ := q.Option("delete"); !strings.Contains(o.Blocked, "binding of far to the source is still there, and 1 thing more") || q.Recommended != "keep" {
		t.Errorf("the source: %s, %+v", q.Recommended, o)
	}
	r.choose("again")
	r.asks("clean-up.binding:b9")
	mark := len(w.log)
	r.choose("keep-all")
	e := r.s.Choices.Ended
	if len(w.log) != mark || e == nil || len(e.Left) != 4 { // binding, share, source, its access
		t.Fatalf("ended %+v, did %v", e, w.log[mark:])
	}
	for _, l := range e.Left {
		if l.What != LeftAccess && l.Why != "left on purpose" {
			t.Errorf("%+v", l)
		}
	}
}

func TestNamesAreSwapped(t *testing.T) {
	w, r := atCleanUp(t, false)
	w.instances = append(w.instances, Instance{Ref: Ref{"i9", "orders-db-old"}, Offering: "other"})
	r.watch()
	r.choose("delete")
	q := r.asks("clean-up.name-swap")
	if q.Recommended != "keep" || q.Alone() != "keep" {
		t.Errorf("proposes %s", q.Recommended)
	}
	a, _ := q.Default("swap")
	r.apply(Answered{a})
	r.settleUntil(DoRenameInstance)
	// A user-provided service that no list of instances shows has the next name.
	r.fail(Problem{Kind: ProblemTaken, Says: "The name is taken"})
	r.settle()
	if w.instanceNamed("orders-db-old-3") == nil || w.instanceNamed("orders-db").GUID != "i2" {
		t.Fatalf("names: %+v", w.instances)
	}
	r.restart()
	r.asks("clean-up.cooling")
	r.choose("delete-now")
	r.choose("delete")
	if o, _ := r.asks("clean-up.source-instance").Option("delete"); o.Typed != "delete orders-db-old-3" {
		t.Errorf("types %s", o.Typed)
	}
	r.choose("delete")
	if w.instanceNamed("orders-db").GUID != "i2" || w.instanceNamed("orders-db-old-3") != nil || r.s.Choices.Ended == nil {
		t.Errorf("left: %+v", w.instances)
	}
}

// settleUntil performs what is due up to a verb, which is left in the queue.
func (r *run) settleUntil(verb Verb) {
	r.t.Helper()
	for range 50 {
		switch {
		case len(r.queue) > 0 && r.queue[0].Do == verb:
			return
		case len(r.queue) > 0:
			e := r.queue[0]
			r.queue = r.queue[1:]
			r.perform(e)
		case !r.lookOnce():
			r.t.Fatalf("%s never comes; asks %+v", verb, Ask(r.s))
		}
	}
}

func (r *run) fail(p Problem) {
	e := r.queue[0]
	r.queue = r.queue[1:]
	r.apply(WentWrong{e, p})
}

func TestHalfASwapIsFinishedOrTakenBack(t *testing.T) {
	for _, c := range []struct {
		name    string
		way     []string // after the restart
		source  string
		target  string
		settled string
	}{
		{"finished", []string{"swap"}, "orders-db-old", "orders-db", "clean-up.cooling"},
		{"taken back", []string{"restore"}, "orders-db", "orders-hyperscaler", "clean-up.cooling"},
		{"left", []string{"keep"}, "orders-db-old", "orders-hyperscaler", "clean-up.cooling"},
	} {
		for _, restarts := range []bool{true, false} {
			w, r := atCleanUp(t, false)
			r.choose("delete")
			a, _ := r.asks("clean-up.name-swap").Default("swap")
			r.apply(Answered{a})
			r.settleUntil(DoRenameInstance)
			first := r.queue[0]
			r.queue = nil
			r.apply(Did{Effect: first, Made: w.carryOut(r.s, first)})
			r.settleUntil(DoRenameInstance)
			r.fail(Problem{Kind: ProblemRefused, Says: "no", Status: 422})
			r.settle()
			r.asks("clean-up.failed")
			if restarts {
				r.restart()
			} else {
				r.choose("pass")
			}
			if q := r.asks("clean-up.name-swap"); q.Recommended != "swap" || !strings.Contains(q.Title, "Nothing is called orders-db now") {
				t.Fatalf("%s: asks %+v", c.name, q)
			}
			if !slices.ContainsFunc(Show(r.s, CleanUp, w.now), func(i Item) bool { return i.Kind == ItemFact && strings.Contains(i.Text, "orders-db is free") }) {
				t.Errorf("half a swap is not shown")
			}
			for _, option := range c.way {
				r.choose(option)
			}
			r.asks(c.settled)
			r.restart()
			r.asks(c.settled)
			if s, target := w.instanceNamed(c.source), w.instanceNamed(c.target); s == nil || s.GUID != "i1" || target == nil || target.GUID != "i2" {
				t.Errorf("%s: %+v", c.name, w.instances)
			}
		}
	}
}

func TestWhatIsSharedKeepsItsName(t *testing.T) {
	w, r := atCleanUp(t, false)
	w.shares = map[Side][]Share{Target: {{Space: Ref{"s9", ""}}}}
	r.watch()
	r.choose("delete")
	r.asks("clean-up.cooling")
	if !slices.ContainsFunc(Show(r.s, CleanUp, w.now), func(i Item) bool { return strings.Contains(i.Text, "does not rename what is shared") }) {
		t.Error("nobody says why the names stay")
	}
}

func TestEveryKeyThatTheMigrationMadeIsOffered(t *testing.T) {
	w := newWorld(false)
	w.keys[Target] = []Key{{Ref: Ref{"k7", "application"}, Usable: Yes}}
	r := newRun(t, w)
	r.until("target-key")
	a, _ := Ask(r.s).Default("create")
	a.Values["name"] = []string{"first"}
	r.apply(Answered{a})
	r.settleUntil(DoCreateKey)
	if r.queue[0].Side == Source {
		e := r.queue[0]
		r.queue = nil
		r.apply(Did{Effect: e, Made: w.carryOut(r.s, e)})
		r.settleUntil(DoCreateKey)
	}
	w.keys[Target] = append(w.keys[Target], Key{Ref: Ref{"k6", "first"}, Operation: Operation{Type: "create", State: "failed", Description: "broker"}})
	r.fail(Problem{Kind: ProblemJob, Says: "broker"})
	r.settle()
	r.choose("again")
	r.choose("use:pg-migrate-wizard")
	r.asks("target-key")
	r.choose("create") // pg-migrate-wizard
	r.until("preflight")
	a, _ = Revise(r.s, Keys).Default("again")
	r.apply(Answered{a})
	r.settle()
	r.choose("use:pg-migrate-wizard")
	r.choose("use:pg-migrate-wizard")
	r.until("clean-up.target-key:k6")
	r.choose("delete")
	for Ask(r.s) != nil && Ask(r.s).ID == "clean-up.target-key" {
		r.choose("delete")
	}
	r.asks("clean-up.name-swap")
	if len(w.keys[Target]) != 1 || w.keys[Target][0].Name != "application" {
		t.Errorf("left at the target: %+v", w.keys[Target])
	}
}

// What was left on purpose can be gone back to, with the same questions and rules.
func TestWhatWasLeftIsTakenUpAgain(t *testing.T) {
	w, r := atCleanUp(t, false)
	crowd(w)
	r.watch()
	r.choose("keep")
	r.keepNames()
	r.choose("leave")
	if r.s.Choices.Ended == nil {
		t.Fatalf("not ended: %+v", Ask(r.s))
	}
	mark, record := len(w.log), Resumed{Choices: r.s.Choices, Did: r.s.Did, History: r.s.History}
	resume := func(reopen bool) {
		record.Reopen = reopen
		r.s, r.queue = New(), nil
		r.apply(record)
		r.settle()
	}
	resume(false)
	if r.s.Choices.Ended == nil || Ask(r.s) != nil {
		t.Fatalf("taken up without being asked for: %+v", Ask(r.s))
	}
	resume(true)
	for range 20 {
		if r.s.Choices.Ended != nil {
			break
		}
		q := Ask(r.s)
		if q == nil {
			t.Fatal("nothing is asked")
		}
		if q.ID == "clean-up.name-swap" {
			r.choose("keep")
			continue
		}
		r.choose(q.Alone())
	}
	if w.instanceNamed("orders-db") != nil || r.s.Choices.Ended == nil || r.s.Choices.Ended.How != EndCompleted {
		t.Fatalf("not gone: %v, %+v", w.changes(mark), Ask(r.s))
	}
	if got := w.changes(mark); got[0] != string(DoDeleteKey) || got[len(got)-1] != string(DoDeleteInstance) {
		t.Errorf("done: %v", got)
	}
}

func TestOtherEndingsSayWhatIsLeft(t *testing.T) {
	w := newWorld(true)
	r := newRun(t, w)
	r.until("replicating")
	r.choose("back-out")
	r.choose("end")
	var what []LeftKind
	for _, l := range r.s.Choices.Ended.Left {
		what = append(what, l.What)
	}
	if !slices.Equal(what, []LeftKind{LeftTargetKey, LeftSourceKey, LeftAccess, LeftTarget}) {
		t.Errorf("backed out, left: %+v", r.s.Choices.Ended.Left)
	}
	kept := r.s.Choices.Ended.Left
	r.restart()
	if got := Inventory(r.s); !slices.EqualFunc(got, kept, func(a, b LeftItem) bool {
		return a.SeenAt.Equal(b.SeenAt) && a.String() == b.String() && a.Why == b.Why
	}) {
		t.Errorf("after a restart: %+v", got)
	}
}

// TestCleanUpOfRandomLeftOvers: the person who deletes ends with nothing, and in
// order; the one who keeps changes nothing.
func TestCleanUpOfRandomLeftOvers(t *testing.T) {
	rapid.Check(t, func(chance *rapid.T) {
		w, r := atCleanUp(t, rapid.Bool().Draw(chance, "gcp"))
		spaces := []string{"s1", "s7", "s8", "s9"}
		w.shares = map[Side][]Share{}
		for _, space := range spaces[1:] {
			if rapid.Bool().Draw(chance, "shared") {
				w.shares[Source] = append(w.shares[Source], Share{Space: Ref{space, rapid.SampledFrom([]string{"", "space " + space}).Draw(chance, "name")}})
			}
		}
		for i := range rapid.IntRange(0, 4).Draw(chance, "keys") {
			w.keys[Source] = append(w.keys[Source], Key{Ref: Ref{w.guid("other"), "key " + strings.Repeat("x", i)}})
		}
		for i := range rapid.IntRange(0, 5).Draw(chance, "applications") {
			a := App{Ref: Ref{w.guid("app"), "app " + strings.Repeat("x", i)}, State: Stopped, SpaceGUID: rapid.SampledFrom(spaces).Draw(chance, "space"), Source: Bindings{{GUID: w.guid("b")}}}
			if rapid.Bool().Draw(chance, "both") {
				a.Target, a.State = Bindings{{GUID: w.guid("b")}}, Started
			}
			w.apps = append(w.apps, a)
		}
		r.watch()
		way := rapid.SampledFrom([]string{"delete", "keep", "keep-all"}).Draw(chance, "way")
		mark := len(w.log)
		for n := 0; r.s.Choices.Ended == nil; n++ {
			q := Ask(r.s)
			if q == nil || n > 60 {
				chance.Fatalf("no end: %+v", q)
			}
			if rapid.IntRange(0, 4).Draw(chance, "restart") == 0 {
				r.restart()
				q = Ask(r.s)
			}
			option := q.Alone()
			for _, o := range []string{way, "keep"} {
				if _, ok := q.Default(o); ok && (o == way || way != "delete") {
					option = o
					break
				}
			}
			r.choose(option)
		}
		did := w.changes(mark)
		if way != "delete" {
			if len(did) > 0 {
				chance.Fatalf("keeping did %v", did)
			}
			return
		}
		order := []string{"delete-key", "unbind", "unshare", "delete-instance"}
		if !slices.IsSortedFunc(did, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) }) {
			chance.Fatalf("out of order: %v", did)
		}
		if len(w.keys[Source])+len(w.keys[Target])+len(w.shares[Source]) > 0 || w.instanceNamed("orders-db") != nil || len(r.s.Choices.Ended.Left) > 0 {
			chance.Fatalf("left: keys %v, shares %v, %+v", w.keys, w.shares, r.s.Choices.Ended.Left)
		}
		for _, a := range w.apps {
			if a.Source != nil {
				chance.Fatalf("%s is still bound", a.Name)
			}
		}
	})
}
