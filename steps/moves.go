package steps

import "slices"

// inPlace reports whether an application has reached the end of its way to a
// side: bound as it was, in the state that it was in, and healthy if it runs.
func (s *State) inPlace(m AppMemory, to Side) bool {
	a := s.app(m.GUID)
	if a == nil || a.Gone {
		return a != nil // gone is gone: nothing is left to move
	}
	if m.State == "" || !s.ours(m, to) {
		return true // out of our hands
	}
	if len(s.toLeave(m, a, to)) > 0 || !s.boundRight(m, *a.at(m.place(to)), to) || a.State != s.stateAt(m, to) {
		return false
	}
	return a.State != Started || to == Source || a.Healthy == Yes
}

// boundRight reports whether an application gets the binding that it is to have on a
// side. One that it had to the target before COMPLETED is right whatever its name; where
// somebody has taken it away, the way back does not bind to the target.
func (s *State) boundRight(m AppMemory, here Bindings, to Side) bool {
	b := here.InForce()
	switch {
	case m.Side == Target && to == Source:
		return true
	case m.Side.onTarget() && to == Target && b != nil:
		return true
	}
	return m.Binding == nil || b != nil && b.Name == s.bindingName(m, to)
}

// toLeave lists the bindings to the other side that are in the way of an application's
// start: all, for it must not be started with both databases at hand. Those that the
// platform failed to delete are not in force, and are left where the person says so.
func (s *State) toLeave(m AppMemory, a *App, to Side) Bindings {
	if m.Side.onTarget() && to == Source {
		return nil // it had them before the migration
	}
	left := s.leftOld(m.GUID, to)
	return a.at(to.other()).without(func(b Binding) bool { return left != nil && b.lost() && slices.Contains(left.Bindings, b.GUID) })
}

// nextMove returns the next request that brings one application to a side as it
// was before. It is stopped first, if it runs; the new binding is made before
// the old ones are let go, so that a failure leaves the application with a
// database; only where they have the same name the old ones have to go first, because
// an application cannot have two of one name for two instances (CF API). The newest of
// them goes last, for it is the one that the application had. It is started when
// everything else is right.
func (s *State) nextMove(m AppMemory, to Side) (Effect, bool) {
	a := s.app(m.GUID)
	if a == nil || a.Gone || m.Binding == nil || m.State == "" || s.inPlace(m, to) {
		return Effect{}, false
	}
	side := m.place(to)
	old, here, name := s.toLeave(m, a, to), *a.at(side), s.bindingName(m, to)
	unbind := func(list Bindings, side Side) (Effect, bool) {
		list = list.without(func(b Binding) bool { return b.Condition() == ConditionGoing })
		if len(list) == 0 {
			return Effect{}, false
		}
		return Effect{Do: DoUnbind, App: m.Ref, Instance: s.instanceOf(side), Binding: list[len(list)-1].ref()}, true
	}
	right := s.boundRight(m, here, to)
	waits := !right && here.InForce() == nil && here.settling()
	switch {
	case a.Running() && to == Target && s.toStopAgain(m):
		return Effect{Do: DoStopApp, App: m.Ref}, true
	case a.Running() && (len(old) > 0 || !right && !waits):
		return Effect{Do: DoStopApp, App: m.Ref}, true
	case waits:
		return Effect{}, false
	case !right && len(here) > 0:
		return unbind(here, side)
	case !right && to == Target && s.elsewhere(*a) && !s.sharedWith(Target, a.SpaceGUID):
		return Effect{Do: DoShare, Side: Target, Instance: s.instanceOf(Target), Space: s.spaceOf(a.SpaceGUID)}, s.fresh(ObserveShares)
	case !right && name != "" && slices.ContainsFunc(old, func(b Binding) bool { return b.Name == name }):
		return unbind(old, to.other())
	case !right:
		return Effect{Do: DoBind, App: m.Ref, Instance: s.instanceOf(to), Binding: Ref{Name: name}, Params: m.Binding.Params}, true
	case len(old) > 0:
		return unbind(old, to.other())
	case s.toRun(m, to) && a.State == Stopped:
		if e := (Effect{Do: DoRestage, App: m.Ref}); to == Target && s.toRestage(m) && !s.did(e) {
			return e, true
		}
		return Effect{Do: DoStartApp, App: m.Ref}, true
	case !s.toRun(m, to) && a.Running() && (to == Target || m.Side == Target):
		return Effect{Do: DoStopApp, App: m.Ref}, true // it may have been started with the old credentials, or was green
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
