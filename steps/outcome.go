package steps

import (
	"slices"
	"strings"
)

func (d Did) happen(s *State) []Effect {
	e, took := d.Effect, 0.0
	if w, ok := s.Work[e.ID()]; ok {
		took = s.At.Sub(w.At).Seconds()
	}
	delete(s.Work, e.ID())
	s.invalidate(e.invalidates()...)
	if e.Changes() {
		s.tookHold(e, took, d.RequestID)
		e.verb().assume(s, e, d.Made)
	}
	return nil
}

// tookHold records that a change was made, as its answer says, or a look where the
// answer was lost. Took is in seconds; 0: not known.
func (s *State) tookHold(e Effect, took float64, requestID string) {
	s.Did[e.ID()] = s.At
	m := momentOf(e, OutcomeDone)
	m.Seconds, m.RequestID = took, requestID
	s.record(m)
	e.verb().settle(s, e)
}

// momentOf is the record of a request.
func momentOf(e Effect, status string) Moment {
	m := Moment{Kind: MomentEffect, ID: e.ID(), Verb: e.Do, Object: e.String(), Status: status}
	if e.Key.Name != "" {
		m.Name, m.Of = e.Key.Name, e.Instance.GUID
	}
	if e.Task.Name != "" {
		m.Name = e.Task.Name
	}
	return m
}

// recordAppEffect notes what a request did to an application.
func (s *State) recordAppEffect(e Effect, status string) {
	m := Moment{Kind: MomentApp, ID: e.App.GUID, Verb: e.Do, Object: e.App.Name, Status: status}
	if e.Do == DoBind || e.Do == DoUnbind {
		m.Side = s.sideOf(e.Instance)
	}
	s.record(m)
}

// recordApp notes what was seen or decided of an application.
func (s *State) recordApp(app Ref, status string) {
	s.record(Moment{Kind: MomentApp, ID: app.GUID, Object: app.Name, Status: status})
}

// markUsed notes that a replication has written to a target: the contract wants a
// new one for the next try.
func (s *State) markUsed(target *Ref) {
	if target != nil && !slices.Contains(s.Choices.UsedTargets, *target) {
		s.Choices.UsedTargets = append(slices.Clip(s.Choices.UsedTargets), *target)
	}
}

func (e WentWrong) happen(s *State) []Effect {
	s.wentWrong(e.Effect, e.Problem)
	return nil
}

func (s *State) wentWrong(e Effect, p Problem) {
	if p.Kind == ProblemLead { // it was not sent
		delete(s.Work, e.ID())
		s.doubtLead = true
		s.invalidate(ObserveNote)
		return
	}
	if e.Do == DoSignIn || e.Do == DoOpenMigration || e.Do == DoFindPasscode || e.Do == DoFollow || e.Do == DoTakeOver {
		t := Explain(Work{Effect: e, Problem: p})
		s.Notice = strings.Join(slices.DeleteFunc([]string{t.What, t.Says, t.Next}, func(s string) bool { return s == "" }), " ")
		return
	}
	w, ok := s.Work[e.ID()]
	if !ok {
		w = Work{Effect: e}
	}
	p = p.noted(s.At)
	known := w.Tries > 0 && w.Problem.Kind == p.Kind
	w.At, w.Problem, w.Status, w.OutOfTime = s.At, p, GoneWrong, false
	if p.Passes() {
		s.failedAgain(&w)
	}
	status := OutcomeFailed
	switch {
	case p.Unclear && e.Changes():
		w.Status, w.since, status = Unclear, s.seq, OutcomeUnclear
	case p.Passes():
		s.putOff(&w)
	}
	if e.Do == DoCheck && p.Kind == ProblemCancelled {
		delete(s.Work, e.ID())
		s.Choices.Check = nil
		return
	}
	s.Work[e.ID()] = w
	s.invalidate(e.invalidates()...)
	if !known || w.Status == GoneWrong { // the same again and again is one line of the record
		m := momentOf(e, status)
		m.Says, m.HTTPStatus, m.RequestID = p.Says, p.Status, p.RequestID
		s.record(m)
	}
	if p.Kind == ProblemSignedOut {
		s.signedOut(p.Says)
		delete(s.Work, e.ID()) // it is due again after the new sign-in
		if w.Status == Unclear {
			s.Work[e.ID()] = w
		}
	}
}

func (s *State) signedOut(reason string) {
	s.Facts.Session.SignedIn = false
	s.Facts.Session.Reason = reason
	s.invalidate(ObserveSession)
}

func (e LookFailed) happen(s *State) []Effect {
	seen := s.Seen[e.Of]
	if seen.Problem == nil {
		seen.Failing = s.At
	}
	seen.Fails++
	p := e.Problem.noted(s.At)
	seen.Problem = &p
	s.Seen[e.Of] = seen
	if e.Problem.Kind == ProblemSignedOut && e.Of != ObserveSession {
		s.signedOut(e.Problem.Says)
	}
	return nil
}
