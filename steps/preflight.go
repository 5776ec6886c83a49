package steps

import (
	"fmt"
	"slices"
	"time"
)

func preflightStep() definition {
	return definition{
		id: Preflight, title: "Preflight",
		done: func(s *State) bool {
			return s.replicating() || s.checkPassed()
		},
		badge: func(s *State) string {
			f := s.valid()
			if f == nil {
				return ""
			}
			critical, warnings := f.count()
			switch {
			case critical > 0:
				return fmt.Sprintf("%d crit", critical)
			case warnings > 0:
				return fmt.Sprintf("%d warn", warnings)
			}
			return "clean"
		},
		ask:    askPreflight,
		decide: decidePreflight,
		revise: func(s *State) *Question {
			if s.begun() {
				return nil
			}
			return &Question{
				ID: "preflight.revise", Title: "Run the preflight check again?", Why: "For example after you changed something in the source.",
				Options: []Option{{ID: "check", Label: "Check again", Consequence: "takes a moment; nothing is changed"}},
			}
		},
		want: func(s *State) []Effect {
			if s.Choices.Check == nil || !s.Names().Complete() {
				return nil
			}
			return []Effect{{Do: DoCheck, Names: s.Names()}}
		},
		looks: func(*State) []Look {
			return []Look{{SeeSourceKeys, paceIdle}, {SeeTargetKeys, paceIdle}, {SeeReplication, paceIdle}, {SeeFinalization, paceIdle}, {SeeApps, paceIdle}}
		},
		show: showPreflight,
		commands: func(s *State) []Command {
			return []Command{{"run the preflight check", s.curl("GET", "/preflight-check")}}
		},
		guide: Guide{
			What: "The migration service looks at both databases and lists what stands in the way (critical) and what you should know (warnings).",
			Why:  "With a critical finding the migration will fail. It is better to know before anything has been copied.",
			Tips: []string{
				"Tables without a primary key are copied only during the finalization, while the applications are down. Give large ones a key, if you can.",
				"Roles and access rights are not migrated: note the ones that you need.",
				"From the start of the replication on, nobody may change the schema (no DDL) until the migration is complete.",
			},
		},
	}
}

// valid returns the findings that count: those for exactly these six names and
// these keys.
func (s *State) valid() *Findings {
	f := s.Facts.Findings
	if f == nil || f.Names != s.Names() || f.Keys != s.keyGUIDs() {
		return nil
	}
	return f
}

func (f *Findings) count() (critical, warnings int) {
	for _, x := range f.List {
		if x.Critical {
			critical++
		} else {
			warnings++
		}
	}
	return critical, warnings
}

func (s *State) checkPassed() bool {
	f := s.valid()
	if f == nil || s.Choices.Check != nil {
		return false
	}
	return !slices.ContainsFunc(f.List, func(x Finding) bool {
		return x.Critical || !slices.Contains(s.Choices.Accepted, x.ID)
	})
}

func askPreflight(s *State) *Question {
	check := Option{ID: "check", Label: "Check again", Consequence: "takes a moment; nothing is changed"}
	if s.Choices.Check != nil {
		return &Question{
			ID: "preflight.running", Title: "The service is checking both databases.", Waiting: true, Recommended: "wait",
			Why: "This can take minutes. Nothing is changed by it.",
			Options: []Option{
				{ID: "wait", Label: "Stay and watch", Wait: true},
				{ID: "cancel", Label: "Cancel the check", Consequence: "nothing is lost; it can be run again"},
			},
		}
	}
	f := s.valid()
	if f == nil {
		if !s.fresh(SeeReplication) || !s.fresh(SeeFinalization) {
			return nil
		}
		if len(s.Choices.Memory) > 0 {
			return s.askUnfit(&Question{
				ID: "preflight.lost", Title: "The service does not know the replication any more.",
				Why: "Applications were stopped for it. Start them again on the source.",
			})
		}
		check.Label = "Run the preflight check"
		return &Question{
			ID: "preflight", Title: "Check both databases for problems?", Recommended: "check",
			Why:     "The service looks at " + s.Choices.Source.Name + " and " + s.Choices.Target.Name + " and says what could stand in the way.",
			Options: []Option{check},
		}
	}
	critical, warnings := f.count()
	if critical > 0 {
		return &Question{
			ID: "preflight.critical", Tone: Bad, Recommended: "check",
			Title:   fmt.Sprintf("%s to be mended first.", plural(critical, "critical finding has", "critical findings have")),
			Why:     "With them the migration would fail. Mend them in the database or in your applications, then check again.",
			Options: []Option{check, {ID: "databases", Label: "Choose other databases", Consequence: "nothing is changed"}},
		}
	}
	return &Question{
		ID: "preflight.warnings", Tone: Warn, Recommended: "accept",
		Title: fmt.Sprintf("No critical findings; %s to read and accept.", plural(warnings, "warning", "warnings")),
		Why:   "They do not stop the migration. Your name goes into the record with them.",
		Options: []Option{
			{ID: "accept", Label: "Accept " + plural(warnings, "warning", "warnings") + " and go on", Consequence: "you can still turn back; nothing is changed"},
			check,
			{ID: "databases", Label: "Choose other databases", Consequence: "for example an empty target"},
		},
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func decidePreflight(s *State, a Answer) {
	switch a.Option {
	case "look":
		s.overtake(SeeReplication, SeeFinalization, SeeApps)
	case "check":
		s.Choices.Check = s.consent()
		if s.Facts.Findings != nil {
			s.Choices.LastCheck = s.Facts.Findings
		}
	case "accept":
		accepted := slices.Clone(s.Choices.Accepted)
		for _, x := range s.valid().List {
			if !slices.Contains(accepted, x.ID) {
				accepted = append(accepted, x.ID)
			}
		}
		s.Choices.Accepted = accepted
		s.Choices.LastCheck = s.valid() // what was accepted, word for word, is for the record
	case "databases":
		s.Choices.Replicate = nil
		decideDatabases(s, Answer{Option: "again"})
	}
}

func (s *State) checked(e Checked) {
	delete(s.Work, e.Effect.ID())
	s.Choices.Check = nil
	s.Facts.Findings = &Findings{At: s.At, Names: e.Effect.Names, Keys: s.keyGUIDs(), List: e.Findings}
	f := s.Facts.Findings
	critical, warnings := f.count()
	s.remember(Moment{Kind: MomentEffect, Subject: e.Effect.String(), Word: fmt.Sprintf("%d critical, %d warnings", critical, warnings)})
}

func showPreflight(s *State, now time.Time) []Item {
	for _, w := range s.Work {
		if w.Effect.Do == DoCheck && w.Status == InFlight {
			return []Item{{Kind: ItemHeadline, Text: "CHECKING", Label: "for " + lasting(now.Sub(w.At))}}
		}
	}
	f := s.valid()
	if f == nil {
		if s.replicating() {
			return []Item{text("Passed: a replication exists.")}
		}
		return []Item{quiet("Not run yet for these databases and keys.")}
	}
	items := []Item{fact("Checked", "%s ago", lasting(now.Sub(f.At)))}
	if len(f.List) == 0 {
		items = append(items, toned(Good, "No findings at all."))
	}
	for _, critical := range []bool{true, false} {
		for _, x := range f.List {
			if x.Critical == critical {
				items = append(items, showFinding(s, x))
			}
		}
	}
	for _, x := range s.gone(f) {
		items = append(items, Item{Kind: ItemFinding, Tone: Good, Label: "mended since the last check", Text: x.Text})
	}
	return items
}

func showFinding(s *State, x Finding) Item {
	item := Item{Kind: ItemFinding, Tone: Warn, Label: fmt.Sprintf("%s, warning", x.Side), Text: x.Text}
	if x.Critical {
		item.Tone, item.Label = Bad, fmt.Sprintf("%s, critical", x.Side)
	}
	if last := s.Choices.LastCheck; last != nil && !slices.ContainsFunc(last.List, func(y Finding) bool { return y.ID == x.ID }) {
		item.Label += ", new"
	}
	if slices.Contains(s.Choices.Accepted, x.ID) {
		item.Label += ", accepted"
	}
	if help := Remedy(x); help != "" {
		item.Cells = []string{help}
	}
	return item
}

// gone lists what the last check found and this one did not.
func (s *State) gone(f *Findings) []Finding {
	if s.Choices.LastCheck == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Choices.LastCheck.List), func(x Finding) bool {
		return slices.ContainsFunc(f.List, func(y Finding) bool { return y.ID == x.ID })
	})
}
