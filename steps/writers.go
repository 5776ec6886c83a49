package steps

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func writersStep() definition {
	return definition{
		id: Writers, title: "Stop writers",
		done: func(s *State) bool {
			return s.completed() || s.Facts.Finalization.Exists || s.Choices.Stop != nil && !s.Seen[SeeApps].At.IsZero() && len(s.unsettled()) == 0
		},
		badge: func(s *State) string {
			if n := len(s.Choices.Memory); n > 0 && s.Choices.Stop != nil && !s.completed() {
				return fmt.Sprintf("%d/%d", n-len(s.unsettled()), n)
			}
			return ""
		},
		ask:    askWriters,
		decide: decideWriters,
		want: func(s *State) []Effect {
			if s.Choices.Stop == nil {
				return nil
			}
			var want []Effect
			for _, m := range s.Choices.Memory {
				if a := s.app(m.GUID); !m.Waived && a != nil && !a.Gone && a.State == Started && !s.cameBack(m) {
					want = append(want, Effect{Do: DoStopApp, App: m.Ref})
				}
			}
			return want
		},
		looks: func(*State) []Look {
			return []Look{{SeeApps, paceDowntime}, {SeeReplication, paceDowntime}, {SeeFinalization, paceIdle}}
		},
		show: showWriters,
		commands: func(s *State) []Command {
			commands := []Command{{"see who is bound to the source", "cf service " + shell(orWord(s.Names().SourceInstance, "SOURCE"))}}
			for _, a := range s.Facts.Apps {
				if a.Source != nil && a.State == Started {
					commands = append(commands, Command{"stop " + a.Name, "cf stop " + shell(a.Name)})
				}
			}
			return commands
		},
		guide: Guide{
			What: "Everything that can write to the source is stopped. This is where the downtime begins.",
			Why:  "Whatever is written to the source during the finalization is not carried over: it would be lost.",
			Tips: []string{
				"The wizard remembers how each application was, and brings it back to exactly that: on the target after the migration, or on the source if you turn back.",
				"It sees applications that are bound in Cloud Foundry. Other clients it cannot see: open psql sessions, tools that use a service key, jobs and pipelines, applications with copied credentials. Stop them yourself.",
				"Reading from the source is allowed throughout.",
			},
		},
	}
}

// bound lists the applications that are bound to the source.
func (s *State) bound() []App {
	return slices.DeleteFunc(slices.Clone(s.Facts.Apps), func(a App) bool { return a.Source == nil || a.Gone })
}

func (s *State) memoryOf(guid string) *AppMemory {
	i := slices.IndexFunc(s.Choices.Memory, func(m AppMemory) bool { return m.GUID == guid })
	if i < 0 {
		return nil
	}
	return &s.Choices.Memory[i]
}

// unsettled lists the bound applications that are neither stopped nor waived.
// Until a first look it cannot be told, and that is no permission.
func (s *State) unsettled() []App {
	return slices.DeleteFunc(s.bound(), func(a App) bool {
		m := s.memoryOf(a.GUID)
		return m != nil && m.Waived || m != nil && a.State == Stopped
	})
}

// cameBack reports whether an application that was stopped on the last word is
// running again: somebody else started it, and it takes a new word to stop it.
func (s *State) cameBack(m AppMemory) bool {
	e := Effect{Do: DoStopApp, App: m.Ref, Round: s.Choices.Round}
	at, did := s.Did[e.ID()]
	a := s.app(m.GUID)
	return did && s.Choices.Stop != nil && !at.Before(s.Choices.Stop.At) && a != nil && a.State == Started
}

func askWriters(s *State) *Question {
	if !s.fresh(SeeApps) && s.Choices.Stop == nil || s.Seen[SeeApps].At.IsZero() {
		return nil
	}
	open := s.unsettled()
	if s.Choices.Stop != nil {
		strangers := slices.DeleteFunc(slices.Clone(open), func(a App) bool {
			m := s.memoryOf(a.GUID)
			return m != nil && !s.cameBack(*m)
		})
		if len(strangers) == 0 {
			q := working("writers.stopping", "The applications are being stopped.")
			q.Options = append(q.Options, wayBack(s)...)
			return q
		}
		open = strangers
	}
	running := slices.DeleteFunc(slices.Clone(open), func(a App) bool { return a.State != Started })
	q := &Question{
		ID: "stop-writers", Recommended: "stop", Title: "No running application is bound to the source. Is everything else that writes to it off?",
		Why: "Also what the wizard cannot see: psql sessions, jobs, pipelines, tools with a service key. What is written from now on may be lost.",
		Options: []Option{{
			ID: "stop", Label: "Yes, nothing writes any more", Consequence: "the wizard goes on to the finalization, which asks once more",
		}},
	}
	if len(running) > 0 {
		names := make([]string, len(running))
		choices := make([]Choice, len(running))
		for i, a := range running {
			names[i] = a.Name
			choices[i] = Choice{ID: a.GUID, Label: a.Name, Note: plural(a.Instances(), "instance", "instances")}
		}
		q.Title = fmt.Sprintf("Stop %s? The downtime begins now.", plural(len(running), "application", "applications"))
		if s.Choices.Stop != nil {
			q.Title = fmt.Sprintf("%s again. Stop it once more?", plural(len(running), "writer is running", "writers are running"))
			q.Why, q.Tone = "Somebody else has started it: a colleague, a pipeline, an autoscaler. Find out who, or it may come back.", Bad
		}
		q.Options[0] = Option{
			ID: "stop", Label: "Stop " + strings.Join(names, ", "),
			Consequence: "users cannot work until they are started again; each will be brought back as it is now", Undo: UndoWork,
			Fields: []Field{{
				ID: "waive", Label: "Leave running (only if it certainly does not write)", Kind: FieldMany, Optional: true, Choices: choices,
				Help: "what such an application writes from now on is lost, and the record names you",
			}},
		}
	}
	q.Options = append(q.Options, Option{ID: "later", Label: "Not now", Consequence: "back to watching; the databases stay in sync"})
	q.Options = append(q.Options, wayBack(s)...)
	return q
}

func decideWriters(s *State, a Answer) {
	c := &s.Choices
	switch a.Option {
	case "later":
		c.GoOn, c.Stop = nil, nil
	case "stop":
		stop := &StopChoice{At: s.At, By: s.Facts.Session.User}
		if c.Stop != nil {
			stop.Waived = slices.Clone(c.Stop.Waived)
		}
		memory := slices.Clone(c.Memory)
		for _, app := range s.bound() {
			i := slices.IndexFunc(memory, func(m AppMemory) bool { return m.GUID == app.GUID })
			if i < 0 {
				memory = append(memory, remembered(app))
				i = len(memory) - 1
			}
			delete(s.Did, Effect{Do: DoStopApp, App: app.Ref, Round: c.Round}.ID())
			if slices.Contains(a.Values["waive"], app.GUID) {
				memory[i].Waived = true
				stop.Waived = append(stop.Waived, app.Ref)
			}
		}
		c.Stop, c.Memory = stop, memory
		s.overtake(SeeApps)
	}
}

// remembered takes down how an application is, before anything is done to it.
func remembered(a App) AppMemory {
	m := AppMemory{Ref: a.Ref, State: a.State, Processes: a.Processes}
	if a.Source != nil {
		m.Binding = &BoundMemory{Name: a.Source.Name, Params: Params{Raw: a.Source.Params, Known: a.Source.ParamsKnown}}
	}
	return m
}

func showWriters(s *State, now time.Time) []Item {
	if s.Seen[SeeApps].At.IsZero() {
		return []Item{quiet("Looking who is bound to the source…")}
	}
	items := s.clock(now)
	items = append(items, s.rows()...)
	if len(s.Facts.Apps) == 0 {
		items = append(items, text("No application is bound to %s.", s.Choices.Source.nameOr("the source")))
	}
	return items
}

// clock is the downtime so far.
func (s *State) clock(now time.Time) []Item {
	begin, end := Downtime(*s)
	switch {
	case begin.IsZero():
		return nil
	case end.IsZero():
		return []Item{{Kind: ItemHeadline, Tone: Warn, Text: "DOWNTIME", Label: "for " + lasting(now.Sub(begin))}}
	}
	return []Item{{Kind: ItemHeadline, Tone: Good, Text: "UP AGAIN", Label: "after " + lasting(end.Sub(begin)) + " of downtime"}}
}

// rows are the applications, one a line: name, what it is now, how it was, where
// it is bound.
func (s *State) rows() []Item {
	var items []Item
	for _, a := range s.Facts.Apps {
		m := s.memoryOf(a.GUID)
		state, tone := strings.ToLower(a.State), Plain
		switch {
		case a.Gone:
			state, tone = "gone", Bad
		case m != nil && s.completed():
			if s.inPlace(*m) {
				tone = Good
			}
		case m != nil && m.Waived:
			state, tone = state+", waived", Warn
		case m != nil && a.State == Stopped:
			tone = Good
		}
		was := plural(a.Instances(), "instance", "instances")
		if m != nil {
			was = "was " + strings.ToLower(m.State)
		}
		where := "not bound"
		switch {
		case a.Source != nil && a.Target != nil:
			where = "on both"
		case a.Source != nil:
			where = "on source"
		case a.Target != nil:
			where = "on target"
		}
		items = append(items, Item{Kind: ItemRow, Tone: tone, Cells: []string{a.Name, state, was, where}})
	}
	return items
}
