package engine

import (
	"slices"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// many is more than any buffer that an inbox might have.
const many = 1000

func TestTheInboxKeepsTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{StateDir: t.TempDir(), LookOnly: true, CFHome: t.TempDir()})
		var got, want []int
		for n := range many {
			want = append(want, n)
			e.inbox.put(message{before: func() { got = append(got, n) }})
		}
		e.Start()
		synctest.Wait()
		if err := e.Stop(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d messages came, or not in their order: %v", len(got), got)
		}
	})
}

// TestNobodyWaitsForTheLoop: a screen that answers is not held up, whether the loop
// runs, has not begun or is over. A goroutine left behind would end the bubble with
// a deadlock.
func TestNobodyWaitsForTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{StateDir: t.TempDir(), LookOnly: true, CFHome: t.TempDir()})
		press := func() {
			for range many {
				e.Answer(steps.Answer{Question: "none"}, secret.New("word"))
				e.LookAgain()
			}
		}
		press()
		e.Start()
		press()
		synctest.Wait()
		if n := e.Snapshot().State.Answers(); n != 2*many {
			t.Errorf("%d answers arrived, want %d", n, 2*many)
		}
		if err := e.Stop(); err != nil {
			t.Fatal(err)
		}
		press()
		synctest.Wait()
		if n := e.Snapshot().State.Answers(); n != 2*many || !e.inbox.empty() {
			t.Errorf("%d answers arrived, want %d; kept after the end: %v", n, 2*many, !e.inbox.empty())
		}
	})
}
