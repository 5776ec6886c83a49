package steps

import "slices"

// LeftOld is a person's word that an application is brought to a side although bindings
// to the other one are left, because the platform failed to delete them. Such a binding
// is not in force: an application that is started does not get it.
type LeftOld struct {
	App      string   `json:"app"`
	Round    int      `json:"round"`
	To       Side     `json:"to"`
	Bindings []string `json:"bindings"`
	// Name is that of its new binding. The platform refuses the old name while a left
	// binding has it; empty: none.
	Name string `json:"name,omitempty"`
}

// leftOld is what was left behind on an application's way to a side; nil: nothing.
func (s *State) leftOld(app string, to Side) *LeftOld {
	return find(s.Choices.LeftOld, func(l LeftOld) bool { return l.App == app && l.To == to && l.Round == s.Choices.Round })
}

// heldUp lists the applications whose way to a side is barred by bindings to the other
// one that the platform failed to delete, and that are not left yet.
func (s *State) heldUp(to Side) []AppMemory {
	return slices.DeleteFunc(slices.Clone(s.Choices.Memory), func(m AppMemory) bool { return len(s.stuckOld(m, to)) == 0 })
}

// stuckOld lists the bindings that bar an application's way so; nil where another one
// that is still in force has to go first.
func (s *State) stuckOld(m AppMemory, to Side) Bindings {
	a := s.app(m.GUID)
	if a == nil || a.Gone || m.State == "" || m.Binding == nil {
		return nil
	}
	old := s.toLeave(m, a, to)
	if slices.ContainsFunc(old, func(b Binding) bool { return !b.lost() }) {
		return nil
	}
	return old
}

// nameTaken reports whether a new binding on a side cannot have the name that it is to
// have, because one that could not be deleted has it.
func (s *State) nameTaken(m AppMemory, to Side) bool {
	return m.Binding != nil && m.Binding.Name != "" &&
		slices.ContainsFunc(s.stuckOld(m, to), func(b Binding) bool { return b.Name == m.Binding.Name })
}

// leaveOld takes the person's word: the application goes on to its side, and what could
// not be deleted is left. Name is that of the new binding where the old one has to be
// given up ([State.nameTaken]); empty: none.
func (s *State) leaveOld(m AppMemory, to Side, name string) {
	stuck := s.stuckOld(m, to)
	if len(stuck) == 0 {
		return
	}
	if !s.nameTaken(m, to) {
		name = m.Binding.Name
	}
	s.rememberLeft(m, to, name, stuck)
	s.dropWork(func(w Work) bool {
		return w.Status != InFlight && w.Effect.Do == DoUnbind && stuck.has(w.Effect.Binding)
	})
}

// passUnbind takes the person's word that they go on without an unbinding that failed.
// Should the platform not have begun it, the binding is in force and is not left:
// [State.toLeave].
func (s *State) passUnbind(e Effect) {
	to := s.sideOf(e.Instance).other()
	m := s.memoryOf(e.App.GUID)
	if at := current(s); e.Do != DoUnbind || m == nil || m.Binding == nil || at != Switch && at != BackOut || to == Target == (at == BackOut) {
		return
	}
	if e.Binding.Name != "" && e.Binding.Name == m.Binding.Name {
		return // the new binding needs another name, which the person has to give
	}
	s.rememberLeft(*m, to, m.Binding.Name, Bindings{{GUID: e.Binding.GUID}})
}

func (s *State) rememberLeft(m AppMemory, to Side, name string, old Bindings) {
	l := LeftOld{App: m.GUID, Round: s.Choices.Round, To: to, Name: name}
	if before := s.leftOld(m.GUID, to); before != nil {
		l.Bindings = slices.Clone(before.Bindings)
	}
	for _, b := range old {
		if !slices.Contains(l.Bindings, b.GUID) {
			l.Bindings = append(l.Bindings, b.GUID)
		}
	}
	list := slices.DeleteFunc(slices.Clone(s.Choices.LeftOld), func(o LeftOld) bool { return o.App == m.GUID && o.To == to && o.Round == l.Round })
	s.Choices.LeftOld = append(list, l)
	s.record(Moment{Kind: MomentApp, ID: m.GUID, Object: m.Name, Status: AppOldBindingLeft, Side: to.other()})
}

// bindingName is the name that an application's binding to a side is to have.
func (s *State) bindingName(m AppMemory, to Side) string {
	if l := s.leftOld(m.GUID, to); l != nil {
		return l.Name
	}
	return m.Binding.Name
}

// OldBinding is a binding to the side that an application has left, which the platform
// failed to delete.
type OldBinding struct {
	App     Ref
	Side    Side
	Binding Binding
}

// OldBindings lists what is left of the other side although the applications have gone,
// as it was seen last.
func OldBindings(s State) []OldBinding {
	var list []OldBinding
	for _, l := range s.Choices.LeftOld {
		a := s.app(l.App)
		if a == nil || a.Gone {
			continue
		}
		for _, b := range *a.at(l.To.other()) {
			if slices.Contains(l.Bindings, b.GUID) {
				list = append(list, OldBinding{a.Ref, l.To.other(), b})
			}
		}
	}
	return list
}

// notRestored says which bindings of before are not made again on the way back; empty:
// none.
func (s *State) notRestored() string {
	n, names := 0, []string{}
	for _, m := range s.Choices.Memory {
		a := s.app(m.GUID)
		if a == nil || a.Gone || len(m.Older) == 0 {
			continue
		}
		if gone := len(m.Older) + 1 - max(1, len(*a.at(m.place(Source)))); gone > 0 {
			n, names = n+gone, append(names, m.Name)
		}
	}
	if n == 0 {
		return ""
	}
	return plural(n, "older binding", "older bindings") + " to the source, of " + listNames(names, func(name string) string { return name }) +
		", will not be made again: an application gets the newest only."
}

// olderGo says what becomes of further bindings at the switch; empty: there are none.
func (s *State) olderGo() string {
	n := 0
	for _, a := range s.bound() {
		n += len(a.Source) - 1
	}
	if n == 0 {
		return ""
	}
	return " " + plural(n, "older binding goes", "older bindings go") + " as well: an application gets the newest only."
}
