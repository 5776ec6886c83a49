package report

import (
	"cmp"
	"slices"
	"strings"

	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/steps"
)

// applications lists those that are remembered and those that were seen, each
// with how it was and how it is.
func (b *builder) applications() []Application {
	list := []Application{}
	seen := map[string]bool{}
	looked := !b.s.Seen[steps.SeeApps].At.IsZero()
	for _, m := range b.s.Choices.Memory {
		seen[m.GUID] = true
		app := Application{Name: sanitize.Line(m.Name), Waived: b.waived("app:" + m.GUID), Before: before(m)}
		i := slices.IndexFunc(b.s.Facts.Apps, func(a steps.App) bool { return a.GUID == m.GUID })
		switch {
		case i >= 0 && b.s.Facts.Apps[i].Gone, i < 0 && looked:
			app.Gone = true
		case i >= 0:
			app.Now = now(b.s.Facts.Apps[i])
			same := asBefore(*app.Before, *app.Now)
			app.AsBefore = &same
		}
		list = append(list, app)
	}
	for _, a := range b.s.Facts.Apps {
		if seen[a.GUID] {
			continue
		}
		app := Application{Name: sanitize.Line(a.Name), Gone: a.Gone}
		if !a.Gone {
			app.Now = now(a)
		}
		list = append(list, app)
	}
	slices.SortStableFunc(list, func(a, b Application) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func before(m steps.AppMemory) *Standing {
	st := &Standing{State: sanitize.Line(m.State), Bindings: []Binding{}}
	st.Processes, st.Instances = processes(m.Processes)
	if m.Binding != nil {
		p := m.Binding.Params
		st.Bindings = append(st.Bindings, Binding{
			Side: steps.Source, Name: sanitize.Line(m.Binding.Name), Parameters: parameters(p.Raw, p.Known, p.Withheld),
		})
	}
	return st
}

func now(a steps.App) *Standing {
	st := &Standing{State: sanitize.Line(a.State), Bindings: []Binding{}}
	st.Processes, st.Instances = processes(a.Processes)
	for _, bond := range []struct {
		side steps.Side
		b    *steps.Binding
	}{{steps.Source, a.Source}, {steps.Target, a.Target}} {
		if bond.b != nil {
			st.Bindings = append(st.Bindings, Binding{
				Side: bond.side, Name: sanitize.Line(bond.b.Name), Parameters: parameters(bond.b.Params, bond.b.ParamsKnown, false),
			})
		}
	}
	return st
}

// parameters says whether a binding has parameters, and never which: they may be
// secrets.
func parameters(raw []byte, known, withheld bool) string {
	switch text := strings.Join(strings.Fields(string(raw)), ""); {
	case withheld, text != "" && text != "{}" && text != "null":
		return "some"
	case known:
		return "none"
	}
	return ""
}

func processes(list []steps.Process) ([]Process, int) {
	clean, instances := []Process{}, 0
	for _, p := range list {
		clean = append(clean, Process{sanitize.Line(p.Type), p.Instances})
		instances += p.Instances
	}
	slices.SortFunc(clean, func(a, b Process) int { return cmp.Compare(a.Type, b.Type) })
	return clean, instances
}

// asBefore compares state, instances and the binding's name; on which side the
// application is bound depends on how the migration went. Parameters count only
// where the broker tells both.
func asBefore(was, is Standing) bool {
	if was.State != is.State || !slices.Equal(was.Processes, is.Processes) || len(was.Bindings) != len(is.Bindings) {
		return false
	}
	for i, w := range was.Bindings {
		n := is.Bindings[i]
		if w.Name != n.Name || w.Parameters != "" && n.Parameters != "" && w.Parameters != n.Parameters {
			return false
		}
	}
	return true
}
