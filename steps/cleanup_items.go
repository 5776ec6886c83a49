package steps

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Things to clean up, in the order in which it is done; of some there are many,
// then a colon and the thing's GUID follow. They stand in journals.
const (
	itemTargetKey = "target-key"
	itemNameSwap  = "name-swap"
	itemCooling   = "cooling"
	itemSourceKey = "source-key"
	itemBinding   = "binding"
	itemShare     = "share"
	itemSource    = "source-instance"
)

// Decisions on them, besides cleanDelete and cleanKeep. They stand in journals.
const (
	coolingOver  = "over"
	cleanSwap    = OptionSwap
	cleanRestore = OptionRestore
)

func kindOf(item string) string {
	kind, _, _ := strings.Cut(item, ":")
	return kind
}

// cleanItem is one thing that is there and can be cleaned up.
type cleanItem struct {
	id      string
	effect  Effect
	app     App    // of a binding
	blocked string // why it cannot be done now
	going   bool   // the platform is at it
	made    bool   // of a key: by this migration
}

func (i cleanItem) String() string {
	switch kindOf(i.id) {
	case itemTargetKey:
		return "key " + i.effect.Key.Name + " of the target"
	case itemSourceKey:
		return "key " + i.effect.Key.Name + " of the source"
	case itemBinding:
		return "binding of " + i.effect.App.Name + " to the source"
	case itemShare:
		return "share of the source with " + spaceWord(i.effect.Space)
	}
	return "source " + i.effect.Instance.Name
}

func spaceWord(space Ref) string {
	if space.Name == "" {
		return "a space that this login may not see (" + space.GUID + ")"
	}
	return "the space " + space.Name
}

// cleanItems lists what is there, in the order in which it goes.
func (s *State) cleanItems() []cleanItem { return append(s.targetItems(), s.sourceItems()...) }

// targetItems lists the keys of the target that only the migration has use for.
// Another one was there before, and may be in use.
func (s *State) targetItems() []cleanItem {
	if s.Choices.Target == nil {
		return nil
	}
	return ownFirst(s.keyItems(s.endpoint(Target), func(chosen, made bool) bool {
		return made || chosen && s.Choices.TargetKey.SessionReplication
	}))
}

// keyItems lists the keys of one side that are wanted, by whether the migration uses
// them and has made them.
func (s *State) keyItems(x endpoint, wanted func(chosen, made bool) bool) []cleanItem {
	var items []cleanItem
	for _, k := range *x.keys {
		chosen := x.chosen(k)
		item := cleanItem{
			id: x.keyItem, going: goingAway(k.Operation), made: s.madeKey(*x.instance, k) || chosen && (*x.choice).Create,
			effect: Effect{Do: DoDeleteKey, Side: x.side, Instance: s.present(*x.instance), Key: k.Ref},
		}
		if !chosen {
			item.id += ":" + k.GUID
		}
		if wanted(chosen, item.made) {
			items = append(items, item)
		}
	}
	return items
}

// ownFirst puts the key that the migration has used last before the others.
func ownFirst(items []cleanItem) []cleanItem {
	slices.SortStableFunc(items, func(a, b cleanItem) int {
		return strings.Count(a.id, ":") - strings.Count(b.id, ":")
	})
	return items
}

// madeKey reports whether this migration has created a key, in any round, or
// has tried to and left one that failed.
func (s *State) madeKey(instance Ref, k Key) bool {
	e := Effect{Do: DoCreateKey, Instance: instance, Key: Ref{Name: k.Name}}
	return s.everDid(e) || k.Operation.Condition() == ConditionNotMade && s.History.ever(func(m *Moment) bool {
		return m.Kind == MomentEffect && m.same(e)
	})
}

func goingAway(o Operation) bool { return o.Condition() == ConditionGoing }

// sourceItems lists what belongs to the source: its keys, its bindings, the spaces it is
// shared with, and itself at the end. Each waits for those before it: the platform would
// delete them without asking.
func (s *State) sourceItems() []cleanItem {
	source := s.instance(s.Choices.Source)
	if source == nil {
		return nil
	}
	items := ownFirst(s.keyItems(s.endpoint(Source), func(bool, bool) bool { return true }))
	items = append(items, s.bindingItems(source.Ref)...)
	items = append(items, s.shareItems(source.Ref)...)
	whole := cleanItem{
		id: itemSource, going: goingAway(source.Operation),
		effect: Effect{Do: DoDeleteInstance, Side: Source, Instance: source.Ref},
	}
	if n := len(items); n > 0 {
		whole.blocked = "the " + items[0].String() + " is still there"
		if n > 1 {
			whole.blocked += fmt.Sprintf(", and %s more", plural(n-1, "thing", "things"))
		}
	}
	return append(items, whole)
}

// bindingItems are the bindings of applications to the source.
func (s *State) bindingItems(source Ref) []cleanItem {
	var items []cleanItem
	for _, a := range s.bound() {
		for _, b := range a.Source {
			item := cleanItem{
				id: itemBinding + ":" + b.GUID, app: a, going: goingAway(b.Operation),
				effect: Effect{Do: DoUnbind, Side: Source, Instance: source, App: a.Ref, Binding: b.ref()},
			}
			if a.State == Started && a.Target == nil {
				item.blocked = a.Name + " is running on the old database: stop it, or bind it to the target and restart it"
			}
			items = append(items, item)
		}
	}
	return items
}

// shareItems are the spaces that the source is shared with.
func (s *State) shareItems(source Ref) []cleanItem {
	var items []cleanItem
	for _, sh := range s.Facts.Shares[Source] {
		item := cleanItem{
			id:     itemShare + ":" + sh.Space.GUID,
			effect: Effect{Do: DoUnshare, Side: Source, Instance: source, Space: sh.Space},
		}
		var there []string
		for _, a := range s.bound() {
			if a.SpaceGUID == sh.Space.GUID {
				there = append(there, a.Name)
			}
		}
		if len(there) > 0 {
			item.blocked = "the platform would unbind " + strings.Join(there, ", ") + " in " + spaceWord(sh.Space)
		}
		items = append(items, item)
	}
	return items
}

// decided is what the person has decided about a thing. Leaving the source on purpose
// includes all that belongs to it.
func (s *State) decided(i cleanItem) string {
	if kindOf(i.id) != itemTargetKey && s.Choices.CleanUp[itemCooling] == cleanKeep {
		return cleanKeep
	}
	return s.Choices.CleanUp[i.id]
}

// settled reports whether a thing stays, on purpose or because it could not be deleted.
func (s *State) settled(i cleanItem) bool {
	return s.decided(i) == cleanKeep || s.leftUndone(i.effect)
}

// present is an instance under the name that it has now.
func (s *State) present(r Ref) Ref {
	if i := s.instance(&r); i != nil {
		return i.Ref
	}
	return r
}

func (s *State) presentName(r *Ref) string {
	if r == nil {
		return ""
	}
	return s.present(*r).Name
}

func (s *State) askItem(item cleanItem) *Question {
	q := &Question{ID: itemQuestion(item.id), Recommended: OptionDelete}
	remove := Option{ID: OptionDelete, Blocked: item.blocked, Undo: UndoNever, Deletes: true, KeptBefore: s.History.LastAnswer(s.Choices.Round, q.ID) == OptionKeep}
	keep := Option{ID: OptionKeep, Label: "Leave it, on purpose", Consequence: "the record says so; then the source cannot be deleted here"}
	more := Option{ID: OptionKeepAll, Label: "Leave all that is left, on purpose", Consequence: "also the source; the record lists it"}
	var others []Option
	switch kindOf(item.id) {
	case itemTargetKey:
		name := item.effect.Key.Name
		q.Title = fmt.Sprintf("Delete the migration's key %s of the target?", name)
		q.Why = "It was made for the migration only. No application uses it: each has a binding of its own."
		keep.Consequence = "the record says so"
		if s.googleCloud() {
			q.Why = "On Google Cloud this key must not be used after the migration. No application uses it: each has a binding of its own."
			keep.Consequence = "the record says so; it must not be used"
		}
		remove.Label, remove.Consequence, remove.Undo = "Delete the key "+name, "a new one can be made at any time", UndoFree
	case itemSourceKey:
		name := item.effect.Key.Name
		q.Title = fmt.Sprintf("Delete the key %s of the source?", name)
		q.Why = "Whoever uses this key loses the source. The migration does not need it any more."
		if item.id != itemSourceKey {
			q.Why = "This migration has not used it: somebody else made it. Whoever uses it loses the source."
			others = append(others, more)
		}
		remove.Label, remove.Consequence = "Delete the key "+name, "its credentials are gone for good"
		remove.Typed, remove.Object = "delete key "+name, name
	case itemBinding:
		s.askBinding(q, &remove, item)
		others = append(others, more)
	case itemShare:
		s.askShare(q, &remove, item)
	case itemSource:
		name := item.effect.Instance.Name
		q.Title = fmt.Sprintf("Delete the source %s, with all its data?", name)
		q.Why = "Nothing else is left of it. You can also quit and come back: the wizard finds this step again."
		keep.Consequence = "the record says so"
		remove.Label, remove.Consequence = "Delete the source "+name, "all data in it is gone for good; the target has it"
		remove.Typed, remove.Object = "delete "+name, name
		if item.blocked != "" {
			q.Why = "What was left on purpose would be deleted with it, without a word."
			others = append(others, Option{ID: OptionAgain, Label: "Go through what is left again", Consequence: "asks anew for each key, binding and share"})
		}
	}
	if item.blocked != "" {
		q.Recommended = OptionKeep
	}
	if kindOf(item.id) == itemSource && s.lossWords() != "" {
		remove.Typed, remove.Consequence = wordToLose(item.effect.Instance.Name), "all data in it is gone for good"
		others = append(others, s.comparedOption())
	}
	q.Options = append([]Option{remove, keep}, others...)
	if remove.Irreversible() {
		s.warnOfOpen(q, OptionDelete, OptionKeep, "")
	}
	s.warnOfLoss(q, OptionDelete, OptionKeep, "")
	q.Options = append(q.Options, Option{ID: OptionWait, Label: "Decide later", Wait: true, Consequence: "quit whenever you like; this step is found again"})
	return q
}

// askBinding: an application that runs on the source alone would lose its
// database. One that has both may still hold connections to the old one; only those who
// know it can tell, so its name has to be typed.
func (s *State) askBinding(q *Question, remove *Option, item cleanItem) {
	a := item.app
	q.Title = fmt.Sprintf("Unbind %s from the source?", a.Name)
	if where := s.shareOf(a.SpaceGUID); where != nil {
		q.Title = fmt.Sprintf("Unbind %s, in %s, from the source?", a.Name, spaceWord(where.Space))
	}
	remove.Label, remove.Typed, remove.Object = "Unbind "+a.Name, "unbind "+a.Name, a.Name
	remove.Consequence = "its credentials for the source are gone for good"
	switch {
	case a.Target != nil && a.State == Started:
		q.Why = "It runs, and it is bound to both databases. Whether it uses the old one still, the wizard cannot see: look at its log first."
		remove.Consequence = "if it still uses the source it fails until it is restarted; the credentials are gone for good"
	case a.Target != nil:
		q.Why = "It is stopped, and bound to both databases. The target's binding stays."
	case a.State == Started:
		q.Why = "It runs, and this binding is its only one here: it still uses the old database, and what it writes there is not on the target."
	default:
		q.Why = "It is stopped, and has no binding to the target: if it is to be used again, bind it there."
	}
}

func (s *State) askShare(q *Question, remove *Option, item cleanItem) {
	space := spaceWord(item.effect.Space)
	q.Title = fmt.Sprintf("End the sharing of the source with %s?", space)
	q.Why = "The platform unbinds that space's applications first, without asking. None is seen to be bound to the source there."
	if item.blocked != "" {
		q.Why = "The platform unbinds that space's applications first, without asking."
	}
	remove.Label, remove.Consequence = "End the sharing with "+space, "a binding there that this login cannot see is deleted for good"
	remove.Object = cmp.Or(item.effect.Space.Name, item.effect.Instance.Name)
	remove.Typed = "unshare " + remove.Object
}

func (s *State) shareOf(space string) *Share {
	return find(s.Facts.Shares[Source], func(sh Share) bool { return space != "" && sh.Space.GUID == space })
}

// cleanItemFact says how a thing stands, and why.
func (s *State) cleanItemFact(item cleanItem) Item {
	e := item.effect
	label := map[string]string{
		itemTargetKey: "Key of the target", itemSourceKey: "Key of the source", itemBinding: "Bound to the source",
		itemShare: "Source shared with", itemSource: "Source instance",
	}[kindOf(item.id)]
	name := map[Verb]string{DoDeleteKey: e.Key.Name, DoUnbind: e.App.Name, DoUnshare: spaceWord(e.Space), DoDeleteInstance: e.Instance.Name}[e.Do]
	state := "there"
	switch {
	case s.leftUndone(e):
		state = "could not be deleted"
	case s.decided(item) == cleanKeep:
		state = "left on purpose"
	case item.going, s.decided(item) == cleanDelete:
		state = "being deleted"
	case item.blocked != "" && kindOf(item.id) != itemSource:
		state = "there: " + item.blocked
	}
	see := map[Verb]Observable{DoUnbind: ObserveApps, DoUnshare: ObserveShares, DoDeleteInstance: ObserveInstances}[e.Do]
	if e.Do == DoDeleteKey {
		see = s.endpoint(e.Side).seeKeys
	}
	return seenFact(see, label, "%s, %s", name, state)
}
