package cfsession

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

const (
	longestPoll = 5 * time.Second
	patience    = 5 * time.Minute // with looks that fail for passing reasons
)

// await watches a job to its end: looks at once, then after PollEvery, then
// after growing pauses up to 5 s, for as long as the context lives (a database
// takes its time; go-cfclient's own waiting knows neither context nor job
// errors). Some minutes without network are waited out. A job that FAILED is a
// *JobError. Any other end is Unclear: the job goes on without us.
func (s *Session) await(ctx context.Context, op, job string) error {
	if job == "" {
		return nil // done at once
	}
	broken := func(err error) error {
		return &Error{Op: op, Err: fmt.Errorf("the request was accepted, but its end is not known: %w", err), unclear: true}
	}
	if err := checkGUID(op, job); err != nil {
		return broken(err)
	}
	lastSeen := time.Now()
	for pause := s.pollEvery; ; pause = min(pause*3/2, max(longestPoll, s.pollEvery)) {
		j, err := s.cf.Jobs.Get(ctx, job)
		err = named("look at the job", err)
		switch {
		case err == nil:
			lastSeen = time.Now()
		case passing(err) && ctx.Err() == nil && time.Since(lastSeen) < patience:
			j = &resource.Job{State: resource.JobStatePolling}
		default:
			return broken(err)
		}
		switch j.State {
		case resource.JobStateComplete:
			return nil
		case resource.JobStateFailed:
			failed := &JobError{Op: op, JobGUID: job}
			if len(j.Errors) > 0 {
				first := j.Errors[0]
				failed.Code, failed.Title, failed.Detail = first.Code, scrub(first.Title), scrub(first.Detail)
				for _, more := range j.Errors[1:] {
					failed.Detail += "; " + scrub(more.Detail)
				}
			}
			return failed
		case "":
			return broken(errors.New("the job has no state"))
		}
		if err := sleep(ctx, pause); err != nil {
			return broken(err)
		}
	}
}

// passing reports a failure that may be over in a minute: no network, a gateway
// or a server in trouble.
func passing(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == 0 || e.Status == http.StatusTooManyRequests || e.Status >= 500)
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
