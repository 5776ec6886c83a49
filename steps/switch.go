package steps

import (
	"fmt"
	"slices"
	"time"
)

func switchStep() definition {
	return definition{
		id: Switch, title: "Switch",
		done: func(s *State) bool {
			return s.Choices.Validated != nil || s.Choices.Switch != nil && (s.reached(Switch) || s.fresh(SeeApps) && s.allInPlace())
		},
		badge: func(s *State) string {
			if n := len(s.Choices.Memory); n > 0 && s.Choices.Switch != nil {
				there := 0
				for _, m := range s.Choices.Memory {
					if s.inPlace(m) {
						there++
					}
				}
				return fmt.Sprintf("%d/%d", there, n)
			}
			return ""
		},
		ask:    askSwitch,
		decide: decideSwitch,
		want: func(s *State) []Effect {
			if s.Choices.Switch == nil || !s.completed() {
				return nil
			}
			var want []Effect
			for _, m := range s.Choices.Memory {
				if e, ok := s.nextMove(m); ok {
					want = append(want, e)
				}
			}
			return want
		},
		looks: func(*State) []Look { return []Look{{SeeApps, paceDowntime}} },
		show: func(s *State, now time.Time) []Item {
			if s.Seen[SeeApps].At.IsZero() {
				return []Item{quiet("Looking at the applications…")}
			}
			return append(s.clock(now), s.rows()...)
		},
		commands: commandsSwitch,
		guide: Guide{
			What: "Each application is bound to the target the way it was bound to the source, and started if it was running before.",
			Why:  "An application learns its database from the binding when it starts.",
			Tips: []string{
				"The binding carries the same name and parameters as before; credentials are new, as with every binding.",
				"An application that was stopped before stays stopped.",
				"The service's label changes from postgresql to postgresql-db: an application that looks for the old label in VCAP_SERVICES does not find its database.",
				"The next deployment with an old manifest or MTA descriptor binds the source again: change it now.",
			},
		},
	}
}

// inPlace reports whether an application has reached the end of the switch.
func (s *State) inPlace(m AppMemory) bool {
	a := s.app(m.GUID)
	if a == nil || a.Gone {
		return a != nil // gone is gone: nothing is left to move
	}
	return a.Source == nil && s.boundRight(m, a) && a.State == m.State
}

func (s *State) boundRight(m AppMemory, a *App) bool {
	if m.Binding == nil {
		return true
	}
	return a.Target != nil && a.Target.Name == m.Binding.Name && a.Target.Operation.State != opFailed && !a.Target.Operation.Busy()
}

func (s *State) allInPlace() bool {
	strangers := slices.ContainsFunc(s.bound(), func(a App) bool { return s.memoryOf(a.GUID) == nil })
	return !strangers && !slices.ContainsFunc(s.Choices.Memory, func(m AppMemory) bool { return !s.inPlace(m) })
}

// nextMove returns the next request that brings one application over. It is
// stopped first, if it was left running; the target is bound before the source
// is let go, so that a failure leaves the application with a database; only a
// named binding has to go first, because an application cannot have two of the
// same name (CF API). It is started when everything else is right.
func (s *State) nextMove(m AppMemory) (Effect, bool) {
	a := s.app(m.GUID)
	if a == nil || a.Gone || m.Binding == nil || s.inPlace(m) {
		return Effect{}, false
	}
	unbind := func(b *Binding, i *Ref) Effect {
		return Effect{Do: DoUnbind, App: m.Ref, Instance: *i, Binding: Ref{GUID: b.GUID, Name: b.Name}}
	}
	bad := a.Target != nil && (a.Target.Operation.State == opFailed || a.Target.Name != m.Binding.Name)
	switch {
	case a.State == Started && (a.Source != nil || a.Target == nil || bad):
		return Effect{Do: DoStopApp, App: m.Ref}, true
	case bad:
		return unbind(a.Target, s.Choices.Target), true
	case a.Target == nil && m.Binding.Name != "" && a.Source != nil:
		return unbind(a.Source, s.Choices.Source), true
	case a.Target == nil:
		return Effect{Do: DoBind, App: m.Ref, Instance: *s.Choices.Target, Binding: Ref{Name: m.Binding.Name}, Params: m.Binding.Params}, true
	case a.Target.Operation.Busy():
		return Effect{}, false
	case a.Source != nil:
		return unbind(a.Source, s.Choices.Source), true
	case m.State == Started && a.State == Stopped:
		return Effect{Do: DoStartApp, App: m.Ref}, true
	case m.State == Stopped && a.State == Started:
		return Effect{Do: DoStopApp, App: m.Ref}, true // it may have been started with the old credentials
	}
	return Effect{}, false
}

func askSwitch(s *State) *Question {
	if s.Seen[SeeApps].At.IsZero() {
		return nil
	}
	var strangers []App // bound to the source, and not remembered
	for _, a := range s.bound() {
		if s.memoryOf(a.GUID) == nil {
			strangers = append(strangers, a)
		}
	}
	if s.Choices.Switch != nil && len(strangers) == 0 {
		return working("switching", "The applications are being bound to the target and started.")
	}
	n := len(s.Choices.Memory) + len(strangers)
	q := &Question{
		ID: "switch", Recommended: "switch", Title: fmt.Sprintf("Bring %s to the target?", plural(n, "application", "applications")),
		Why: "Each is bound to " + s.Choices.Target.nameOr("the target") + " as it was bound to the source, and started if it was running before.",
		Options: []Option{{
			ID: "switch", Label: "Bind and start them", Consequence: "ends the downtime, application by application", Undo: UndoWork,
		}},
	}
	if n == 0 {
		q.Title, q.Options[0].Label = "No application is bound to the source: there is nothing to switch.", "Go on"
		q.Options[0].Consequence, q.Options[0].Undo = "", UndoFree
	}
	if stopped := slices.DeleteFunc(slices.Clone(strangers), func(a App) bool { return a.State != Stopped }); len(stopped) > 0 {
		f := Field{
			ID: "start", Label: "Start these afterwards", Kind: FieldMany, Optional: true,
			Help: "this wizard did not stop them and cannot know whether they were running before",
		}
		for _, a := range stopped {
			f.Choices = append(f.Choices, Choice{ID: a.GUID, Label: a.Name})
		}
		q.Options[0].Fields = []Field{f}
	}
	q.Options = append(q.Options, Option{ID: "wait", Label: "Not yet", Wait: true, Consequence: "the applications stay as they are"})
	return q
}

func decideSwitch(s *State, a Answer) {
	if a.Option != "switch" {
		return
	}
	memory := slices.Clone(s.Choices.Memory)
	for _, app := range s.bound() {
		if s.memoryOf(app.GUID) != nil {
			continue
		}
		m := remembered(app)
		if slices.Contains(a.Values["start"], app.GUID) {
			m.State = Started
		}
		memory = append(memory, m)
	}
	s.Choices.Memory = memory
	s.Choices.Switch = s.consent()
	s.overtake(SeeApps)
}

func commandsSwitch(s *State) []Command {
	n := s.Names()
	var commands []Command
	for _, m := range s.Choices.Memory {
		bind := "cf bind-service " + shell(m.Name) + " " + shell(n.TargetInstance)
		if m.Binding != nil && m.Binding.Name != "" {
			bind += " --binding-name " + shell(m.Binding.Name)
		}
		if m.Binding != nil && len(m.Binding.Params.Raw) > 0 && !secretLike.Match(m.Binding.Params.Raw) {
			bind += " -c " + shell(string(m.Binding.Params.Raw))
		}
		commands = append(commands,
			Command{"unbind " + m.Name + " from the source", "cf unbind-service " + shell(m.Name) + " " + shell(n.SourceInstance)},
			Command{"bind " + m.Name + " to the target", bind})
		if m.State == Started {
			commands = append(commands, Command{"start " + m.Name, "cf start " + shell(m.Name)})
		}
	}
	return commands
}
