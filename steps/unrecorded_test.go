package steps

import (
	"strings"
	"testing"
	"time"
)

// without looks at a migration whose record is not here, between databases of which
// these keys are there.
func without(t *testing.T, e WithoutRecord, source, target []string) State {
	t.Helper()
	e.Choices.Where = &Where{API: "https://api.example", Org: Ref{Name: "acme"}, Space: Ref{Name: "prod"}}
	e.Choices.Source, e.Choices.Target = &Ref{GUID: "s", Name: "old"}, &Ref{GUID: "t", Name: "new"}
	keys := func(names []string) (list []Key) {
		for _, n := range names {
			list = append(list, Key{Ref: Ref{GUID: n, Name: n}, Usable: Yes})
		}
		return list
	}
	s := New()
	for _, is := range []Occurrence{
		e,
		SawSession{Session: Session{SignedIn: true, API: "https://api.example"}, Observation: Observation{9}},
		SawKeys{Side: Source, Keys: keys(source), Observation: Observation{9}},
		SawKeys{Side: Target, Keys: keys(target), Observation: Observation{9}},
	} {
		var due []Effect
		if s, due = Apply(s, Event{At: time.Unix(1, 0), Is: is}); len(due) > 0 {
			t.Fatalf("%T: %v", is, due)
		}
	}
	return s
}

func TestKeysThatAreThereAreTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		named          WithoutRecord
		source, target []string
		want           [2]string
	}{
		{"the wizard's own", WithoutRecord{}, []string{"x", NewKeyName}, []string{NewGCPKeyName}, [2]string{NewKeyName, NewGCPKeyName}},
		{"those that are named", WithoutRecord{SourceKey: "x", TargetKey: "y"}, []string{"x", NewKeyName}, []string{"y"}, [2]string{"x", "y"}},
		{"none in place of one that is named", WithoutRecord{SourceKey: "z"}, []string{NewKeyName}, []string{"y"}, [2]string{}},
	} {
		s := without(t, c.named, c.source, c.target)
		if n := s.Names(); n.SourceKey != c.want[0] || n.TargetKey != c.want[1] {
			t.Errorf("%s: %+v", c.name, n)
		}
		if unknown := len(NotKnown(s)); unknown != 1 && c.want[0] != "" || unknown != 2 && c.want[0] == "" {
			t.Errorf("%s: %q", c.name, NotKnown(s))
		}
	}
}

// TestWithoutARecordNothingIsMadeLittleOf: what nobody has seen is not promised.
func TestWithoutARecordNothingIsMadeLittleOf(t *testing.T) {
	t.Parallel()
	s := without(t, WithoutRecord{Choices: Choices{SourceKey: &KeyChoice{Name: "a"}, TargetKey: &KeyChoice{Name: "b"}}}, []string{"a"}, []string{"b"})
	if card := BackOutPlan(s); card.Possible || card.Outcome != "not known" || !strings.Contains(Standing(s), "was not seen") {
		t.Errorf("%+v, %s", card, Standing(s))
	}
	for _, is := range []Occurrence{
		SawReplication{Observation: Observation{9}, Names: s.Names(), Exists: true, Word: InSync},
		SawFinalization{Observation: Observation{9}, Names: s.Names(), Exists: true, Word: Completed},
		SawApps{Observation: Observation{9}, Apps: []App{{Ref: Ref{GUID: "1"}, State: Stopped, Source: Bindings{{}}}}},
	} {
		s, _ = Apply(s, Event{At: time.Unix(2, 0), Is: is})
	}
	if card := BackOutPlan(s); !card.Possible || !card.Lost || !strings.Contains(Standing(s), "1 bound to SOURCE (1 of them stopped)") {
		t.Errorf("%+v, %s", card, Standing(s))
	}
	if !s.Facts.Finalization.Since.IsZero() || !s.Unrecorded() {
		t.Errorf("%+v", s.Facts.Finalization)
	}
	if s, _ = Apply(s, Event{At: time.Unix(3, 0), Is: Resumed{Choices: s.Choices}}); s.Unrecorded() || strings.Contains(strings.Join(NotKnown(s), " "), "no record") {
		t.Error("the record was found, and is not known")
	}
}

// TestWhoOnlyLooksIsOfferedNoOtherDatabase: after a migration has deleted its source, a
// machine without the record finds none of that name. Another one is not what was asked
// about.
func TestWhoOnlyLooksIsOfferedNoOtherDatabase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		there    []string
		question QuestionID
	}{{[]string{"new", "billing-db"}, QuestionSource}, {[]string{"billing-db"}, QuestionSource}, {[]string{"old", "spare"}, QuestionTarget}} {
		s := New()
		var instances []Instance
		for _, name := range c.there {
			i := Instance{Ref: Ref{GUID: name, Name: name}, Offering: TargetOffering}
			if strings.HasSuffix(name, "-db") || name == "old" {
				i.Offering = SourceOffering
			}
			instances = append(instances, i)
		}
		choices := Choices{Where: &Where{API: "https://api.example", Org: Ref{Name: "acme"}, Space: Ref{Name: "prod"}}}
		if c.question == QuestionTarget {
			choices.Source = &Ref{GUID: "old", Name: "old"}
		}
		for _, is := range []Occurrence{
			WithoutRecord{Choices: choices, Source: "old", Target: "new"},
			SawSession{Session: Session{SignedIn: true, API: "https://api.example"}, Observation: Observation{9}},
			SawMigrations{Observation: Observation{9}},
			SawInstances{Instances: instances, Observation: Observation{9}},
		} {
			s, _ = Apply(s, Event{At: time.Unix(1, 0), Is: is})
		}
		q := Ask(s)
		if q == nil || q.ID != c.question || q.Recommended != "" || len(q.Options) != 1 || q.Options[0].ID != OptionLook {
			t.Errorf("%v: asks %+v", c.there, q)
		}
	}
}
