package steps

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// WriterKind says what a line of the census is about.
type WriterKind string

// What can write to a database.
const (
	WriterApp       WriterKind = "app"
	WriterTask      WriterKind = "task"
	WriterKey       WriterKind = "key"
	WriterMention   WriterKind = "mention" // a user-provided service, or an environment
	WriterScheduler WriterKind = "scheduler"
	WriterUnseen    WriterKind = "unseen" // nobody can tell
)

// line is the identity of the line about something of this kind.
func (k WriterKind) line(guid string) string { return string(k) + ":" + guid }

// Fate is what has become of a writer, or what has to.
type Fate string

// Fates. While there is one of the first three the finalization is locked.
const (
	FateStop   Fate = "stop"   // the wizard stops it when the person agrees
	FateCancel Fate = "cancel" // the wizard cancels it when the person agrees
	FateDecide Fate = "decide" // only the person can settle it
	FateQuiet  Fate = "stopped"
	FateWaived Fate = "waived"
)

// Writer is one line of the census: something that can write to the source.
type Writer struct {
	ID   string // kind and identity; stands in journals
	Kind WriterKind
	Name string
	What string // what it is and how it is
	Why  string // why it matters, in a few words
	Fate Fate
	Note string // the reason of a waiver
	Runs bool   // it was seen running, whatever was decided about it
}

// Handle is how people name it: kind and name. Several may have the same.
func (w Writer) Handle() string { return string(w.Kind) + ":" + w.Name }

// CalledBy reports whether it is named so: by its handle or its identity.
func (w Writer) CalledBy(word string) bool { return word == w.ID || word == w.Handle() }

// Settled reports whether nothing has to be done about it any more.
func (w Writer) Settled() bool { return w.Fate == FateQuiet || w.Fate == FateWaived }

// Census lists all that can still write to the source, as far as the platform
// tells: bound applications, their tasks, service keys, what else has the address,
// schedulers, and what could not be looked into.
func Census(s State) []Writer { return census(&s) }

func census(s *State) []Writer {
	var list []Writer
	add := func(kind WriterKind, guid, name string, fate Fate, what, why string) {
		w := Writer{ID: kind.line(guid), Kind: kind, Name: name, What: what, Why: why, Fate: fate}
		w.Runs = fate == FateStop || fate == FateCancel
		if waiver := s.waiver(w.ID); waiver != nil && !w.Settled() {
			w.Fate, w.Note = FateWaived, waiver.Reason
		}
		list = append(list, w)
	}
	for _, a := range s.bound() {
		fate, what := FateStop, plural(a.Instances(), "instance", "instances")
		if a.State != Started && a.Running() {
			what += ", in a state that this program does not know: " + a.State
		}
		switch a.State {
		case Stopped:
			fate = FateQuiet
		case "":
			fate, what = FateDecide, "application in a space that your login may not see"
			if a.SpaceGUID != "" {
				what = "application whose state the platform does not tell"
			}
		}
		if a.State != "" && s.elsewhere(a) {
			what += ", in another space"
		}
		if n := len(a.Source); n > 1 {
			what += fmt.Sprintf(", by %d bindings", n)
		}
		add(WriterApp, a.GUID, a.Name, fate, what, "bound to the source, writes while it runs")
	}
	for _, t := range s.Facts.Tasks {
		if a := s.app(t.App.GUID); a != nil && a.Source != nil {
			add(WriterTask, t.GUID, t.Name, FateCancel, "task of "+a.Name, "runs on when its application is stopped")
		}
	}
	for _, k := range s.Facts.SourceKeys {
		if c := s.Choices.SourceKey; c == nil || k.Name != c.Name {
			add(WriterKey, k.GUID, k.Name, FateDecide, "service key", "a tool, a pipeline, a colleague can write with it")
		}
	}
	for _, m := range s.Facts.Elsewhere.Mentions {
		add(WriterMention, m.GUID, m.Name, m.fate(), m.what(), "has the address without a binding, and keeps it after the switch")
		list[len(list)-1].Runs = len(m.Apps) > 0 && m.fate() == FateDecide
	}
	for _, d := range s.Facts.Elsewhere.Schedulers {
		what := d.Offering
		if len(d.Apps) > 0 {
			what += " of " + listNames(d.Apps, Ref.name)
		}
		add(WriterScheduler, d.GUID, d.Name, FateDecide, what, "starts tasks, also of stopped applications: switch its schedules off")
	}
	for _, u := range s.Facts.Elsewhere.Unseen {
		add(WriterUnseen, u.Kind+":"+u.GUID, cmp.Or(u.Name, u.GUID), FateDecide, u.Kind+", "+cmp.Or(u.Why, "not to be seen with your login"), "may know the source; nobody looked")
	}
	return list
}

func (m Mention) fate() Fate {
	if len(m.Apps) > 0 && !slices.ContainsFunc(m.Apps, func(a App) bool { return a.State != Stopped }) {
		return FateQuiet
	}
	return FateDecide
}

func (m Mention) what() string {
	if m.Kind == MentionEnvironment {
		return "environment, " + strings.Join(m.Variables, ", ")
	}
	if len(m.Apps) == 0 {
		return "user-provided service of no application here"
	}
	return "user-provided service of " + listNames(m.Apps, func(a App) string { return a.Name })
}

// listNames lists up to three things by name, and counts the others.
func listNames[T any](things []T, name func(T) string) string {
	return listSeparated(things, name, ", ")
}

func listSeparated[T any](things []T, name func(T) string, by string) string {
	const most = 3
	var list []string
	for _, x := range things[:min(most, len(things))] {
		list = append(list, name(x))
	}
	if more := len(things) - most; more > 0 {
		return strings.Join(list, by) + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(list, by)
}

// elsewhere reports whether an application lives in another space than the
// databases.
func (s *State) elsewhere(a App) bool {
	return s.Choices.Where != nil && a.SpaceGUID != "" && a.SpaceGUID != s.Choices.Where.Space.GUID
}

func (s *State) waiver(id string) *Waiver {
	return find(s.Choices.Waivers, func(w Waiver) bool { return w.ID == id })
}

func (s *State) waived(m AppMemory) bool { return s.waiver(WriterApp.line(m.GUID)) != nil }

// censusTaken reports whether the census has been taken at all. Until then it
// cannot be told who writes, and that is no permission.
func (s *State) censusTaken() bool {
	return s.looked(ObserveApps, ObserveElsewhere, ObserveSourceKeys)
}

// unsettled lists the lines that keep the finalization locked.
func (s *State) unsettled() []Writer {
	return slices.DeleteFunc(census(s), Writer.Settled)
}

// OpenWriters are the lines of the census that keep the finalization locked.
func OpenWriters(s State) []Writer { return s.unsettled() }

// letRun lists what was waived and runs all the same: it can write, on somebody's word.
func (s *State) letRun() []Writer {
	return slices.DeleteFunc(census(s), func(w Writer) bool { return w.Fate != FateWaived || !w.Runs })
}

// bound lists the applications that are bound to the source.
func (s *State) bound() []App {
	return slices.DeleteFunc(slices.Clone(s.Facts.Apps), func(a App) bool { return a.Source == nil || a.Gone })
}

// unexpectedWriter reports whether the consent to stop did not cover an open line: it
// was not there then, or it has come back.
func (s *State) unexpectedWriter(w Writer) bool {
	stop := s.Choices.Stop
	if stop == nil {
		return false
	}
	if !slices.Contains(stop.Known, w.ID) {
		return true
	}
	_, guid, _ := strings.Cut(w.ID, ":")
	switch w.Kind {
	case WriterApp:
		m := s.memoryOf(guid)
		return m == nil || s.cameBack(*m)
	case WriterTask:
		return !slices.Contains(stop.Tasks, guid)
	}
	return false
}

// cameBack reports whether an application that was stopped is running again: somebody
// else started it, and stopping it takes a new consent.
func (s *State) cameBack(m AppMemory) bool {
	a := s.app(m.GUID)
	return s.wasStopped(m) && s.Choices.Stop != nil && a != nil && a.Running()
}
