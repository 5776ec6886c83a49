package status

import (
	"io"
	"time"

	"pg-migrate-wizard/steps"
)

// OpenItem is something that a migration has left to somebody.
type OpenItem struct {
	ID       string         `json:"id"`
	Kind     steps.OpenKind `json:"kind"`
	Name     string         `json:"name"`
	Text     string         `json:"text"`
	Why      string         `json:"why"` // it matters, and what to do
	Since    *time.Time     `json:"since"`
	By       string         `json:"by"`             // whose word left it open; empty: nobody's
	Until    *time.Time     `json:"until"`          // that it is kept, as a rule
	ClosesBy string         `json:"closes_by"`      // look, or word
	Holds    bool           `json:"holds_deletion"` // nothing of the source is deleted unattended before

	ClosedAt *time.Time `json:"closed_at,omitempty"`
	ClosedBy string     `json:"closed_by,omitempty"` // whose word; empty: a look
	Note     string     `json:"note,omitempty"`
}

// OpenItemOf is one for programs.
func OpenItemOf(i steps.OpenItem) OpenItem {
	return OpenItem{
		i.ID, i.Kind, line(i.Name), line(i.What), line(i.Why), timeOrNil(i.Since), line(i.By), timeOrNil(i.Until), i.ClosesBy, i.Holds,
		timeOrNil(i.ClosedAt), line(i.ClosedBy), line(i.Note),
	}
}

// OpenOf lists what is open.
func OpenOf(s steps.State) []OpenItem { return each(steps.OpenItems(s), OpenItemOf) }

// OpenTable prints open things for people.
func OpenTable(w io.Writer, items []OpenItem) {
	for _, i := range items {
		printText(w, "  - %s", i.Text)
		printText(w, "    %s", i.Why)
		printText(w, "    %s", i.ID)
	}
}
