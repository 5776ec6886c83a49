package steps_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

func TestStorageNeeded(t *testing.T) {
	for used, want := range map[float64]float64{0: 10, 1: 11, 20: 30, 100.0 / 3: 130.0 / 3, 40: 52, 120: 156} {
		if got := StorageNeeded(used); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v GB need %v, want %v", used, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		used := rapid.Float64Range(0, 1e6).Draw(t, "used")
		got := StorageNeeded(used)
		if got < used+10 || got < used*1.3-1e-6 || got > used+10+used*0.3 {
			t.Fatalf("%v GB need %v", used, got)
		}
	})
}

func TestWhatNoCheckSeesIsAskedAbout(t *testing.T) {
	r := newRun(t, newWorld(false))
	r.until("preflight")
	if got := factNamed(r.shown(), "See to"); strings.Count(got, ";") != 3 {
		t.Errorf("to see to: %q", got)
	}
	for field, bad := range map[string]string{"size": "1,5", "schemas": "12.5", "relations": "-4"} {
		r.fill("check", map[string][]string{field: {bad}})
		if !strings.Contains(r.s.Notice, "takes a whole number") || r.s.Choices.Check != nil || r.s.Choices.Limits != nil {
			t.Errorf("%s %q: notice %q, choices %+v", field, bad, r.s.Notice, r.s.Choices)
		}
		r.asks("preflight")
	}
	r.fill("check", map[string][]string{"size": {" 37 "}, "schemas": {"12"}, "relations": {""}, "sure": {"quiet", "frozen"}})
	r.asks("preflight.warnings")
	if got := factNamed(r.shown(), "Storage"); !strings.HasPrefix(got, "give the target at least 49 GB: 37 GB are in use") {
		t.Errorf("storage: %q", got)
	}
	if got := factNamed(r.shown(), "See to"); got != "no large objects; no schema named pg…" {
		t.Errorf("to see to: %q", got)
	}
	l := r.s.Choices.Limits
	if l.SizeGB != 37 || l.Schemas != 12 || l.Relations != 0 || l.By != "dana@acme.example" || l.At.IsZero() {
		t.Errorf("%+v", l)
	}

	// It is kept, proposed again, and what was confirmed stays confirmed.
	r.restart()
	fields := r.asks("preflight").Options[0].Fields
	if fields[0].Default != "37" || fields[1].Default != "12" || fields[2].Default != "" || len(fields[3].Choices) != 2 {
		t.Errorf("%+v", fields)
	}
	r.fill("check", map[string][]string{"size": {""}})
	if l := r.s.Choices.Limits; l.SizeGB != 0 || l.Schemas != 12 || !slices.Equal(l.Sure, []string{"quiet", "frozen"}) {
		t.Errorf("%+v", l)
	}
}

func TestNothingSaidIsNothingKept(t *testing.T) {
	r := newRun(t, newWorld(false))
	r.until("preflight.warnings")
	if r.s.Choices.Limits != nil {
		t.Errorf("%+v", r.s.Choices.Limits)
	}
}

func TestMoreThanIsSupportedWaitsForAWord(t *testing.T) {
	w := newWorld(false)
	w.findings = nil
	r := newRun(t, w)
	r.until("preflight")
	r.fill("check", map[string][]string{"schemas": {"1000"}, "relations": {"30000"}})
	r.asks("replicate") // exactly as many are supported
	a, _ := Revise(r.s, Preflight).Default("limits")
	a.Values["schemas"], a.Values["relations"] = []string{"1001"}, []string{"31000"}
	r.apply(Answered{a})
	r.settle()

	q := r.asks("preflight.limits")
	if q.Tone != Bad || q.Title != "More than the service supports: 1,001 schemas (at most 1,000) and 31,000 relations (at most 30,000)." {
		t.Errorf("%+v", q)
	}
	bad := 0
	for _, i := range r.shown() {
		if i.Tone == Bad && strings.HasPrefix(i.Text, "Not supported: ") {
			bad++
		}
	}
	if bad != 2 || StatusOf(r.s, Preflight) != Attention {
		t.Errorf("%d marked as bad, the step is %s", bad, StatusOf(r.s, Preflight))
	}

	r.choose("anyway")
	r.asks("replicate")
	var record []string
	for _, m := range r.s.History {
		if m.Kind == MomentAcceptance {
			record = append(record, m.ID+": "+m.Object+" by "+m.By)
		}
	}
	if !slices.Equal(record, []string{
		"limits: 1,001 schemas (at most 1,000) by dana@acme.example",
		"limits: 31,000 relations (at most 30,000) by dana@acme.example",
	}) {
		t.Errorf("%q", record)
	}

	// Other numbers need another word; fewer need none.
	a, _ = Revise(r.s, Preflight).Default("limits")
	a.Values["schemas"] = []string{"2000"}
	r.apply(Answered{a})
	r.settle()
	r.asks("preflight.limits")
	r.fill("limits", map[string][]string{"schemas": {"999"}, "relations": {"1"}})
	r.asks("replicate")
}

func TestLimitsBelongToTheirSource(t *testing.T) {
	w := newWorld(false)
	w.instances = append(w.instances, Instance{Ref: Ref{"i9", "billing-db"}, Offering: SourceOffering, Plan: "v9.6-small"})
	r := newRun(t, w)
	r.until("source")
	r.choose("i1")
	r.asks("target")
	r.choose("i2")
	r.until("preflight")
	r.fill("check", map[string][]string{"size": {"500"}, "schemas": {"5000"}})
	q := r.asks("preflight.limits")
	if _, err := json.Marshal(q); err != nil {
		t.Error(err)
	}
	r.choose("databases")
	r.until("source")
	r.choose("i9")
	r.asks("target")
	r.choose("i2")
	r.until("preflight")
	if f := r.asks("preflight").Options[0].Fields; f[0].Default != "" || f[1].Default != "" {
		t.Errorf("another source's numbers are proposed: %+v", f)
	}
	if got := factNamed(r.shown(), "Storage"); got != "" {
		t.Errorf("another source's storage: %s", got)
	}
}
