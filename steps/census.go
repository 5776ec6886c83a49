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

// Writer is one line of the census: something that can write to the source or, before
// COMPLETED, to the target.
type Writer struct {
	ID    string // kind and identity; stands in journals
	Kind  WriterKind
	Side  Side // Source, Target or Both
	Name  string
	What  string // what it is and how it is
	Why   string // why it matters, in a few words
	Fate  Fate
	Note  string // the reason of a waiver
	Runs  bool   // it was seen running, whatever was decided about it
	Green bool   // an application that is expected on the target: stopped until COMPLETED
}

// Handle is how people name it: kind and name. Several may have the same.
func (w Writer) Handle() string { return string(w.Kind) + ":" + w.Name }

// CalledBy reports whether it is named so: by its handle or its identity.
func (w Writer) CalledBy(word string) bool { return word == w.ID || word == w.Handle() }

// canWrite says that it can, and where.
func (w Writer) canWrite() string { return w.Name + " can write to " + w.Side.Database() }

// Settled reports whether nothing has to be done about it any more.
func (w Writer) Settled() bool { return w.Fate == FateQuiet || w.Fate == FateWaived }

// Census lists all that can still write to the source or, before COMPLETED, to the
// target, as far as the platform tells: bound applications, their tasks, service keys,
// what else has the address, schedulers, and what could not be looked into.
func Census(s State) []Writer { return census(&s) }

func census(s *State) []Writer {
	var list []Writer
	add := func(side Side, kind WriterKind, guid, name string, fate Fate, what, why string) *Writer {
		w := Writer{ID: kind.line(guid), Kind: kind, Side: side, Name: name, What: what, Why: why, Fate: fate}
		w.Runs = fate == FateStop || fate == FateCancel
		if waiver := s.waiver(w.ID); waiver != nil && !w.Settled() {
			w.Fate, w.Note = FateWaived, waiver.Reason
		}
		list = append(list, w)
		return &list[len(list)-1]
	}
	for _, a := range s.users() {
		side := s.boundTo(a)
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
		switch side {
		case Target:
			what += ", bound to the target"
		case Both:
			what += ", bound to both"
		}
		w := add(side, WriterApp, a.GUID, a.Name, fate, what, side.why("bound to the source, writes while it runs", "while it runs, "+collides))
		if w.Green = s.isGreen(a); w.Green {
			w.What, w.Why = greenWaits+", bound to the target", "expected there, stopped; it can be started first"
		}
	}
	for _, t := range s.Facts.Tasks {
		if a := s.app(t.App.GUID); a != nil && s.boundTo(*a) != "" {
			side := s.boundTo(*a)
			add(side, WriterTask, t.GUID, t.Name, FateCancel, "task of "+a.Name, side.why("runs on when its application is stopped", "writes to the target: "+collides))
		}
	}
	for _, x := range s.endpoints() {
		if x.side == Target && !s.targetWatched() {
			continue
		}
		for _, k := range *x.keys {
			if !x.chosen(k) {
				add(x.side, WriterKey, k.GUID, k.Name, FateDecide, x.side.why("service key", "service key of the target"), x.side.why("a tool, a pipeline, a colleague can write with it", "whoever writes to the target with it: "+collides))
			}
		}
	}
	for _, m := range s.Facts.Elsewhere.Mentions {
		if side := s.watched(m.Side); side != "" {
			w := add(side, WriterMention, m.GUID, m.Name, m.fate(), m.what(side), side.why("has the address without a binding, and keeps it after the switch", "has the target's address: while it runs, "+collides))
			w.Runs = len(m.Apps) > 0 && m.fate() == FateDecide
		}
	}
	for _, d := range s.Facts.Elsewhere.Schedulers {
		side := s.watched(d.Side)
		if side == "" {
			continue
		}
		what := d.Offering
		if len(d.Apps) > 0 {
			what += " of " + listNames(d.Apps, Ref.name)
		}
		add(side, WriterScheduler, d.GUID, d.Name, FateDecide, what, "starts tasks, also of stopped applications: switch its schedules off")
	}
	for _, u := range s.Facts.Elsewhere.Unseen {
		if side := s.watched(u.Side); side != "" {
			add(side, WriterUnseen, u.Kind+":"+u.GUID, cmp.Or(u.Name, u.GUID), FateDecide, u.Kind+", "+cmp.Or(u.Why, "not to be seen with your login"), "may know "+side.Database()+"; nobody looked")
		}
	}
	return list
}

// watched is the part of a side that nothing may write to now; empty: none. What was seen
// without a side is about the source.
func (s *State) watched(side Side) Side {
	if side == "" {
		side = Source
	}
	switch {
	case s.targetWatched():
		return side
	case side == Both:
		return Source
	case side == Target:
		return ""
	}
	return side
}

func (m Mention) fate() Fate {
	if len(m.Apps) > 0 && !slices.ContainsFunc(m.Apps, func(a App) bool { return a.State != Stopped }) {
		return FateQuiet
	}
	return FateDecide
}

func (m Mention) what(side Side) string {
	names := ""
	if side.onTarget() {
		names = ", names " + side.Database()
	}
	if m.Kind == MentionEnvironment {
		return "environment, " + strings.Join(m.Variables, ", ") + names
	}
	if len(m.Apps) == 0 {
		return "user-provided service of no application here" + names
	}
	return "user-provided service of " + listNames(m.Apps, func(a App) string { return a.Name }) + names
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
	return s.looked(ObserveApps, ObserveElsewhere, ObserveSourceKeys) && (s.looked(ObserveTargetKeys) || !s.targetWatched())
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
