package apiclient

import (
	"context"
	"fmt"
	"time"
)

// limitHandler applies the time limit of a call.
type limitHandler struct{ next handler }

func (h *limitHandler) do(ctx context.Context, c call) (*answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.limit, &limitError{c.limit})
	defer cancel()
	return h.next.do(ctx, c)
}

// limitError is the cause of a context that the time limit ended.
type limitError struct{ limit time.Duration }

func (e *limitError) Error() string { return fmt.Sprintf("no answer within %v", e.limit) }

func (e *limitError) Unwrap() error { return context.DeadlineExceeded }

// stopped returns the error of a call whose context is done, otherwise nil.
func stopped(ctx context.Context, c call) *Error {
	if ctx.Err() == nil {
		return nil
	}
	kind := KindTimeout
	if ctx.Err() == context.Canceled {
		kind = KindCancelled
	}
	e := c.fail(kind, ctx.Err())
	if l, ok := context.Cause(ctx).(*limitError); ok { //nolint:errorlint // ours, set in this file
		e.Err = l
	}
	return e
}
