package steps_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// fill answers the present question with an option and values for its fields.
func (r *run) fill(option string, values map[string][]string) {
	r.t.Helper()
	q := Ask(r.s)
	r.w.now = r.w.now.Add(time.Second)
	r.apply(Answered{Answer{Question: q.ID, Option: option, Values: values}})
	r.settle()
}

func (r *run) asks(question string) *Question {
	r.t.Helper()
	q := Ask(r.s)
	if q == nil || string(q.ID) != question {
		r.t.Fatalf("asks %+v, not %s", q, question)
	}
	return q
}

// restart loses everything but what the journal keeps.
func (r *run) restart() {
	data, err := json.Marshal(r.s.Choices)
	if err != nil {
		r.t.Fatal(err)
	}
	var c Choices
	if err := json.Unmarshal(data, &c); err != nil {
		r.t.Fatal(err)
	}
	r.queue = nil
	old := r.s
	r.s = New()
	r.apply(Resumed{Choices: c, Did: old.Did, History: old.History})
	r.settle()
}

func (r *run) shown() []Item { return Show(r.s, Preflight, r.w.now) }

func findingItems(items []Item) []Item {
	return slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.Kind != ItemFinding })
}

func factNamed(items []Item, label string) string {
	for _, i := range items {
		if i.Kind == ItemFact && i.Label == label {
			return i.Text
		}
	}
	return ""
}

func warn(text string) Finding { return NewFinding(Source, false, text) }

func TestRunsAreComparedAlsoAcrossARestart(t *testing.T) {
	w := newWorld(false)
	w.findings = []Finding{
		NewFinding(Source, true, "Unknown data types are not support for PostgreSQL version 10 or higher"),
		warn("Multiple roles found (beware that no role will be migrated)"),
		NewFinding(Target, false, "Database is not empty (3 objects found)"),
	}
	r := newRun(t, w)
	r.until("preflight.critical")
	if got := factNamed(r.shown(), "Since the last check"); got != "" {
		t.Errorf("the first run is compared: %s", got)
	}
	w.findings = []Finding{
		w.findings[1],
		NewFinding(Target, false, "Database is not empty (4 objects found)"),
		warn("Something nobody has ever read"),
	}
	r.restart()
	r.until("preflight.warnings")
	items := r.shown()
	if got := factNamed(items, "Since the last check"); got != "1 mended, 1 new, 2 still there" {
		t.Errorf("since the last check: %q", got)
	}
	var labels []string
	for _, i := range findingItems(items) {
		labels = append(labels, i.Label)
	}
	want := []string{"source, warning, still there", "target, warning, still there", "source, warning, new", "source, critical, mended"}
	if !slices.Equal(labels, want) {
		t.Errorf("%q", labels)
	}
	r.choose("accept")
	if got := factNamed(r.shown(), "Since the last check"); got != "1 mended, 1 new, 2 still there" {
		t.Errorf("accepting changes what is said of the last check: %q", got)
	}
	r.fill("check", nil) // from the question about the replication
	if got := factNamed(r.shown(), "Since the last check"); got != "0 mended, 0 new, 3 still there" {
		t.Errorf("the same run again: %q", got)
	}
}

func TestARunOfOtherDatabasesIsNotComparedWith(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("preflight.warnings")
	r.choose("databases")
	r.until("target")
	r.choose("i3")
	r.until("preflight.warnings")
	if got := factNamed(r.shown(), "Since the last check"); got != "" {
		t.Errorf("compared: %s", got)
	}
}

func TestOneLineMoreIsADifferenceOfOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := func(name string) []string {
			return rapid.SliceOfN(rapid.StringMatching(`[A-Za-z(][a-z ,.()]{0,30}`), 0, 6).Draw(t, name)
		}
		find := func(critical, warning []string) []Finding {
			var list []Finding
			for _, said := range critical {
				list = append(list, NewFinding(Source, true, said))
			}
			for _, said := range warning {
				list = append(list, NewFinding(Source, false, said))
			}
			return list
		}
		critical, warning := body("critical"), body("warning")
		said := rapid.String().Draw(t, "said")
		earlier := find(critical, warning)
		more := slices.Insert(slices.Clone(warning), rapid.IntRange(0, len(warning)).Draw(t, "at"), said)
		s := ran(New(), earlier)
		earlier = s.Facts.Findings.List
		s = ran(s, find(critical, more))
		d := Compare(earlier, s.Facts.Findings.List)
		if len(d.New) != 1 || len(d.Mended) != 0 || len(d.Still) != len(earlier) {
			t.Fatalf("%s, after %q more", d, said)
		}
		s = ran(s, find(critical, warning))
		d = Compare(s.Choices.LastCheck.List, s.Facts.Findings.List)
		if len(d.New) != 0 || len(d.Mended) != 1 || len(d.Still) != len(earlier) {
			t.Fatalf("%s, after %q was mended", d, said)
		}
	})
}

// ran is the state after a run of the check.
func ran(s State, found []Finding) State {
	s, _ = Apply(s, Event{s.At.Add(time.Minute), Checked{Effect{Do: DoCheck, Names: s.Names()}, found}})
	return s
}

// TestNoFindingIsDroppedOrWeakened: whatever the service says stands on the
// screen as it came, with the service's severity, once for each time it was said.
func TestNoFindingIsDroppedOrWeakened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"Multiple roles found", "critical", "warning", "Database is not empty (3 objects found)", "no primary key",
		}))
		var found []Finding
		for i := range rapid.IntRange(1, 6).Draw(t, "lines") {
			side := rapid.SampledFrom([]Side{Source, Target}).Draw(t, "side")
			found = append(found, NewFinding(side, rapid.Bool().Draw(t, "critical"), words.Draw(t, fmt.Sprint("said ", i))))
		}
		s := ran(New(), found)
		s.Choices.LastCheck = rapid.SampledFrom([]*Findings{nil, {List: found[:1]}, {}}).Draw(t, "last")
		var want, got []string
		critical := 0
		for _, x := range found {
			severity := "warning"
			if x.Critical {
				severity = "critical"
				critical++
			}
			want = append(want, fmt.Sprintf("%s, %s: %s", x.Side, severity, x.Text))
		}
		for _, i := range findingItems(Show(s, Preflight, s.At)) {
			parts := strings.SplitN(i.Label, ", ", 3)
			if len(parts) == 3 && parts[2] == "mended" {
				continue
			}
			got = append(got, fmt.Sprintf("%s, %s: %s", parts[0], parts[1], i.Text))
			if (i.Tone == Bad) != (parts[1] == "critical") || len(i.Cells) < 5 {
				t.Fatalf("drawn as %+v", i)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("shown %q, said %q", got, want)
		}
		if badge := Badge(s, Preflight); critical > 0 && badge != fmt.Sprintf("%d crit", critical) {
			t.Fatalf("badge %q for %d critical", badge, critical)
		}
	})
}

func TestTheIdentityOfAFinding(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Database is not empty (3 objects found)", "database is not  empty (1,204 objects found)", true},
		{"Table orders_1 has no primary key", "Table orders_2 has no primary key", false},
		{"Table t1.", "Table t2.", false},
		{"2 roles", "two roles", false},
	} {
		if same := warn(c.a).ID == warn(c.b).ID; same != c.same {
			t.Errorf("%q and %q: the same %t", c.a, c.b, same)
		}
	}
	if warn("x").ID == NewFinding(Target, false, "x").ID || warn("x").ID == NewFinding(Source, true, "x").ID {
		t.Error("side or severity make no difference")
	}
}

func TestWarningsAreAcceptedOneByOneAndByName(t *testing.T) {
	w := newWorld(false)
	w.findings = []Finding{warn("Multiple roles found"), warn("Something odd"), warn("Something odd")}
	r := newRun(t, w)
	r.until("preflight.warnings")
	q := r.asks("preflight.warnings")
	some, _ := q.Option("accept-some")
	choices := some.Fields[0].Choices
	if len(choices) != 3 || choices[1].Label != "Something odd" || choices[1].ID == choices[2].ID {
		t.Fatalf("to choose from: %+v", choices)
	}
	r.fill("accept-some", map[string][]string{"findings": {choices[1].ID}})
	q = r.asks("preflight.warnings")
	if !strings.Contains(q.Title, "2 warnings") {
		t.Errorf("asks %s", q.Title)
	}
	if some, _ = q.Option("accept-some"); len(some.Fields[0].Choices) != 2 {
		t.Errorf("to choose from: %+v", some.Fields[0].Choices)
	}
	r.fill("accept-some", map[string][]string{"findings": {choices[1].ID}})
	if r.s.Notice == "" {
		t.Error("what is accepted is accepted again")
	}
	w.session.User = "kim@acme.example"
	r.apply(SawSession{Observation{r.s.Sequence()}, w.session})
	r.fill("accept-some", map[string][]string{"findings": {choices[0].ID}})
	if _, ok := r.asks("preflight.warnings").Option("accept-some"); ok {
		t.Error("one warning is offered as some")
	}
	r.choose("accept")
	r.asks("replicate")

	var record []string
	for i, a := range r.s.Choices.Accepted {
		record = append(record, a.Text+" by "+a.By)
		m := r.s.History[slices.IndexFunc(r.s.History, func(m Moment) bool { return m.Kind == MomentAcceptance && m.ID == a.ID })]
		if m.Object != a.Text || m.By != a.By || m.Status != "accepted" || !m.At.Equal(a.At) {
			t.Errorf("acceptance %d: %+v, moment %+v", i, a, m)
		}
	}
	want := []string{"Something odd by dana@acme.example", "Multiple roles found by kim@acme.example", "Something odd by kim@acme.example"}
	if !slices.Equal(record, want) {
		t.Errorf("%q", record)
	}
	if i := findingItems(r.shown())[0]; i.Label != "source, warning, accepted by kim@acme.example" || len(i.Cells) > 0 {
		t.Errorf("%+v", i)
	}
}

func TestAnAcceptedWarningThatBecomesCriticalIsNotAccepted(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("replicate")
	w.findings = []Finding{NewFinding(Source, true, w.findings[0].Text)}
	r.choose("check")
	r.asks("preflight.critical")
	w.findings = []Finding{NewFinding(Source, false, w.findings[0].Text)}
	r.choose("check")
	r.asks("replicate") // accepted before, and said in the same words
}

func TestPassports(t *testing.T) {
	for _, c := range []struct {
		side  Side
		said  string
		knows string // a word of the remedy; empty: not known
	}{
		{Source, "Unknown data types are not support for PostgreSQL version 10 or higher", "type"}, // the contract's own words
		{Source, "Multiple roles found (beware that no role will be migrated)", "roles"},
		{Source, "Multiple access privileges found (beware that no privilege will be migrated)", "rights"},
		{Target, "Database is not empty (3 objects found)", "empty target"},
		{Source, "Tables without primary key found (2 tables will be transferred during the finalization)", "primary key"},
		{Source, "Large objects found (beware that large objects can not be migrated)", "bytea"},
		{Source, "Column orders.at has type abstime", "type"},
		{Source, "More than 1000 schemas found", "Drop"},
		{Source, "Number of relations exceeds 30000", "Drop"},
		{Target, "Extension postgis is not available", "Create it"},
		{Target, "Not enough storage", "10 GB"},
		{Source, "Long-running transactions found", "quiet hour"},
		{Source, "Table events was created WITH OIDS", "column"},
		{Source, "Database is not empty", ""}, // true of every source
		{Source, "User lacks role pg_monitor", ""},
		{Source, "The schema owner could not be determined", ""},
		{Source, "Connection refused", ""},
		{Source, "", ""},
	} {
		for _, critical := range []bool{true, false} {
			p := ExplainFinding(NewFinding(c.side, critical, c.said))
			if p.Known != (c.knows != "") || !strings.Contains(p.Remedy, c.knows) {
				t.Errorf("%q: %+v", c.said, p)
			}
			for _, part := range []string{p.Meaning, p.Matters, p.Remedy, p.Who, p.Costs} {
				if part == "" || len(part) > 110 {
					t.Errorf("%q: a part is empty or long: %q", c.said, part)
				}
			}
			if !p.Known && (strings.Contains(p.Matters, "critical") != critical || len(p.SQL) > 0) {
				t.Errorf("%q: %+v", c.said, p)
			}
			for _, q := range p.SQL {
				if q.Does == "" || q.On == "" || strings.ContainsAny(q.Line, "\n\t") || !strings.HasSuffix(q.Line, ";") {
					t.Errorf("statement %+v", q)
				}
			}
		}
	}
}

func TestStatementsStandAmongTheCommandsOnce(t *testing.T) {
	w := newWorld(false)
	w.findings = append(w.findings, warn("Large objects found"), warn("Tables without primary key found"))
	r := newRun(t, w)
	r.until("preflight.warnings")
	times := map[string]int{}
	for _, c := range Commands(r.s, Preflight) {
		times[c.Line]++
	}
	for _, x := range r.s.Facts.Findings.List {
		for _, q := range ExplainFinding(x).SQL {
			if times[q.Line] != 1 {
				t.Errorf("%d times: %s", times[q.Line], q.Does)
			}
		}
	}
}
