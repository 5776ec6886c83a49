package engine

import (
	"context"
	"slices"
	"time"

	"pg-migrate-wizard/steps"
)

// schedule remembers, for each thing that can be looked at, when it was and
// whether a look is under way. The engine's loop owns it.
type schedule struct {
	cfg   Config
	looks map[steps.Observable]*lookState
}

type lookState struct {
	cancel context.CancelFunc // nil: none under way
	asked  uint64             // the state's number when the newest one was begun
	last   time.Time          // when the last one came back, well or not
	fails  int
	count  int
	// notBefore is when the other side wants to be asked again. Only a person's word is
	// sooner.
	notBefore time.Time
}

// Pauses after failed looks grow from the first to the longest.
const (
	shortestPause = 200 * time.Millisecond
	firstPause    = time.Second
	longestPause  = time.Minute
)

func newSchedule(cfg Config) schedule {
	return schedule{cfg: cfg, looks: map[steps.Observable]*lookState{}}
}

func (s *schedule) of(what steps.Observable) *lookState {
	if s.looks[what] == nil {
		s.looks[what] = &lookState{}
	}
	return s.looks[what]
}

// due returns when a look is to be begun: in the past if at once, zero for never.
func (s *schedule) due(l steps.Look, seen steps.Seen) time.Time {
	look := s.of(l.Of)
	switch {
	case look.fails > 0:
		p := pause(look.fails)
		if seen.Problem == nil || seen.Problem.Kind != steps.ProblemTokenServer { // its time is the same for everybody
			p = s.cfg.pace(p)
		}
		if due := look.last.Add(p); due.After(look.notBefore) {
			return due
		}
		return look.notBefore
	case !seen.Fresh():
		return look.last.Add(s.cfg.pace(shortestPause)) // at once, but never in a tight loop
	case l.Every == 0:
		return time.Time{}
	}
	return look.last.Add(s.cfg.pace(l.Every))
}

func pause(fails int) time.Duration {
	d := firstPause
	for range fails - 1 {
		if d *= 2; d >= longestPause {
			return longestPause
		}
	}
	return d
}

// note takes in what an event means for the schedule.
func (s *schedule) note(event steps.Occurrence, now time.Time) {
	switch event := event.(type) {
	case steps.LookFailed:
		look := s.of(event.Of)
		look.fails++
		look.last = now
		look.notBefore = now.Add(event.Problem.RetryAfter)
	case steps.LookAgain, steps.Resumed:
		for _, look := range s.looks {
			look.fails, look.notBefore = 0, time.Time{}
		}
	case steps.Answered:
		for _, look := range s.looks {
			look.fails = min(look.fails, 1) // the person is here: pauses begin anew
		}
	}
}

func (s *schedule) busy() bool {
	for _, look := range s.looks {
		if look.cancel != nil {
			return true
		}
	}
	return false
}

// describe says when the most important repeating look was, and when the next
// one is due.
func (s *schedule) describe(snapshot *Snapshot, looks []steps.Look) {
	snapshot.LastLook, snapshot.NextLook, snapshot.Looks, snapshot.Failures = time.Time{}, time.Time{}, 0, 0
	for _, l := range looks {
		if l.Every == 0 {
			continue
		}
		look, seen := s.of(l.Of), snapshot.State.Seen[l.Of]
		snapshot.LastLook, snapshot.NextLook = seen.At, s.due(l, seen)
		snapshot.Looks, snapshot.Failures = look.count, look.fails
		return
	}
}

// looked reports whether each of the looks was made: nothing has overtaken what it
// saw, or there is no hope that it sees anything. Those are given up.
func (s *schedule) looked(looks []steps.Look, state steps.State) (all bool, givenUp []steps.Observable) {
	all = true
	for _, l := range looks {
		seen := state.Seen[l.Of]
		all = all && !s.pending(seen) && !steps.Doubted(state, l.Of)
		if s.givenUp(seen) {
			givenUp = append(givenUp, l.Of)
		}
	}
	return all, givenUp
}

func (s *schedule) pending(seen steps.Seen) bool { return !seen.Fresh() && !s.givenUp(seen) }

// lastingTries is how often in a row a look may fail for whom waits for hours: the
// pauses have grown to a minute.
const lastingTries = 20

// shortAdvice is how long a server may ask to wait before whoever only looks once is told
// at once, and does not wait.
const shortAdvice = 15 * time.Second

// givenUp reports whether a look has failed too often in a row.
func (s *schedule) givenUp(seen steps.Seen) bool {
	tries, before := max(1, s.cfg.LookTries), !seen.At.IsZero()
	switch {
	case seen.Problem == nil:
		return false
	case seen.Problem.Kind == steps.ProblemForbidden && before:
		tries = 2
	case seen.Problem.Kind == steps.ProblemForbidden:
		tries = 1
	case seen.Problem.RetryAfter > shortAdvice && !s.cfg.Lasting:
		tries = 1
	case s.cfg.Lasting && before:
		tries = lastingTries
	}
	return seen.Fails >= tries
}

// looks lists what is to be looked at now: what the step needs, and what the
// configuration wants beside that, as far as it can be looked at.
func (e *Engine) looks() []steps.Look {
	looks := steps.Looks(e.state)
	for _, extra := range e.extra {
		i := slices.IndexFunc(looks, func(l steps.Look) bool { return l.Of == extra.Of })
		switch {
		case i < 0 && observable(e.state, extra.Of) && !e.waits(extra.Of):
			looks = append(looks, extra)
		case i >= 0 && extra.Every > 0 && (looks[i].Every == 0 || extra.Every < looks[i].Every):
			looks[i].Every = extra.Every
		}
	}
	return looks
}

// waits reports whether a look is better made after another one that is wanted,
// too: a key of the source tells the address by which others know it.
func (e *Engine) waits(what steps.Observable) bool {
	return what == steps.ObserveElsewhere && e.schedule.pending(e.state.Seen[steps.ObserveSourceKeys]) &&
		slices.ContainsFunc(e.extra, func(l steps.Look) bool { return l.Of == steps.ObserveSourceKeys })
}

// startLooks begins the looks whose time has come, ends those that nobody wants
// any more, and returns when the next one is due.
func (e *Engine) startLooks(t *tasks) time.Time {
	now := time.Now()
	wake := now.Add(time.Hour)
	wanted := map[steps.Observable]bool{}
	for _, l := range e.looks() {
		wanted[l.Of] = true
		look := e.schedule.of(l.Of)
		seen := e.state.Seen[l.Of]
		if look.cancel != nil {
			if !seen.Outdated(look.asked) {
				continue
			}
			look.cancel() // its answer would not count any more
			look.cancel = nil
		}
		due := e.schedule.due(l, seen)
		switch {
		case due.IsZero() && seen.Fresh():
		case due.After(now):
			if due.Before(wake) {
				wake = due
			}
		default:
			e.startLook(t, l.Of)
		}
	}
	for what, look := range e.schedule.looks {
		if look.cancel != nil && !wanted[what] {
			look.cancel()
			look.cancel = nil
		}
	}
	return wake
}

func (e *Engine) startLook(t *tasks, what steps.Observable) {
	look, state := e.schedule.of(what), e.state
	asked := state.Sequence()
	look.asked = asked
	look.count++
	look.cancel = t.spawn(t.reading, func(ctx context.Context) (steps.Occurrence, error) {
		return e.look(ctx, state, what)
	}, func(ctx context.Context, event steps.Occurrence, err error) {
		if ctx.Err() != nil {
			return // nobody waits for it any more
		}
		if err != nil {
			event = steps.LookFailed{Of: what, Asked: asked, Problem: problemOf(err)}
		}
		e.inbox.put(message{event: event, before: func() {
			if look.asked != asked {
				return // another one was begun since
			}
			look.cancel, look.last = nil, time.Now()
			if err == nil {
				look.fails = 0
			}
		}})
	})
}
