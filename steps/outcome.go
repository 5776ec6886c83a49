package steps

import (
	"maps"
	"slices"
	"strings"
)

// carriedOut takes in the outcome of an effect.
func (s *State) carriedOut(e Effect, made Ref) {
	took := 0.0
	if w, ok := s.Work[e.ID()]; ok {
		took = s.At.Sub(w.At).Seconds()
	}
	delete(s.Work, e.ID())
	s.overtake(e.overtakes()...)
	if !e.Changes() {
		return
	}
	s.Did[e.ID()] = s.At
	s.remember(Moment{Kind: MomentEffect, Subject: e.String(), Word: "done", Seconds: took})
	s.assume(e, made)
}

// assume brings the facts up to what a confirmed change means, so that the next
// request need not wait for a look; the look that follows corrects it.
func (s *State) assume(e Effect, made Ref) {
	a := s.app(e.App.GUID)
	switch e.Do {
	case DoOpenAccess:
		s.Facts.Access = Unknown
	case DoCreateReplication, DoDeleteReplication:
		s.Facts.Replication.Known = false
		if e.Do == DoDeleteReplication {
			s.spend(s.Choices.Target)
		}
	case DoCreateFinalization, DoDeleteFinalization:
		s.Facts.Finalization.Known = false
	case DoStopApp:
		s.rememberApp(e.App, "stopped")
		if a != nil {
			a.State = Stopped
		}
		if c := s.Choices.Switch; c != nil && slices.Contains(c.Again, e.App.GUID) {
			next := *c
			next.Again = slices.DeleteFunc(slices.Clone(c.Again), func(guid string) bool { return guid == e.App.GUID })
			s.Choices.Switch = &next
		}
	case DoStartApp:
		s.rememberApp(e.App, "started")
		if a != nil {
			a.State, a.Healthy, a.Ailment, a.Crashed = Started, Unknown, "", false
		}
	case DoBind:
		side := s.sideOf(e.Instance)
		s.rememberApp(e.App, "bound to the "+string(side))
		if a != nil {
			*a.at(side) = &Binding{GUID: made.GUID, Name: e.Binding.Name}
		}
	case DoUnbind:
		side := s.sideOf(e.Instance)
		s.rememberApp(e.App, "unbound from the "+string(side)) // a look may have seen it before
		if a == nil {
			return
		}
		if b := a.at(side); *b != nil && (*b).GUID == e.Binding.GUID {
			*b = nil
		}
	case DoCancelTask:
		s.remember(Moment{Kind: MomentApp, Subject: e.App.Name, ID: e.App.GUID, Word: "task " + e.Task.Name + " cancelled"})
	case DoShare:
		s.Facts.Shares = maps.Clone(s.Facts.Shares)
		if s.Facts.Shares == nil {
			s.Facts.Shares = map[Side][]Share{}
		}
		s.Facts.Shares[e.Side] = append(slices.Clip(s.Facts.Shares[e.Side]), Share{Space: e.Space})
	}
}

func (s *State) rememberApp(app Ref, word string) {
	s.remember(Moment{Kind: MomentApp, Subject: app.Name, ID: app.GUID, Word: word})
}

// sideOf tells on which side an instance is.
func (s *State) sideOf(instance Ref) Side {
	if s.Choices.Source != nil && instance.GUID == s.Choices.Source.GUID {
		return Source
	}
	return Target
}

// at is where an application's binding to a side is kept.
func (a *App) at(side Side) **Binding {
	if side == Source {
		return &a.Source
	}
	return &a.Target
}

// spend marks a target that a replication has written to: the contract wants a
// new one for the next try.
func (s *State) spend(target *Ref) {
	if target != nil && !slices.Contains(s.Choices.Spent, *target) {
		s.Choices.Spent = append(slices.Clip(s.Choices.Spent), *target)
	}
}

func (s *State) wentWrong(e Effect, p Problem) {
	if e.Do == DoSignIn || e.Do == DoOpenMigration || e.Do == DoFindPasscode {
		t := Explain(Work{Effect: e, Problem: p})
		s.Notice = strings.Join(slices.DeleteFunc([]string{t.What, t.Says, t.Next}, func(s string) bool { return s == "" }), " ")
		return
	}
	w, ok := s.Work[e.ID()]
	if !ok {
		w = Work{Effect: e}
	}
	w.At, w.Problem, w.Status = s.At, p, GoneWrong
	word := "failed"
	if p.Unclear && e.Changes() {
		w.Status, w.since, word = Unclear, s.seq, "unclear"
	}
	if e.Do == DoCheck && p.Kind == ProblemCancelled {
		delete(s.Work, e.ID())
		s.Choices.Check = nil
		return
	}
	s.Work[e.ID()] = w
	s.overtake(e.overtakes()...)
	s.remember(Moment{Kind: MomentEffect, Subject: e.String(), Word: word, Says: p.Says, Status: p.Status, Request: p.RequestID})
	if p.Kind == ProblemSignedOut {
		s.signedOut(p.Says)
		delete(s.Work, e.ID()) // after the new sign-in it is simply due again
		if w.Status == Unclear {
			s.Work[e.ID()] = w
		}
	}
}

func (s *State) signedOut(reason string) {
	s.Facts.Session.SignedIn = false
	s.Facts.Session.Reason = reason
	s.overtake(SeeSession)
}

func (s *State) lookFailed(e LookFailed) {
	seen := s.Seen[e.See]
	seen.Fails++
	seen.Problem = &e.Problem
	s.Seen[e.See] = seen
	if e.Problem.Kind == ProblemSignedOut && e.See != SeeSession {
		s.signedOut(e.Problem.Says)
	}
}
