package steps

import (
	"cmp"
	"slices"
	"time"
)

// LeftKind is the kind of a thing that is left. The values stand in journals and
// reports.
type LeftKind string

// Kinds of things that can be left when a migration ends.
const (
	LeftSource       LeftKind = "source-instance"
	LeftTarget       LeftKind = "target-instance" // one that is not in use after the migration
	LeftSourceKey    LeftKind = "source-key"
	LeftTargetKey    LeftKind = "target-key"
	LeftBinding      LeftKind = "source-binding" // of an application
	LeftShare        LeftKind = "source-share"   // with another space
	LeftAccess       LeftKind = "open-access"    // the source is open to the migration service
	LeftReplication  LeftKind = "replication"
	LeftFinalization LeftKind = "finalization"
)

// LeftItem is something that is still there, and why.
type LeftItem struct {
	What   LeftKind  `json:"what"`
	Name   string    `json:"name"`
	Of     string    `json:"of,omitempty"`     // the instance, for keys, bindings and shares
	Status string    `json:"status,omitempty"` // of a replication or a finalization
	Why    string    `json:"why"`
	SeenAt time.Time `json:"seen_at,omitzero"` // the last look; zero: known from the record only
}

func (l LeftItem) String() string {
	words := map[LeftKind]string{
		LeftSource: "source instance ", LeftTarget: "target instance ", LeftSourceKey: "key of the source, ", LeftTargetKey: "key of the target, ",
		LeftBinding: "binding to the source, ", LeftShare: "source shared with ", LeftAccess: "access of the migration service to ",
		LeftReplication: "replication ", LeftFinalization: "finalization ",
	}
	return words[l.What] + l.Name
}

// Inventory lists what is left, and why: after the end as it was noted then,
// before it as it would be if the migration ended now. A look decides; where
// nobody has looked since the wizard was started, the record does.
func Inventory(s State) []LeftItem {
	if e := s.Choices.Ended; e != nil && e.Left != nil {
		return e.Left
	}
	return inventory(&s)
}

// keepInventory records what is left when the migration ends.
func (s *State) keepInventory() {
	if e := s.Choices.Ended; e != nil && e.Left == nil && e.At.Equal(s.At) {
		s.Choices.Ended = &Ending{At: e.At, How: e.How, Left: inventory(s)}
	}
}

func inventory(s *State) []LeftItem {
	if s.Choices.Where == nil {
		return []LeftItem{}
	}
	return append([]LeftItem{}, slices.Concat(s.leftOnService(), s.leftKeys(Target), s.leftKeys(Source), s.leftUsers(), s.leftInstances())...) // never nil: nil says that it was not noted
}

// onTarget reports whether the target has become the database for good: what was
// taken back is in use on the source, and nothing of it is left over.
func (s *State) onTarget() bool { return s.completed() && s.Choices.BackOut == nil }

// leftOnService lists replication and finalization. A completed one is over.
func (s *State) leftOnService() []LeftItem {
	var list []LeftItem
	if s.onTarget() {
		return list
	}
	n := s.Names()
	for _, p := range []*process{finalization, replication} {
		var at time.Time
		there, word := p.recorded(s)
		if now := p.progress(s); now.Known {
			there, word, at = now.Exists, now.Word, s.freshAt(p.see)
		}
		if there {
			list = append(list, LeftItem{
				What: p.left, Name: n.SourceInstance + " → " + n.TargetInstance, Status: word,
				Why: s.whyLeft("", Effect{Do: p.remove}), SeenAt: at,
			})
		}
	}
	return list
}

// leftKeys lists the key that the migration has used and those that it has made,
// and after the switch whatever other key the source still has.
func (s *State) leftKeys(side Side) []LeftItem {
	x := s.endpoint(side)
	choice := *x.choice
	if x.instance == nil || s.deleted(*x.instance) {
		return nil
	}
	left := LeftItem{What: x.leftKey, Of: s.presentName(x.instance), SeenAt: s.freshAt(x.seeKeys)}
	if !s.fresh(x.seeKeys) {
		if choice == nil || !s.keyOnRecord(*x.instance, *choice) {
			return nil
		}
		left.Name = choice.Name
		left.Why = s.whyKey(x.keyItem, Effect{Do: DoDeleteKey, Side: side, Instance: *x.instance, Key: Ref{Name: choice.Name}}, !choice.Create)
		return []LeftItem{left}
	}
	var list []LeftItem
	for _, i := range s.keyItems(x, func(chosen, made bool) bool { return chosen || made || side == Source && s.onTarget() }) {
		left.Name, left.Why = i.effect.Key.Name, s.whyKey(i.id, i.effect, !i.made)
		list = append(list, left)
	}
	return list
}

// keyOnRecord: one that was there before is there until this migration deletes it.
func (s *State) keyOnRecord(instance Ref, choice KeyChoice) bool {
	create := Effect{Do: DoCreateKey, Instance: instance, Key: Ref{Name: choice.Name}}
	remove := Effect{Do: DoDeleteKey, Instance: instance, Key: Ref{Name: choice.Name}}
	return (!choice.Create || s.onRecord(create)) && !s.onRecord(remove)
}

func (s *State) whyKey(item string, e Effect, before bool) string {
	why := ""
	if before {
		why = "this migration has not made it"
	}
	return cmp.Or(s.whyDecided(item, e), why, s.whyNot())
}

// leftUsers lists the bindings and shares of the source after the switch.
func (s *State) leftUsers() []LeftItem {
	if !s.onTarget() {
		return nil
	}
	source := s.instanceOf(Source)
	var list []LeftItem
	add := func(kind LeftKind, name, why string, see Observable) {
		list = append(list, LeftItem{What: kind, Name: name, Of: s.present(source).Name, Why: why, SeenAt: s.freshAt(see)})
	}
	for _, i := range s.bindingItems(source) {
		why := "it was not switched to the target"
		if i.app.Target != nil {
			why = "the target is bound as well"
		}
		add(LeftBinding, i.app.Name, cmp.Or(s.whyDecided(i.id, i.effect), why), ObserveApps)
	}
	if s.deleted(source) {
		return list
	}
	for _, i := range s.shareItems(source) {
		add(LeftShare, spaceWord(i.effect.Space), s.whyLeft(i.id, i.effect), ObserveShares)
	}
	return list
}

// leftInstances lists the source after the switch, whether it is open to the
// migration service, and targets that were written to and did not become the
// database.
func (s *State) leftInstances() []LeftItem {
	var list []LeftItem
	c := &s.Choices
	add := func(kind LeftKind, r Ref, why string) {
		if !s.deleted(r) {
			list = append(list, LeftItem{What: kind, Name: s.present(r).Name, Why: why, SeenAt: s.freshAt(ObserveInstances)})
		}
	}
	if c.Source != nil && s.onTarget() {
		add(LeftSource, *c.Source, s.whyLeft(itemSource, Effect{Do: DoDeleteInstance, Instance: *c.Source}))
	}
	if c.Source != nil && s.onRecord(Effect{Do: DoOpenAccess, Instance: *c.Source}) {
		add(LeftAccess, *c.Source, "this migration has opened it; the service names no way to close it")
	}
	for _, r := range c.UsedTargets {
		add(LeftTarget, r, "a replication has written to it; it cannot be a target again")
	}
	written, _ := replication.recorded(s)
	if c.Target != nil && c.Ended != nil && c.Ended.How != EndCompleted && written && !slices.Contains(c.UsedTargets, *c.Target) {
		add(LeftTarget, *c.Target, "a replication has written to it")
	}
	return list
}

// deleted reports whether an instance is not there any more.
func (s *State) deleted(r Ref) bool {
	if s.fresh(ObserveInstances) {
		return s.instance(&r) == nil
	}
	return s.onRecord(Effect{Do: DoDeleteInstance, Instance: r})
}

// onRecord reports whether a request was carried out in any round.
func (s *State) onRecord(e Effect) bool {
	return s.History.ever(func(m *Moment) bool { return m.Did(e.Do) && m.same(e) })
}

func (s *State) whyLeft(item string, e Effect) string {
	return cmp.Or(s.whyDecided(item, e), s.whyNot())
}

// whyDecided gives the reason that somebody decided or that a request failed;
// empty for neither.
func (s *State) whyDecided(item string, e Effect) string {
	e.Round = s.Choices.Round
	for _, w := range s.Work {
		sent := momentOf(w.Effect, "")
		if sent.same(e) && (w.Status == GoneWrong || w.Status == PassedBy) {
			if w.Problem.Says != "" {
				return "it could not be removed: " + w.Problem.Says
			}
			return "it could not be removed"
		}
	}
	switch ended := s.Choices.Ended; {
	case s.decided(cleanItem{id: item}) == cleanKeep:
		return "left on purpose"
	case ended != nil && ended.How == EndForHelp:
		return "left for SAP support to look at"
	}
	return ""
}

func (s *State) whyNot() string {
	switch {
	case s.Choices.Ended != nil:
		return "nobody asked for its removal"
	case s.Choices.BackOut != nil:
		return "the back-out has not come to it"
	}
	return "the migration has not come to its end"
}

// freshAt returns when the look was that decided; no time if the record did.
func (s *State) freshAt(see Observable) time.Time {
	if !s.fresh(see) {
		return time.Time{}
	}
	return s.Seen[see].At
}
