package sandbox_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

// timesOf measures a migration: a binding, the replication, a start and the
// finalization.
func timesOf(t *testing.T, seed uint64) (times []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{Seed: seed})
		l.openAccess()
		l.must(l.createKey(l.info.Source, "sk", nil))
		l.must(l.createKey(l.info.Target, "tk", nil))
		n := l.names(l.info.Target)
		measure := func(every time.Duration, is func() bool) {
			begun := time.Now()
			for !is() {
				if time.Sleep(every); time.Since(begun) > 3*time.Hour {
					t.Fatal("it never ends")
				}
			}
			times = append(times, time.Since(begun))
		}
		l.v1("POST", "replication", n)
		measure(20*time.Second, func() bool { return l.status("replication", n) == "IN-SYNC" })
		bound := l.bind("orders-api", l.info.Target, "")
		job := bound.header.Get("Location")[len(l.info.API):]
		measure(time.Second, func() bool { return l.cc("GET", job, nil).str("state") == "COMPLETE" })
		act(l, "orders-api", "restart")
		measure(time.Second, func() bool { return l.app("orders-api").Running == 3 })
		l.v1("POST", "finalization", n)
		measure(5*time.Second, func() bool { return l.status("finalization", n) == "COMPLETED" })
	})
	return times
}

func TestASeedHasTimesOfItsOwn(t *testing.T) {
	t.Parallel()
	usual := timesOf(t, 0)
	want := []time.Duration{80*time.Minute + 40*time.Second, 20 * time.Second, 15 * time.Second, 6*time.Minute + 15*time.Second}
	if !slices.Equal(usual, want) {
		t.Fatalf("without a seed %v", usual)
	}
	one, again, two := timesOf(t, 1), timesOf(t, 1), timesOf(t, 2)
	if !slices.Equal(one, again) {
		t.Errorf("seed 1: %v, then %v", one, again)
	}
	if slices.Equal(one, two) {
		t.Errorf("seeds 1 and 2: %v", one)
	}
	for _, times := range [][]time.Duration{one, two} {
		for i, took := range times {
			if ratio := float64(took) / float64(usual[i]); ratio < 0.59 || ratio > 1.45 || took == usual[i] {
				t.Errorf("%v of the usual %v", took, usual[i])
			}
		}
	}
}

// What has begun before anybody looks is as the scenario tells it.
func TestASeedLeavesThePastAlone(t *testing.T) {
	t.Parallel()
	for seed := uint64(1); seed <= 5; seed++ {
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, sandbox.Config{Scenario: "already-half-way", Seed: seed})
			if is := l.Truth().Migrations[0].Replication.Status; is != "RUNNING" {
				t.Errorf("seed %d: %s", seed, is)
			}
			if a := l.app("orders-api"); a.Running != a.Instances {
				t.Errorf("seed %d: %d run", seed, a.Running)
			}
		})
	}
}
