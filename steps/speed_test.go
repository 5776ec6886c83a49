package steps

import (
	"testing"
	"time"
)

// TestTimeRunsFasterOnAPlayedLandscape: where an hour takes a minute, so do forecast and
// decision point, and the minutes that a person is asked for stay those of the landscape.
func TestTimeRunsFasterOnAPlayedLandscape(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	usual, _ := Apply(New(), Event{at, Resumed{}})
	played, _ := Apply(New(), Event{at, Resumed{Speed: 60}})
	low, high := usual.forecast().Total()
	lowPlayed, highPlayed := played.forecast().Total()
	if lowPlayed != low/60 || highPlayed != high/60 {
		t.Errorf("%v to %v, on a real landscape %v to %v", lowPlayed, highPlayed, low, high)
	}
	if a, b := usual.limit(usual.forecast()), played.limit(played.forecast()); a != b {
		t.Errorf("it proposes %d minutes, on a real landscape %d", b, a)
	}
	for s, want := range map[*State]time.Duration{&usual: 20 * time.Minute, &played: 20 * time.Second} {
		var c StopChoice
		s.setLimit(&c, 20)
		if got := c.AskAfter.Sub(at); got != want || c.Limit != 20 {
			t.Errorf("asks after %v, want %v", got, want)
		}
	}
}
