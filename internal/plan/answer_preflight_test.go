package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

func TestWhatIsKnownOfTheSourceIsSaid(t *testing.T) {
	t.Parallel()
	fields := []steps.Field{
		{ID: "size", Kind: steps.FieldText, Number: true, Optional: true},
		{ID: "schemas", Kind: steps.FieldText, Number: true, Optional: true, Default: "7"},
		{ID: "relations", Kind: steps.FieldText, Number: true, Optional: true},
		{ID: "sure", Kind: steps.FieldMany, Optional: true, Choices: []steps.Choice{{ID: "quiet"}, {ID: "frozen"}}},
	}
	p := whole(t)
	p.Limits = plan.Limits{SizeGB: 20, Relations: 450, Sure: []string{"no-pg-schemas", "quiet"}}
	a, err := p.Answer(&steps.Question{ID: "preflight", Step: steps.Preflight, Options: []steps.Option{{ID: "check", Fields: fields}}}, under())
	if got := fmt.Sprint(a.Option, a.Values); err != nil || got != "checkmap[relations:[450] schemas:[7] size:[20] sure:[quiet]]" {
		t.Errorf("%s, %v", got, err)
	}

	// More than is supported, on somebody's word.
	q := &steps.Question{ID: "preflight.limits", Step: steps.Preflight, Options: []steps.Option{{ID: "limits", Fields: fields}, {ID: "anyway", Undo: steps.UndoWork}}}
	s := under()
	s.Choices.Limits = &steps.Limits{Source: "i1", Schemas: 1001, Relations: 450}
	_, err = p.Answer(q, s)
	wantOpen(t, err, "limits.anyway", "limits.anyway: true")
	p.Limits.Schemas = 12
	if a, err := p.Answer(q, s); err != nil || a.Option != "limits" || a.Value("schemas") != "12" {
		t.Errorf("%+v, %v", a, err)
	}
	p.Limits.Anyway = true
	if a, err := p.Answer(q, s); err != nil || a.Option != "anyway" {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestOnlyNamedWarningsAreAccepted: those that the plan names, and not with them
// the ones that are new.
func TestOnlyNamedWarningsAreAccepted(t *testing.T) {
	t.Parallel()
	s := under()
	s.Facts.Findings = &steps.Findings{List: []steps.Finding{{ID: "w1"}, {ID: "w2"}, {ID: "c1", Critical: true}, {ID: "w3", Text: "new one"}}}
	q := &steps.Question{ID: "preflight.warnings", Step: steps.Preflight, Options: []steps.Option{{ID: "accept"}, {ID: "accept-some", Fields: []steps.Field{
		{ID: "findings", Kind: steps.FieldMany, Choices: []steps.Choice{{ID: "w1"}, {ID: "w2"}, {ID: "w3"}}},
	}}}}
	p := whole(t)
	p.Accept = plan.Acceptance{Findings: []string{"w1", "w2", "w9"}}
	if a, err := p.Answer(q, s); err != nil || a.Option != "accept-some" || !slices.Equal(a.Values["findings"], []string{"w1", "w2"}) {
		t.Errorf("%+v, %v", a, err)
	}
	s.Choices.Accepted = []steps.Acceptance{{ID: "w1"}, {ID: "w2"}}
	_, err := p.Answer(q, s)
	wantOpen(t, err, "accept", "not accepted: w3 (new one)")
	p.Accept.Findings = append(p.Accept.Findings, "w3")
	if a, err := p.Answer(q, s); err != nil || a.Option != "accept" {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestTheKeyThatCannotBeUsedIsNamed: of the side that it belongs to.
func TestTheKeyThatCannotBeUsedIsNamed(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: steps.QuestionKeysUnfit, Step: steps.Keys, Why: "the key does not exist."}
	for _, c := range []struct {
		source, target bool
		want           string
	}{{false, true, plan.KeySourceKey}, {true, false, plan.KeyTargetKey}, {false, false, plan.KeySourceKey}} {
		s := steps.New()
		s.Choices.SourceKey, s.Choices.TargetKey = &steps.KeyChoice{Name: "a"}, &steps.KeyChoice{Name: "b"}
		for see, there := range map[steps.Observable]bool{steps.ObserveSourceKeys: c.source, steps.ObserveTargetKeys: c.target} {
			s.Seen[see] = steps.Seen{At: time.Unix(1, 0)}
			switch {
			case there && see == steps.ObserveSourceKeys:
				s.Facts.SourceKeys = []steps.Key{{Ref: steps.Ref{GUID: "1", Name: "a"}, Usable: steps.Yes}}
			case there:
				s.Facts.TargetKeys = []steps.Key{{Ref: steps.Ref{GUID: "2", Name: "b"}, Usable: steps.Yes}}
			}
		}
		_, err := plan.Plan{}.Answer(q, s)
		if open, ok := errors.AsType[*plan.OpenError](err); !ok || open.Key != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
