package steps

import (
	"fmt"
	"time"
)

// Things to clean up, in the order in which it is done. They stand in journals.
const (
	itemTargetKey = "target-key"
	itemSourceKey = "source-key"
	itemSource    = "source-instance"
)

func cleanUpStep() definition {
	return definition{
		id: CleanUp, title: "Clean up",
		done:   func(s *State) bool { return s.Choices.Ended != nil && s.Choices.Ended.How == EndCompleted },
		ask:    askCleanUp,
		decide: decideCleanUp,
		want:   wantCleanUp,
		looks: func(*State) []Look {
			return []Look{{SeeInstances, paceIdle}, {SeeSourceKeys, paceIdle}, {SeeTargetKeys, paceIdle}, {SeeApps, paceCopying}}
		},
		show: showCleanUp,
		commands: func(s *State) []Command {
			n := s.Names()
			return []Command{
				{"delete the migration's key of the target", "cf delete-service-key " + shell(n.TargetInstance) + " " + shell(n.TargetKey)},
				{"delete the migration's key of the source", "cf delete-service-key " + shell(n.SourceInstance) + " " + shell(n.SourceKey)},
				{"delete the source (also its data)", "cf delete-service " + shell(n.SourceInstance)},
			}
		},
		guide: Guide{
			What: "What the migration needed and what the old database leaves behind is deleted, piece by piece, on your word.",
			Why:  "On Google Cloud the target's migration key must not be used after the migration. The old instance costs money as long as it exists.",
			Tips: []string{
				"Deleting the source deletes its data for good. Many teams wait a week. Quit, and come back: the wizard finds this step again.",
				"The platform would delete bindings together with an instance without a word. The wizard refuses while an application is bound to it.",
			},
		},
	}
}

// cleanItem is one thing that can be cleaned up.
type cleanItem struct {
	id     string
	exists bool
	effect Effect
}

func (s *State) cleanItems() []cleanItem {
	var items []cleanItem
	key := func(id string, side Side, choice *KeyChoice, keys []Key, instance *Ref) {
		if choice == nil || instance == nil || id == itemTargetKey && !choice.Create && !choice.SessionReplication {
			return // a key that was there before us, and that may be in use
		}
		item := cleanItem{id: id}
		if k := keyNamed(keys, choice.Name); k != nil {
			item.exists = true
			item.effect = Effect{Do: DoDeleteKey, Side: side, Instance: *instance, Key: k.Ref}
		}
		items = append(items, item)
	}
	key(itemTargetKey, Target, s.Choices.TargetKey, s.Facts.TargetKeys, s.Choices.Target)
	key(itemSourceKey, Source, s.Choices.SourceKey, s.Facts.SourceKeys, s.Choices.Source)
	if s.Choices.Source != nil {
		items = append(items, cleanItem{
			id: itemSource, exists: s.instance(s.Choices.Source) != nil,
			effect: Effect{Do: DoDeleteInstance, Side: Source, Instance: *s.Choices.Source},
		})
	}
	return items
}

// seenForCleanUp reports whether what is left can be told.
func (s *State) seenForCleanUp() bool {
	return s.fresh(SeeInstances) && s.fresh(SeeApps) && s.fresh(SeeTargetKeys) &&
		(s.fresh(SeeSourceKeys) || s.instance(s.Choices.Source) == nil)
}

func askCleanUp(s *State) *Question {
	if !s.seenForCleanUp() {
		return nil
	}
	for _, item := range s.cleanItems() {
		if !item.exists || s.Choices.CleanUp[item.id] == cleanKeep || s.passedBy(item.effect) {
			continue
		}
		if s.Choices.CleanUp[item.id] == cleanDelete {
			return working("clean-up.working", "The platform is deleting.")
		}
		return s.askItem(item)
	}
	return nil
}

func (s *State) askItem(item cleanItem) *Question {
	q := &Question{ID: "clean-up." + item.id, Recommended: "delete"}
	remove := Option{ID: "delete"}
	keep := Option{ID: "keep", Label: "Leave it, on purpose", Consequence: "the record says so"}
	switch item.id {
	case itemTargetKey:
		name := item.effect.Key.Name
		q.Title = fmt.Sprintf("Delete the migration's key %s of the target?", name)
		q.Why = "It was made for the migration only. No application uses it: each has a binding of its own."
		if s.googleCloud() {
			q.Why = "On Google Cloud this key must not be used after the migration. No application uses it: each has a binding of its own."
			keep.Consequence = "the record says so; it must not be used"
		}
		remove.Label, remove.Consequence = "Delete the key "+name, "a new one can be made at any time"
	case itemSourceKey:
		name := item.effect.Key.Name
		q.Title = fmt.Sprintf("Delete the key %s of the source?", name)
		q.Why = "Whoever uses this key loses the source. The migration does not need it any more."
		remove.Label, remove.Consequence, remove.Undo, remove.Typed = "Delete the key "+name, "its credentials are gone for good", UndoNever, name
	case itemSource:
		name := item.effect.Instance.Name
		q.Title = fmt.Sprintf("Delete the source %s, with all its data?", name)
		q.Why = "Many teams wait a week before they do this. You can quit and come back: the wizard finds this step again."
		remove.Label, remove.Consequence, remove.Undo, remove.Typed = "Delete the source "+name, "all data in it is gone for good; the target has it", UndoNever, name
	}
	if item.id != itemTargetKey {
		if b := s.bound(); len(b) > 0 {
			remove.Blocked = b[0].Name + " is still bound to the source"
			q.Recommended = "keep"
		}
	}
	q.Options = []Option{remove, keep, {ID: "wait", Label: "Decide later", Wait: true, Consequence: "quit whenever you like; this step is found again"}}
	return q
}

func decideCleanUp(s *State, a Answer) {
	if a.Option != "delete" && a.Option != "keep" {
		return
	}
	if s.Choices.CleanUp == nil {
		s.Choices.CleanUp = map[string]string{}
	}
	s.Choices.CleanUp[a.Question[len("clean-up."):]] = map[string]string{"delete": cleanDelete, "keep": cleanKeep}[a.Option]
}

func wantCleanUp(s *State) []Effect {
	if !s.completed() || s.Choices.Validated == nil || !s.seenForCleanUp() {
		return nil
	}
	var want []Effect
	for _, item := range s.cleanItems() {
		if !item.exists || s.Choices.CleanUp[item.id] != cleanDelete {
			continue
		}
		if item.id != itemTargetKey && len(s.bound()) > 0 {
			continue
		}
		want = append(want, item.effect)
	}
	return want
}

// settleCleanUp ends the migration when everything is gone or left on purpose.
func settleCleanUp(s *State) {
	if s.Choices.Ended != nil || !s.signedIn() || current(s) != CleanUp || !s.seenForCleanUp() || s.busy() {
		return
	}
	for _, item := range s.cleanItems() {
		if item.exists && s.Choices.CleanUp[item.id] != cleanKeep && !s.passedBy(item.effect) {
			return
		}
	}
	s.Choices.Ended = &Ending{At: s.At, How: EndCompleted}
}

func showCleanUp(s *State, now time.Time) []Item {
	var items []Item
	if s.Choices.Ended != nil {
		items = append(items, Item{Kind: ItemHeadline, Tone: Good, Text: "MIGRATION COMPLETE"})
		if begin, end := Downtime(*s); !end.IsZero() {
			items = append(items, fact("Downtime", "%s", lasting(end.Sub(begin))))
		}
		if begin, _ := Span(*s, SignIn); !begin.IsZero() || len(s.History) > 0 {
			items = append(items, fact("In all", "%s", lasting(s.Choices.Ended.At.Sub(s.History[0].At))))
		}
	}
	if !s.seenForCleanUp() && s.Choices.Ended == nil {
		return append(items, quiet("Looking at what is left…"))
	}
	for _, item := range s.cleanItems() {
		what := map[string]string{
			itemTargetKey: "Key of the target", itemSourceKey: "Key of the source", itemSource: "Source instance",
		}[item.id]
		state := "deleted"
		if item.exists {
			state = "there"
			switch s.Choices.CleanUp[item.id] {
			case cleanKeep:
				state = "left on purpose"
			case cleanDelete:
				state = "to be deleted"
				if s.Choices.Ended != nil {
					state = "could not be deleted"
				}
			}
		}
		items = append(items, fact(what, "%s", state))
	}
	_ = now
	return append(items, s.rows()...)
}
