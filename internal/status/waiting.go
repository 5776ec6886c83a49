package status

import (
	"time"

	"pg-migrate-wizard/steps"
)

// Waiting is a request, or a look, that failed in a way that passes, and is made again by
// the program itself.
type Waiting struct {
	What  string            `json:"what"`
	Why   string            `json:"why"`
	Kind  steps.ProblemKind `json:"kind"`
	Since time.Time         `json:"since"`
	Next  *time.Time        `json:"next"`  // null: soon
	Until *time.Time        `json:"until"` // null: for as long as somebody waits
	Tries int               `json:"tries"`
	Asked bool              `json:"asked"` // the other side names the time of the next try
}

func waitingOf(d steps.Delay) Waiting {
	return Waiting{line(d.What), line(d.Why), d.Kind, d.Since, timeOrNil(d.Next), timeOrNil(d.Until), d.Tries, d.Asked}
}

// WaitingOf lists what waits to be tried again, the next to be tried first.
func WaitingOf(s steps.State) []Waiting { return each(steps.Delays(s), waitingOf) }

// tells of requests that wait: once for each try.
func (r *EventRecorder) waits(s steps.State) {
	seen := map[string]int{}
	for _, d := range steps.Delays(s) {
		if d.Effect == nil {
			continue // a look that fails is told of as a problem
		}
		id := d.Effect.ID()
		if seen[id] = d.Tries; r.tries[id] != d.Tries {
			w := waitingOf(d)
			r.tell(Event{At: s.At, Event: EventWaiting, What: w.What, Says: w.Why, Waiting: []Waiting{w}, Round: s.Choices.Round})
		}
	}
	r.tries = seen
}

// text says what waits, on one line.
func (w Waiting) text() string {
	next := "is tried again soon"
	switch {
	case w.Next != nil && w.Asked:
		next = "the other side asks to wait until " + w.Next.Format(time.TimeOnly)
	case w.Next != nil:
		next = "is tried again at " + w.Next.Format(time.TimeOnly)
	}
	text := "waits: " + w.What + ", " + next + "; failed so far: " + steps.Times(w.Tries)
	if w.Until != nil {
		text += ", goes on until " + w.Until.Format(time.TimeOnly)
	}
	return text
}
