package report

import (
	"slices"
	"time"

	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/steps"
)

// leftovers lists what is still there, with the reason. A look decides; where
// nobody has looked since the wizard was started, the record does.
func (b *builder) leftovers() []Leftover {
	list := []Leftover{}
	if b.s.Choices.Where == nil {
		return list
	}
	list = append(list, b.leftOnService()...)
	c := &b.s.Choices
	key := func(kind LeftoverKind, side steps.Side, choice *steps.KeyChoice, keys []steps.Key, see steps.Sight, instance *steps.Ref) {
		if choice == nil || instance == nil {
			return
		}
		e := steps.Effect{Do: steps.DoDeleteKey, Side: side, Instance: *instance, Key: steps.Ref{Name: choice.Name}}
		made := !choice.Create || b.done(steps.Effect{Do: steps.DoCreateKey, Instance: *instance, Key: e.Key})
		gone := b.done(e) || b.done(steps.Effect{Do: steps.DoDeleteInstance, Instance: *instance})
		there := slices.ContainsFunc(keys, func(k steps.Key) bool { return k.Name == choice.Name })
		if !b.still(see, there, made && !gone) {
			return
		}
		why := b.why(kind, e)
		if why == "" && !choice.Create {
			why = "it was there before this migration"
		}
		list = append(list, Leftover{
			Kind: kind, Name: sanitize.Line(choice.Name), Of: sanitize.Line(instance.Name), Why: b.orNot(why), SeenAt: b.seen(see),
		})
	}
	key(LeftTargetKey, steps.Target, c.TargetKey, b.s.Facts.TargetKeys, steps.SeeTargetKeys, c.Target)
	key(LeftSourceKey, steps.Source, c.SourceKey, b.s.Facts.SourceKeys, steps.SeeSourceKeys, c.Source)
	list = append(list, b.leftBindings()...)
	return append(list, b.leftInstances()...)
}

// leftOnService lists replication and finalization. A completed one is over.
func (b *builder) leftOnService() []Leftover {
	list := []Leftover{}
	if b.finished() {
		return list
	}
	for _, x := range []struct {
		kind         LeftoverKind
		progress     steps.Progress
		see          steps.Sight
		make, remove steps.Verb
		moment       string
	}{
		{LeftFinalization, b.s.Facts.Finalization, steps.SeeFinalization, steps.DoCreateFinalization, steps.DoDeleteFinalization, steps.MomentFinalization},
		{LeftReplication, b.s.Facts.Replication, steps.SeeReplication, steps.DoCreateReplication, steps.DoDeleteReplication, steps.MomentReplication},
	} {
		see := x.see
		var seenAt time.Time
		there, word := b.recorded(x.make, x.remove, x.moment)
		if x.progress.Known {
			there, word, seenAt = x.progress.Exists, x.progress.Word, b.seen(see)
		}
		if !there {
			continue
		}
		names := cleanNames(b.s.Names())
		list = append(list, Leftover{
			Kind: x.kind, Name: names.SourceInstance + " → " + names.TargetInstance, Status: sanitize.Line(word),
			Why: b.orNot(b.why(x.kind, steps.Effect{Do: x.remove})), SeenAt: seenAt,
		})
	}
	return list
}

// recorded says what the history knows of a thing on the service in this round:
// whether it was made or seen and not removed since, and its last status.
func (b *builder) recorded(made, removed steps.Verb, kind string) (there bool, word string) {
	for _, m := range b.s.History {
		switch {
		case m.Round != b.s.Choices.Round:
		case m.Kind == kind:
			there, word = true, m.Word
		case m.Kind == steps.MomentEffect && m.Word == "done" && m.Subject == (steps.Effect{Do: made}).String():
			there = true
		case m.Kind == steps.MomentEffect && m.Word == "done" && m.Subject == (steps.Effect{Do: removed}).String():
			there, word = false, ""
		}
	}
	return there, word
}

// leftBindings lists applications that are bound to the source after the switch.
func (b *builder) leftBindings() []Leftover {
	list := []Leftover{}
	if !b.finished() {
		return list
	}
	for _, a := range b.s.Facts.Apps {
		if a.Source != nil && !a.Gone {
			why := "it was not switched to the target"
			if a.Target != nil {
				why = "the target is bound as well"
			}
			list = append(list, Leftover{
				Kind: LeftBinding, Name: sanitize.Line(a.Name), Of: cleanNames(b.s.Names()).SourceInstance, Why: why, SeenAt: b.seen(steps.SeeApps),
			})
		}
	}
	return list
}

// leftInstances lists the source after the switch, and targets that were written
// to and did not become the database.
func (b *builder) leftInstances() []Leftover {
	list := []Leftover{}
	c := &b.s.Choices
	add := func(kind LeftoverKind, r steps.Ref, why string) {
		there := slices.ContainsFunc(b.s.Facts.Instances, func(i steps.Instance) bool { return i.GUID == r.GUID })
		if b.still(steps.SeeInstances, there, !b.done(steps.Effect{Do: steps.DoDeleteInstance, Instance: r})) {
			list = append(list, Leftover{Kind: kind, Name: sanitize.Line(r.Name), Why: why, SeenAt: b.seen(steps.SeeInstances)})
		}
	}
	if b.finished() && c.Source != nil {
		add(LeftSource, *c.Source, b.orNot(b.why(LeftSource, steps.Effect{Do: steps.DoDeleteInstance, Instance: *c.Source})))
	}
	for _, r := range c.Spent {
		add(LeftTarget, r, "a replication has written to it; it cannot be a target again")
	}
	written, _ := b.recorded(steps.DoCreateReplication, steps.DoDeleteReplication, steps.MomentReplication)
	if c.Target != nil && c.Ended != nil && c.Ended.How != steps.EndCompleted && written && !slices.Contains(c.Spent, *c.Target) {
		add(LeftTarget, *c.Target, "a replication has written to it")
	}
	return list
}

// why gives the reason that somebody decided or that a request failed; empty for
// neither.
func (b *builder) why(kind LeftoverKind, e steps.Effect) string {
	for _, w := range b.s.Work {
		if w.Effect.String() == e.String() && (w.Status == steps.GoneWrong || w.Status == steps.PassedBy) {
			if says := sanitize.Line(w.Problem.Says); says != "" {
				return "it could not be removed: " + says
			}
			return "it could not be removed"
		}
	}
	switch ended := b.s.Choices.Ended; {
	case b.s.Choices.CleanUp[string(kind)] == "keep":
		return "left on purpose"
	case ended != nil && ended.How == steps.EndForHelp:
		return "left for SAP support to look at"
	}
	return ""
}

func (b *builder) orNot(why string) string {
	switch {
	case why != "":
		return why
	case b.s.Choices.Ended != nil:
		return "nobody asked for its removal"
	case b.s.Choices.BackOut != nil:
		return "the back-out has not come to it"
	}
	return "the migration has not come to its end"
}

// finished reports whether the service said COMPLETED in this round.
func (b *builder) finished() bool {
	return slices.ContainsFunc(b.s.History, func(m steps.Moment) bool {
		return m.Kind == steps.MomentFinalization && m.Word == steps.Completed && m.Round == b.s.Choices.Round
	})
}

// done reports whether a request was carried out, in any round.
func (b *builder) done(e steps.Effect) bool {
	return slices.ContainsFunc(b.s.History, func(m steps.Moment) bool {
		return m.Kind == steps.MomentEffect && m.Word == "done" && m.Subject == e.String()
	})
}

// still decides by a look that nothing has overtaken, else by the record.
func (b *builder) still(see steps.Sight, there, recorded bool) bool {
	if b.s.Seen[see].Fresh() {
		return there
	}
	return recorded
}

// seen returns when the look was that decided; no time if the record did.
func (b *builder) seen(see steps.Sight) time.Time {
	if !b.s.Seen[see].Fresh() {
		return time.Time{}
	}
	return b.when(b.s.Seen[see].At)
}
