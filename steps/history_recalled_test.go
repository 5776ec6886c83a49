package steps

import (
	"testing"
	"time"
)

// TestWhatIsRecalledIsWhatTheRecordSays: what is known of a record without reading it again
// is what it says, also of one that others have lengthened, cut or replaced.
func TestWhatIsRecalledIsWhatTheRecordSays(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	running := Moment{At: at, Kind: MomentFinalization, Status: Running, Round: 1}
	done := Moment{At: at, Kind: MomentFinalization, Status: Completed, Round: 1}
	lead := func(h ...Moment) State {
		s, _ := Apply(New(), Event{at, Resumed{Choices: Choices{Round: 1}, History: h}})
		return s
	}
	with := func(s State, change func(*State)) State {
		change(&s)
		return s
	}
	before, after := lead(running), lead(running, done)
	for name, c := range map[string]struct {
		s    State
		want bool
	}{
		"nothing":                   {State{}, false},
		"a literal":                 {State{Choices: Choices{Round: 1}, History: History{done}}, true},
		"resumed before":            {before, false},
		"resumed after":             {after, true},
		"lengthened":                {with(before, func(s *State) { s.History = append(s.History, done) }), true},
		"lengthened, then recalled": {with(before, func(s *State) { s.History = append(s.History, done); s.record(Moment{}) }), true},
		"cut":                       {with(after, func(s *State) { s.History = s.History[:1] }), false},
		"cut, then recalled":        {with(after, func(s *State) { s.History = s.History[:1:1]; s.record(Moment{}) }), false},
		"replaced":                  {with(after, func(s *State) { s.History = History{running, running, running} }), false},
		"the next round":            {with(after, func(s *State) { s.Choices.Round = 2; s.record(Moment{}) }), false},
		"recorded":                  {with(before, func(s *State) { s.record(done) }), true},
	} {
		if got := IsCompleted(c.s); got != c.want {
			t.Errorf("%s: completed %v, the record says %v", name, got, c.want)
		}
	}

	// Two states that one was made of do not know of each other.
	root := after
	for root.Choices.Round = 2; root.Choices.Round < 4; root.Choices.Round++ {
		root.record(done)
	}
	one, other := root.clone(), root.clone()
	other.Choices.Round = 5
	one.record(done)
	other.record(done)
	one.Choices.Round, other.Choices.Round = 5, 4
	if IsCompleted(one) || IsCompleted(other) {
		t.Error("a state knows what another one's record says")
	}
}
