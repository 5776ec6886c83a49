package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// Time in the landscape is lazy. What is to happen stands in the agenda, and
// whoever looks at the world first settles what is due. So no goroutine runs
// per job, the state is a function of the clock alone, and a test in a synctest
// bubble gets the same story every time.

type agenda struct {
	entries []entry // by due time, then by the order in which they were added
	added   int
}

type entry struct {
	due   time.Time
	order int
	do    func(at time.Time)
}

func (a *agenda) add(due time.Time, do func(at time.Time)) {
	a.added++
	e := entry{due: due, order: a.added, do: do}
	at, _ := slices.BinarySearchFunc(a.entries, e, func(x, y entry) int {
		return cmp.Or(x.due.Compare(y.due), cmp.Compare(x.order, y.order))
	})
	a.entries = slices.Insert(a.entries, at, e)
}

// settle does all that is due, in order. What is done may add to the agenda,
// also things that are due already.
func (a *agenda) settle(now time.Time) {
	for len(a.entries) > 0 && !a.entries[0].due.After(now) {
		e := a.entries[0]
		a.entries = slices.Delete(a.entries, 0, 1)
		e.do(e.due)
	}
}

// real is how long a simulated duration takes on the wall clock.
func (w *world) real(simulated time.Duration) time.Duration {
	return time.Duration(float64(simulated) / w.speed)
}

// after puts something on the agenda, a simulated duration after at.
func (w *world) after(at time.Time, simulated time.Duration, do func(at time.Time)) {
	w.agenda.add(at.Add(w.real(simulated)), do)
}

// settle brings the world up to now and returns now.
func (w *world) settle() time.Time {
	now := time.Now()
	w.agenda.settle(now)
	return now
}
