package steps

import "slices"

// inPlace reports whether an application has reached the end of its way to a
// side: bound as it was, in the state that it was in, and healthy if it runs.
func (s *State) inPlace(m AppMemory, to Side) bool {
	a := s.app(m.GUID)
	if a == nil || a.Gone {
		return a != nil // gone is gone: nothing is left to move
	}
	if m.State == "" {
		return true // out of our hands
	}
	if *a.at(to.other()) != nil || !boundRight(m, *a.at(to)) || a.State != m.State {
		return false
	}
	return a.State != Started || to == Source || s.healthy(a)
}

// healthy reports whether all instances run, or whether that cannot be told.
func (s *State) healthy(a *App) bool {
	return a.Healthy == Yes || a.Healthy == Unknown && a.Ailment != ""
}

func boundRight(m AppMemory, b *Binding) bool {
	if m.Binding == nil {
		return true
	}
	return b != nil && b.Name == m.Binding.Name && b.Operation.State != opFailed && !b.Operation.Busy()
}

// nextMove returns the next request that brings one application to a side as it
// was before. It is stopped first, if it runs; the new binding is made before
// the old one is let go, so that a failure leaves the application with a
// database; only a named binding has to go first, because an application cannot
// have two of the same name (CF API). It is started when everything else is right.
func (s *State) nextMove(m AppMemory, to Side) (Effect, bool) {
	a := s.app(m.GUID)
	if a == nil || a.Gone || m.Binding == nil || m.State == "" || s.inPlace(m, to) {
		return Effect{}, false
	}
	old, here := *a.at(to.other()), *a.at(to)
	unbind := func(b *Binding, side Side) (Effect, bool) {
		return Effect{Do: DoUnbind, App: m.Ref, Instance: s.instanceOf(side), Binding: Ref{GUID: b.GUID, Name: b.Name}}, true
	}
	bad := here != nil && (here.Operation.State == opFailed || here.Name != m.Binding.Name)
	switch {
	case a.State == Started && to == Target && s.toStopAgain(m):
		return Effect{Do: DoStopApp, App: m.Ref}, true
	case a.State == Started && (old != nil || here == nil || bad):
		return Effect{Do: DoStopApp, App: m.Ref}, true
	case bad:
		return unbind(here, to)
	case here == nil && to == Target && s.elsewhere(*a) && !s.sharedWith(Target, a.SpaceGUID):
		return Effect{Do: DoShare, Side: Target, Instance: s.instanceOf(Target), Space: s.spaceOf(a.SpaceGUID)}, s.fresh(ObserveShares)
	case here == nil && m.Binding.Name != "" && old != nil:
		return unbind(old, to.other())
	case here == nil:
		return Effect{Do: DoBind, App: m.Ref, Instance: s.instanceOf(to), Binding: Ref{Name: m.Binding.Name}, Params: m.Binding.Params}, true
	case here.Operation.Busy():
		return Effect{}, false
	case old != nil:
		return unbind(old, to.other())
	case m.State == Started && a.State == Stopped:
		if e := (Effect{Do: DoRestage, App: m.Ref}); to == Target && s.toRestage(m) && !s.did(e) {
			return e, true
		}
		return Effect{Do: DoStartApp, App: m.Ref}, true
	case m.State == Stopped && a.State == Started && to == Target:
		return Effect{Do: DoStopApp, App: m.Ref}, true // it may have been started with the old credentials
	}
	return Effect{}, false
}

// toStopAgain reports whether the person wants a started application started anew.
func (s *State) toStopAgain(m AppMemory) bool {
	return s.Choices.Switch != nil && slices.Contains(s.Choices.Switch.Again, m.GUID)
}

func (s *State) toRestage(m AppMemory) bool {
	return s.Choices.Switch != nil && slices.Contains(s.Choices.Switch.Restage, m.GUID)
}

func (s *State) sharedWith(side Side, space string) bool {
	return slices.ContainsFunc(s.Facts.Shares[side], func(x Share) bool { return x.Space.GUID == space })
}

// spaceOf names a space, as far as its name is known from a share.
func (s *State) spaceOf(guid string) Ref {
	for _, shares := range s.Facts.Shares {
		for _, x := range shares {
			if x.Space.GUID == guid {
				return x.Space
			}
		}
	}
	return Ref{GUID: guid, Name: guid}
}
