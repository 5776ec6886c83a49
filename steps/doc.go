// Package steps is the migration as a pure state machine. Every rule about a
// migration stands here; nothing here does I/O, reads a clock or draws.
//
// # Usage
//
// The engine is the only caller of Apply. Its loop is, in outline:
//
//	s := steps.New()
//	s, effects := steps.Apply(s, steps.Event{At: now, Is: steps.Resumed{…}}) // from the journal
//	for {
//		for _, e := range effects { // announce in the journal if e.Changes(), then carry out
//			go perform(e) // its outcome comes back as Did, WentWrong or Checked
//		}
//		for _, l := range steps.Looks(s) { // where l.Of is not fresh, or older than l.Every
//			go look(l.Of, s.Sequence()) // comes back as a Saw… event, or as LookFailed
//		}
//		s, effects = steps.Apply(s, <-events)
//		publish(s) // user interfaces call Ask, Show, StatusOf, Standing
//	}
//
// # State
//
// A State has five parts. Facts are what was observed of the world; they are never
// journaled and can be rebuilt by looking. Choices are what a person decided and what
// must be remembered to keep a promise; the journal keeps them. History is the record.
// Work holds the requests that are not settled, Seen how each observation stands.
// Where the migration stands is computed from these (Current, StatusOf), never stored.
//
// Apply makes States and nobody else does: do not write into one from outside. A State
// that was returned is not changed any more, so it may be shared between goroutines.
//
// # Events and effects
//
// Apply is a pure function of state and event. The time comes with the event. What can
// happen is an [Occurrence]; the interface is sealed, so that each kind says itself how
// it is taken in. The effects that Apply returns are data. They are already in flight
// in the new state: announce those that change something in the journal, carry each out
// exactly once, and report how it went. An outcome that is not known is reported as an
// unclear [Problem]; the machine then looks before it does anything else and never
// repeats a request blindly. The journal hands the announcements without an outcome back
// as Resumed.Dangling.
//
// # Looks
//
// [Looks] says what has to be observed now and how often. An observation carries the
// [State.Sequence] at which it began. Every change invalidates the observations that it
// may have made old: an answer that was asked for before that is dropped. Nothing is
// unlocked by an observation from before the consent that it is to confirm.
//
// # Questions and answers
//
// [Ask] returns what is to be decided now, as a value: all user interfaces show or answer
// the same [Question]. [Question.Check] says whether an answer fits; Apply checks again,
// against the question of its own state, and puts the reason into State.Notice where it
// refuses. [State.Answers] counts the answers that have arrived, so that a sender can
// wait for its own. Secrets are not part of an answer: they go from the person to the
// engine. [Revise] and [AskBackOut] ask what may be changed beside the current question.
//
// # Steps and verbs
//
// A step (interface step) says what it asks, wants, observes and shows, and when it is
// done; road holds them in order, the back-out is beside the road. A verb (interface
// verb) is all that is known about one kind of request: its text and identity, the calls
// that it makes, what it invalidates, what proves that it took hold and what is assumed
// until then. To add one, see verb.go.
//
// # The record
//
// A [Moment] has typed fields; its texts are for people. Nothing is decided by reading a
// text back, except where a journal of an older version has nothing else ([Moment.Identified]).
// Identities of steps, questions, options, verbs and lines of the census stand in
// journals and scripts: add some, never change one. What a newer version wrote is kept
// and shown as it is ([ID.Known], [Verb.Known]).
package steps
