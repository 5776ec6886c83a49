package apiclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// flaky fails with the given statuses, one a request, and then does well. A
// status of 0 drops the connection.
type flaky struct {
	statuses   []int
	retryAfter func() string
	times      []time.Time
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := len(f.times)
	f.times = append(f.times, time.Now())
	if n >= len(f.statuses) {
		good(w, r)
		return
	}
	if f.statuses[n] == 0 {
		panic(http.ErrAbortHandler)
	}
	if f.retryAfter != nil {
		w.Header().Set("Retry-After", f.retryAfter())
	}
	w.WriteHeader(f.statuses[n])
}

// waits is how long the client waited before each further attempt.
func (f *flaky) waits() []time.Duration {
	var waits []time.Duration
	for i := 1; i < len(f.times); i++ {
		waits = append(waits, f.times[i].Sub(f.times[i-1]))
	}
	return waits
}

func ms(ns ...int) []time.Duration {
	var ds []time.Duration
	for _, n := range ns {
		ds = append(ds, time.Duration(n)*time.Millisecond)
	}
	return ds
}

func TestAReadIsRepeatedWithLongerAndLongerWaits(t *testing.T) {
	for _, status := range []int{429, 500, 502, 503, 504, 0} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &flaky{statuses: slices.Repeat([]int{status}, 4)}
				s, err := startWild(t, f.ServeHTTP).Replication(t.Context(), names)
				if err != nil || s.Word != Running {
					t.Fatal(s, err)
				}
				// 500 ms, doubled; Random is 0.5, so three quarters of each.
				if want := ms(375, 750, 1500, 3000); !slices.Equal(f.waits(), want) {
					t.Errorf("waited %v, want %v", f.waits(), want)
				}
			})
		})
	}
}

func TestWhatIsNotRepeated(t *testing.T) {
	for _, c := range []struct {
		op     string
		status int
	}{
		{"replication", 400},
		{"replication", 404},
		{"replication", 409},
		{"replication", 302},
		{"finalization", 422},
		{"createReplication", 503},
		{"createReplication", 429},
		{"createReplication", 0},
		{"createFinalization", 502},
		{"deleteReplication", 503},
		{"deleteReplication", 0},
		{"deleteFinalization", 429},
		{"preflightCheck", 502},
		{"preflightCheck", 504},
		{"preflightCheck", 500},
		{"preflightCheck", 0},
	} {
		t.Run(fmt.Sprint(c.op, c.status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &flaky{statuses: slices.Repeat([]int{c.status}, 9)}
				_ = everyOperation[c.op](startWild(t, f.ServeHTTP), t.Context())
				if len(f.times) != 1 {
					t.Errorf("%d requests", len(f.times))
				}
			})
		})
	}
}

func TestAPreflightThatDidNotBeginIsRepeated(t *testing.T) {
	for _, status := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			f := &flaky{statuses: []int{status}}
			if _, err := startWild(t, f.ServeHTTP).Preflight(t.Context(), names); err != nil || len(f.times) != 2 {
				t.Errorf("%d: %d requests, %v", status, len(f.times), err)
			}
		})
	}
}

func TestAPreflightThatDidNotReachTheServiceIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		way, dials := network(t, http.HandlerFunc(good)), 0
		dial := way.DialContext
		way.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials++; dials == 1 {
				return nil, errors.New("connection refused")
			}
			return dial(ctx, network, address)
		}
		c := startWith(t, newSession("token-of-the-tests"), way)
		if _, err := c.Preflight(t.Context(), names); err != nil || dials != 2 {
			t.Errorf("%d dials, %v", dials, err)
		}
	})
}

func TestAPreflightAtAGatewaysTimeOut(t *testing.T) {
	for _, status := range []int{502, 504} {
		f := &flaky{statuses: []int{status}}
		_, err := start(t, f.ServeHTTP).Preflight(t.Context(), names)
		if e := failure(t, err); e.Kind != KindTimeout || e.Status != status {
			t.Errorf("%+v", e)
		}
	}
}

func TestAttemptsEndWithTheLastAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{statuses: []int{500, 500, 500, 500, 503}}
		_, err := startWild(t, f.ServeHTTP).Replication(t.Context(), names)
		if e := failure(t, err); e.Kind != KindUnavailable || e.Status != 503 || len(f.times) != 5 {
			t.Errorf("%d requests, %+v", len(f.times), e)
		}
	})
}

func TestAShortRetryAfterIsWaitedFor(t *testing.T) {
	for name, after := range map[string]func() string{
		"seconds": func() string { return "3" },
		"a date":  func() string { return time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &flaky{statuses: []int{503, 429}, retryAfter: after}
				if _, err := start(t, f.ServeHTTP).Replication(t.Context(), names); err != nil {
					t.Fatal(err)
				}
				if want := ms(3000, 3000); !slices.Equal(f.waits(), want) {
					t.Errorf("waited %v, want %v", f.waits(), want)
				}
			})
		})
	}
}

func TestALongRetryAfterGoesToTheCaller(t *testing.T) {
	for _, advice := range []time.Duration{4 * time.Second, 31 * time.Second, time.Hour} {
		for _, op := range []string{"replication", "finalization", "preflightCheck", "createReplication", "deleteFinalization"} {
			synctest.Test(t, func(t *testing.T) {
				f := &flaky{statuses: []int{503}, retryAfter: func() string { return strconv.Itoa(int(advice.Seconds())) }}
				began := time.Now()
				err := everyOperation[op](start(t, f.ServeHTTP), t.Context())
				e := failure(t, err)
				if e.Kind != KindUnavailable || e.RetryAfter != advice || time.Since(began) != 0 || len(f.times) != 1 {
					t.Errorf("%s, %v: after %v: %+v", op, advice, time.Since(began), e)
				}
			})
		}
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{statuses: []int{503}, retryAfter: func() string { return "2" }}
		c := start(t, f.ServeHTTP)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := c.Replication(ctx, names)
		if e := failure(t, err); e.Kind != KindCancelled || !errors.Is(err, context.Canceled) || len(f.times) != 1 {
			t.Errorf("%+v", e)
		}
	})
}

func TestAnUntrustedCertificateIsNotTriedAgain(t *testing.T) {
	attempts := 0
	h := newRetryHandler(handlerFunc(func(_ context.Context, c call) (*answer, error) {
		attempts++
		return nil, c.fail(KindNetwork, fmt.Errorf("x: %w", &tls.CertificateVerificationError{Err: errors.New("unknown authority")}))
	}), Backoff{Attempts: 5, Initial: 1, Max: 1, Random: rand.Float64})
	if _, err := h.do(t.Context(), read); err == nil || attempts != 1 {
		t.Errorf("%d attempts, %v", attempts, err)
	}
}

func TestWaitsAreSpreadAndBounded(t *testing.T) {
	b := Backoff{Initial: 100 * time.Millisecond, Max: time.Second, Attempts: 9, Random: rand.New(rand.NewPCG(1, 2)).Float64} //nolint:gosec // seeded on purpose
	row := func() []time.Duration {
		waits := newRetryHandler(nil, b).newBackOff()
		var ds []time.Duration
		for i := range 8 {
			d := waits.NextBackOff()
			full := min(b.Initial<<i, b.Max)
			if d < full/2 || d > full {
				t.Errorf("wait %d is %v, want within %v and %v", i, d, full/2, full)
			}
			ds = append(ds, d)
		}
		return ds
	}
	first := row()
	if slices.Equal(first, row()) {
		t.Error("two rows are the same")
	}
	b.Random = rand.New(rand.NewPCG(1, 2)).Float64 //nolint:gosec // the same seed
	if !slices.Equal(first, row()) {
		t.Error("the same seed gives another row")
	}
}
