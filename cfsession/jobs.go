package cfsession

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/secret"
)

const (
	longestPoll  = 5 * time.Second
	pollPatience = 5 * time.Minute // with looks that fail for transient reasons
)

// await watches a job to its end, for as long as the context lives: a database
// takes its time. A job that FAILED is a *JobError. Any other end is Unclear: the job
// goes on without us.
func (s *Session) await(ctx context.Context, op, job string) error {
	if job == "" {
		return nil // done at once
	}
	broken := func(err error) error {
		return &Error{
			Op: op, Err: fmt.Errorf("the request was accepted, but its end is not known: %w", err), unclear: true,
			RetryAfter: RetryAfter(err),
		}
	}
	err := s.watch(ctx, func() (bool, error) {
		var j resource.Job
		if err := s.get(ctx, newRequest("look at the job", "/v3/jobs/:guid", job), &j); err != nil {
			return false, err
		}
		switch j.State {
		case resource.JobStateComplete:
			return true, nil
		case resource.JobStateFailed:
			failed := &JobError{Op: op, JobGUID: job}
			failed.Code, failed.Title, failed.Detail = explained(j.Errors, secret.Scrub)
			return false, failed
		case "":
			return false, errors.New("the job has no state")
		}
		return false, nil
	})
	if _, failed := errors.AsType[*JobError](err); failed || err == nil {
		return err
	}
	return broken(err)
}

// watch looks until a look says that it is done, or fails: at once, then after
// PollEvery, then after growing pauses up to 5 s, or when the server says. Some
// minutes without network are waited out; a server that asks for more is not.
func (s *Session) watch(ctx context.Context, look func() (done bool, err error)) error {
	lastSeen := time.Now()
	for pause := s.pollEvery; ; pause = min(pause*3/2, max(longestPoll, s.pollEvery)) {
		advice := time.Duration(0)
		switch done, err := look(); {
		case err == nil && done:
			return nil
		case err == nil:
			lastSeen = time.Now()
		case !transient(err) || ctx.Err() != nil || time.Since(lastSeen)+RetryAfter(err) >= pollPatience:
			return err
		default:
			advice = RetryAfter(err)
		}
		if err := sleep(ctx, max(pause, advice)); err != nil {
			return err
		}
	}
}

// transient reports a failure that may be over in a minute: no network, no token for
// the moment, a gateway or a server in trouble.
func transient(err error) bool {
	if _, ok := errors.AsType[*TokenError](err); ok {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == 0 || e.Status == http.StatusTooManyRequests || e.Status >= 500 || e.NoRoute)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
