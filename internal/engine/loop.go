package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"pg-migrate-wizard/steps"
)

// shutdownTimeout is how long a change under way may take to end when the engine
// is stopped. One that does not is found in the journal, and looked at, next time.
const shutdownTimeout = 5 * time.Second

// tasks are the goroutines of one run. Reading is given up as soon as the run is
// to end; changing is waited for, up to shutdownTimeout.
type tasks struct {
	reading, changing         context.Context
	stopReading, stopChanging context.CancelFunc
	running                   sync.WaitGroup
}

func newTasks(ctx context.Context) *tasks {
	t := &tasks{}
	t.changing, t.stopChanging = context.WithCancel(ctx)
	t.reading, t.stopReading = context.WithCancel(t.changing)
	return t
}

// spawn does something beside the loop, and delivers what came of it. The context
// ends with the task, or when the function that is returned is called.
func (t *tasks) spawn(ctx context.Context, do func(context.Context) (steps.Occurrence, error), deliver func(ctx context.Context, event steps.Occurrence, err error)) context.CancelFunc {
	ctx, cancel := context.WithCancel(ctx)
	t.running.Go(func() {
		defer cancel()
		event, err := func() (event steps.Occurrence, err error) {
			defer recoverTo(&err)
			return do(ctx)
		}()
		deliver(ctx, event, err)
	})
	return cancel
}

// run is the loop: it takes one event after the other until Stop.
func (e *Engine) run() error {
	if e.configErr != nil {
		return e.configErr
	}
	if !e.lookOnly {
		if err := CheckStateDir(e.cfg.StateDir); err != nil {
			return err
		}
	}
	begin, err := e.begin()
	if err != nil {
		return err
	}
	t := newTasks(context.Background())
	defer t.stopChanging()
	e.apply(t, message{event: begin})
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wake := e.startLooks(t)
		next := steps.NextTry(e.state)
		if !next.IsZero() && next.Before(wake) {
			wake = next
		}
		if due := e.keepNote(t); !due.IsZero() && due.Before(wake) {
			wake = due
		}
		e.publish(wake)
		timer.Reset(max(0, time.Until(wake)))
		select {
		case <-e.quit:
			return e.shutdown(t)
		case <-e.inbox.ready:
			if m, ok := e.inbox.take(); ok {
				e.apply(t, m)
			}
		case <-timer.C:
			if !next.IsZero() && !time.Now().Before(next) {
				e.apply(t, message{event: steps.TimeCame{}})
			}
		}
	}
}

// begin is what the machine starts with.
func (e *Engine) begin() (steps.Occurrence, error) {
	switch {
	case e.cfg.Resume != "":
		begin, err := e.resume(e.cfg.Resume)
		begin.Reopen = e.cfg.Reopen
		return begin, err
	case e.cfg.WithoutRecord != nil && e.lookOnly:
		return *e.cfg.WithoutRecord, nil
	}
	return steps.Resumed{}, nil
}

// shutdown cancels reads at once, waits up to shutdownTimeout for changes in
// flight, and records their outcomes.
func (e *Engine) shutdown(t *tasks) error {
	t.stopReading()
	ended := make(chan struct{})
	go func() { t.running.Wait(); close(ended) }()
	deadline := time.NewTimer(shutdownTimeout)
	defer deadline.Stop()
	for running := true; running; {
		select {
		case <-e.inbox.ready:
			e.recordOutcomes()
		case <-deadline.C:
			t.stopChanging()
		case <-ended:
			running = false
		}
	}
	e.recordOutcomes()
	e.recordSight()
	e.publish(time.Time{})
	return e.leaveJournal()
}

// recordOutcomes takes in what effects have come to while the engine shuts down.
// Nothing new is begun.
func (e *Engine) recordOutcomes() {
	for {
		m, ok := e.inbox.take()
		if !ok {
			return
		}
		if m.before != nil {
			m.before()
		}
		if m.then != nil {
			m.then() // a lead that was taken is noted, for the next start
		}
		switch m.event.(type) {
		case steps.Did, steps.WentWrong:
			before := e.state
			e.state, _ = steps.Apply(before, steps.Event{At: time.Now(), Is: e.scrubbed(m.event)})
			// An effect that follows is not carried out, so it must not be announced.
			for id, w := range e.state.Work {
				if was := before.Work[id].Status; was != steps.InFlight && w.Status == steps.InFlight {
					delete(e.state.Work, id)
				}
			}
			if err := e.record(before); err != nil {
				e.warn(err)
			}
		}
	}
}

// apply feeds the machine, records what the journal has to keep, then acts.
func (e *Engine) apply(t *tasks, m message) {
	if m.before != nil {
		m.before()
	}
	if m.then != nil {
		m.event = m.then()
	}
	if m.event == nil {
		return
	}
	now := time.Now()
	before := e.state
	if resumed, ok := m.event.(steps.Resumed); ok {
		resumed.Pace, resumed.Speed = e.cfg.Pace, e.cfg.Speed
		m.event = resumed
	}
	m.event = e.scrubbed(m.event)
	next, effects := steps.Apply(before, steps.Event{At: now, Is: m.event})
	e.state = next
	if resumed, ok := m.event.(steps.Resumed); ok {
		before = recorded(resumed) // the journal holds it already
		if resumed.Reopen {
			before.Choices = next.Choices
		}
	}
	e.schedule.note(m.event, now)
	if e.lookOnly {
		effects = e.withhold(effects)
	}
	err := e.record(before)
	if err != nil {
		e.warn(err)
	}
	if before.Choices.Ended == nil && next.Choices.Ended != nil {
		e.endNote(t)
	}
	if err == nil && slices.ContainsFunc(effects, func(f steps.Effect) bool { return steps.NoteWanted(next, f) }) {
		err = e.note.begins(e.journal, now)
	}
	for _, effect := range effects {
		if err != nil && effect.Changes() { // what is not on the disk is not done
			e.post(steps.WentWrong{Effect: effect, Problem: steps.Problem{Kind: steps.ProblemLocal, Says: err.Error()}})
			continue
		}
		e.perform(t, effect, m.secret)
	}
}

// withhold takes back what would change something, and returns the rest. The
// machine asks for it anew with every event, for as long as it is due.
func (e *Engine) withhold(effects []steps.Effect) []steps.Effect {
	e.withheld = nil
	return slices.DeleteFunc(effects, func(f steps.Effect) bool {
		if !f.Changes() {
			return false
		}
		e.withheld = append(e.withheld, f)
		delete(e.state.Work, f.ID())
		return true
	})
}

func (e *Engine) warn(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.snapshot.Warning = err.Error()
}

// publish makes the present state visible.
func (e *Engine) publish(wake time.Time) {
	now := time.Now()
	looks := e.looks()
	e.mu.Lock()
	e.snapshot.State = e.state
	e.snapshot.Busy = e.inFlight > 0
	e.schedule.describe(&e.snapshot, looks)
	e.snapshot.Looked, e.snapshot.GivenUp = e.schedule.looked(looks, e.state)
	e.snapshot.Idle = e.inFlight == 0 && !e.schedule.busy() && (wake.IsZero() || wake.After(now)) && e.inbox.empty()
	if p := e.session.Load(); p != nil {
		e.snapshot.Expiry = p.Identity().Expiry
	}
	e.snapshot.Journal, e.snapshot.Withheld = e.readFrom, e.withheld
	if e.journal != nil {
		e.snapshot.Journal = e.journal.path
	}
	published := e.snapshot
	e.mu.Unlock()
	if e.cfg.Published != nil {
		e.cfg.Published(published)
	}
	e.wake()
}

// wake tells that there is something new to see.
func (e *Engine) wake() {
	select {
	case e.updates <- struct{}{}:
	default:
	}
}

// Warn shows that something is wrong beside the migration.
func (e *Engine) Warn(says string) {
	e.warn(errors.New(says))
	e.wake()
}

// recoverTo turns a panic in a task into an error, so that the terminal and the
// journal survive it.
func recoverTo(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the wizard has a fault: %v\n%s", r, debug.Stack())
	}
}
