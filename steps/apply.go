package steps

import (
	"maps"
	"slices"
	"sort"
	"time"
)

// Apply returns the state after an event and the effects that are to be carried out
// now. It is a pure function.
func Apply(s State, e Event) (State, []Effect) {
	before := s
	s = s.clone()
	s.seq++
	if e.At.After(s.At) {
		s.At = e.At
	}
	effects := e.Is.happen(&s)
	if s.Choices.Checked != before.Choices.Checked {
		s.explainFindings()
	}
	if _, word := e.Is.(ItemClosed); word {
		return s, nil // said of a record, from which nothing else follows
	}
	s.settle()
	if current(&before) != current(&s) {
		s.dropDeferred()
	}
	settleAlarms(&s, &before)
	effects = append(effects, s.due()...)
	s.recordSteps(&before)
	return s, effects
}

func (e Resumed) happen(s *State) []Effect {
	s.resume(e)
	return nil
}

func (e Answered) happen(s *State) []Effect {
	s.answersSeen++
	s.resumed = "" // what follows is decided by the person
	return s.answer(e.Answer)
}

func (e Opened) happen(s *State) []Effect {
	s.id = e.ID
	return nil
}

func (TimeCame) happen(*State) []Effect { return nil }

func (LookAgain) happen(s *State) []Effect {
	for k := range s.Seen {
		s.invalidate(k)
	}
	return nil
}

func (s *State) resume(e Resumed) {
	s.Choices, s.pace, s.speed, s.LastSeen = e.Choices, e.Pace, e.Speed, e.LastSeen
	s.id, s.doubtLead = e.ID, false
	if s.looking != nil {
		looking := *s.looking
		looking.recorded = true
		s.looking = &looking
	}
	s.Choices.CleanUp = maps.Clone(s.Choices.CleanUp)
	s.Choices.Round = max(1, s.Choices.Round)
	if e.Reopen {
		s.reopen()
	}
	s.Facts = Facts{Session: s.Facts.Session}
	s.Work = map[string]Work{}
	s.Did = map[string]time.Time{}
	maps.Copy(s.Did, e.Did)
	s.History, s.recalled = recalled{}.read(slices.Clone(e.History))
	maps.DeleteFunc(s.Seen, func(k Observable, _ Seen) bool { return k != ObserveSession })
	for _, w := range e.Dangling {
		w.Status, w.since = Unclear, s.seq
		if w.Problem.Kind == "" {
			w.Problem = Problem{Kind: ProblemEnded, Says: "The wizard ended before an answer came.", Unclear: true}
		}
		s.Work[w.Effect.ID()] = w
	}
	s.dropStaleConsents()
	if m := s.History.Last(s.Choices.Round, func(m *Moment) bool { return m.Is(MomentStep, TurnBegun) }); m != nil {
		s.resumed = m.Step()
	}
	if e.TookOver != nil {
		m := Moment{Kind: MomentLead, Object: e.TookOver.Machine, Status: LeadTaken, By: e.TookOver.User}
		if e.From != nil {
			m.Says = "from " + e.From.String()
		}
		s.record(m)
	}
}

// dropStaleConsents takes back consents from before a restart that led to no request: a
// yes from last night must not start something today. What ends a downtime goes on by
// itself.
func (s *State) dropStaleConsents() {
	c := &s.Choices
	if c.Ended != nil {
		return
	}
	open := func(e Effect) bool {
		_, unclear := s.Work[s.identity(e)]
		return !unclear && !s.did(e)
	}
	c.Check = nil
	if open(Effect{Do: DoOpenAccess, Instance: s.instanceOf(Source)}) {
		c.OpenAccess = nil
	}
	if n := c.NewTarget; n != nil && c.Target == nil && open(s.toCreate(n)) {
		c.NewTarget = nil
	}
	for _, p := range []*process{replication, finalization} {
		if open(Effect{Do: p.create}) {
			*p.consent(c) = nil
		}
	}
	for _, m := range c.Memory {
		if c.Stop != nil && m.State == Started && !s.waived(m) && open(Effect{Do: DoStopApp, App: m.Ref}) {
			s.withdrawStop(m.Ref)
		}
	}
	if len(s.Work) == 0 {
		for item, word := range c.CleanUp {
			if word == cleanDelete || word == cleanSwap || word == cleanRestore {
				delete(c.CleanUp, item) // what is gone is not asked about again
			}
		}
	}
}

// answer checks an answer against what is being asked, and takes it in.
func (s *State) answer(a Answer) []Effect {
	s.Notice = ""
	id, q := s.asked(a.Question)
	if q == nil {
		s.Notice = "The situation has changed since that was asked. Please look again."
		return nil
	}
	if err := q.Check(a); err != nil {
		s.Notice = err.Error()
		return nil
	}
	s.record(Moment{Kind: MomentAnswer, Object: string(q.ID), Status: a.Option, By: s.Facts.Session.User})
	switch {
	case q.ID == QuestionLead:
		s.decideLead(a)
		return s.leadEffects(a)
	case q.ID == QuestionAdopted:
		s.decideAdopted(a)
	case q.ID == FailedQuestion(id):
		s.decideFailed(id, a)
	case q.ID == WaitingQuestion(id):
		if !takeWayBack(s, a) {
			s.decideDeferred(id, a)
		}
	case takeWayBack(s, a):
	case a.Option == OptionPrepared:
		s.takePrepared(a)
	case q.ID == QuestionMisnamed:
		s.lookAtNames()
	case q.ID == QuestionApplications:
		s.decideBefore(a)
	case a.Option == OptionCloseItem:
		s.closeItem(a.Value(FieldItem), a.Value(FieldCloser), a.Value(FieldNote))
	case a.Option == OptionCompared, q.ID == QuestionAlarm && a.Option == OptionAccept:
		s.answerAlarms(a.Option)
	case q.ID == QuestionNotUp:
		s.decideNotUp(id, a)
	case q.ID == QuestionDecision:
		decideLate(s, a)
	default:
		stepOf(id).decide(s, a)
	}
	s.forgetFailures()
	return s.immediateEffects(id, a)
}

// asked finds the question that an answer belongs to: the current one, or a
// revision of a step that is done.
func (s *State) asked(question QuestionID) (ID, *Question) {
	if q := ask(s); q != nil && q.ID == question {
		return q.Step, q
	}
	if q := askGoBack(s); q != nil && q.ID == question {
		return q.Step, q
	}
	for _, d := range road {
		if q := revise(s, d.id); q != nil && q.ID == question {
			return d.id, q
		}
	}
	return "", nil
}

func (s *State) decideFailed(id ID, a Answer) {
	if takeWayBack(s, a) || s.decideNotUp(id, a) {
		return
	}
	for _, w := range s.failed(id) {
		key := w.Effect.ID()
		if which := a.Values["which"]; len(which) > 0 && !slices.Contains(which, key) {
			continue
		}
		switch a.Option {
		case OptionRetry:
			delete(s.Work, key)
			s.invalidate(w.Effect.invalidates()...)
		case OptionPass:
			s.passUnbind(w.Effect)
			w.Status = PassedBy
			s.Work[key] = w
		case OptionBack:
			delete(s.Work, key)
			w.Effect.verb().withdraw(s, w.Effect)
		}
	}
}

// settle draws the conclusions that need no person: unclear requests that were looked
// at, consents that the facts have outdated, the end.
func (s *State) settle() {
	s.ripen()
	s.settleUnclear()
	for _, settle := range []func(*State){settleNewTarget, settleKeys, settleFinalize, settleBackOut, settleLedger, settleCleanUp} {
		settle(s)
	}
}

// recordSteps records the steps that were begun or done by an event.
func (s *State) recordSteps(before *State) {
	if s.Choices.Where == nil {
		return
	}
	was, is := current(before), current(s)
	if s.resumed != "" {
		if is.Number() < s.resumed.Number() {
			return // a resumed migration is still being looked at: nothing is begun by that
		}
		was = s.resumed
	}
	if was == is && before.Choices.Where != nil {
		s.resumed = ""
		return
	}
	if was.Number() > 0 && was.Number() < is.Number() && before.Choices.Where != nil {
		for _, d := range road[was.Number()-1 : is.Number()-1] {
			s.recordStep(d.id, TurnDone)
		}
	}
	s.resumed = ""
	s.recordStep(is, TurnBegun)
}

// recordStep records once that a step was begun or done.
func (s *State) recordStep(id ID, turn string) {
	last := s.History.Last(s.Choices.Round, func(m *Moment) bool { return m.Kind == MomentStep && m.Step() == id })
	if last == nil || last.Status != turn {
		s.record(Moment{Kind: MomentStep, Object: string(id), Status: turn})
	}
}

// byName is sorted by package sort: a generic one is compiled anew for each type.
func byName[T any](list []T, ref func(T) Ref) []T {
	list = slices.Clone(list)
	sort.Slice(list, func(i, j int) bool {
		a, b := ref(list[i]), ref(list[j])
		return a.Name < b.Name || a.Name == b.Name && a.GUID < b.GUID
	})
	return list
}
