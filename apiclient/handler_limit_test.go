package apiclient

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestEveryOperationHasItsTimeLimit(t *testing.T) {
	for op, do := range everyOperation {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := startWild(t, hang)
				want := 30 * time.Second
				switch {
				case op == "preflightCheck":
					want = 15 * time.Minute
				case changing(op):
					want = time.Minute
				}
				began := time.Now()
				e := failure(t, do(c, t.Context()))
				if took := time.Since(began); took != want {
					t.Errorf("took %v, want %v", took, want)
				}
				if e.Kind != KindTimeout || !errors.Is(e, context.DeadlineExceeded) || e.Unclear() != changing(op) {
					t.Errorf("%+v", e)
				}
			})
		})
	}
}

func TestTimeLimitsCanBeSetOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startWild(t, hang,
			WithTimeLimits(Limits{Status: 2 * time.Second}))
		began := time.Now()
		_, err := c.Replication(t.Context(), names)
		want := "could not read the status of the replication: it took too long; try again: no answer within 2s"
		if time.Since(began) != 2*time.Second || err.Error() != want {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		if _, err := c.CreateReplication(t.Context(), names); time.Since(began) != 62*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestTheCallersContextRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startWild(t, hang)

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		e := failure(t, c.DeleteReplication(ctx, names))
		if e.Kind != KindCancelled || !errors.Is(e, context.Canceled) || !e.Unclear() {
			t.Errorf("%+v", e)
		}
		// Now it is cancelled before anything could be sent.
		e = failure(t, c.DeleteReplication(ctx, names))
		if e.Kind != KindCancelled || !e.NotSent || e.Unclear() {
			t.Errorf("%+v", e)
		}

		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Preflight(ctx, names)
		if e := failure(t, err); e.Kind != KindTimeout || e.Error() != "could not run the preflight check: it took too long; try again" {
			t.Errorf("%+v", e)
		}
	})
}
