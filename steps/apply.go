package steps

import (
	"maps"
	"slices"
	"sort"
	"time"
)

// Apply is the machine: it takes an event and returns the state after it and
// the effects that are now to be carried out. It is a pure function.
func Apply(s State, e Event) (State, []Effect) {
	before := s
	s = s.clone()
	s.seq++
	if e.At.After(s.At) {
		s.At = e.At
	}
	effects := e.Is.happen(&s)
	s.settle()
	settleAlarms(&s, &before)
	effects = append(effects, s.due()...)
	s.note(&before)
	return s, effects
}

func (e Resumed) happen(s *State) []Effect {
	s.resume(e)
	return nil
}

func (e Answered) happen(s *State) []Effect {
	s.heard++
	s.resumed = "" // what follows is the person's word
	return s.answer(e.Answer)
}

func (LookAgain) happen(s *State) []Effect {
	for k := range s.Seen {
		s.overtake(k)
	}
	return nil
}

func (s *State) resume(e Resumed) {
	s.Choices = e.Choices
	if s.looking != nil {
		s.looking = &lookedAt{s.looking.sourceKey, s.looking.targetKey, true}
	}
	s.Choices.CleanUp = maps.Clone(s.Choices.CleanUp)
	s.Choices.Round = max(1, s.Choices.Round)
	if e.Reopen {
		s.reopen()
	}
	s.Facts = Facts{Session: s.Facts.Session}
	s.Work = map[string]Work{}
	s.Did = map[string]time.Time{}
	for k, at := range e.Did {
		s.Did[k] = at
	}
	s.History = slices.Clone(e.History)
	for k := range s.Seen {
		if k != SeeSession {
			delete(s.Seen, k)
		}
	}
	for _, w := range e.Dangling {
		w.Status, w.since = Unclear, s.seq
		s.Work[w.Effect.ID()] = w
	}
	s.dropOldWords()
	if m := s.History.Last(s.Choices.Round, func(m Moment) bool { return m.Is(MomentStep, TurnBegun) }); m != nil {
		s.resumed = m.Step()
	}
}

// dropOldWords takes back consents that were given, came to nothing and are not
// being cleared up: a word from last night must not set something going today.
// What ends a downtime goes on by itself.
func (s *State) dropOldWords() {
	c := &s.Choices
	if c.Ended != nil {
		return
	}
	open := func(e Effect) bool {
		_, unclear := s.Work[s.identity(e)]
		return !unclear && !s.did(s.identity(e))
	}
	c.Check = nil
	if c.Source != nil && c.OpenAccess != nil && open(Effect{Do: DoOpenAccess, Instance: *c.Source}) {
		c.OpenAccess = nil
	}
	if c.Replicate != nil && open(Effect{Do: DoCreateReplication}) {
		c.Replicate = nil
	}
	if c.Finalize != nil && open(Effect{Do: DoCreateFinalization}) {
		c.Finalize = nil
	}
	for _, m := range c.Memory {
		if c.Stop != nil && m.State == Started && !s.waived(m) && open(Effect{Do: DoStopApp, App: m.Ref}) {
			s.unstop(m.Ref)
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

// answer checks the person's word against what is being asked, and takes it.
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
	s.remember(Moment{Kind: MomentAnswer, Object: string(q.ID), Status: a.Option, By: s.Facts.Session.User})
	switch {
	case q.ID == FailedQuestion(id):
		s.decideFailed(id, a)
	case decideWayBack(s, a):
	case q.ID == QuestionDecision:
		decideLate(s, a)
	default:
		define(id).decide(s, a)
	}
	s.forgetFailures()
	return s.direct(id, a)
}

// asked finds the question that an answer belongs to: the current one, or a
// revision of a step that is done.
func (s *State) asked(question QuestionID) (ID, *Question) {
	if q := ask(s); q != nil && q.ID == question {
		return q.Step, q
	}
	if q := askWayBack(s); q != nil && q.ID == question {
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
	if decideWayBack(s, a) {
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
			s.overtake(w.Effect.verb().invalidates(w.Effect)...)
		case OptionPass:
			w.Status = PassedBy
			s.Work[key] = w
		case OptionBack:
			delete(s.Work, key)
			w.Effect.verb().withdraw(s, w.Effect)
		}
	}
}

// settle draws the conclusions that need nobody: unclear requests that a look
// has cleared up, consents that the facts have overtaken, the end.
func (s *State) settle() {
	s.clearUp()
	for _, settle := range []func(*State){settleKeys, settleFinalize, settleBackOut, settleCleanUp} {
		settle(s)
	}
}

// note writes the moments that the step from one state to the next makes.
func (s *State) note(before *State) {
	if s.Choices.Where == nil {
		return
	}
	was, is := current(before), current(s)
	if s.resumed != "" {
		if is.Number() < s.resumed.Number() {
			return // it is being looked where the migration stands, and nothing is begun by that
		}
		was = s.resumed
	}
	if was == is && before.Choices.Where != nil {
		s.resumed = ""
		return
	}
	if was.Number() > 0 && was.Number() < is.Number() && before.Choices.Where != nil {
		for _, d := range road[was.Number()-1 : is.Number()-1] {
			s.rememberStep(d.id, TurnDone)
		}
	}
	s.resumed = ""
	s.rememberStep(is, TurnBegun)
}

// rememberStep notes a turn of a step, once.
func (s *State) rememberStep(id ID, turn string) {
	last := s.History.Last(s.Choices.Round, func(m Moment) bool { return m.Kind == MomentStep && m.Step() == id })
	if last == nil || last.Status != turn {
		s.remember(Moment{Kind: MomentStep, Object: string(id), Status: turn})
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
