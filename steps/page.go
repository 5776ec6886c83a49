package steps

import (
	"fmt"
	"slices"
	"time"
)

// Tone is the weight of a statement. It is never shown by colour alone.
type Tone string

// Tones.
const (
	Plain Tone = ""
	Good  Tone = "good"
	Warn  Tone = "warn"
	Bad   Tone = "bad"
	Quiet Tone = "quiet"
)

// ItemKind says what sort of statement an Item is.
type ItemKind string

// Kinds of items.
const (
	ItemText     ItemKind = "text"     // Text
	ItemFact     ItemKind = "fact"     // Label, Text
	ItemFlow     ItemKind = "flow"     // Label → Text; Tone Good when data flows
	ItemStates   ItemKind = "states"   // Cells: one state with its time each; Text: the present one alone
	ItemRow      ItemKind = "row"      // Cells: a line of a table; Tone
	ItemFinding  ItemKind = "finding"  // Label: side and severity, Text; Cells: see CellRemedy
	ItemProblem  ItemKind = "problem"  // Cells: what, says, not changed, next
	ItemHeadline ItemKind = "headline" // Text, a word about the state; Label for the time in it
)

// Item is one statement about a step: drawn by the full-screen program, printed
// by the plain one.
type Item struct {
	Kind  ItemKind
	Tone  Tone
	Label string
	Text  string
	Cells []string
	Clock bool   // a headline that is the downtime so far
	Short string // the text where there is little room; of a clock
	Brief bool   // the time in the label is some seconds, no longer
	// Key tells the statement from others where a time runs in it; empty: all of it
	// does.
	Key  string
	More More
	// Of is the look that the statement rests on, so that it is said when that was; empty:
	// the record, a decision, or nothing of the world.
	Of Observable
}

// Places in the cells of a finding: what it means, why it matters, what to do, who
// can do it, what it costs, and the statements for it.
const (
	CellRemedy = 2
	CellCosts  = 4
)

// Show says how a step stands, as seen at the given time.
func Show(s State, id ID, now time.Time) []Item {
	items := stepOf(id).show(&s, now)
	if id == current(&s) {
		if e := s.Choices.Ended; e != nil && e.How != EndCompleted { // the clean-up says it itself
			items = append(s.closing(), items...)
		}
		items = append(s.driftItems(), items...)
	}
	items = append(s.lossItems(now), items...)
	failed := s.failed(id)
	for _, w := range s.Work {
		if w.Status == Unclear && id == current(&s) {
			failed = append(failed, w)
		}
	}
	failed = append(failed, s.deferred(id)...)
	sortWork(failed)
	for _, w := range failed {
		item := problem(Explain(w))
		if w.Status != GoneWrong {
			item.Tone = Warn // nothing has gone wrong for good
		}
		items = append(items, item)
	}
	if id == current(&s) {
		for _, l := range Looks(s) {
			if p := s.Seen[l.Of].Problem; p != nil {
				items = append(items, problem(ExplainLook(l.Of, *p)))
			}
		}
	}
	return s.dated(items)
}

func problem(t Explained) Item {
	cells := []string{t.What, t.Says, t.NotChanged, t.Next}
	if t.RequestID != "" {
		cells = append(cells, "Request id: "+t.RequestID)
	}
	return Item{Kind: ItemProblem, Tone: Bad, Cells: cells, More: t.More}
}

// running is a headline about what has lasted since a time.
func running(word string, since, now time.Time) Item {
	d := now.Sub(since)
	return Item{Kind: ItemHeadline, Text: word, Label: "for " + lasting(d), Brief: d < 10*time.Second, Key: word}
}

func text(format string, args ...any) Item { return toned(Plain, format, args...) }

func quiet(format string, args ...any) Item { return toned(Quiet, format, args...) }

func toned(t Tone, format string, args ...any) Item {
	return Item{Kind: ItemText, Tone: t, Text: fmt.Sprintf(format, args...)}
}

func fact(label, format string, args ...any) Item {
	return Item{Kind: ItemFact, Label: label, Text: fmt.Sprintf(format, args...)}
}

// Down lists the applications that ran before and are stopped now.
func Down(s State) []AppMemory {
	return slices.DeleteFunc(slices.Clone(s.Choices.Memory), func(m AppMemory) bool {
		a := s.app(m.GUID)
		return m.State != Started || a == nil || a.Gone || a.State != Stopped
	})
}

// downtime reports whether applications are down because of this migration.
func (s *State) downtime() bool { return len(Down(*s)) > 0 }

// lasting puts a duration into words.
func lasting(d time.Duration) string {
	d = max(d, 0).Truncate(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days %d h", int(d.Hours())/24, int(d.Hours())%24)
}

// Lasting puts a duration into words: "41 s", "3 min 05 s", "2 h 04 min".
func Lasting(d time.Duration) string { return lasting(d) }

// Commands are the cf and curl lines that do by hand what a step does.
func Commands(s State, id ID) []Command { return stepOf(id).commands(&s) }
