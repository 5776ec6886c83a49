package steps

import (
	"slices"
	"time"
)

// Visit is a stretch of time in which the migration stood at a step.
type Visit struct {
	Step       ID
	Round      int
	Begin, End time.Time
}

// Seconds counts between the times as they are shown, so that parts add up to
// their whole.
func (v Visit) Seconds() int64 {
	return max(0, int64(v.End.Truncate(time.Second).Sub(v.Begin.Truncate(time.Second))/time.Second))
}

// Visits cuts the history into the stretches between the turns of the steps. A step's
// begin is noted once: when the migration comes back to a step that it had left before
// it was done (for a new sign-in), that one goes on. The last stretch ends at the given
// time.
func (h History) Visits(until time.Time) []Visit {
	var list []Visit
	var open []ID // begun and not done, the latest last
	var now Visit
	leave := func(at time.Time) {
		if now.Step != "" {
			now.End = at
			list = append(list, now)
			now = Visit{}
		}
	}
	round := 0
	for _, m := range h {
		if m.Kind != MomentStep {
			continue
		}
		if m.Round != round {
			leave(m.At)
			open, round = nil, m.Round
		}
		id := m.Step()
		open = slices.DeleteFunc(open, func(o ID) bool { return o == id })
		switch m.Status {
		case TurnBegun:
			leave(m.At)
			open = append(open, id)
			now = Visit{Step: id, Round: m.Round, Begin: m.At}
		case TurnDone:
			if now.Step == id {
				leave(m.At)
			}
			if n := len(open); now.Step == "" && n > 0 {
				now = Visit{Step: open[n-1], Round: m.Round, Begin: m.At}
			}
		}
	}
	leave(until)
	return list
}

// SecondsIn is how long the migration has stood at each step in this round.
func SecondsIn(s State) map[ID]int64 {
	h, until := s.History, s.At
	if e := s.Choices.Ended; e != nil {
		h, until = h.Until(e.At), e.At
	}
	took := map[ID]int64{}
	if s.Unrecorded() {
		return took
	}
	for _, v := range h.Visits(until) {
		if v.Round == max(1, s.Choices.Round) {
			took[v.Step] += v.Seconds()
		}
	}
	return took
}

// Until returns the moments up to a time, oldest first.
func (h History) Until(at time.Time) History {
	return slices.DeleteFunc(slices.Clone(h), func(m Moment) bool { return m.At.After(at) })
}

// Span returns when a step was begun and when it was done in this round; zero where
// unknown.
func Span(s State, id ID) (begin, end time.Time) {
	if s.Unrecorded() {
		return begin, end
	}
	return s.History.Span(s.Choices.Round, id)
}

// Span returns when a step was first begun in a round and when it was last done. One
// that was passed at once was begun when it was done.
func (h History) Span(round int, id ID) (begin, end time.Time) {
	for m := range h.In(round) {
		switch {
		case m.Turned(id, TurnBegun):
			end = time.Time{}
		case m.Turned(id, TurnDone):
			end = m.At
		default:
			continue
		}
		if begin.IsZero() {
			begin = m.At
		}
	}
	return begin, end
}
