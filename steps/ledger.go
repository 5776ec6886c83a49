package steps

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// OpenKind is the kind of a thing that a migration has left to somebody. The values are a
// public interface.
type OpenKind string

// Kinds of open things.
const (
	OpenAlarm       OpenKind = "alarm"       // may have cost writes
	OpenApplication OpenKind = "application" // is not brought over, or not up
	OpenMention     OpenKind = "mention"     // of the source's address
	OpenWaiver      OpenKind = "waiver"      // of something else that could write
	OpenTask        OpenKind = "task"        // was cancelled
	OpenScheduler   OpenKind = "scheduler"   // is to be switched on again
	OpenFinding     OpenKind = "finding"     // was accepted, and means work on the target
	OpenBinding     OpenKind = "binding"     // to the source, could not be deleted
	OpenKept        OpenKind = "kept"        // is there on purpose, or because nobody asked for its removal
	OpenReach       OpenKind = "access"      // of the migration service to the source
)

// Ways to close an open thing. The values are a public interface.
const (
	ClosedByLook = "look" // that finds it no more; a word does it, too
	ClosedByWord = "word" // of somebody, with a name: no look can tell
)

// OpenItem is one line of the ledger: something that somebody has to do, to look at, or
// to say a word about, after the applications have gone to the target.
type OpenItem struct {
	ID       string // stands in journals
	Kind     OpenKind
	Name     string
	What     string    // is open
	Why      string    // it matters, and what to do
	Since    time.Time // zero: not recorded
	By       string    // whose word left it open; empty: nobody's
	Until    time.Time // that it is kept, as a rule; zero: no time is named
	ClosesBy string
	// Holds says that nothing of the source should be deleted before: what the deletion
	// itself ends does not hold it.
	Holds bool

	ClosedAt time.Time // zero: it is open
	ClosedBy string    // whose word closed it; empty: a look
	Note     string    // of that word
}

// Handle is how people name it: the beginning of its identity, and its name; what could
// write is called as in the census. Several may have the same.
func (i OpenItem) Handle() string {
	of, _, several := strings.Cut(i.ID, ":")
	if !several {
		return i.ID
	}
	return of + ":" + i.Name
}

// CalledBy reports whether it is named so: by its handle or its identity.
func (i OpenItem) CalledBy(word string) bool { return word == i.ID || word == i.Handle() }

// IsOpen reports whether nothing has closed it.
func (i OpenItem) IsOpen() bool { return i.ClosedAt.IsZero() }

// String is the item in a sentence without its end.
func (i OpenItem) String() string { return i.What }

// ClosedItem is a person's word that an open thing is done, or needs nothing.
type ClosedItem struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Note string    `json:"note,omitempty"`
}

// Ledger lists all that the migration has left to somebody, also what is closed by now.
// It is computed from facts, choices and history; kept are only the words that close
// things.
func Ledger(s State) []OpenItem { return s.ledger() }

// OpenItems lists what is open.
func OpenItems(s State) []OpenItem { return s.open() }

// Holding lists what should be closed before anything of the source is deleted.
func Holding(s State) []OpenItem { return s.holding() }

func (s *State) ledger() []OpenItem {
	var list []OpenItem
	for _, e := range s.entries() {
		list = append(list, e.OpenItem)
	}
	return list
}

func (s *State) open() []OpenItem {
	return slices.DeleteFunc(s.ledger(), func(i OpenItem) bool { return !i.IsOpen() })
}

func (s *State) holding() []OpenItem {
	return slices.DeleteFunc(s.open(), func(i OpenItem) bool { return !i.Holds })
}

// FindOpen finds the open thing that a word names: by identity, or by kind and name.
func FindOpen(s State, word string) (OpenItem, error) {
	var found []OpenItem
	for _, i := range s.ledger() {
		if i.CalledBy(word) {
			found = append(found, i)
		}
	}
	open := slices.DeleteFunc(slices.Clone(found), func(i OpenItem) bool { return !i.IsOpen() })
	switch {
	case len(open) == 1:
		return open[0], nil
	case len(open) > 1:
		return OpenItem{}, fmt.Errorf("%s is the name of %d open things: say which, by identity", word, len(open))
	case len(found) > 0:
		by := found[0].ClosedBy
		if by == "" {
			by = "a look"
		}
		return OpenItem{}, fmt.Errorf("%s was closed already, by %s at %s", word, by, found[0].ClosedAt.Format(time.DateTime))
	}
	return OpenItem{}, fmt.Errorf("nothing is open that is called %s", word)
}

// HandleOf is the shortest name by which [FindOpen] finds an open thing.
func HandleOf(s State, i OpenItem) string {
	if _, err := FindOpen(s, i.Handle()); err != nil {
		return i.ID
	}
	return i.Handle()
}

// Reasons why a word closes nothing.
var (
	ErrNoName = errors.New("a word needs a name: who says so?")
	ErrNoNote = errors.New("a word needs a note: what was done, or seen?")
)

// ItemClosed is a word on an open thing of a record. It changes nothing else, and it can
// be said after the end.
type ItemClosed struct{ ID, By, Note string }

func (e ItemClosed) happen(s *State) []Effect {
	s.closeItem(e.ID, e.By, e.Note)
	return nil
}

// closeItem takes somebody's word on an open thing. That nothing is missing after an
// alarm is the word on the alarm, too.
func (s *State) closeItem(id, by, note string) {
	by, note = strings.TrimSpace(by), strings.TrimSpace(note)
	item := find(s.ledger(), func(i OpenItem) bool { return i.ID == id && i.IsOpen() })
	switch {
	case item == nil:
		s.Notice = "That is not open any more."
		return
	case by == "":
		s.Notice = ErrNoName.Error()
		return
	case note == "":
		s.Notice = ErrNoNote.Error()
		return
	case item.Kind == OpenAlarm:
		s.answerAlarm(strings.TrimPrefix(id, ledgerAlarm), OptionCompared, by)
	}
	s.Choices.Closed = append(slices.Clip(s.Choices.Closed), ClosedItem{ID: id, At: s.At, By: by, Note: note})
	s.record(Moment{Kind: MomentOpenItem, ID: id, Object: item.What, Status: itemClosed, By: by, Says: note})
}

// closingWord is the word on a thing that was given last; nil: none.
func (s *State) closingWord(id string) *ClosedItem {
	for i := len(s.Choices.Closed) - 1; i >= 0; i-- {
		if s.Choices.Closed[i].ID == id {
			return &s.Choices.Closed[i]
		}
	}
	return nil
}

// sayOpen names things that are open: up to three of them, and how many more.
func sayOpen(items []OpenItem) string { return listSeparated(items, OpenItem.String, "; ") }

// thingsOpen counts them: "3 things are open".
func thingsOpen(n int) string { return plural(n, "thing", "things") + " " + isAre(n) + " open" }

// stayOpen says that nothing closes them.
func stayOpen(n int) string {
	if n == 1 {
		return "1 thing stays open"
	}
	return plural(n, "", "things stay open")
}

// SayOpen says in a clause what is still open; empty: nothing is.
func SayOpen(s State) string { return s.stillOpen() }

func (s *State) stillOpen() string {
	open := s.open()
	if len(open) == 0 {
		return ""
	}
	return thingsStillOpen(open)
}

func thingsStillOpen(open []OpenItem) string {
	return plural(len(open), "thing", "things") + " " + isAre(len(open)) + " still open: " + sayOpen(open)
}
