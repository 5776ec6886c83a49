package steps

import (
	"slices"
	"strings"
	"time"
)

// waysBack lists the ways back that are open, as options of a question.
func waysBack(s *State) []Option {
	var ways []Option
	if s.downtime() && !s.completed() && s.Choices.BackOut == nil && !s.Facts.Finalization.Exists {
		o := Option{
			ID: OptionPostpone, Label: "Start the applications again, finalize another day",
			Consequence: "ends the downtime; the databases stay in sync; nothing is lost",
		}
		if !s.Facts.Replication.Is(InSync) {
			o.Label, o.Consequence = "Start the applications on the source again", "ends the downtime; nothing is removed, and nothing is lost"
		}
		ways = append(ways, o)
	}
	if s.somethingToUndo() && BackOutPlan(*s).Possible {
		ways = append(ways, backOutOption(s))
	}
	return ways
}

// orBack adds the ways back to a question.
func (s *State) orBack(q *Question) *Question {
	q.Options = append(q.Options, waysBack(s)...)
	return q
}

// somethingToUndo reports whether a back-out would do more than delete keys.
func (s *State) somethingToUndo() bool {
	if there, _ := replication.recorded(s); there && !s.Facts.Replication.Known {
		return true // not looked at again yet
	}
	return s.completed() || s.Facts.Replication.Exists || s.Facts.Finalization.Exists || len(s.Choices.Memory) > 0 ||
		s.did(Effect{Do: DoCreateReplication})
}

func backOutOption(s *State) Option {
	o := Option{
		ID: OptionBackOut, Label: "Back out…", Undo: UndoNever, Typed: "back out " + s.Choices.Source.Name, Object: s.Choices.Source.Name,
		Consequence: "removes the replication, applications stay or start on the source; a next try begins at zero, on a new target: you are asked then",
	}
	switch {
	case s.Unrecorded():
		o.Consequence = backOutPlan(s).Outcome
	case s.completed():
		o.Consequence = "applications go back to the source; " + lossOr(s, s.keptOr("nothing is lost"))
	case !s.somethingToUndo():
		o.Consequence, o.Undo, o.Typed, o.Object = "ends the migration; nothing has been copied yet", UndoWork, "", ""
	}
	return o
}

func lossOr(s *State, none string) string {
	if since := s.writtenSince(); !since.IsZero() {
		return lossSince(clockTime(since, s.At))
	}
	return none
}

func lossSince(when string) string {
	return "what was written to the target since " + when + " is LOST"
}

// writtenSince is when the first application was started on the target; zero
// when none was.
func (s *State) writtenSince() time.Time {
	if !s.completed() {
		return time.Time{}
	}
	completed := false
	for m := range s.History.In(s.Choices.Round) {
		completed = completed || m.Is(MomentFinalization, Completed)
		if completed && m.Is(MomentApp, AppStarted) {
			return m.At
		}
	}
	return time.Time{}
}

// AskBackOut asks whether to go back, from wherever the migration stands; nil
// while there is nothing that could be taken back, or no way.
func AskBackOut(s State) *Question { return askGoBack(&s) }

func askGoBack(s *State) *Question {
	card := BackOutPlan(*s)
	if !card.Possible || !s.signedIn() {
		return nil
	}
	q := &Question{
		ID: QuestionGoBack, Step: current(s), Tone: Warn, Title: "Back out?", Recommended: OptionStay, Why: card.Outcome,
		Options: []Option{
			{ID: OptionStay, Label: "Stay with the migration", Consequence: "nothing is changed"},
			backOutOption(s),
		},
	}
	q.Options[1].Label = "Back out"
	q.Options = append(q.Options, slices.DeleteFunc(waysBack(s), func(o Option) bool { return o.ID != OptionPostpone })...)
	return q
}

// takeWayBack takes in an answer that turns back; it reports whether it was one.
func takeWayBack(s *State, a Answer) bool {
	back := &BackOutChoice{At: s.At, By: s.Facts.Session.User, Why: "on the person's word"}
	if since := s.writtenSince(); !since.IsZero() { // read another day
		back.Loss = lossSince(since.Format(dayAndTime))
	}
	switch a.Option {
	case OptionPostpone:
	case OptionBackOut:
		back.Remove, back.Premise = true, s.premise()
	case OptionStay:
		return a.Question == QuestionGoBack
	default:
		return false
	}
	s.dropWork(func(w Work) bool { return w.Status == GoneWrong || w.Status == Deferred })
	s.Choices.BackOut = back
	s.invalidate(ObserveApps, ObserveReplication, ObserveFinalization, ObserveSourceKeys, ObserveTargetKeys)
	return true
}

type backOutStep struct{ stepDefaults }

func (backOutStep) done(s *State) bool { return s.Choices.BackOut == nil }

func (backOutStep) looks(s *State) []Look {
	looks := []Look{{ObserveApps, paceDowntime}, {ObserveReplication, paceDowntime}, {ObserveFinalization, paceDowntime}, {ObserveTargetKeys, paceIdle}, {ObserveSourceKeys, paceIdle}}
	if !s.nameable() { // the service would only say that a key is gone
		looks = slices.Delete(looks, 1, 3)
	}
	return looks
}

func (backOutStep) commands(s *State) []Command {
	commands := []Command{
		{"remove the finalization", s.curl("DELETE", "/finalization")},
		{"remove the replication", s.curl("DELETE", "/replication")},
	}
	for _, m := range Down(*s) {
		commands = append(commands, Command{"start " + m.Name + " on " + m.place(Source).Database(), cf("start", m.Name)})
	}
	return commands
}

func (backOutStep) guide() Guide {
	return Guide{
		What: "Everything goes back to where it was: applications run on the source as before, and the migration is taken off the service.",
		Why:  "What is left of a replication keeps writing on the source and fills its disk: it has to be removed, not only forgotten.",
		Tips: []string{
			"Before COMPLETED nothing is lost: the source was the database all the time.",
			"After it, what the applications wrote to the target stays there and is not on the source.",
			"A next try needs a new target: this one has been written to.",
		},
	}
}

// nameable reports whether the service can still be told which migration is
// meant: it finds instances and keys by name.
func (s *State) nameable() bool {
	if s.renamed() {
		return false
	}
	for _, x := range s.endpoints() {
		if *x.choice == nil || s.fresh(x.seeKeys) && x.key() == nil || !s.fresh(x.seeKeys) && s.deletedKey(x) {
			return false
		}
	}
	return true
}

// deletedKey reports whether this migration has deleted the key that it uses on a side.
func (s *State) deletedKey(x endpoint) bool {
	if x.instance == nil || *x.choice == nil {
		return false
	}
	last := s.History.Last(s.Choices.Round, func(m *Moment) bool {
		return (m.Did(DoCreateKey) || m.Did(DoDeleteKey)) && m.Name == (*x.choice).Name && m.Of == x.instance.GUID
	})
	return last != nil && last.Verb == DoDeleteKey
}

func (s *State) lookedForBackOut() bool {
	if !s.fresh(ObserveApps) {
		return false
	}
	if s.Choices.BackOut.Remove && s.completed() && (!s.fresh(ObserveSourceKeys, ObserveTargetKeys)) {
		return false
	}
	return !s.Choices.BackOut.Remove || !s.nameable() || s.fresh(ObserveReplication, ObserveFinalization)
}

// want: a finalization that may still run is removed first, so that nobody writes
// meanwhile; then the applications go back to the source, which ends the downtime; and
// only when they are home the rest is removed from the service, one after the other,
// each seen to be gone. Until then the way on to the target stays open.
func (backOutStep) want(s *State) []Effect {
	b := s.Choices.BackOut
	if !s.lookedForBackOut() {
		return nil
	}
	unsure := len(s.unsureApps()) > 0 // nothing is removed while it is not known what has to come home
	remove := b.Remove && s.nameable() && !unsure
	f, r := s.Facts.Finalization, s.Facts.Replication
	removal := Effect{Do: DoDeleteFinalization, Names: s.Names()}
	over := f.Word == Failed || f.Word == Completed
	if remove && f.Exists && !over && !s.leftUndone(removal) {
		return s.ifJustSeen(removal)
	}
	if unsure && f.Exists && !over {
		return nil
	}
	var want []Effect
	for _, m := range s.Choices.Memory {
		if e, ok := s.nextMove(m, Source); ok && !s.leftAt(m, Source) {
			want = append(want, e)
		}
	}
	switch {
	case !s.allHome() || unsure:
		return want
	case remove && f.Exists:
		return append(want, s.ifJustSeen(removal)...)
	case remove && r.Exists:
		return append(want, s.ifJustSeen(Effect{Do: DoDeleteReplication, Names: s.Names()})...)
	case b.Clean && !r.Exists && !f.Exists && s.fresh(ObserveTargetKeys, ObserveSourceKeys):
		want = append(want, s.madeKeys()...)
	}
	return want
}

// allHome reports whether every application is back on the source as it was, or is left
// by name. One that was stopped before may be passed by.
func (s *State) allHome() bool {
	return !slices.ContainsFunc(s.Choices.Memory, func(m AppMemory) bool {
		if s.leftAt(m, Source) || s.inPlace(m, Source) || m.Binding == nil {
			return false
		}
		a := s.app(m.GUID)
		back := a != nil && len(s.toLeave(m, a, Source)) == 0 && s.boundRight(m, a.Source, Source)
		return m.ran() || !back && !s.held(m, Source)
	})
}

// justSeen is how old a look may be on which something is removed from the service.
const justSeen = time.Minute

// ifJustSeen holds a removal back until the service was seen to have what is removed,
// just now: between the decision and the request lie the applications' way home, and
// perhaps a night.
func (s *State) ifJustSeen(e Effect) []Effect {
	if _, known := s.Work[s.identity(e)]; known {
		return []Effect{e} // it is not sent again without a word
	}
	for _, k := range []Observable{ObserveReplication, ObserveFinalization} {
		if seen := s.Seen[k]; seen.Problem != nil || s.At.Sub(seen.At) > justSeen {
			return nil
		}
	}
	return []Effect{e}
}

// removing reports whether something is still to be removed from the service that the
// person has not passed by.
func (s *State) removing() bool {
	if b := s.Choices.BackOut; !b.Remove || !s.nameable() {
		return false
	}
	if s.Facts.Finalization.Exists {
		return !s.leftUndone(Effect{Do: DoDeleteFinalization})
	}
	return s.Facts.Replication.Exists && !s.leftUndone(Effect{Do: DoDeleteReplication})
}

// backedOut reports whether everything that can be undone is undone.
func (s *State) backedOut() bool {
	if !s.lookedForBackOut() || s.busy() || !s.allHome() || s.removing() || len(s.unsureApps()) > 0 {
		return false
	}
	return !slices.ContainsFunc(backOutStep{}.want(s), func(e Effect) bool { return !s.leftUndone(e) })
}

// premise is what a decision to go back rests on, as it is seen now.
func (s *State) premise() []Premise {
	var list []Premise
	for _, p := range []*process{replication, finalization} {
		switch now := p.progress(s); {
		case now.Is(Failed):
			list = append(list, Premise{p.moment, Failed})
		case now.Known && !now.Exists && s.did(Effect{Do: p.create}):
			list = append(list, Premise{p.moment, WasGone})
		}
	}
	return list
}

// settlePremise takes the decision to remove something back where a later look
// contradicts what it rests on: what had failed or was gone is there, and does not fail.
func (s *State) settlePremise() {
	b := s.Choices.BackOut
	if b == nil || !b.Remove || s.busy() || !s.lookedForBackOut() {
		return
	}
	for _, was := range b.Premise {
		for _, p := range []*process{replication, finalization} {
			now := p.progress(s)
			if p.moment != was.Of || !now.Known || !now.Exists || now.Word == Failed {
				continue
			}
			s.Notice = "Nothing was removed: the " + p.name + " is " + now.Word + ", though it was " + was.Was + " when that was decided."
			s.dropWork(func(w Work) bool { return w.Status == GoneWrong })
			if s.History.Has(s.Choices.Round, func(m *Moment) bool { return m.Done() && !m.At.Before(b.At) }) {
				kept := *b // the applications are on their way home: that ends well
				kept.Remove, kept.Premise = false, nil
				s.Choices.BackOut = &kept
				return
			}
			s.Choices.BackOut = nil
			return
		}
	}
}

// settleBackOut ends a postponement by itself, so that the steps go on; after a removal
// the person is asked what comes next.
func settleBackOut(s *State) {
	s.settlePremise()
	b := s.Choices.BackOut
	if b == nil || !s.signedIn() || s.Choices.Ended != nil || !s.backedOut() {
		return
	}
	if b.Clean && s.fresh(ObserveTargetKeys, ObserveSourceKeys) {
		s.Choices.Ended = &Ending{At: s.At, How: EndBackedOut}
	}
	if b.Remove {
		return
	}
	down := Down(*s) // could not be started, and the person went on
	s.archive()
	s.Choices.BackOut, s.Choices.Memory = nil, down
	s.dropWork(Work.leftUndone)
}

// archive keeps a cut-over that was taken back for the record, and makes room for another.
func (s *State) archive() {
	c := &s.Choices
	if c.Stop != nil || len(c.Memory) > 0 || c.BackOut != nil {
		c.Former = append(slices.Clip(c.Former), c.cutOver())
	}
	c.Stop, c.Memory, c.GoOn, c.Finalize, c.Switch, c.Validated, c.Waivers = nil, nil, nil, nil, nil, nil, nil
	c.CleanUp = nil // it was decided for the cut-over that is taken back
}

func (backOutStep) ask(s *State) *Question {
	if q := s.askBefore(); q != nil && s.lookedForBackOut() {
		return q
	}
	if !s.backedOut() {
		if q := s.askNotUp(BackOut); q != nil {
			return q
		}
		if !s.lookedForBackOut() && !s.busy() && s.Seen[ObserveApps].Problem == nil && s.Seen[ObserveReplication].Problem == nil {
			return nil
		}
		return working(QuestionBackingOut, "Going back to the source.")
	}
	if s.Choices.BackOut.Clean || !s.fresh(ObserveTargetKeys, ObserveSourceKeys) {
		return nil
	}
	q := &Question{
		ID: QuestionBackedOut, Tone: Good, Title: "Everything is back on the source. What next?", Recommended: OptionEnd,
		Why: "The target " + s.Choices.Target.nameOr("") + " has been written to: a next try needs a new one.",
		Options: []Option{
			{ID: OptionEnd, Label: "End here", Consequence: "the migration can be started anew at any time"},
			{ID: OptionAgain, Label: "Start over with a new target", Consequence: "the source stays open, its key is used again"},
		},
	}
	left := s.leftOnServiceNow()
	if left != "" {
		q.Title, q.Tone = "The applications are back on the source. What next?", Warn
		q.Why = "Still on the service: " + left + ". What is left of it keeps writing on the source and fills its disk: ask SAP support (component BC-CP-BSB-POSTGRESQL). " + q.Why
	}
	if down := s.leftOn(Source); down != "" {
		q.Title, q.Tone = "What can go back is back. What next?", Warn
		q.Why = "Left by name, and not back on the source: " + down + ". " + q.Why
	}
	if keys := s.madeKeys(); len(keys) > 0 && left == "" {
		q.Options = append(q.Options, Option{
			ID: OptionEndClean, Label: "Delete the keys that this migration made, and end here",
			Consequence: "no application uses them", Deletes: true,
		})
		if s.googleCloud() {
			q.Recommended = OptionEndClean
		}
	}
	return q
}

// leftOnServiceNow names what the service still has after a back-out that was to remove
// it; empty: nothing.
func (s *State) leftOnServiceNow() string {
	var list []string
	if s.Choices.BackOut.Remove && s.nameable() {
		for _, p := range []*process{finalization, replication} {
			if now := p.progress(s); now.Exists {
				list = append(list, "the "+p.name+", "+now.Word)
			}
		}
	}
	return strings.Join(list, "; ")
}

// leftOn names the applications that are left by name on the way to a side, and are not
// there.
func (s *State) leftOn(to Side) string {
	return listNames(slices.DeleteFunc(slices.Clone(s.Choices.Memory), func(m AppMemory) bool {
		return !s.leftAt(m, to) || s.inPlace(m, to)
	}), func(m AppMemory) string { return m.Name })
}

// madeKeys lists the deletions of keys that this migration created itself.
func (s *State) madeKeys() []Effect {
	var list []Effect
	for _, side := range []Side{Target, Source} {
		x := s.endpoint(side)
		if k := x.key(); k != nil && (*x.choice).Create && x.instance != nil {
			list = append(list, Effect{Do: DoDeleteKey, Side: side, Instance: *x.instance, Key: k.Ref})
		}
	}
	return list
}

func (backOutStep) decide(s *State, a Answer) {
	switch a.Option {
	case OptionEnd:
		s.Choices.Ended = &Ending{At: s.At, How: EndBackedOut}
	case OptionEndClean:
		b := *s.Choices.BackOut
		b.Clean = true
		s.Choices.BackOut = &b
		s.invalidate(ObserveReplication, ObserveFinalization, ObserveTargetKeys, ObserveSourceKeys) // a last look decides
	case OptionAgain:
		s.archive()
		s.Choices.BackOut = nil
		s.dropWork(Work.leftUndone)
		s.Choices.Round++
		s.markUsed(s.Choices.Target)
		s.dropTarget()
	}
}

func (backOutStep) show(s *State, now time.Time) []Item {
	items := s.downtimeItems(now)
	if b := s.Choices.BackOut; b != nil && b.Remove {
		for _, p := range []*process{finalization, replication} {
			state, seen := "removed", p.progress(s)
			there, _ := p.recorded(s)
			switch {
			case p.everThere(s) && !there: // by this migration
			case !s.nameable():
				state = "cannot be removed any more: a key is gone, and the service finds it by name"
			case !seen.Known:
				state = "looking…"
			case seen.Exists:
				state = "still there, " + seen.Word
			case !p.everThere(s):
				state = "there was none"
			}
			items = append(items, seenFact(p.see, p.label, "%s", state))
		}
	}
	if older := s.notRestored(); older != "" {
		items = append(items, toned(Warn, "%s", older))
	}
	return append(append(items, s.ledgerItems()...), s.rows()...)
}
