package report

import (
	"time"

	"pg-migrate-wizard/steps"
)

// Preparation is a thing to prepare before the downtime, and how it stands.
type Preparation struct {
	ID    steps.PrepareID    `json:"id"`
	What  string             `json:"what"`
	State steps.PrepareState `json:"state"`
	Seen  string             `json:"seen"` // of it, or what no look shows
	By    string             `json:"by,omitempty"`
	At    time.Time          `json:"at,omitzero"`
}

func (b *builder) preparations() []Preparation {
	var list []Preparation
	for _, p := range steps.Preparations(b.s) {
		list = append(list, Preparation{p.ID, p.What, p.State, p.Seen, p.By, p.At})
	}
	return list
}

func (r Report) prepareSection() section {
	t := tabulate(r.Prepare, "Before the downtime", "What|State|Word given by|When|Seen", func(p Preparation) []string {
		return []string{p.What, p.State.Words(), p.By, stamp(p.At), p.Seen}
	})
	return section{ID: "prepare", Title: "What to prepare"}.with("No source is chosen yet.", t)
}
