package engine

import (
	"cmp"
	"context"

	"pg-migrate-wizard/steps"
)

// LookOnce looks at a migration without changing anything, until everything that
// the step and cfg.Looks want was seen or cannot be (see Snapshot.Looked). What
// could not be seen is a Problem in State.Seen and no error. The snapshot is of what
// was seen so far also when there is an error: that of a run that could not go on,
// or the cause of a context that ended first.
func LookOnce(ctx context.Context, cfg Config) (Snapshot, error) {
	cfg.LookOnly = true
	e := New(cfg)
	var ended error
	err := e.During(ctx, func(ctx context.Context) { ended = e.awaitLooked(ctx) })
	return e.Snapshot(), cmp.Or(err, ended)
}

func (e *Engine) awaitLooked(ctx context.Context) error {
	for !e.Snapshot().Looked {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-e.Done():
			return nil
		case <-e.Updates():
		}
	}
	return nil
}

// LookAround is for the end of a run in which nothing is under way: from now on nothing
// is changed, and nothing but what was seen last is written into the journal. It returns when what the step and
// looks want was looked at, or tried; or when the context or the run has ended.
func (e *Engine) LookAround(ctx context.Context, looks []steps.Look) error {
	begun := make(chan struct{})
	e.inbox.put(message{before: func() {
		e.lookOnly, e.extra, e.schedule.cfg.LookTries = true, append(looks, e.extra...), 1
		e.mu.Lock()
		e.snapshot.Looked = false // until the loop has published what it is now
		e.mu.Unlock()
		close(begun)
	}})
	select {
	case <-begun:
	case <-ctx.Done():
	case <-e.Done():
	}
	return e.awaitLooked(ctx)
}
