package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// Time is evaluated lazily: future actions wait in a schedule, and every access
// to the world first runs those that are due. So no job needs a goroutine, the
// state depends on the clock alone, and tests in a synctest bubble are
// deterministic.

type schedule struct {
	entries []entry // by due time, then in order of addition
	added   int
}

type entry struct {
	due   time.Time
	order int
	do    func(at time.Time)
}

func (s *schedule) add(due time.Time, do func(at time.Time)) {
	s.added++
	e := entry{due: due, order: s.added, do: do}
	at, _ := slices.BinarySearchFunc(s.entries, e, func(x, y entry) int {
		return cmp.Or(x.due.Compare(y.due), cmp.Compare(x.order, y.order))
	})
	s.entries = slices.Insert(s.entries, at, e)
}

// runDue runs all due entries in order. They may add further entries, even due
// ones.
func (s *schedule) runDue(now time.Time) {
	for len(s.entries) > 0 && !s.entries[0].due.After(now) {
		e := s.entries[0]
		s.entries = slices.Delete(s.entries, 0, 1)
		e.do(e.due)
	}
}

// wallClock converts a simulated duration to real time.
func (w *world) wallClock(simulated time.Duration) time.Duration {
	return time.Duration(float64(simulated) / w.speed)
}

// after schedules an action, a simulated duration after at.
func (w *world) after(at time.Time, simulated time.Duration, do func(at time.Time)) {
	w.schedule.add(at.Add(w.wallClock(simulated)), do)
}

// advance brings the world up to date and returns the current time.
func (w *world) advance() time.Time {
	now := time.Now()
	w.schedule.runDue(now)
	return now
}
