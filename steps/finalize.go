package steps

import (
	"cmp"
	"fmt"
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
		items = append(items, fact("Replication", "%s", cmp.Or(s.Facts.Replication.Word, "not known")))
	}
	if !s.completed() {
		items = append(items, s.rows()...)
	}
	return items
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
	case !s.Facts.Replication.Is(InSync):
		return fmt.Sprintf("the replication is %s, not IN-SYNC", cmp.Or(s.Facts.Replication.Word, "unknown"))
	case s.Choices.Stop == nil:
		return "the writers were not stopped"
	case len(s.unsettled()) > 0:
		return s.unsettled()[0].Name + " can write to the source"
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
	if _, tried := s.Work[e.ID()]; given == nil || tried || s.did(e) || s.completed() || s.Facts.Finalization.Exists {
		return
	}
	moved := ""
	switch {
	case s.freshSince(ObserveApps, given) && len(s.unsettled()) > 0:
		moved = s.unsettled()[0].Name + " can write to the source again"
	case s.freshSince(ObserveReplication, given) && !s.Facts.Replication.Is(InSync):
		moved = "the replication is " + cmp.Or(s.Facts.Replication.Word, "gone") + ", not IN-SYNC"
	default:
		return
	}
	s.Choices.Finalize = nil
	s.Notice = "The finalization was not started: " + moved + "."
}

func (finalizeStep) ask(s *State) *Question {
	p := s.Facts.Finalization
	switch {
	case !s.looked(ObserveFinalization) || !p.Exists && !s.looked(ObserveReplication):
		return nil
	case p.Exists && s.askBefore() != nil:
		return s.orBack(s.askBefore())
	case p.Exists && p.Word == Failed && len(Down(*s)) > 0:
		return &Question{
			ID: QuestionFinalizationFailed, Kind: KindServiceFailed, Tone: Bad, Recommended: OptionRestart,
			Title: "The service says that the finalization has FAILED.",
			Why:   "Start the applications on the source again now: they go on as before, nothing is lost. Then contact SAP support.",
			Options: []Option{
				{ID: OptionRestart, Label: "Start the applications on the source again", Consequence: "ends the downtime; the failed finalization stays for support to look at"},
				{ID: OptionWait, Label: "Leave them stopped and watch", Consequence: "the downtime goes on", Wait: true},
			},
		}
	case p.Exists && p.Word == Failed:
		return s.askSupport(QuestionFinalizationSupport, "The finalization has FAILED; your applications are on the source as before.",
			"Contact SAP support (component BC-CP-BSB-POSTGRESQL) with the names and times shown here; they may want to see it before it is removed. To try again, a new target is needed.")
	case p.Exists && p.Word != Completed && s.askOpen() != nil:
		q := s.askOpen()
		q.Options = append(q.Options, Option{ID: OptionWait, Label: "Leave it, and watch", Wait: true, Consequence: "what it writes to the source is lost"})
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
		Why: "Both databases are in sync and every writer is stopped or waived, as listed here. When the service says COMPLETED, the target is the database, and what is written to the source afterwards is not carried over.",
		Options: []Option{{
			ID: OptionFinalize, Label: "Finalize now", Undo: UndoNever, Typed: s.Names().SourceInstance,
			Consequence: "until COMPLETED you can still turn back; afterwards there is no way back without losing new writes",
		}},
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
