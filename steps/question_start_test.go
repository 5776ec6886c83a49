package steps_test

import (
	"slices"
	"testing"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// deliberate are the options that nobody may come to by pressing Enter where a question
// begins, and that nothing picks from the start.
var deliberate = []string{
	OptionFinalize, OptionBackOut, OptionWaive, OptionDelete, OptionDeleteNow, OptionEndClean,
}

// typedWords are the words that were to be typed, and for which option each.
type typedWords map[string]string

// check holds what is true of every question that is ever asked.
func (w *typedWords) check(t interface{ Fatalf(string, ...any) }, q *Question) {
	if q == nil {
		return
	}
	if *w == nil {
		*w = typedWords{}
	}
	start, there := q.Option(q.Start())
	_, consent := q.NeedsConsent(Answer{Question: q.ID, Option: start.ID})
	switch {
	case !there && q.Start() != "":
		t.Fatalf("%s begins at %q, which it does not have", q.ID, q.Start())
	case there && (consent || slices.Contains(deliberate, start.ID) || start.BeginsDowntime || start.Typed != "" || start.Blocked != ""):
		t.Fatalf("%s begins at %+v: Enter alone takes it", q.ID, start)
	}
	for _, o := range q.Options {
		if o.Typed != "" {
			if act, known := (*w)[o.Typed]; known && act != o.ID && q.ID != QuestionSource && q.ID != QuestionTarget {
				t.Fatalf("%q is typed for %s and for %s", o.Typed, act, o.ID)
			}
			(*w)[o.Typed] = o.ID
			if o.Typed == o.Object {
				t.Fatalf("%s of %s: %q is a name, and says nothing of what is done", o.ID, q.ID, o.Typed)
			}
		}
		if o.BeginsDowntime && q.Kind == KindChoice && o.Typed == "" && len(o.Fields) > 0 && q.ID != QuestionStopWriters {
			t.Fatalf("%s of %s stops production with the key that ends a field", o.ID, q.ID)
		}
		for _, f := range o.Fields {
			if f.Kind == FieldMany && f.Default != "" || o.Waives && f.Default != "" {
				t.Fatalf("%s of %s: %s is filled in from the start", o.ID, q.ID, f.ID)
			}
		}
		if o.Waives && slices.ContainsFunc(o.Fields, func(f Field) bool { return f.Kind == FieldMany }) {
			t.Fatalf("%s of %s waives several with one reason", o.ID, q.ID)
		}
	}
}

// TestEveryQuestionBeginsHarmlessly walks the good day with all kinds of writers and warnings.
func TestEveryQuestionBeginsHarmlessly(t *testing.T) {
	t.Parallel()
	for _, gcp := range []bool{false, true} {
		w := newWorld(gcp)
		w.addWriters()
		w.findings = append(w.findings, NewFinding(Target, false, "Database is not empty: 3 objects found"))
		var words typedWords
		met := map[QuestionID]bool{}
		r := &run{t: t, w: w, s: New()}
		r.apply(Resumed{})
		for range 400 {
			if r.s.Choices.Ended != nil {
				break
			}
			r.settle()
			q := Ask(r.s)
			if q == nil {
				continue
			}
			met[q.ID.Base()] = true
			words.check(t, q)
			words.check(t, AskBackOut(r.s))
			if o, _ := q.Option(q.Alone()); o.Wait {
				w.step(false)
				r.watch()
				continue
			}
			r.choose(q.Alone())
		}
		for _, id := range []QuestionID{QuestionStopWriters, QuestionPreflightWarnings, QuestionFinalize, QuestionValidate, QuestionCleanUpCooling} {
			if !met[id] {
				t.Errorf("%s was never asked; met %v", id, met)
			}
		}
		if words["begin downtime"] != OptionStop || words["finalize orders-db"] != OptionFinalize || words["back out orders-db"] != OptionBackOut || words["accept the risk"] != OptionAccept {
			t.Errorf("the words are %v", words)
		}
	}
}

func TestWhereAQuestionBegins(t *testing.T) {
	t.Parallel()
	free, blocked := Option{ID: "free"}, Option{ID: "blocked", Blocked: "not now"}
	for _, c := range []struct {
		advice  string
		options []Option
		want    string
	}{
		{"free", []Option{{ID: "never", Undo: UndoNever}, free}, "free"},
		{"never", []Option{{ID: "never", Undo: UndoNever}, blocked, free}, "free"},
		{"down", []Option{{ID: "down", BeginsDowntime: true}, free}, "free"},
		{"waive", []Option{free, {ID: "waive", Waives: true}}, "free"},
		{"gone", []Option{{ID: "gone", Deletes: true}, {ID: "typed", Typed: "x"}, free}, "free"},
		{"blocked", []Option{blocked, free}, "free"},
		{"never", []Option{{ID: "never", Undo: UndoNever}}, ""},
		{"", []Option{free, {ID: "other"}}, ""},
	} {
		q := Question{Recommended: c.advice, Options: c.options}
		if got := q.Start(); got != c.want {
			t.Errorf("advised %q of %+v it begins at %q, not %q", c.advice, c.options, got, c.want)
		}
	}
}
