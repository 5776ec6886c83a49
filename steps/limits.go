package steps

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What the service supports at most (contract, Limitations).
const (
	MaxSchemas   = 1_000
	MaxRelations = 30_000
)

// StorageNeeded returns how many GB of storage the target should have for a
// source that uses so many: 30 % more or 10 GB more, whichever is more (contract,
// Recommendations).
func StorageNeeded(usedGB float64) float64 { return usedGB + max(0.3*usedGB, 10) }

// StorageFor is StorageNeeded in whole GB.
func StorageFor(usedGB float64) int { return int(math.Ceil(StorageNeeded(usedGB) - 1e-6)) }

// Limits are what a person said about the source that no check can see. It
// counts for that source only.
type Limits struct {
	Source    string    `json:"source"`              // GUID of the instance
	SizeGB    float64   `json:"size_gb,omitempty"`   // storage in use; 0: not known
	Schemas   int       `json:"schemas,omitempty"`   // 0: not known
	Relations int       `json:"relations,omitempty"` // 0: not known
	Sure      []string  `json:"sure,omitempty"`      // what was confirmed: quiet, frozen, no-large-objects, no-pg-schemas
	Anyway    *Consent  `json:"anyway,omitempty"`    // to go on with more than is supported
	At        time.Time `json:"at"`
	By        string    `json:"by,omitempty"`
}

// assurances are what only the person can know. Their identities stand in journals.
var assurances = []struct{ id, label, short string }{
	{"quiet", "A quiet hour at the start (locks all tables)", "a quiet hour for the start"},
	{"frozen", "No schema change from then until COMPLETED", "no schema changes until COMPLETED"},
	{"no-large-objects", "No large objects: they are not migrated", "no large objects"},
	{"no-pg-schemas", "No schema of yours with a name in pg…", "no schema named pg…"},
}

// limits returns what is known about the present source; nil for nothing.
func (s *State) limits() *Limits {
	l, source := s.Choices.Limits, s.Choices.Source
	if l == nil || source == nil || l.Source != source.GUID {
		return nil
	}
	return l
}

// exceeded lists what is more than the service supports.
func (l *Limits) exceeded() []string {
	var list []string
	if l != nil && l.Schemas > MaxSchemas {
		list = append(list, fmt.Sprintf("%s schemas (at most %s)", grouped(l.Schemas), grouped(MaxSchemas)))
	}
	if l != nil && l.Relations > MaxRelations {
		list = append(list, fmt.Sprintf("%s relations (at most %s)", grouped(l.Relations), grouped(MaxRelations)))
	}
	return list
}

// tooLarge reports whether the source is known to be more than the service
// supports, and nobody has said to go on all the same.
func (s *State) tooLarge() bool {
	l := s.limits()
	return len(l.exceeded()) > 0 && l.Anyway == nil
}

// limitFields ask for what no check can see. All are optional: an unattended run
// leaves them empty.
func (s *State) limitFields() []Field {
	l := s.limits()
	if l == nil {
		l = &Limits{}
	}
	number := func(id, label, help string, known int) Field {
		f := Field{ID: id, Label: label + " (optional)", Help: help, Kind: FieldText, Number: true, Optional: true}
		if known > 0 {
			f.Default = strconv.Itoa(known)
		}
		return f
	}
	fields := []Field{
		number("size", "Size of the source in GB", "for the target's storage; the SQL is among this step's commands", int(l.SizeGB)),
		number("schemas", "Number of its schemas", "at most "+grouped(MaxSchemas)+" are supported", l.Schemas),
		number("relations", "Number of its relations", "tables, indexes, sequences, views; at most "+grouped(MaxRelations), l.Relations),
	}
	sure := Field{ID: "sure", Label: "What are you sure of?", Kind: FieldMany, Optional: true, Help: "no check can see it; the rest stays on the list of things to see to"}
	for _, x := range assurances {
		if !slices.Contains(l.Sure, x.id) {
			sure.Choices = append(sure.Choices, Choice{ID: x.id, Label: x.label})
		}
	}
	if len(sure.Choices) > 0 {
		fields = append(fields, sure)
	}
	return fields
}

// takeLimits takes in what was said. A field that was not filled in at all
// leaves what was said before; one that was emptied takes it back.
func (s *State) takeLimits(a Answer) {
	if s.Choices.Source == nil {
		return
	}
	l := Limits{Source: s.Choices.Source.GUID}
	if was := s.limits(); was != nil {
		l = *was
	}
	said := false
	for field, put := range map[string]func(int){
		"size":      func(n int) { l.SizeGB = float64(n) },
		"schemas":   func(n int) { l.Schemas = n },
		"relations": func(n int) { l.Relations = n },
	} {
		if _, ok := a.Values[field]; ok {
			put(a.number(field))
			said = true
		}
	}
	for _, id := range a.Values["sure"] {
		if !slices.Contains(l.Sure, id) {
			l.Sure = append(slices.Clip(l.Sure), id)
			said = true
		}
	}
	was := s.limits()
	switch {
	case !said:
		return
	case was == nil && l.SizeGB == 0 && l.Schemas == 0 && l.Relations == 0 && len(l.Sure) == 0:
		return // asked, and nothing is known
	case was == nil || was.Schemas != l.Schemas || was.Relations != l.Relations:
		l.Anyway = nil
	}
	l.At, l.By = s.At, s.Facts.Session.User
	s.Choices.Limits = &l
}

// goOnAnyway takes the consent to go on with more than is supported.
func (s *State) goOnAnyway() {
	l := *s.limits()
	l.Anyway = s.consent()
	s.Choices.Limits = &l
	for _, x := range l.exceeded() {
		s.record(Moment{Kind: MomentAcceptance, ID: "limits", Object: x, Status: accepted, By: l.Anyway.By})
	}
}

// excessItems says what is more than the service supports.
func (s *State) excessItems() []Item {
	l := s.limits()
	var items []Item
	for _, x := range l.exceeded() {
		word := ""
		if l.Anyway != nil {
			word = " Decided: go on all the same."
		}
		items = append(items, toned(Bad, "Not supported: %s.%s", x, word))
	}
	return items
}

// SayStorage says how much storage the target needs. How much it has is in no answer of
// the platform.
func SayStorage(size float64) string {
	return fmt.Sprintf("give the target at least %d GB: %.0f GB are in use, and 30 %% or 10 GB more, whichever is more",
		StorageFor(size), size)
}

// limitItems says what follows from what the person said, and what only the
// person can see to.
func (s *State) limitItems() []Item {
	l := s.limits()
	var items []Item
	if l != nil && l.SizeGB > 0 {
		items = append(items, fact("Storage", "%s", SayStorage(l.SizeGB)))
	}
	if s.begun() {
		return items
	}
	var open []string
	for _, x := range assurances {
		if l == nil || !slices.Contains(l.Sure, x.id) {
			open = append(open, x.short)
		}
	}
	if len(open) > 0 {
		items = append(items, fact("See to", "%s", strings.Join(open, "; ")))
	}
	return items
}

// askLimits is the question about a source that is more than is supported.
func (s *State) askLimits(databases Option) *Question {
	list := strings.Join(s.limits().exceeded(), " and ")
	return &Question{
		ID: QuestionPreflightLimits, Tone: Bad, Recommended: OptionLimits,
		Title: "More than the service supports: " + list + ".",
		Why:   "That is what you said. Such a migration is not supported and may fail. Drop what nobody needs, or ask SAP support.",
		Options: []Option{
			{ID: OptionLimits, Label: "Correct the numbers", Consequence: "nothing is changed", Fields: s.limitFields()},
			{ID: OptionAnyway, Label: "Go on all the same", Consequence: "your name goes into the record; nothing is changed yet", Undo: UndoWork},
			databases,
		},
	}
}

// grouped writes a number with commas: 30,000.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
