package steps

import (
	"testing"
	"time"
)

// TestTimeRunsFasterOnAPlayedLandscape: where an hour takes a minute, so do forecast and
// decision point, and the minutes that a person is asked for stay those of the landscape.
// What a person reads before the finalization is read in real time.
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
	for s, want := range map[*State]time.Duration{&usual: 20 * time.Minute, &played: 40*time.Second + 20*time.Second} {
		var c StopChoice
		s.setLimit(&c, 20)
		if got := c.AskAfter.Sub(at); got != 20*time.Minute || c.Limit != 20 {
			t.Errorf("before the finalization it asks after %v", got)
		}
		s.Choices.Stop, s.At = &c, at.Add(40*time.Second)
		finalizeStep{}.decide(s, Answer{Question: QuestionFinalize, Option: OptionFinalize})
		if got := s.Choices.Stop.AskAfter.Sub(at); got != want || s.Choices.Stop.Limit != 20 {
			t.Errorf("asks after %v, want %v", got, want)
		}
		if got := askLate(s).Title; s.speed > 0 && got != "The finalization has taken more than 20 minutes of the landscape's time. Go on, or back out?" {
			t.Errorf("it says %q", got)
		}
		s.Choices.Finalize = nil // a writer came back, and it is to be read once more
		if s.limitAnew(); s.speed > 0 && s.Choices.Stop.AskAfter.Sub(s.At) != 20*time.Minute {
			t.Errorf("after the finalization was put off it asks after %v", s.Choices.Stop.AskAfter.Sub(s.At))
		}
	}
}
