package steps

import (
	"maps"
	"slices"
	"time"
)

// State is all that is known and decided at one moment. Apply never changes a
// State: it returns another one, so that a State may be read anywhere.
type State struct {
	At      time.Time // of the last event
	Facts   Facts
	Choices Choices
	Did     map[string]time.Time // effects carried out, by identity; from the journal
	History History              // what happened; from the journal
	Work    map[string]Work      // changing requests that are not settled
	Seen    map[Observable]Seen  // how the observations stand
	// LastSeen is what an earlier run has seen last; nil: none has told. It is for words alone.
	LastSeen *Sighting
	Notice   string // why the last answer was not taken; empty when it was

	recalled    recalled               // what History says, looked up
	seq         uint64                 // counts events
	answersSeen int                    // counts answers
	picking     bool                   // the person picks org and space from lists, not where cf points
	inUse       []Ref                  // targets that turned out to be somebody's, and were given up for another
	resumed     ID                     // the step that a resumed migration stood at, until it is found there again
	looking     *lookedAt              // nil: the machine leads a migration
	id          string                 // of the migration, by which its note knows it; empty: it has none yet
	explained   map[string]Explanation // of the latest check's findings, by their identity
	doubtLead   bool                   // a change was held back, because this machine may not lead any more
	pace        float64                // how many times quicker than usual its own pauses are; 0: as usual
	speed       float64                // how many times faster time runs on the landscape; 0: as here
}

// New returns the state before anything is known.
func New() State {
	return State{
		Choices: Choices{Round: 1},
		Did:     map[string]time.Time{},
		Work:    map[string]Work{},
		Seen:    map[Observable]Seen{},
	}
}

// Sequence counts the events that made this state. An observation carries the number at
// which it began, so that one that a change has outdated is recognised.
func (s State) Sequence() uint64 { return s.seq }

// Answers counts the answers that have arrived in this run, taken or refused, so that a
// sender can wait for its own.
func (s State) Answers() int { return s.answersSeen }

func (s State) clone() State {
	s.Did = maps.Clone(s.Did)
	s.Work = maps.Clone(s.Work)
	s.Seen = maps.Clone(s.Seen)
	s.History = slices.Clip(s.History)
	s.Choices.CleanUp = maps.Clone(s.Choices.CleanUp)
	s.Facts.Apps = slices.Clone(s.Facts.Apps)
	s.Facts.Tasks = slices.Clone(s.Facts.Tasks)
	return s
}

// WorkStatus says how far a changing request is.
type WorkStatus string

// What a changing request can be, while it is not done.
const (
	InFlight  WorkStatus = "in flight"
	Unclear   WorkStatus = "unclear" // sent, no clear answer: to be looked at, not repeated
	GoneWrong WorkStatus = "failed"
	PassedBy  WorkStatus = "passed by" // failed, and the person goes on without it
	Deferred  WorkStatus = "deferred"  // failed in a way that passes: sent again at its time
)

// Work is a request that is not settled.
type Work struct {
	Effect  Effect
	Status  WorkStatus
	At      time.Time
	Problem Problem

	// Of a request that fails in a way that passes.
	First     time.Time // failure
	Tries     int       // so far
	Next      time.Time // try
	Until     time.Time // it is tried by itself
	OutOfTime bool      // that time is used up, or somebody has waited long enough

	since   uint64 // it is settled by looks that began at this number or later
	asking  bool   // its time has come, and a look is made first
	cleared bool   // that look shows that it is still to be sent
}

// Names returns the six names, as far as they are chosen.
func (s State) Names() Names {
	var n Names
	if w := s.Choices.Where; w != nil {
		n.Org, n.Space = w.Org.Name, w.Space.Name
	}
	n.SourceInstance, n.TargetInstance = s.Choices.Source.nameOr(""), s.Choices.Target.nameOr("")
	if s.Choices.SourceKey != nil {
		n.SourceKey = s.Choices.SourceKey.Name
	}
	if s.Choices.TargetKey != nil {
		n.TargetKey = s.Choices.TargetKey.Name
	}
	return n
}

// Current returns the step that the migration stands at: the first that is not
// done. After the end it is the last step, in a back-out it is BackOut.
func Current(s State) ID { return current(&s) }

func current(s *State) ID {
	if !s.signedIn() {
		return SignIn
	}
	if s.Choices.BackOut != nil {
		return BackOut
	}
	for _, d := range road {
		if !d.done(s) {
			return d.id
		}
	}
	return CleanUp
}

// StatusOf computes where a step stands.
func StatusOf(s State, id ID) Status { return statusOf(&s, id) }

func statusOf(s *State, id ID) Status {
	at := current(s)
	d := stepOf(id)
	switch {
	case s.Choices.Ended != nil && s.Choices.Ended.How != EndCompleted && id != at && !d.done(s):
		return Skipped
	case id == Writers && id != at && s.frozen() && s.foundFinalization() && len(s.unsettled()) > 0:
		return Attention
	case id != at && id != BackOut && d.done(s):
		return Done
	case s.Choices.Ended != nil && id == at:
		if s.Choices.Ended.How == EndCompleted {
			return Done
		}
		return Attention
	case id != at:
		return Todo
	}
	switch {
	case s.busy():
		return Working
	case len(s.failed(id)) > 0:
		return Attention
	}
	if (s.Facts.Replication.Is(Failed) || s.Facts.Finalization.Is(Failed)) && (id == Replicate || id == Finalize) {
		return Attention
	}
	q := ask(s)
	switch {
	case q == nil:
		return Working
	case q.Waiting():
		return Working
	case q.Tone == Bad:
		return Attention
	}
	return Asking
}

// Badge returns a word or two about the step for the rail; empty for none.
func Badge(s State, id ID) string { return stepOf(id).badge(&s) }

// failed lists the requests of a step that failed and are still wanted.
func (s *State) failed(id ID) []Work {
	if id != current(s) {
		return nil
	}
	var list []Work
	for _, e := range stepOf(id).want(s) {
		if w, ok := s.Work[s.identity(e)]; ok && w.Status == GoneWrong {
			list = append(list, w)
		}
	}
	return list
}

// leftUndone reports whether a request failed and the person goes on without it.
func (s *State) leftUndone(e Effect) bool { return s.Work[s.identity(e)].leftUndone() }

// forgetFailures drops failures of requests that are not wanted any more.
func (s *State) forgetFailures() {
	wanted := map[string]bool{}
	for _, w := range s.failed(current(s)) {
		wanted[w.Effect.ID()] = true
	}
	s.dropWork(func(w Work) bool { return w.Status == GoneWrong && !wanted[w.Effect.ID()] })
}

// dropWork forgets the requests that satisfy is.
func (s *State) dropWork(is func(Work) bool) {
	maps.DeleteFunc(s.Work, func(_ string, w Work) bool { return is(w) })
}

func (w Work) leftUndone() bool { return w.Status == PassedBy }

func (s *State) signedIn() bool { return s.Facts.Session.SignedIn && s.Choices.Where != nil }

// fresh reports whether all these observations are there and not outdated.
func (s *State) fresh(list ...Observable) bool {
	return !slices.ContainsFunc(list, func(k Observable) bool { return !s.Seen[k].Fresh() })
}

// looked reports whether all these were ever observed.
func (s *State) looked(list ...Observable) bool {
	return !slices.ContainsFunc(list, func(k Observable) bool { return s.Seen[k].At.IsZero() })
}

// freshSince reports whether an observation is there that began after a consent.
func (s *State) freshSince(k Observable, c *Consent) bool {
	seen := s.Seen[k]
	return seen.Fresh() && seen.asked >= c.asked
}

func (s *State) consent() *Consent {
	return &Consent{At: s.At, By: s.Facts.Session.User, asked: s.seq}
}

// identity is the identity of a request in this round.
func (s *State) identity(e Effect) string {
	e.Round = s.Choices.Round
	return e.ID()
}

// did reports whether a request was carried out in this round.
func (s *State) did(e Effect) bool { _, ok := s.Did[s.identity(e)]; return ok }

// everDid reports whether it was carried out in this round or one before.
func (s *State) everDid(e Effect) bool {
	for e.Round = s.Choices.Round; e.Round > 0; e.Round-- {
		if _, ok := s.Did[e.ID()]; ok {
			return true
		}
	}
	return false
}

// invalidate makes observations old, also those that are under way, so that they are
// made again.
func (s *State) invalidate(kinds ...Observable) {
	for _, k := range kinds {
		seen := s.Seen[k]
		seen.since = s.seq
		s.Seen[k] = seen
	}
}

// IsCompleted reports whether the service was seen to say COMPLETED for this round:
// the target is the database.
func IsCompleted(s State) bool { return s.completed() }

// completed reports whether the service was seen to say COMPLETED for this
// round. It stays true after the keys are gone, when the service cannot be asked.
func (s *State) completed() bool {
	if s.Facts.Finalization.Is(Completed) {
		return true
	}
	return s.recalled.wasCompleted(s.History, s.Choices.Round)
}

// begun reports whether a replication was asked for or applications were
// stopped: from then on databases and keys stay as chosen, also while a resumed
// wizard has not yet seen how things stand.
func (s *State) begun() bool {
	return s.replicating() || s.Choices.Replicate != nil || len(s.Choices.Memory) > 0 ||
		s.did(Effect{Do: DoCreateReplication})
}

// replicating reports whether the service has a replication or a finalization
// for the chosen names: proof that the steps before are done. One that is hidden by a new
// name of an instance counts.
func (s *State) replicating() bool {
	if s.completed() || s.Facts.Replication.Exists || s.Facts.Finalization.Exists {
		return true
	}
	if s.misnamed() == nil {
		return false
	}
	there, _ := replication.recorded(s)
	return there
}

func (s *State) instance(r *Ref) *Instance {
	if r == nil {
		return nil
	}
	return find(s.Facts.Instances, func(i Instance) bool { return i.GUID == r.GUID })
}

func (s *State) app(guid string) *App {
	return find(s.Facts.Apps, func(a App) bool { return a.GUID == guid })
}

func keyNamed(keys []Key, name string) *Key {
	return find(keys, func(k Key) bool { return k.Name == name })
}

// find returns the first element that satisfies is, within the list; nil: none.
func find[T any](list []T, is func(T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return &list[i]
	}
	return nil
}

func (s *State) keyGUIDs() [2]string {
	var pair [2]string
	for i, x := range s.endpoints() {
		if k := x.key(); k != nil {
			pair[i] = k.GUID
		}
	}
	return pair
}

func (s *State) record(m Moment) {
	m.At, m.Round = s.At, s.Choices.Round
	s.History, s.recalled = s.recalled.add(s.History, m)
}
