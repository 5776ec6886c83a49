package steps

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestEveryVerbIsKnown: each constant of the type has its line in the table.
func TestEveryVerbIsKnown(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "effect.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Do") {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || !Verb(value).Known() {
			t.Errorf("%s is in no table", spec.Names[0].Name)
		}
		seen++
		return true
	})
	if seen != len(verbs) {
		t.Errorf("%d constants, %d verbs", seen, len(verbs))
	}
}

// TestEveryVerbIsWhole: what a change has to say of itself.
func TestEveryVerbIsWhole(t *testing.T) {
	thing := Ref{GUID: "guid", Name: "thing"}
	for do, v := range verbs {
		e := Effect{Do: do, App: thing, Instance: thing, Key: thing, Binding: thing, Task: thing, Space: thing, NewName: "new"}
		if v.text(e) == "" || v.untouched(e) == "" {
			t.Errorf("%s is not put into words", do)
		}
		if !e.Changes() {
			continue
		}
		if len(e.Requests()) == 0 || len(v.proofs(e)) == 0 {
			t.Errorf("%s: requests %v, proofs %v", do, e.Requests(), v.proofs(e))
		}
	}
}

// TestWhatIsAssumedIsEvident: after a change is assumed, the facts show it; to
// assume it twice changes nothing.
func TestWhatIsAssumedIsEvident(t *testing.T) {
	app, space := Ref{GUID: "a", Name: "app"}, Ref{GUID: "s", Name: "space"}
	source, target := Ref{GUID: "src", Name: "orders-db"}, Ref{GUID: "tgt", Name: "orders-hyperscaler"}
	unseen := map[Verb]bool{ // only a look can tell
		DoOpenAccess: true, DoRestage: true, DoCancelTask: true, DoCreateReplication: true, DoDeleteReplication: true, DoCreateFinalization: true, DoDeleteFinalization: true,
	}
	for do, v := range verbs {
		s := New()
		s.Choices.Source, s.Choices.Target = &source, &target
		s.Facts.Instances = []Instance{{Ref: source}, {Ref: target}}
		s.Facts.Apps = []App{{Ref: app, State: Stopped, Source: Bindings{{GUID: "b"}}}}
		s.Facts.Tasks = []Task{{Ref: Ref{GUID: "t"}, App: app}}
		s.Facts.Shares = map[Side][]Share{Source: {{Space: Ref{GUID: "other"}}}}
		s.Facts.SourceKeys = []Key{{Ref: Ref{GUID: "k", Name: "key"}}}
		e := Effect{Do: do, Side: Source, App: app, Instance: source, Binding: Ref{GUID: "b"}, Task: Ref{GUID: "t"}, Space: space, NewName: "old", Key: Ref{GUID: "k", Name: "key"}}
		switch do {
		case DoBind:
			e.Instance = target
		case DoCreateInstance:
			e.Instance = Ref{Name: "new"}
		case DoCreateKey:
			e.Key = Ref{Name: "new"}
		case DoUnshare:
			e.Space = Ref{GUID: "other"}
		case DoStopApp:
			s.Facts.Apps[0].State = Started
		}
		if !e.Changes() || unseen[do] {
			continue
		}
		if v.confirmed(&s, e, time.Time{}) {
			t.Errorf("%s: evident before", do)
		}
		for range 2 {
			v.assume(&s, e, Ref{GUID: "made"})
			if !v.confirmed(&s, e, time.Time{}) {
				t.Errorf("%s: not evident after it was assumed", do)
			}
		}
		if n := len(s.Facts.SourceKeys); n > 2 || len(s.Facts.Shares[Source]) > 2 || len(s.Facts.Instances) > 3 {
			t.Errorf("%s: assumed twice: %+v", do, s.Facts)
		}
	}
}
