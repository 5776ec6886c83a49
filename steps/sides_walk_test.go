package steps_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// prepareTarget lets chance bind applications to the target before anything begins: a green
// one, stopped, and one that is half moved, bound to both and stopped.
func (w *world) prepareTarget(t *rapid.T) {
	if rapid.Bool().Draw(t, "green") {
		w.add(App{Ref: Ref{"g1", "api-green"}, State: Stopped, Processes: []Process{{"web", 2}}, Target: Bindings{{GUID: "bg1", Name: "db"}}})
	}
	if rapid.Bool().Draw(t, "half moved") {
		w.add(App{Ref: Ref{"h1", "half"}, State: Stopped, Processes: []Process{{"web", 1}}, Source: Bindings{{GUID: "bh1", Name: "db"}}, Target: Bindings{{GUID: "bh2", Name: "db-new"}}})
	}
}

func (w *world) add(a App) {
	w.apps = append(w.apps, a)
	w.before[a.GUID] = copyApp(a)
}

// writerOnTarget lets somebody start what is bound to the target while the databases are
// replicated, before anybody has agreed to stop the writers: it is as it was before then.
func (r *walk) writerOnTarget() {
	if r.w.replication == "" || r.w.finalization != "" || r.s.Choices.Stop != nil || len(r.s.Choices.Memory) > 0 || slices.ContainsFunc(r.flying, Effect.Changes) {
		return
	}
	n := len(r.w.apps)
	a := App{Ref: Ref{fmt.Sprintf("t%d", n), fmt.Sprintf("preview-%d", n)}, State: Started, Processes: []Process{{"web", 1}}, Target: Bindings{{GUID: r.w.guid("b")}}}
	if rapid.Bool().Draw(r.t, "both") {
		a.Source = Bindings{{GUID: r.w.guid("b")}}
	}
	r.w.add(a)
	if rapid.Bool().Draw(r.t, "key") {
		r.w.keys[Target] = append(r.w.keys[Target], Key{Ref: Ref{r.w.guid("k"), "psql"}, Usable: Yes, SessionReplication: No})
	}
}

// seesBothSides: before COMPLETED whatever was seen to run on the target stands in the
// census with its side, settled only on somebody's word.
func (r *walk) seesBothSides(e Occurrence) {
	if _, saw := e.(SawApps); !saw || IsCompleted(r.s) {
		return
	}
	lines := Census(r.s)
	for _, a := range r.s.Facts.Apps {
		if a.Target == nil || a.Gone || !a.Running() {
			continue
		}
		ok := slices.ContainsFunc(lines, func(w Writer) bool {
			return w.ID == "app:"+a.GUID && w.Runs && (w.Side == Target || w.Side == Both) && w.Side == Both == (a.Source != nil) && (!w.Settled() || w.Note != "")
		})
		if !ok {
			r.t.Fatalf("invariant 12: %s runs on the target before COMPLETED, the census has %+v", a.Name, lines)
		}
	}
}

// sameBindings: as many, with the same names: those to the source are made anew on the way
// back from COMPLETED.
func sameBindings(a, b Bindings) bool {
	return slices.EqualFunc(a, b, func(x, y Binding) bool { return x.Name == y.Name })
}
