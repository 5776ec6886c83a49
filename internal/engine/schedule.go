package engine

import (
	"context"
	"sync"
	"time"

	"pg-migrate-wizard/steps"
)

// schedule remembers, for each thing that can be looked at, when it was and
// whether a look is under way. It belongs to the engine's loop.
type schedule struct {
	cfg   Config
	looks map[steps.Sight]*lookState
}

type lookState struct {
	cancel context.CancelFunc // nil: none under way
	asked  uint64
	begun  time.Time
	last   time.Time // when the last one came back, well or not
	fails  int
	count  int
}

// Pauses after failed looks grow from the first to the longest.
const (
	shortestPause = 200 * time.Millisecond
	firstPause    = time.Second
	longestPause  = time.Minute
)

func newSchedule(cfg Config) schedule {
	return schedule{cfg: cfg, looks: map[steps.Sight]*lookState{}}
}

func (s *schedule) of(see steps.Sight) *lookState {
	if s.looks[see] == nil {
		s.looks[see] = &lookState{}
	}
	return s.looks[see]
}

// due returns when a look is to be begun: in the past if at once, zero for never.
func (s *schedule) due(l steps.Look, seen steps.Seen) time.Time {
	look := s.of(l.See)
	switch {
	case look.fails > 0:
		return look.last.Add(s.cfg.pace(pause(look.fails)))
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

// heard notes what an event means for the schedule.
func (s *schedule) heard(event any, now time.Time) {
	switch event := event.(type) {
	case steps.LookFailed:
		look := s.of(event.See)
		look.fails++
		look.last = now
	case steps.LookAgain, steps.Resumed:
		for _, look := range s.looks {
			look.fails = 0
		}
	case steps.Answered:
		for _, look := range s.looks {
			look.fails = min(look.fails, 1) // the person is here: pauses begin anew
		}
	}
}

func (s *schedule) cancelAll() {
	for _, look := range s.looks {
		if look.cancel != nil {
			look.cancel()
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
func (s *schedule) describe(snapshot *Snapshot, state steps.State) {
	snapshot.LastLook, snapshot.NextLook, snapshot.Looks, snapshot.Failures = time.Time{}, time.Time{}, 0, 0
	for _, l := range steps.Looks(state) {
		if l.Every == 0 {
			continue
		}
		look := s.of(l.See)
		snapshot.LastLook = state.Seen[l.See].At
		snapshot.NextLook = s.due(l, state.Seen[l.See])
		snapshot.Looks, snapshot.Failures = look.count, look.fails
		return
	}
}

// startLooks begins the looks whose time has come, ends those that nobody wants
// any more, and returns when the next one is due.
func (e *Engine) startLooks(ctx context.Context, running *sync.WaitGroup) time.Time {
	now := time.Now()
	wake := now.Add(time.Hour)
	wanted := map[steps.Sight]bool{}
	for _, l := range steps.Looks(e.state) {
		wanted[l.See] = true
		look := e.schedule.of(l.See)
		seen := e.state.Seen[l.See]
		if look.cancel != nil {
			if !seen.Overtook(look.asked) {
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
			e.startLook(ctx, running, l.See)
		}
	}
	for see, look := range e.schedule.looks {
		if look.cancel != nil && !wanted[see] {
			look.cancel()
			look.cancel = nil
		}
	}
	return wake
}

func (e *Engine) startLook(ctx context.Context, running *sync.WaitGroup, see steps.Sight) {
	look := e.schedule.of(see)
	ctx, cancel := context.WithCancel(ctx)
	look.cancel, look.asked, look.begun = cancel, e.state.Sequence(), time.Now()
	look.count++
	state, asked := e.state, look.asked
	running.Go(func() {
		defer cancel()
		event, err := func() (event any, err error) {
			defer guard(&err)
			return e.look(ctx, state, see)
		}()
		if ctx.Err() != nil {
			return // nobody waits for it any more
		}
		if err != nil {
			event = steps.LookFailed{See: see, Asked: asked, Problem: problemOf(err)}
		}
		e.send(message{event: event, after: func() {
			if look.asked != asked {
				return
			}
			look.cancel, look.last = nil, time.Now()
			if err == nil {
				look.fails = 0
			}
		}})
	})
}
