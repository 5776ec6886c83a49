package steps_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// prepared leads a machine to the question whether to start the replication.
func prepared(t *testing.T, w *world) *run {
	t.Helper()
	r := newRun(t, w)
	for _, option := range []string{OptionHere, "i1", "i2", OptionOpen, OptionCreate, OptionCreate, OptionCheck} {
		r.settle()
		r.choose(option)
	}
	if Ask(r.s).ID == QuestionPreflightWarnings {
		r.choose(OptionAccept)
	}
	if q := Ask(r.s); q.ID != QuestionReplicate {
		t.Fatalf("asks %s", q.ID)
	}
	return r
}

func preparation(t *testing.T, s State, id PrepareID) Preparation {
	t.Helper()
	list := Preparations(s)
	i := slices.IndexFunc(list, func(p Preparation) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("%s is not on the list", id)
	}
	return list[i]
}

// say answers that things are prepared, as somebody.
func (r *run) say(state PrepareState, by string, items ...PrepareID) {
	r.t.Helper()
	a, _ := Ask(r.s).Default(OptionPrepared)
	for _, id := range items {
		a.Values[FieldItems] = append(a.Values[FieldItems], string(id))
	}
	a.Values[FieldState] = []string{string(state)}
	if by != "" {
		a.Values[FieldBy] = []string{by}
	}
	r.apply(Answered{a})
	if r.s.Notice != "" {
		r.t.Fatal(r.s.Notice)
	}
	r.settle()
}

// TestWhatToPrepareIsSeen as far as the landscape shows it, and asked where it does not.
func TestWhatToPrepareIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	w.apps[0].MTA, w.apps[1].MTA = "shop", "shop"
	w.elsewhere.Schedulers = []Scheduler{{Ref: Ref{"j1", "nightly"}}}
	w.elsewhere.Mentions = []Mention{{Ref: Ref{"m1", "board"}, Kind: MentionEnvironment}}
	s := prepared(t, w).s
	for id, want := range map[PrepareID]struct {
		state PrepareState
		seen  string
	}{
		PrepareTLS:        {PrepareOpen, "admin, api, worker"},
		PrepareLabel:      {PrepareOpen, "admin, api, worker: bound under postgresql"},
		PrepareManifests:  {PrepareOpen, "MTA shop: api, worker"},
		PrepareSchedulers: {PrepareOpen, "nightly"},
		PrepareAddresses:  {PrepareOpen, "named by board"},
		PrepareExtensions: {PrepareOpen, "no check"},
		PrepareRoles:      {PrepareOpen, "Multiple roles found"},
		PrepareStorage:    {PrepareOpen, "nobody has said how much"},
		PreparePsql:       {PrepareOpen, "no look"},
	} {
		if p := preparation(t, s, id); p.State != want.state || !strings.Contains(p.Seen, want.seen) || p.Why == "" || p.Who == "" || p.What != id.Title() {
			t.Errorf("%s: %+v", id, p)
		}
	}
	if got := len(Preparations(s)); got != len(PrepareIDs()) {
		t.Errorf("%d of %d", got, len(PrepareIDs()))
	}

	w = newWorld(false)
	w.apps, w.findings = nil, nil
	s = prepared(t, w).s
	for _, id := range []PrepareID{PrepareTLS, PrepareLabel, PrepareManifests, PrepareAddresses, PrepareRoles} {
		if p := preparation(t, s, id); p.State != PrepareNotNeeded || p.By != "" {
			t.Errorf("%s, of which a look shows that it is not needed: %+v", id, p)
		}
	}
	s = New()
	s.Choices.Source = &Ref{"i1", "orders-db"}
	for _, id := range []PrepareID{PrepareAddresses, PrepareRoles} {
		if p := preparation(t, s, id); p.State != PrepareUnknown {
			t.Errorf("%s, before anybody has looked: %+v", id, p)
		}
	}
}

// TestAWordOnWhatIsPreparedHolds for what it was said of, on any machine, and never
// stands in the way.
func TestAWordOnWhatIsPreparedHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	r := prepared(t, w)
	r.say(PrepareDone, "kim", PrepareTLS, PrepareLabel)
	r.say(PrepareNotNeeded, "", PreparePsql)
	tls, psql := preparation(t, r.s, PrepareTLS), preparation(t, r.s, PreparePsql)
	if tls.State != PrepareDone || tls.By != "kim" || tls.At.IsZero() || psql.State != PrepareNotNeeded || psql.By != w.session.User {
		t.Fatalf("%+v, %+v", tls, psql)
	}

	data, err := json.Marshal(r.s.Choices)
	if err != nil {
		t.Fatal(err)
	}
	again := New()
	if err := json.Unmarshal(data, &again.Choices); err != nil {
		t.Fatal(err)
	}
	if p := preparation(t, again, PrepareTLS); p.State != PrepareDone || p.By != "kim" {
		t.Errorf("from the record: %+v", p)
	}

	w.apps = append(w.apps, App{Ref: Ref{"a9", "board"}, State: Started, Source: Bindings{{GUID: "b9"}}})
	r.watch()
	if p := preparation(t, r.s, PrepareTLS); p.State != PrepareOpen || !strings.Contains(p.Seen, "kim; since then: board") {
		t.Errorf("with an application that the word was not about: %+v", p)
	}
	r.say(PrepareOpen, "", PreparePsql)
	if p := preparation(t, r.s, PreparePsql); p.State != PrepareOpen {
		t.Errorf("taken back: %+v", p)
	}
	r.choose(OptionStart)
	if !r.s.Facts.Replication.Exists {
		t.Error("what is not prepared stands in the way")
	}
}

// TestTheStorageOfANewTargetIsHeldAgainstTheRule.
func TestTheStorageOfANewTargetIsHeldAgainstTheRule(t *testing.T) {
	t.Parallel()
	s := New()
	s.Choices.Source = &Ref{"i1", "orders-db"}
	s.Choices.Limits = &Limits{Source: "i1", SizeGB: 20}
	for gb, want := range map[int]PrepareState{0: PrepareOpen, 29: PrepareOpen, 30: PrepareDone} {
		s.Choices.NewTarget = &NewTarget{Name: "new", StorageGB: gb}
		if p := preparation(t, s, PrepareStorage); p.State != want || !strings.Contains(p.Seen, "30 GB") {
			t.Errorf("%d GB: %+v", gb, p)
		}
	}
}

// TestTheCensusIsTakenAnew when the downtime comes: that of the list may be days old.
func TestTheCensusIsTakenAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	r := prepared(t, w)
	r.choose(OptionStart)
	for range 2 {
		w.step(false)
		r.watch()
	}
	w.elsewhere.Mentions = []Mention{{Ref: Ref{"m1", "board"}, Kind: MentionService}}
	r.choose(OptionGoOn)
	if !slices.ContainsFunc(Census(r.s), func(x Writer) bool { return x.Name == "board" }) {
		t.Errorf("asks %s with %+v", Ask(r.s).ID, Census(r.s))
	}
}
