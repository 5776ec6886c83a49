package report

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// applications lists those of the record and those that were seen, each as it was
// before the last cut-over that touched it, and as it is.
func (b *builder) applications() []Application {
	var list []Application
	at, sides := map[string]int{}, map[string]steps.Side{}
	seen, seenAt := steps.NowSeen(b.s)
	looked := !seenAt.IsZero()
	for _, c := range slices.Backward(b.cutOvers) {
		for _, m := range c.Memory {
			if i, known := at[m.GUID]; known {
				if was := *before(m); !reflect.DeepEqual(was, *list[i].Before) {
					list[i].Earlier = append(list[i].Earlier, Earlier{Round: c.Round, Standing: was})
				}
				continue
			}
			at[m.GUID], sides[m.GUID] = len(list), m.Side
			app := b.application(m.Ref)
			app.Before = before(m)
			app.Waived = slices.ContainsFunc(c.Waivers, func(w steps.Waiver) bool { return w.ID == string(steps.WriterApp)+":"+m.GUID })
			app.Gone, app.SeenAt = looked, seenAt
			list = append(list, app)
		}
	}
	for _, a := range seen {
		i, known := at[a.GUID]
		if !known {
			i = len(list)
			list = append(list, b.application(a.Ref))
		}
		app := &list[i]
		app.SeenAt = seenAt
		if app.Gone = a.Gone; a.Gone {
			continue
		}
		app.Now = now(a)
		notTold := a.Healthy == steps.Unknown && a.Ailment != ""
		if known && app.Before.State != "" && a.State != "" && !notTold {
			was := *app.Before
			if app.Green { // it only waited
				was.State = steps.Started
			}
			if sides[a.GUID] == steps.Both { // whatever it had on the target is not the migration's
				was.Bindings = app.Now.Bindings
			}
			same := asBefore(was, *app.Now)
			app.AsBefore = &same
		}
	}
	slices.SortStableFunc(list, func(a, b Application) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.GUID, b.GUID))
	})
	return list
}

func (b *builder) application(r steps.Ref) Application {
	app := Application{Name: r.Name, GUID: r.GUID}
	if c := b.s.Choices.Switch; c != nil {
		app.Canary = r.GUID == c.Canary
		app.Restaged = slices.Contains(c.Restage, r.GUID)
		app.Left = slices.Contains(c.Left, r.GUID)
		app.Green = slices.Contains(c.Green, r.GUID)
	}
	return app
}

// label names an application, with its GUID where another one has the same name.
func (b *builder) label(r steps.Ref) string {
	namesake := func(x steps.Ref) bool { return x.Name == r.Name && x.GUID != r.GUID }
	seen, _ := steps.NowSeen(b.s)
	ambiguous := slices.ContainsFunc(seen, func(a steps.App) bool { return namesake(a.Ref) }) ||
		slices.ContainsFunc(b.cutOvers, func(c steps.CutOver) bool {
			return slices.ContainsFunc(c.Memory, func(m steps.AppMemory) bool { return namesake(m.Ref) })
		})
	return labelled(sanitize.Line(r.Name), sanitize.Line(r.GUID), ambiguous)
}

func labelled(name, guid string, ambiguous bool) string {
	if ambiguous && guid != "" {
		return name + " (" + guid + ")"
	}
	return name
}

func before(m steps.AppMemory) *Standing {
	st := &Standing{State: m.State}
	st.Processes, st.Instances = processes(m.Processes)
	if m.Binding != nil {
		st.Bindings = append(st.Bindings, boundAs(m, *m.Binding, ""))
	}
	for _, b := range m.Older {
		st.Bindings = append(st.Bindings, boundAs(m, b, newerOne))
	}
	return st
}

// newerOne is why an application did not get a binding where it has a newer one to the
// same instance.
const newerOne = "there is a newer one"

func boundAs(m steps.AppMemory, b steps.BoundMemory, unused string) Binding {
	side := steps.Source
	if m.Side == steps.Target {
		side = steps.Target
	}
	return Binding{side, b.Name, parameters(b.Params.Raw, b.Params.Known, b.Params.Withheld), unused}
}

func now(a steps.App) *Standing {
	st := &Standing{State: a.State, Healthy: string(a.Healthy), Ailment: a.Ailment, NotReady: a.NotReady}
	st.Processes, st.Instances = processes(a.Processes)
	for _, side := range []steps.Side{steps.Source, steps.Target} {
		bound := a.Source
		if side == steps.Target {
			bound = a.Target
		}
		inForce := bound.InForce()
		for i, b := range bound {
			unused := ""
			switch {
			case &bound[i] == inForce:
			case b.Condition() == steps.ConditionThere:
				unused = newerOne
			default:
				unused = string(b.Condition())
			}
			st.Bindings = append(st.Bindings, Binding{side, b.Name, parameters(b.Params, b.ParamsKnown, false), unused})
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
	var sorted []Process
	instances := 0
	for _, p := range list {
		sorted = append(sorted, Process{p.Type, p.Instances})
		instances += p.Instances
	}
	slices.SortFunc(sorted, func(a, b Process) int { return cmp.Compare(a.Type, b.Type) })
	return sorted, instances
}

// asBefore compares state, instances and the name of the binding that is used; on which
// side the application is bound depends on how the migration went. Parameters count only
// where the broker tells both. What does not run is not as it was.
func asBefore(was, is Standing) bool {
	if is.Healthy == string(steps.No) {
		return false
	}
	had, has := was.used(), is.used()
	if was.State != is.State || !slices.Equal(was.Processes, is.Processes) || len(had) != len(has) {
		return false
	}
	for i, w := range had {
		n := has[i]
		if w.Name != n.Name || w.Parameters != "" && n.Parameters != "" && w.Parameters != n.Parameters {
			return false
		}
	}
	return true
}

// used are the bindings that the application gets.
func (st Standing) used() []Binding {
	return slices.DeleteFunc(slices.Clone(st.Bindings), func(b Binding) bool { return b.Unused != "" })
}
