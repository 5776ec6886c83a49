package steps

import (
	"testing"
	"time"
)

// TestTheTimeOfAStep: without what the migration spent at another step in between, and
// without what was noted after its end.
func TestTheTimeOfAStep(t *testing.T) {
	begin := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	at := func(minute int) time.Time { return begin.Add(time.Duration(minute) * time.Minute) }
	s := New()
	s.Choices.Round, s.At = 1, at(60)
	s.Choices.Ended = &Ending{At: at(12), How: EndCompleted}
	for _, m := range []struct {
		minute int
		step   ID
		turn   string
	}{
		{1, Databases, TurnBegun},
		{3, SignIn, TurnBegun},
		{4, SignIn, TurnDone},
		{6, Databases, TurnDone},
		{6, OpenAccess, TurnDone},
		{6, Keys, TurnBegun},
		{20, SignIn, TurnBegun},
	} {
		s.History = append(s.History, Moment{At: at(m.minute), Kind: MomentStep, Object: string(m.step), Status: m.turn, Round: 1})
	}
	for id, minutes := range map[ID]int64{Databases: 4, SignIn: 1, OpenAccess: 0, Keys: 6} {
		if got := SecondsIn(s)[id]; got != minutes*60 {
			t.Errorf("%s took %d s, want %d min", id, got, minutes)
		}
	}
	if from, to := Span(s, OpenAccess); !from.Equal(at(6)) || !to.Equal(at(6)) {
		t.Errorf("passed at once, and took from %s to %s", from, to)
	}
	if from, to := Span(s, Databases); !from.Equal(at(1)) || !to.Equal(at(6)) {
		t.Errorf("took from %s to %s", from, to)
	}
}
