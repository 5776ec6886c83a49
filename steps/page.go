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
	return items
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

// Standing is a line for every screen: where the applications are, and what would be
// lost if the person stopped here.
func Standing(s State) string { return standing(&s) }

// ShortStanding is the same without its opening words.
func ShortStanding(s State) string {
	_, rest := ifStopped(&s)
	return rest
}

func standing(s *State) string {
	opening, rest := ifStopped(s)
	return opening + rest
}

const ifYouStop = "If you stop now: "

func ifStopped(s *State) (opening, rest string) {
	switch e := s.Choices.Ended; {
	case e != nil && e.How == EndCompleted:
		return "", "The migration is complete: applications on TARGET."
	case e != nil && e.How == EndBackedOut && s.Choices.BackOut != nil:
		return "", "Backed out: applications on SOURCE" + lossOrNone(s.Choices.BackOut.Loss)
	case e != nil && e.How == EndBackedOut:
		return "", "Backed out: applications on SOURCE, nothing lost."
	case e != nil:
		return "", "Left for support: applications on SOURCE, nothing lost."
	case s.Unrecorded():
		return "", standingUnrecorded(s)
	case s.Choices.Where == nil || s.Choices.Source == nil:
		return ifYouStop, "nothing was changed."
	case s.Choices.BackOut != nil:
		return "", "Going back: applications on SOURCE" + lossOrNone(s.Choices.BackOut.Loss)
	case s.completed():
		return ifYouStop, standingAfter(s)
	case s.downtime():
		return ifYouStop, "applications stay STOPPED, data safe on SOURCE. Backing out starts them, nothing lost."
	}
	return ifYouStop, "applications on SOURCE, nothing lost."
}

func lossOrNone(loss string) string {
	if loss == "" {
		return ", nothing lost."
	}
	return "; " + loss + "."
}

func standingAfter(s *State) string {
	moved, left := 0, 0
	for _, m := range s.Choices.Memory {
		if s.inPlace(m, Target) {
			moved++
		} else {
			left++
		}
	}
	card := backOutPlan(s)
	back := " Backing out: nothing lost."
	switch {
	case !card.Possible:
		back = " There is no way back."
	case card.Lost:
		back = " Backing out: writes since " + clockTime(s.writtenSince(), s.At) + " would be lost."
	}
	switch {
	case left > 0:
		return fmt.Sprintf("%d of %d applications on TARGET.", moved, moved+left) + back
	case s.Choices.Validated != nil:
		return "applications on TARGET; the old one is still paid for." + back
	}
	return "applications on TARGET." + back
}

// Leaving says what goes on without the wizard, and how to come back.
func Leaving(s State) []string {
	switch {
	case s.Choices.Ended != nil:
		return nil
	case s.Unrecorded():
		return []string{"Nothing was changed by watching. What the service does, goes on without the program."}
	case s.busy():
		return []string{"A request is under way. It may still be carried out; the wizard looks at that first when you come back.", standing(&s)}
	case len(s.deferred(current(&s))) > 0:
		return []string{"A request waits to be tried again. Without the wizard it is not sent.", standing(&s)}
	case s.notLookedYet():
		return []string{"How it stands was not seen yet. What the service does goes on without you, and what was stopped stays stopped."}
	case s.completed() && s.downtime():
		return []string{"The service has finished. Applications stay stopped until they are switched to the target.", standing(&s)}
	case s.completed():
		return []string{"The service has finished; it does nothing more.", standing(&s)}
	case s.Facts.Finalization.Is(Failed):
		return []string{"The finalization has failed, and nothing runs. Applications stay stopped until you come back.", standing(&s)}
	case finalization.goesOn(&s):
		return []string{"The service goes on with the finalization without you. Applications stay stopped until you come back.", standing(&s)}
	case s.downtime():
		return []string{"Applications stay stopped while you are away.", standing(&s)}
	case s.Facts.Replication.Is(Failed):
		return []string{"The replication has failed, and nothing runs.", standing(&s)}
	case replication.goesOn(&s):
		return []string{"The service goes on with the replication without you, for as long as you like.", standing(&s)}
	}
	if s.Choices.Where == nil {
		return []string{"Nothing was changed."}
	}
	return []string{"Nothing runs; your choices are kept.", standing(&s)}
}

// notLookedYet reports whether a migration that had begun was not looked at yet.
func (s *State) notLookedYet() bool {
	begun := s.last(MomentReplication) != nil || len(s.Choices.Memory) > 0 || !s.Facts.Session.SignedIn
	over := s.completed() && s.looked(ObserveApps) // then the service is not asked any more
	return s.Choices.Where != nil && begun && !over && !s.Facts.Replication.Known && !s.Facts.Finalization.Known
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
