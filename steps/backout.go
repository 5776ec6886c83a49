package steps

import (
	"slices"
	"time"
)

// wayBack lists the ways back that are open, as options of a question.
func wayBack(s *State) []Option {
	var ways []Option
	if s.downtime() && !s.completed() && s.Choices.BackOut == nil && !s.Facts.Finalization.Exists {
		ways = append(ways, Option{
			ID: OptionPostpone, Label: "Start the applications again, finalize another day",
			Consequence: "ends the downtime; the databases stay in sync; nothing is lost",
		})
	}
	if s.somethingToUndo() && BackOutPlan(*s).Possible {
		ways = append(ways, backOutOption(s))
	}
	return ways
}

// somethingToUndo reports whether a back-out would do more than delete keys.
func (s *State) somethingToUndo() bool {
	return s.completed() || s.Facts.Replication.Exists || s.Facts.Finalization.Exists || len(s.Choices.Memory) > 0 ||
		s.did(s.identity(Effect{Do: DoCreateReplication}))
}

func backOutOption(s *State) Option {
	o := Option{
		ID: OptionBackOut, Label: "Back out…", Undo: UndoNever, Typed: s.Choices.Source.Name,
		Consequence: "removes the replication, applications stay or start on the source; a next try begins at zero, on a new target",
	}
	switch {
	case s.Unrecorded():
		o.Consequence = backOutPlan(s).Outcome
	case s.completed():
		o.Consequence = "applications go back to the source; " + lossOr(s, "nothing is lost")
	case !s.somethingToUndo():
		o.Consequence, o.Undo, o.Typed = "ends the migration; nothing has been copied yet", UndoWork, ""
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
func AskBackOut(s State) *Question { return askWayBack(&s) }

func askWayBack(s *State) *Question {
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
	for _, o := range wayBack(s) {
		if o.ID == OptionPostpone {
			q.Options = append(q.Options, o)
		}
	}
	return q
}

// decideWayBack takes an answer that is a way back; it reports whether it was.
func decideWayBack(s *State, a Answer) bool {
	back := &BackOutChoice{At: s.At, By: s.Facts.Session.User, Why: "on the person's word"}
	if since := s.writtenSince(); !since.IsZero() { // read another day
		back.Loss = lossSince(since.Format(dayAndTime))
	}
	switch a.Option {
	case OptionPostpone:
	case OptionBackOut:
		back.Remove = true
	case OptionStay:
		return a.Question == QuestionGoBack
	default:
		return false
	}
	for key, w := range s.Work {
		if w.Status == GoneWrong {
			delete(s.Work, key)
		}
	}
	s.Choices.BackOut = back
	s.overtake(SeeApps, SeeReplication, SeeFinalization, SeeSourceKeys, SeeTargetKeys)
	return true
}

type backOutStep struct{ stepDefaults }

func (backOutStep) title() string { return "Back out" }

func (backOutStep) done(s *State) bool { return s.Choices.BackOut == nil }

func (backOutStep) looks(*State) []Look {
	return []Look{{SeeApps, paceDowntime}, {SeeReplication, paceDowntime}, {SeeFinalization, paceDowntime}, {SeeTargetKeys, paceIdle}, {SeeSourceKeys, paceIdle}}
}

func (backOutStep) commands(s *State) []Command {
	commands := []Command{
		{"remove the finalization", s.curl("DELETE", "/finalization")},
		{"remove the replication", s.curl("DELETE", "/replication")},
	}
	for _, m := range s.toRestart() {
		commands = append(commands, Command{"start " + m.Name + " on the source", "cf start " + shell(m.Name)})
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

// toRestart lists the applications that this migration stopped and that are not
// running again.
func (s *State) toRestart() []AppMemory {
	var list []AppMemory
	for _, m := range s.Choices.Memory {
		if a := s.app(m.GUID); m.State == Started && a != nil && !a.Gone && a.State == Stopped {
			list = append(list, m)
		}
	}
	return list
}

// homeward lists what brings the applications back to the source as they were.
func (s *State) homeward() []Effect {
	var list []Effect
	for _, m := range s.Choices.Memory {
		if e, ok := s.nextMove(m, Source); ok {
			list = append(list, e)
		}
	}
	return list
}

// nameable reports whether the service can still be told which migration is
// meant: it finds instances and keys by name.
func (s *State) nameable() bool {
	if s.completed() && s.renamed() {
		return false
	}
	for _, side := range []struct {
		choice *KeyChoice
		keys   []Key
		seen   Sight
	}{{s.Choices.SourceKey, s.Facts.SourceKeys, SeeSourceKeys}, {s.Choices.TargetKey, s.Facts.TargetKeys, SeeTargetKeys}} {
		if side.choice == nil || s.fresh(side.seen) && keyNamed(side.keys, side.choice.Name) == nil {
			return false
		}
	}
	return true
}

func (s *State) seenForBackOut() bool {
	if !s.fresh(SeeApps) {
		return false
	}
	if s.Choices.BackOut.Remove && s.completed() && (!s.fresh(SeeSourceKeys) || !s.fresh(SeeTargetKeys)) {
		return false
	}
	return !s.Choices.BackOut.Remove || !s.nameable() || s.fresh(SeeReplication) && s.fresh(SeeFinalization)
}

// want: a finalization that may still be at work is removed first, so
// that nobody writes under its hands; then the applications go back to the
// source, which ends the downtime; then the rest is taken off the service.
func (backOutStep) want(s *State) []Effect {
	b := s.Choices.BackOut
	if !s.seenForBackOut() {
		return nil
	}
	remove := b.Remove && s.nameable()
	var want []Effect
	f := s.Facts.Finalization
	if remove && f.Exists && f.Word != Failed && f.Word != Completed {
		if e := (Effect{Do: DoDeleteFinalization, Names: s.Names()}); !s.passedBy(e) {
			return []Effect{e}
		}
	}
	want = append(want, s.homeward()...)
	if remove && f.Exists && (f.Word == Failed || f.Word == Completed) {
		want = append(want, Effect{Do: DoDeleteFinalization, Names: s.Names()})
	}
	if remove && s.Facts.Replication.Exists {
		want = append(want, Effect{Do: DoDeleteReplication, Names: s.Names()})
	}
	if b.Clean && !s.Facts.Replication.Exists && !f.Exists && s.fresh(SeeTargetKeys) && s.fresh(SeeSourceKeys) {
		want = append(want, s.madeKeys()...)
	}
	return want
}

// backedOut reports whether everything that can be undone is undone.
func (s *State) backedOut() bool {
	if !s.seenForBackOut() || s.busy() {
		return false
	}
	for _, e := range (backOutStep{}).want(s) {
		if !s.passedBy(e) {
			return false
		}
	}
	return true
}

// settleBackOut: a postponement ends by itself, with the road open again; the
// removal of the migration waits for a word about what comes next.
func settleBackOut(s *State) {
	b := s.Choices.BackOut
	if b == nil || !s.signedIn() || s.Choices.Ended != nil || !s.backedOut() {
		return
	}
	if b.Clean && s.fresh(SeeTargetKeys) && s.fresh(SeeSourceKeys) {
		s.Choices.Ended = &Ending{At: s.At, How: EndBackedOut}
	}
	if b.Remove {
		return
	}
	down := s.toRestart() // could not be started, and the person went on
	s.archive()
	s.Choices.BackOut, s.Choices.Memory = nil, down
	s.dropPassed()
}

// archive puts a cut-over that was taken back aside, for the record, and clears
// the way for another.
func (s *State) archive() {
	c := &s.Choices
	if c.Stop != nil || len(c.Memory) > 0 || c.BackOut != nil {
		c.Former = append(slices.Clip(c.Former), Former{Round: c.Round, Memory: c.Memory, Stop: c.Stop, Waivers: c.Waivers, Switch: c.Switch, BackOut: c.BackOut})
	}
	c.Stop, c.Memory, c.GoOn, c.Finalize, c.Switch, c.Validated, c.Waivers = nil, nil, nil, nil, nil, nil, nil
	c.CleanUp = nil // it was said of a cut-over that is taken back
}

func (s *State) dropPassed() {
	for key, w := range s.Work {
		if w.Status == PassedBy {
			delete(s.Work, key)
		}
	}
}

func (backOutStep) ask(s *State) *Question {
	if !s.backedOut() {
		if !s.seenForBackOut() && !s.busy() && s.Seen[SeeApps].Problem == nil && s.Seen[SeeReplication].Problem == nil {
			return nil
		}
		return working(QuestionBackingOut, "Going back to the source.")
	}
	if s.Choices.BackOut.Clean || !s.fresh(SeeTargetKeys) || !s.fresh(SeeSourceKeys) {
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
	if keys := s.madeKeys(); len(keys) > 0 {
		q.Options = append(q.Options, Option{
			ID: OptionEndClean, Label: "Delete the keys that this migration made, and end here",
			Consequence: "no application uses them",
		})
		if s.googleCloud() {
			q.Recommended = OptionEndClean
		}
	}
	return q
}

// madeKeys lists the deletions of keys that this migration created itself.
func (s *State) madeKeys() []Effect {
	var list []Effect
	for _, side := range []struct {
		side     Side
		choice   *KeyChoice
		keys     []Key
		instance *Ref
	}{{Target, s.Choices.TargetKey, s.Facts.TargetKeys, s.Choices.Target}, {Source, s.Choices.SourceKey, s.Facts.SourceKeys, s.Choices.Source}} {
		if side.choice == nil || !side.choice.Create || side.instance == nil {
			continue
		}
		if k := keyNamed(side.keys, side.choice.Name); k != nil {
			list = append(list, Effect{Do: DoDeleteKey, Side: side.side, Instance: *side.instance, Key: k.Ref})
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
	case OptionAgain:
		s.archive()
		s.Choices.BackOut = nil
		s.dropPassed()
		s.Choices.Round++
		s.spend(s.Choices.Target)
		s.dropTarget()
	}
}

func (backOutStep) show(s *State, now time.Time) []Item {
	items := s.clock(now)
	if b := s.Choices.BackOut; b != nil && b.Remove {
		for _, p := range []struct {
			name string
			p    Progress
		}{{"Finalization", s.Facts.Finalization}, {"Replication", s.Facts.Replication}} {
			state := "removed"
			switch {
			case !s.nameable():
				state = "cannot be removed any more: a key is gone, and the service finds it by name"
			case !p.p.Known:
				state = "looking…"
			case p.p.Exists:
				state = "still there, " + p.p.Word
			}
			items = append(items, fact(p.name, "%s", state))
		}
	}
	return append(items, s.rows()...)
}
