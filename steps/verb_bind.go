package steps

import "time"

// A binding gives an application the credentials of an instance (CF API v3).
type (
	bindVerb   struct{ onApp }
	unbindVerb struct{ onApp }
)

func (bindVerb) key(e Effect) string      { return e.App.GUID + ":" + e.Instance.GUID }
func (bindVerb) text(e Effect) string     { return "bind " + e.App.Name + " to " + e.Instance.Name }
func (bindVerb) requests(Effect) []string { return []string{"POST " + pathBindings} }

func (bindVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	a := s.app(e.App.GUID)
	return a != nil && *a.at(s.sideOf(e.Instance)) != nil
}

func (bindVerb) assume(s *State, e Effect, made Ref) {
	if a := s.app(e.App.GUID); a != nil && *a.at(s.sideOf(e.Instance)) == nil {
		*a.at(s.sideOf(e.Instance)) = Bindings{{GUID: made.GUID, Name: e.Binding.Name}}
	}
}

func (bindVerb) settle(s *State, e Effect) {
	s.recordAppEffect(e, "bound to the "+string(s.sideOf(e.Instance)))
}

func (bindVerb) untouched(e Effect) string { return otherBindings(e) }

func (unbindVerb) traits() traits      { return traits{changes: true, perApp: true} }
func (unbindVerb) key(e Effect) string { return e.Binding.GUID }

func (unbindVerb) text(e Effect) string { return "unbind " + e.App.Name + " from " + e.Instance.Name }

func (unbindVerb) requests(e Effect) []string {
	return []string{"DELETE " + pathBindings + "/" + e.Binding.GUID}
}

func (unbindVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	a := s.app(e.App.GUID)
	return a == nil || !a.Source.has(e.Binding) && !a.Target.has(e.Binding)
}

func (unbindVerb) assume(s *State, e Effect, _ Ref) {
	a := s.app(e.App.GUID)
	if a == nil {
		return
	}
	b := a.at(s.sideOf(e.Instance))
	*b = b.without(func(x Binding) bool { return x.GUID == e.Binding.GUID })
}

func (unbindVerb) settle(s *State, e Effect) {
	s.recordAppEffect(e, "unbound from the "+string(s.sideOf(e.Instance)))
}

func (unbindVerb) untouched(e Effect) string { return otherBindings(e) }

func otherBindings(e Effect) string {
	if e.Side == Source { // in the clean-up, where no start is to come
		return "The other bindings of " + e.App.Name + " are as they were."
	}
	return "The other bindings of " + e.App.Name + " are as they were; it stays stopped until this works."
}
