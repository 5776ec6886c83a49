package steps

import (
	"slices"
	"time"
)

// clearUp decides about unclear requests once a look that began later is in.
func (s *State) clearUp() {
	for key, w := range s.Work {
		if w.Status != Unclear {
			continue
		}
		looked := true
		for _, k := range w.Effect.proofs() {
			seen := s.Seen[k]
			looked = looked && seen.Fresh() && seen.asked >= w.since
		}
		if !looked {
			continue
		}
		if s.evident(w.Effect, w.At) {
			s.Did[key] = s.At
			delete(s.Work, key)
			s.remember(Moment{Kind: MomentEffect, Subject: w.Effect.String(), Word: "done"})
			switch w.Effect.Do {
			case DoDeleteReplication:
				s.spend(s.Choices.Target)
			case DoStopApp:
				s.rememberApp(w.Effect.App, "stopped")
			case DoStartApp:
				s.rememberApp(w.Effect.App, "started")
			case DoBind:
				s.rememberApp(w.Effect.App, "bound to the "+string(s.sideOf(w.Effect.Instance)))
			case DoUnbind:
				s.rememberApp(w.Effect.App, "unbound from the "+string(s.sideOf(w.Effect.Instance)))
			}
			continue
		}
		w.Status = GoneWrong
		if w.Problem.Kind == "" {
			w.Problem = Problem{Kind: ProblemNetwork, Says: "The wizard ended before an answer came.", Unclear: true}
		}
		s.Work[key] = w
	}
}

// clockSkew is how far a server's clock may be behind ours.
const clockSkew = 2 * time.Minute

// evident reports whether the facts show that an effect took hold.
func (s *State) evident(e Effect, since time.Time) bool {
	a := s.app(e.App.GUID)
	switch e.Do {
	case DoOpenAccess:
		if s.Facts.Access != Unknown {
			return s.Facts.Access == Yes
		}
		i := s.instance(&e.Instance)
		return i != nil && i.Operation.Type == "update" && i.Operation.State == "succeeded" &&
			i.Operation.At.After(since.Add(-clockSkew))
	case DoCreateKey:
		keys := s.Facts.TargetKeys
		if e.Side == Source {
			keys = s.Facts.SourceKeys
		}
		return keyNamed(keys, e.Key.Name) != nil
	case DoDeleteKey:
		keys := s.Facts.TargetKeys
		if e.Side == Source {
			keys = s.Facts.SourceKeys
		}
		return !slices.ContainsFunc(keys, func(k Key) bool { return k.GUID == e.Key.GUID })
	case DoCreateReplication:
		return s.Facts.Replication.Exists
	case DoDeleteReplication:
		return !s.Facts.Replication.Exists
	case DoCreateFinalization:
		return s.Facts.Finalization.Exists
	case DoDeleteFinalization:
		return !s.Facts.Finalization.Exists
	case DoStopApp:
		return a == nil || a.State == Stopped
	case DoStartApp:
		return a != nil && a.State == Started
	case DoBind:
		return a != nil && *a.at(s.sideOf(e.Instance)) != nil
	case DoUnbind:
		return a == nil || (a.Source == nil || a.Source.GUID != e.Binding.GUID) && (a.Target == nil || a.Target.GUID != e.Binding.GUID)
	case DoDeleteInstance:
		return s.instance(&e.Instance) == nil
	case DoCancelTask:
		return !slices.ContainsFunc(s.Facts.Tasks, func(t Task) bool { return t.GUID == e.Task.GUID })
	case DoShare, DoUnshare:
		return s.sharedWith(e.Side, e.Space.GUID) == (e.Do == DoShare)
	case DoRenameInstance:
		i := s.instance(&e.Instance)
		return i != nil && i.Name == e.NewName
	}
	return false
}
