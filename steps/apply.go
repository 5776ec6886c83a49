package steps

import (
	"cmp"
	"maps"
	"slices"
	"strings"
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
	var effects []Effect
	switch e := e.Is.(type) {
	case Resumed:
		s.resume(e)
	case Answered:
		effects = s.answer(e.Answer)
	case LookAgain:
		for k := range s.Seen {
			s.overtake(k)
		}
	case Did:
		s.carriedOut(e.Effect, e.Made)
	case WentWrong:
		s.wentWrong(e.Effect, e.Problem)
	case Checked:
		s.checked(e)
	case LookFailed:
		s.lookFailed(e)
	default:
		s.observe(e)
	}
	s.settle()
	settleAlarms(&s, &before)
	effects = append(effects, s.due()...)
	s.note(&before)
	return s, effects
}

func (s *State) resume(e Resumed) {
	s.Choices = e.Choices
	s.Choices.CleanUp = maps.Clone(s.Choices.CleanUp)
	s.Choices.Round = max(1, s.Choices.Round)
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
}

// dropOldWords takes back consents that were given, came to nothing and are not
// being cleared up: a word from last night must not set something going today.
// What ends a downtime goes on by itself.
func (s *State) dropOldWords() {
	c := &s.Choices
	open := func(e Effect) bool {
		e.Round = c.Round
		_, unclear := s.Work[e.ID()]
		return !unclear && !s.did(e.ID())
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
			c.Stop = nil
		}
	}
	if len(s.Work) == 0 && c.Ended == nil {
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
	s.remember(Moment{Kind: MomentAnswer, Subject: q.ID, Word: a.Option, By: s.Facts.Session.User})
	switch {
	case q.ID == string(id)+".failed":
		s.decideFailed(id, a)
	case decideWayBack(s, a):
	case q.ID == "decision":
		decideLate(s, a)
	default:
		define(id).decide(s, a)
	}
	s.forgetFailures()
	return s.direct(id, a)
}

// asked finds the question that an answer belongs to: the current one, or a
// revision of a step that is done.
func (s *State) asked(question string) (ID, *Question) {
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
		case "retry":
			delete(s.Work, key)
			s.overtake(w.Effect.overtakes()...)
		case "pass":
			w.Status = PassedBy
			s.Work[key] = w
		case "back":
			delete(s.Work, key)
			s.withdraw(w.Effect)
		}
	}
}

// withdraw takes back the consent that an effect came from, so that the step
// asks anew.
func (s *State) withdraw(e Effect) {
	c := &s.Choices
	switch e.Do {
	case DoOpenAccess:
		c.OpenAccess = nil
	case DoCreateKey:
		if e.Side == Source {
			c.SourceKey = nil
		} else {
			c.TargetKey = nil
		}
	case DoCheck:
		c.Check = nil
	case DoCreateReplication:
		c.Replicate = nil
	case DoStopApp:
		c.Stop = nil
	case DoCreateFinalization:
		c.Finalize = nil
	case DoBind, DoUnbind, DoStartApp:
		c.Switch = nil
	}
}

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
			a.State, a.Healthy, a.Ailment = Started, Unknown, ""
		}
	case DoBind:
		side := s.sideOf(e.Instance)
		s.rememberApp(e.App, "bound to the "+string(side))
		if a != nil {
			*a.at(side) = &Binding{GUID: made.GUID, Name: e.Binding.Name}
		}
	case DoUnbind:
		side := s.sideOf(e.Instance)
		if a == nil {
			return
		}
		if b := a.at(side); *b != nil && (*b).GUID == e.Binding.GUID {
			s.rememberApp(e.App, "unbound from the "+string(side))
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

// settle draws the conclusions that need nobody: unclear requests that a look
// has cleared up, consents that the facts have overtaken, the end.
func (s *State) settle() {
	s.clearUp()
	for _, settle := range []func(*State){settleFinalize, settleBackOut, settleCleanUp} {
		settle(s)
	}
}

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
		shared := slices.ContainsFunc(s.Facts.Shares[e.Side], func(sh Share) bool { return sh.Space.GUID == e.Space.GUID })
		return shared == (e.Do == DoShare)
	case DoRenameInstance:
		i := s.instance(&e.Instance)
		return i != nil && i.Name == e.NewName
	}
	return false
}

// atOnce is how many applications are worked on at the same time. One space has
// one quota and one broker: more of it is not quicker, and harder to follow.
const atOnce = 4

// perApp reports whether the request concerns one application alone, so that
// others may be worked on beside it.
func (e Effect) perApp() bool {
	switch e.Do {
	case DoStopApp, DoStartApp, DoBind, DoUnbind, DoRestage, DoCancelTask:
		return true
	}
	return false
}

// due returns the changing requests whose turn it is: one at a time, or a few
// that concern an application each; none while something is unclear.
func (s *State) due() []Effect {
	if s.Choices.Ended != nil || !s.signedIn() {
		return nil
	}
	want := define(current(s)).want
	if want == nil {
		return nil
	}
	taken := map[string]bool{} // applications that are worked on
	for _, w := range s.Work {
		switch {
		case w.Status == Unclear, w.Status == InFlight && !w.Effect.perApp():
			return nil
		case w.Status == InFlight:
			taken[w.Effect.App.GUID] = true
		}
	}
	var due []Effect
	for _, e := range want(s) {
		e.Round = s.Choices.Round
		if _, waiting := s.Work[e.ID()]; waiting || taken[e.App.GUID] {
			continue
		}
		if len(taken) == atOnce || len(taken) > 0 && !e.perApp() {
			break
		}
		s.Work[e.ID()] = Work{Effect: e, Status: InFlight, At: s.At}
		due = append(due, e)
		if !e.perApp() {
			break
		}
		taken[e.App.GUID] = true
	}
	return due
}

// note writes the moments that the step from one state to the next makes.
func (s *State) note(before *State) {
	if s.Choices.Where == nil {
		return
	}
	was, is := current(before), current(s)
	if was == is && before.Choices.Where != nil {
		return
	}
	if was.Number() > 0 && was.Number() < is.Number() && before.Choices.Where != nil {
		for _, d := range road[was.Number()-1 : is.Number()-1] {
			s.rememberStep(d.id, "done")
		}
	}
	s.rememberStep(is, "begun")
}

// rememberStep notes a turn of a step, once.
func (s *State) rememberStep(id ID, word string) {
	for i := len(s.History) - 1; i >= 0; i-- {
		m := s.History[i]
		if m.Kind == MomentStep && m.Subject == string(id) && m.Round == s.Choices.Round {
			if m.Word == word {
				return
			}
			break
		}
	}
	s.remember(Moment{Kind: MomentStep, Subject: string(id), Word: word})
}

func byName[T any](list []T, ref func(T) Ref) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int {
		return cmp.Or(strings.Compare(ref(a).Name, ref(b).Name), strings.Compare(ref(a).GUID, ref(b).GUID))
	})
}
