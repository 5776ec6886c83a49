package steps

import (
	"fmt"
	"strconv"
)

// oldNames is how many names are tried for the source before a person is asked.
const oldNames = 9

// nextRename returns the next renaming on the way to a target with the source's name,
// by the names that the instances have now. The migration service finds everything by
// name: it cannot be asked afterwards.
func (s *State) nextRename() (Effect, bool) {
	if s.Choices.Source == nil || s.Choices.Target == nil || s.swapImpossible() != "" {
		return Effect{}, false
	}
	target := s.instance(s.Choices.Target)
	if target == nil || target.Name == s.Choices.Source.Name {
		return Effect{}, false
	}
	if s.sourceHasItsName() {
		return Effect{Do: DoRenameInstance, Side: Source, Instance: *s.Choices.Source, NewName: s.oldName()}, true
	}
	return Effect{Do: DoRenameInstance, Side: Target, Instance: target.Ref, NewName: s.Choices.Source.Name}, true
}

// swapImpossible returns why the target cannot take the source's name; empty
// when it can, or has it. The platform does not rename what is shared.
func (s *State) swapImpossible() string {
	source, target := s.instance(s.Choices.Source), s.instance(s.Choices.Target)
	switch {
	case target == nil || s.Choices.Source == nil || target.Name == s.Choices.Source.Name:
		return ""
	case len(s.Facts.Shares[Target]) > 0:
		return target.Name + " is shared with " + plural(len(s.Facts.Shares[Target]), "space", "spaces") + ", and the platform does not rename what is shared"
	case source != nil && s.sourceHasItsName() && len(s.Facts.Shares[Source]) > 0:
		return source.Name + " is shared with " + plural(len(s.Facts.Shares[Source]), "space", "spaces") + ", and the platform does not rename what is shared"
	case s.named(s.Choices.Source.Name) != nil && !s.sourceHasItsName():
		return "another instance is called " + s.Choices.Source.Name
	}
	return ""
}

func (s *State) named(name string) *Instance {
	return find(s.Facts.Instances, func(i Instance) bool { return i.Name == name })
}

func (s *State) sourceHasItsName() bool {
	i := s.instance(s.Choices.Source)
	return i != nil && i.Name == s.Choices.Source.Name
}

// oldName is the name that the source gets. Names of things that the list of
// instances does not hold, such as user-provided services, show when the
// platform refuses: the next one is tried then.
func (s *State) oldName() string {
	name := s.Choices.Source.Name + "-old"
	for n := 2; n <= oldNames; n++ {
		e := Effect{Do: DoRenameInstance, Instance: *s.Choices.Source, NewName: name, Round: s.Choices.Round}
		w, tried := s.Work[e.ID()]
		if s.named(name) == nil && (!tried || w.Problem.Kind != ProblemTaken) {
			break
		}
		name = s.Choices.Source.Name + "-old-" + strconv.Itoa(n)
	}
	return name
}

// halfSwapped reports whether the source has another name than it had and the
// target has not taken it.
func (s *State) halfSwapped() bool {
	source, target := s.instance(s.Choices.Source), s.instance(s.Choices.Target)
	return source != nil && target != nil && !s.sourceHasItsName() && s.named(s.Choices.Source.Name) == nil
}

// renamed reports whether source or target have other names than those that the
// migration service knows them by: then nothing may be asked of it any more.
func (s *State) renamed() bool { return s.misnamed() != nil }

// restoreName is the way back from half a swap: the source gets its name again.
func (s *State) restoreName() Effect {
	return Effect{Do: DoRenameInstance, Side: Source, Instance: s.present(*s.Choices.Source), NewName: s.Choices.Source.Name}
}

func (s *State) wantedRename() (Effect, bool) {
	switch s.Choices.CleanUp[itemNameSwap] {
	case cleanSwap:
		return s.nextRename()
	case cleanRestore:
		return s.restoreName(), s.halfSwapped()
	}
	return Effect{}, false
}

// swapSettled reports whether the names are decided on. A swap that failed half-way is
// not.
func (s *State) swapSettled() bool {
	e, possible := s.nextRename()
	if !possible || s.Choices.CleanUp[itemNameSwap] == cleanKeep {
		return true
	}
	return s.leftUndone(e) && !s.halfSwapped()
}

func (s *State) askNameSwap() *Question {
	if s.swapSettled() {
		return nil
	}
	if e, ok := s.wantedRename(); ok && !s.leftUndone(e) {
		return working(QuestionCleanUpRenaming, "The platform is renaming.")
	}
	e, _ := s.nextRename()
	name, target := s.Choices.Source.Name, s.presentName(s.Choices.Target)
	q := &Question{
		ID: QuestionCleanUpNameSwap, Recommended: OptionKeep,
		Title: fmt.Sprintf("Shall %s take the name %s?", target, name),
		Why: fmt.Sprintf("Manifests and MTA descriptors that list %s under services: go on working then, and applications that look for that name find it from their next start on. "+
			"What looks for the label does not: it is %s in VCAP_SERVICES, not %s, under either name.", name, TargetOffering, SourceOffering),
	}
	swap := Option{
		ID: OptionSwap, Undo: UndoWork, Label: "Rename the target", Consequence: fmt.Sprintf("%s becomes %s", target, name),
	}
	if s.sourceHasItsName() {
		swap.Label, swap.Consequence = "Swap the names", fmt.Sprintf("%s becomes %s, and %s", name, e.NewName, swap.Consequence)
	}
	swap.Consequence += "; backing out with this wizard is over then: the migration service finds everything by name"
	keep := Option{ID: OptionKeep, Label: "Leave the names", Consequence: "manifests have to name " + target + " from now on"}
	q.Options = []Option{swap, keep}
	if s.halfSwapped() {
		source := s.presentName(s.Choices.Source)
		q.Title = fmt.Sprintf("Nothing is called %s now. Shall %s take that name?", name, target)
		q.Why = fmt.Sprintf("The source is called %s, and the target has not taken its name yet. ", source) + q.Why
		q.Recommended = OptionSwap
		q.Options = append(q.Options, Option{ID: OptionRestore, Label: fmt.Sprintf("Give %s its name %s back", source, name), Consequence: "the names are as they were"})
	}
	q.Options = append(q.Options, Option{ID: OptionWait, Label: "Decide later", Wait: true, Consequence: "quit whenever you like; this step is found again"})
	return q
}

// NamesKept reports whether the person has left the names as they are.
func NamesKept(s State) bool { return s.Choices.CleanUp[itemNameSwap] == cleanKeep }

// renameAgain forgets renamings that failed and were left at that.
func (s *State) renameAgain() {
	s.dropWork(func(w Work) bool { return w.leftUndone() && w.Effect.Do == DoRenameInstance })
}
