package engine

import "context"

// LookOnce looks at a migration without changing anything, until everything that
// the step and cfg.Looks want was seen or cannot be (see Snapshot.Looked). What
// could not be seen is a Problem in State.Seen and no error. The snapshot is of what
// was seen so far also when there is an error: that of a run that could not go on,
// or the cause of a context that ended first.
func LookOnce(ctx context.Context, cfg Config) (Snapshot, error) {
	cfg.LookOnly = true
	e := New(cfg)
	e.Start()
	err := e.awaitLooked(ctx)
	if stopErr := e.Stop(); err == nil {
		err = stopErr
	}
	return e.Snapshot(), err
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
