package status

import (
	"io"
	"time"

	"pg-migrate-wizard/steps"
)

// Preparation is a thing to prepare before the downtime, and how it stands.
type Preparation struct {
	ID    steps.PrepareID    `json:"id"`
	What  string             `json:"what"`
	Why   string             `json:"why"`
	Who   string             `json:"who"`
	Seen  string             `json:"seen"`  // of it, or what no look shows
	About []string           `json:"about"` // what it concerns, by name
	State steps.PrepareState `json:"state"`
	By    string             `json:"by,omitempty"` // whose word that is; empty: a look shows it
	At    *time.Time         `json:"at,omitempty"`
}

// PreparationsOf is the list of what to prepare.
func PreparationsOf(s steps.State) []Preparation {
	return each(steps.Preparations(s), func(p steps.Preparation) Preparation {
		return Preparation{
			p.ID, p.What, p.Why, p.Who, line(p.Seen), each(p.About, func(r steps.Ref) string { return line(r.Name) }),
			p.State, line(p.By), timeOrNil(p.At),
		}
	})
}

// prepare prints what is open of it, for as long as there is time for that.
func (p Page) prepare(w io.Writer) {
	if n := p.Step.Number; p.Ended != nil || n == 0 || n > steps.Replicate.Number() {
		return
	}
	var open []Preparation
	for _, x := range p.Prepare {
		if !x.State.Settled() {
			open = append(open, x)
		}
	}
	section(w, "To prepare, days before the downtime", rowsOf(open, func(x Preparation) []string {
		return []string{"  " + x.State.Words(), x.What, x.Seen}
	}))
}
