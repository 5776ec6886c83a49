package steps

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

type finalizeStep struct{ stepDefaults }

func (finalizeStep) done(s *State) bool { return s.completed() }

func (finalizeStep) badge(s *State) string {
	if p := s.Facts.Finalization; p.Exists {
		return p.Word
	}
	return ""
}

func (finalizeStep) want(s *State) []Effect {
	e := Effect{Do: DoCreateFinalization, Names: s.Names(), Round: s.Choices.Round}
	if s.did(e) || s.notReady(s.Choices.Finalize) != "" {
		return s.wantStops()
	}
	return []Effect{e}
}

func (finalizeStep) looks(s *State) []Look {
	looks := append([]Look{{ObserveFinalization, paceDowntime}}, s.freezeLooks()...)
	if !s.Facts.Finalization.Exists {
		looks = append(looks, Look{ObserveReplication, paceDowntime})
	}
	return looks
}

func (finalizeStep) show(s *State, now time.Time) []Item {
	items := append(s.downtimeItems(now), s.alarmItems(now)...)
	if p := s.Facts.Finalization; p.Exists {
		head := p.headline(now)
		head.Of = ObserveFinalization
		switch p.Word {
		case Completed:
			head.Tone = Good
		case Failed:
			head.Tone = Bad
		}
		items = append(items, head, finalization.states(s, now))
	} else if s.completed() {
		items = append(items, Item{Kind: ItemHeadline, Tone: Good, Text: Completed}, finalization.states(s, now))
	} else {
		items = append(items, seenFact(ObserveReplication, "Replication", "%s", cmp.Or(s.Facts.Replication.Word, "not known")))
	}
	if !s.completed() {
		items = append(append(items, s.rows()...), s.settledRows()...)
	}
	if s.Facts.Finalization.Is(Failed) {
		items = append(items, s.evidenceItems()...)
	}
	return items
}

// settledRows are the lines of the census that are settled otherwise than by stopping an
// application, and the tasks that were cancelled.
func (s *State) settledRows() []Item {
	var items []Item
	for _, w := range census(s) {
		if w.Fate == FateWaived && w.Kind != WriterApp || w.Kind == WriterMention && w.Fate == FateQuiet {
			items = append(items, w.row())
		}
	}
	for _, m := range s.cancelled() {
		items = append(items, Item{Kind: ItemRow, Tone: Good, Cells: []string{m.Object, m.Status, "", "at " + m.At.Format("15:04:05")}})
	}
	return items
}

// cancelled are the tasks of this cut-over that were cancelled.
func (s *State) cancelled() []Moment {
	var list []Moment
	for m := range s.History.In(s.Choices.Round) {
		if m.Kind == MomentApp && m.Verb == DoCancelTask && s.Choices.Stop != nil && !m.At.Before(s.stopBegan()) {
			list = append(list, *m)
		}
	}
	return list
}

// stopBegan is when the first word to stop of this cut-over was given, as far as it is
// known.
func (s *State) stopBegan() time.Time {
	if f := s.Choices.Stop.Forecast; f != nil {
		return f.At
	}
	return time.Time{}
}

// howSettled names what the question to finalize rests on: each line that was waived, and
// each task that was cancelled; what was stopped, by number.
func (s *State) howSettled() string {
	var waived, tasks, green []string
	stopped := 0
	for _, w := range census(s) {
		switch w.Fate {
		case FateWaived:
			waived = append(waived, w.Handle()+" ("+w.Note+")")
		case FateQuiet:
			if w.Green {
				green = append(green, w.Name)
			} else {
				stopped++
			}
		case FateStop, FateCancel, FateDecide:
		}
	}
	for _, m := range s.cancelled() {
		tasks = append(tasks, m.Status+", of "+m.Object)
	}
	says := plural(stopped, "writer is stopped.", "writers are stopped.")
	if len(green) > 0 {
		says += " Green, stopped until COMPLETED: " + strings.Join(green, ", ") + "."
	}
	if len(waived) > 0 {
		says += " Waived, on your word that it does no harm: " + strings.Join(waived, "; ") + "."
	}
	if len(tasks) > 0 {
		says += " Cancelled: " + strings.Join(tasks, "; ") + "."
	}
	return says
}

// askWriting asks about what can write while the finalization runs; nil: nothing that is
// not being stopped.
func (s *State) askWriting() *Question {
	if s.foundFinalization() && len(s.unsettled()) == 0 {
		return nil
	}
	q := s.askOpen()
	if q != nil && s.foundFinalization() {
		q.Tone = Bad
		side := sideOfAll(s.unsettled())
		q.Title = fmt.Sprintf("The finalization runs, nobody here has started it, and %s can write to %s.", plural(len(s.unsettled()), "thing", "things"), side.Database())
		q.Why = side.missing("What is written to "+side.Database()+" from now on") + ". Stop it, or back out: the source has everything."
	}
	return q
}

func (finalizeStep) commands(s *State) []Command {
	return finalization.commands(s)
}

func (finalizeStep) guide() Guide {
	return Guide{
		What: "The service copies what could not be replicated in the background (tables without a primary key), and closes the migration.",
		Why:  "After COMPLETED the target has everything, and the two databases go their own ways.",
		Tips: []string{
			"Nobody may write to source or target until it is COMPLETED. Reading the source is allowed.",
			"How long it takes depends on the tables without a primary key.",
			"If it fails, the applications go back to the source at once, and nothing is lost.",
		},
	}
}

// notReady returns why the finalization must not be created: the first
// invariant of the migration. Observations from before the consent do not count.
func (s *State) notReady(given *Consent) string {
	switch {
	case given == nil:
		return "it was not confirmed"
	case !s.freshSince(ObserveReplication, given) || !s.freshSince(ObserveApps, given) || !s.freshSince(ObserveFinalization, given):
		return "the wizard is still looking"
	case s.Facts.Finalization.Exists:
		return "there is a finalization already"
	case s.Facts.Replication.Missed > 0:
		return "the service did not name the replication at the last look"
	case !s.Facts.Replication.Is(InSync):
		return fmt.Sprintf("the replication is %s, not IN-SYNC", cmp.Or(s.Facts.Replication.Word, "unknown"))
	case s.Choices.Stop == nil:
		return "the writers were not stopped"
	case len(s.unsettled()) > 0:
		return s.unsettled()[0].canWrite()
	case len(s.unsureApps()) > 0:
		return "whether " + s.unsureApps()[0].Name + " ran before is not known"
	}
	for _, d := range s.drift() {
		if d.blocking() {
			return d.Says
		}
	}
	return ""
}

// settleFinalize takes the consent back when a later observation shows that something
// has changed.
func settleFinalize(s *State) {
	given := s.Choices.Finalize
	e := Effect{Do: DoCreateFinalization, Round: s.Choices.Round}
	if _, tried := s.Work[e.ID()]; given == nil || s.Choices.BackOut != nil || tried || s.did(e) || s.completed() || s.Facts.Finalization.Exists {
		return
	}
	moved := ""
	switch {
	case s.freshSince(ObserveApps, given) && len(s.unsettled()) > 0:
		moved = s.unsettled()[0].canWrite() + " again"
	case s.freshSince(ObserveReplication, given) && !s.Facts.Replication.Is(InSync):
		moved = "the replication is " + cmp.Or(s.Facts.Replication.Word, "gone") + ", not IN-SYNC"
	default:
		return
	}
	s.Choices.Finalize = nil
	s.limitAnew()
	s.Notice = "The finalization was not started: " + moved + "."
}

func (finalizeStep) ask(s *State) *Question {
	p := s.Facts.Finalization
	switch {
	case !s.looked(ObserveFinalization) || !p.Exists && !s.looked(ObserveReplication):
		return nil
	case p.Missed > 0 && (p.Exists || !p.Known):
		return finalization.askDoubted(s, QuestionFinalizing)
	case p.Exists && s.askBefore() != nil:
		return s.orBack(s.askBefore())
	case p.Exists && p.Word == Failed && len(Down(*s)) > 0:
		return &Question{
			ID: QuestionFinalizationFailed, Kind: KindServiceFailed, Tone: Bad, Recommended: OptionRestart,
			Title: "The service says that the finalization has FAILED.",
			Why:   "Start the applications on the source again now: they go on as before, " + s.keptOr("nothing is lost") + ". Then contact SAP support.",
			Options: []Option{
				{ID: OptionRestart, Label: "Start the applications on the source again", Consequence: "ends the downtime; the failed finalization stays for support to look at"},
				{ID: OptionWait, Label: "Leave them stopped and watch", Consequence: "the downtime goes on", Wait: true},
			},
		}
	case p.Exists && p.Word == Failed:
		return s.askSupport(QuestionFinalizationSupport, "The service says that the finalization has FAILED.",
			s.whereApps()+" Contact SAP support (component BC-CP-BSB-POSTGRESQL) with the names and times shown here; they may want to see it before it is removed. To try again, a new target is needed.")
	case p.Exists && p.Word != Completed && s.askWriting() != nil:
		q := s.askWriting()
		q.Options = append(q.Options, Option{ID: OptionWait, Label: "Leave it, and watch", Wait: true, Consequence: sideOfAll(s.unsettled()).missing("what it writes") + "; the alarm stays"})
		return s.orBack(q)
	case p.Exists:
		q := working(QuestionFinalizing, "The service is finalizing. Nobody may write to either database.")
		if !KnownWord(p.Word) || p.Word == InSync {
			q.Title = fmt.Sprintf("The service says %q, which its documentation does not name for a finalization.", p.Word)
			q.Why = "Nothing is unlocked by it. Watch on, or ask SAP support."
		}
		return s.orBack(q)
	case s.Choices.Finalize != nil && s.did(Effect{Do: DoCreateFinalization}) && p.Known:
		q := &Question{
			ID: QuestionFinalizationGone, Tone: Bad, Title: "The service does not know the finalization any more.", Recommended: OptionBackOut,
			Why:     "It was started, and somebody or something has removed it.",
			Options: []Option{{ID: OptionLook, Label: "Look again"}},
		}
		return s.orBack(q)
	case s.Choices.Finalize != nil:
		return working(QuestionFinalizationStarting, "One last look, then the finalization is started.")
	}
	q := &Question{
		ID: QuestionFinalize, Title: "Finalize the migration?", Recommended: OptionFinalize,
		Why: "Both databases are in sync. " + s.howSettled() + " When the service says COMPLETED, the target is the database, and what is written to the source afterwards is not carried over.",
		Options: []Option{{
			ID: OptionFinalize, Label: "Finalize now", Undo: UndoNever, Typed: "finalize " + s.Names().SourceInstance, Object: s.Names().SourceInstance,
			Consequence: "once it is COMPLETED there is no way back without losing new writes; until then you can turn back",
		}, {ID: OptionWait, Label: "Not yet", Wait: true, Consequence: "the databases stay in sync, and what is stopped stays stopped"}},
	}
	for _, d := range s.drift() {
		if d.blocking() {
			q.Options[0].Blocked = d.Says
		}
	}
	return s.orBack(q)
}

func (finalizeStep) decide(s *State, a Answer) {
	switch a.Option {
	case OptionFinalize:
		s.Choices.Finalize = s.consent()
		s.limitAnew()
		s.invalidate(ObserveReplication, ObserveApps, ObserveFinalization)
	case OptionRestart:
		s.Choices.BackOut = &BackOutChoice{At: s.At, By: s.Facts.Session.User, Why: "the finalization failed"}
		s.invalidate(ObserveApps, ObserveFinalization, ObserveReplication)
	case OptionLook:
		s.invalidate(ObserveReplication, ObserveFinalization)
	case OptionSupport:
		s.Choices.Ended = &Ending{At: s.At, How: EndForHelp}
	default:
		writersStep{}.decide(s, a)
	}
}
