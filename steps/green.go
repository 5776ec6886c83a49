package steps

import (
	"fmt"
	"slices"
)

// The blue-green way: a new application is bound to the target beside the old one, and is
// stopped until the finalization is COMPLETED (contract, Overview). Then it is started
// first, and the old ones, the blue ones, follow or stay stopped.

const greenWaits = "green, waits for COMPLETED"

// isGreen reports whether an application is one of those: bound to the target only,
// stopped, and not by this migration.
func (s *State) isGreen(a App) bool {
	if a.Gone || a.Target == nil || a.Source != nil || a.State != Stopped {
		return false
	}
	if m := s.memoryOf(a.GUID); m != nil {
		return m.Side == Target && m.State == Stopped
	}
	return !slices.ContainsFunc(s.unsureApps(), func(u App) bool { return u.GUID == a.GUID })
}

// greens are the applications that could be started first after COMPLETED: the green ones,
// and what is bound to the target only and had to be stopped there.
func (s *State) greens() []App {
	return slices.DeleteFunc(slices.Clone(s.Facts.Apps), func(a App) bool {
		if m := s.memoryOf(a.GUID); m != nil && m.Side == Target && a.State == Stopped && !a.Gone {
			return false
		}
		return !s.isGreen(a)
	})
}

// Greens lists the applications that are bound to the target and stopped, as the way of
// blue and green has it.
func Greens(s State) []App { return s.greens() }

// greenThere names them where nothing is begun yet; empty: there is none.
func (s *State) greenThere() string {
	green := s.greens()
	if len(green) == 0 {
		return ""
	}
	return " Bound to the target and stopped: " + listNames(green, func(a App) string { return a.Name }) + " (" + greenWaits + ")."
}

// pickedGreen reports whether the person has an application started first.
func (s *State) pickedGreen(app string) bool {
	return s.Choices.Switch != nil && slices.Contains(s.Choices.Switch.Green, app)
}

// stateAt is the state that an application is to have on a side: as it was, and green
// ones, which only waited, started.
func (s *State) stateAt(m AppMemory, to Side) string {
	if to == Target && s.pickedGreen(m.GUID) {
		return Started
	}
	return m.State
}

// toRun reports whether an application is to run on a side.
func (s *State) toRun(m AppMemory, to Side) bool { return s.stateAt(m, to) == Started }

// place is the side that an application is bound to at the end of its way: one that was
// bound to the target only before the migration stays there, whichever way it goes.
func (m AppMemory) place(to Side) Side {
	if m.Side == Target {
		return Target
	}
	return to
}

// ours reports whether this migration has to care about the state of an application: not
// of a green one that the person has not picked.
func (s *State) ours(m AppMemory, to Side) bool {
	if m.Side != Target || m.State != Stopped || s.toRun(m, to) {
		return true
	}
	return to == Source && s.did(Effect{Do: DoStartApp, App: m.Ref}) // to be stopped again
}

// greenOnTrial reports whether the others wait for the green ones.
func (s *State) greenOnTrial() bool {
	c := s.Choices.Switch
	return len(c.Green) > 0 && !c.GreenProven && len(s.blue()) > 0
}

// blue are the applications that follow the green ones, or stay stopped.
func (s *State) blue() []AppMemory {
	return slices.DeleteFunc(slices.Clone(s.Choices.Memory), func(m AppMemory) bool { return s.pickedGreen(m.GUID) || s.switched(m) })
}

// greenUp reports whether all green ones run on the target, and are healthy.
func (s *State) greenUp() bool {
	return !slices.ContainsFunc(s.Choices.Memory, func(m AppMemory) bool {
		return s.pickedGreen(m.GUID) && !s.switched(m)
	})
}

// askBlue asks what becomes of the blue applications once the green ones are up.
func (s *State) askBlue() *Question {
	green := slices.DeleteFunc(slices.Clone(s.Choices.Memory), func(m AppMemory) bool { return !s.pickedGreen(m.GUID) })
	blue := listNames(s.blue(), func(m AppMemory) string { return m.Name })
	q := &Question{
		ID: QuestionCanary, Recommended: OptionGoOn,
		Title: fmt.Sprintf("%s, green, runs on the target, and is healthy. Bring the others?", listNames(green, func(m AppMemory) string { return m.Name })),
		Why:   "Try it: sign in, read, write. Not switched yet: " + blue + ".",
		Options: []Option{
			{ID: OptionGoOn, Label: "Bring the others", Consequence: "ends the downtime for them, too", Undo: UndoWork},
			{ID: OptionLeave, Label: "Leave the others as they are", Consequence: "green replaces them; left by name, as they are, bound to the source: " + blue, Undo: UndoWork},
			{ID: OptionWait, Label: "Not yet", Wait: true, Consequence: "the others stay as they are"},
		},
	}
	return s.orBack(q)
}

// decideBlue takes in an answer to that.
func (s *State) decideBlue(option string) {
	blue := s.blue()
	s.Choices.changeSwitch(func(c *SwitchChoice) {
		c.GreenProven = true
		if option != OptionLeave {
			return
		}
		c.Left = slices.Clone(c.Left)
		for _, m := range blue {
			c.Left = append(c.Left, m.GUID)
		}
	})
	if option == OptionLeave {
		for _, m := range blue {
			s.recordApp(m.Ref, AppLeft)
		}
	}
}

// greenOption starts the green applications first.
func greenOption(green []App) Option {
	names := listNames(green, func(a App) string { return a.Name })
	return Option{
		ID: OptionGreen, Label: "Start " + names + " first: green", Undo: UndoWork,
		Consequence: "when it is healthy you are asked whether the others follow, or stay stopped",
	}
}

// greenField picks among them.
func greenField(green []App) Field {
	return Field{
		ID: "green", Label: "Green: start these first", Kind: FieldMany, Optional: true,
		Help:    "bound to the target and stopped until now; those that you do not pick stay stopped",
		Choices: choicesOf(green),
	}
}

func choicesOf(apps []App) []Choice {
	list := make([]Choice, len(apps))
	for i, a := range apps {
		list[i] = Choice{ID: a.GUID, Label: a.Name, Note: plural(a.Instances(), "instance", "instances")}
	}
	return list
}
