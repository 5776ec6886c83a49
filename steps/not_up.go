package steps

import (
	"fmt"
	"slices"
	"strings"
)

// ran reports whether an application ran before this migration touched it.
func (m AppMemory) ran() bool { return m.State == Started }

// leftAt reports whether the person goes on without an application, by its name, on the
// way to a side.
func (s *State) leftAt(m AppMemory, to Side) bool {
	if c := s.Choices.Switch; c != nil && to == Target {
		return slices.Contains(c.Left, m.GUID)
	}
	b := s.Choices.BackOut
	return b != nil && to == Source && slices.Contains(b.Left, m.GUID)
}

// notUp lists the applications that ran before, are not up on a side, and were not left
// by name. While there is one on the target nothing burns the bridge: it is not asked
// whether the applications work, and nothing of the old side is deleted.
func (s *State) notUp(to Side) []AppMemory {
	return slices.DeleteFunc(slices.Clone(s.Choices.Memory), func(m AppMemory) bool {
		return !s.toRun(m, to) || s.inPlace(m, to) || s.leftAt(m, to)
	})
}

// NotUp lists the applications that ran before this migration, are not seen to be up on
// the target, and were not left so by name.
func NotUp(s State) []AppMemory { return s.notUp(Target) }

// held reports whether an application's way to a side ends at a request that failed and
// that the person has passed by.
func (s *State) held(m AppMemory, to Side) bool {
	e, due := s.nextMove(m, to)
	return due && s.leftUndone(e)
}

// notUpAt lists the applications that a step asks about because they are not up and no
// request of this machine is to come that brings them up.
func (s *State) notUpAt(id ID) ([]AppMemory, Side) {
	held := func(to Side) []AppMemory {
		return slices.DeleteFunc(s.notUp(to), func(m AppMemory) bool { return !s.held(m, to) })
	}
	switch id {
	case Switch:
		return held(Target), Target
	case Validate, CleanUp:
		return s.notUp(Target), Target
	case BackOut:
		return held(Source), Source
	}
	return nil, Target
}

// askNotUp asks about applications that ran before and stay down without a word; nil:
// there is none.
func (s *State) askNotUp(id ID) *Question {
	list, to := s.notUpAt(id)
	if len(list) == 0 || s.busy() {
		return nil
	}
	names, they := listNames(list, func(m AppMemory) string { return m.Name }), "it"
	how := "is " + s.howNow(list[0])
	if len(list) > 1 {
		they, how = "them", "are not up"
	}
	which := pickSome(list, func(m AppMemory) Choice { return Choice{m.GUID, m.Name, s.howNow(m)} })
	q := &Question{
		ID: QuestionNotUp, Tone: Bad, Recommended: OptionStart, More: MoreCommands,
		Title: fmt.Sprintf("%s ran before, and %s.", names, how),
		Why:   "Nothing of the old side is deleted, and nobody is asked whether all works, while this is open.",
		Options: []Option{
			{ID: OptionStart, Label: "Bring " + they + " up on the " + string(to), Consequence: "does what is missing, and asks about what fails", Fields: which},
		},
	}
	q.Options = append(q.Options, s.leaveOldOption(to)...)
	if len(q.Options) > 1 {
		q.Recommended = OptionLeaveOld
	}
	q.Options = append(q.Options,
		Option{ID: OptionLeave, Label: "Go on without " + they, Consequence: they + ": not up, for you to mend; the record says so by name", Undo: UndoWork, Fields: which},
		Option{ID: OptionWait, Label: "Not yet", Wait: true, Consequence: "nothing is done"})
	if id == BackOut {
		q.Why = "Nothing more is removed from the service before the applications are home or left by name."
	}
	q.Options = append(q.Options, s.wayForward()...)
	return s.orBack(q)
}

// howNow says how an application is seen, in a few words.
func (s *State) howNow(m AppMemory) string {
	a := s.app(m.GUID)
	if a == nil {
		return "not seen"
	}
	state := strings.ToLower(a.State)
	if a.State == Started && a.Ill() {
		state = "started, but not well"
	}
	return state + ", " + s.where(a)
}

// leaveOldOption offers to bring applications up although the platform has failed to
// delete their bindings to the other side. Those are not in force.
func (s *State) leaveOldOption(to Side) []Option {
	list := s.heldUp(to)
	if len(list) == 0 {
		return nil
	}
	o := Option{
		ID: OptionLeaveOld, Undo: UndoWork, Fields: pickSome(list, func(m AppMemory) Choice { return Choice{ID: m.GUID, Label: m.Name} }),
		Label:       fmt.Sprintf("Start %s on the %s, leave the old binding", list[0].Name, to),
		Consequence: "the binding to the " + string(to.other()) + " that could not be deleted is not in force; it stays, and is listed as left over",
	}
	if len(list) > 1 {
		o.Label = fmt.Sprintf("Start %d applications on the %s, leave their old bindings", len(list), to)
	}
	if slices.ContainsFunc(list, func(m AppMemory) bool { return s.nameTaken(m, to) }) {
		o.Fields = append(o.Fields, Field{
			ID: newBindingName, Label: "Name of the new binding", Kind: FieldText, Optional: true,
			Help: "the old binding keeps its name. An application that looks for it by name needs to know the new one; empty: none",
		})
		o.Consequence += "; the new binding has another name, or none"
	}
	return []Option{o}
}

// newBindingName is the field for the name of a binding whose old name is taken.
const newBindingName = "name"

// goOnOptions are the ways on after requests of a step have failed, beside trying again.
func (s *State) goOnOptions(id ID) []Option {
	var list []Option
	switch id {
	case Switch:
		list = s.leaveOldOption(Target)
	case BackOut:
		list = s.leaveOldOption(Source)
	case CleanUp:
	default:
		return []Option{{ID: OptionBack, Label: "Leave it, back to the step", Consequence: "nothing is repeated; you decide anew"}}
	}
	pass := Option{ID: OptionPass, Label: "Leave that and go on", Consequence: "it stays as it is; the record says so", Undo: UndoWork}
	if id != CleanUp {
		pass.Consequence = "it stays as it is; what is not up then is asked about by name"
	}
	return append(append(list, pass), s.wayForward()...)
}

// decideNotUp carries out what is offered where applications are held up; it reports
// whether the answer was that.
func (s *State) decideNotUp(id ID, a Answer) bool {
	list, to := s.notUpAt(id)
	if a.Option == OptionLeaveOld {
		list = s.heldUp(to)
	}
	list = slices.DeleteFunc(list, func(m AppMemory) bool {
		return len(a.Values["which"]) > 0 && !slices.Contains(a.Values["which"], m.GUID)
	})
	switch a.Option {
	case OptionForward:
		s.goForward()
		return true
	case OptionLeaveOld:
		for _, m := range list {
			s.leaveOld(m, to, strings.TrimSpace(a.Value(newBindingName)))
		}
	case OptionStart:
		for _, m := range list {
			s.dropWork(func(w Work) bool { return w.Status != InFlight && w.Effect.App.GUID == m.GUID })
		}
	case OptionLeave:
		for _, m := range list {
			s.leave(m, to)
		}
		return true
	default:
		return false
	}
	if id == Validate || id == CleanUp {
		s.switchAgain()
	}
	s.invalidate(ObserveApps)
	return true
}

// leave takes the person's word to go on without an application that is not up.
func (s *State) leave(m AppMemory, to Side) {
	if to == Target {
		s.Choices.changeSwitch(func(c *SwitchChoice) { c.Left = append(slices.Clip(c.Left), m.GUID) })
	} else {
		b := *s.Choices.BackOut
		b.Left = append(slices.Clip(b.Left), m.GUID)
		s.Choices.BackOut = &b
	}
	s.recordApp(m.Ref, AppLeft)
}

// switchAgain goes back to the switch: what was once in its place is brought there anew,
// and it is asked anew whether all works.
func (s *State) switchAgain() {
	s.Choices.changeSwitch(func(c *SwitchChoice) { c.Consent = *s.consent() })
	s.Choices.Validated = nil
}

// wasSwitched reports whether all applications were in their place since the word to
// bring them there, also when somebody else has changed that since.
func (s *State) wasSwitched() bool {
	c := s.Choices.Switch
	return c != nil && s.History.Has(s.Choices.Round, func(m *Moment) bool { return m.Turned(Switch, TurnDone) && !m.At.Before(c.At) })
}

// whoIsDown counts the applications that ran and are not up, during a downtime.
func (s *State) whoIsDown() string {
	if !s.looked(ObserveApps) {
		return "down when last seen"
	}
	ran, down := 0, 0
	for _, m := range s.Choices.Memory {
		a := s.app(m.GUID)
		if !m.ran() || a == nil || a.Gone {
			continue
		}
		ran++
		if a.State != Started || s.Choices.Switch != nil && s.Choices.BackOut == nil && !s.inPlace(m, Target) {
			down++
		}
	}
	switch {
	case down == ran:
		return "your applications are down"
	case down == 0:
		return "your applications come up"
	}
	return fmt.Sprintf("%d of %d applications down", down, ran)
}
