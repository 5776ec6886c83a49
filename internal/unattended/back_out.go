package unattended

import (
	"context"
	"fmt"
	"time"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// WayBack is a way back that a command takes.
type WayBack struct {
	Command string
	// idle says why there is nothing to be done, as it was seen; empty: there is.
	idle            func(steps.State) string
	asks            bool // the service has to know; else a record of this migration tells
	KeepReplication bool // the replication: only the downtime is ended
	DeleteKeys      bool // delete the keys that were made, too
	DryRun          bool

	Consent Consent
	Timeout time.Duration
}

// BackingOut takes everything back.
func BackingOut() WayBack {
	return WayBack{Command: "back-out", idle: func(s steps.State) string {
		if s.Facts.Replication.Exists || s.Facts.Finalization.Exists || len(s.Choices.Memory) > 0 || isCompleted(s) {
			return ""
		}
		return steps.NothingToTakeBack
	}}
}

// Deleting removes one of the two things that the service does, with all that belongs
// to it: nothing less leads anywhere.
func Deleting(x Process) WayBack {
	return WayBack{Command: "delete-" + x.Name, asks: true, idle: func(s steps.State) string {
		if x.of(s).Exists || x.see == steps.ObserveReplication && s.Facts.Finalization.Exists {
			return ""
		}
		return "There is no " + x.Name + "."
	}}
}

func isCompleted(s steps.State) bool { return steps.IsCompleted(s) }

// GoBack looks first, says what going back means, and goes. undone says why it has
// not come to its end.
func (u Runner) GoBack(ctx context.Context, pl plan.Plan, way WayBack) (r status.StepResult, undone, err error) {
	end, err := u.observe(ctx, pl, observation{looks: once(steps.ObserveReplication, steps.ObserveFinalization, steps.ObserveApps)})
	if err != nil {
		return r, nil, err
	}
	s := end.Now.State
	before := u.backedOut(s, pl)
	card := way.card(s)
	idle := way.idle(s)
	if way.KeepReplication && len(steps.Down(s)) == 0 {
		idle = steps.NothingDown
	}
	switch underWay := s.Choices.BackOut != nil; {
	case end.past != nil:
		end.Err = status.Exit(status.ExitFailed, "the migration has ended, by its record: complete, with the applications on the target. There is no way back from there")
		return way.result(end, nil), end.Err, nil
	case end.Err != nil:
		return way.result(end, nil), end.Err, nil
	case underWay && way.DryRun:
		return way.result(end, &card), end.Err, nil
	case underWay:
	case idle != "" && before != "" && (steps.Nameable(s) && !way.DeleteKeys || len(s.Facts.SourceKeys)+len(s.Facts.TargetKeys) == 0):
		end.Says = line(before)
		if !way.asks {
			idle = "There is nothing to take back any more."
		}
		fmt.Fprintln(u.Err, idle+" "+end.Says)
		return way.result(end, nil), end.Err, nil
	case idle != "" && !way.KeepReplication && !steps.Nameable(s) && (way.asks || s.Unrecorded() || status.LastStatus(s, steps.MomentReplication) != ""):
		end.Err = status.Exit(status.ExitOpen, keysWanted(s, pl))
		return way.result(end, nil), end.Err, nil
	case idle != "" && !way.DeleteKeys:
		fmt.Fprintln(u.Err, idle)
		return way.result(end, nil), end.Err, nil
	case !card.Possible:
		end.Err = status.Exit(status.ExitFailed, line("there is no way back: "+card.Why))
		return way.result(end, &card), end.Err, nil
	case way.DryRun:
		return way.result(end, &card), end.Err, nil
	}
	card.Table(u.Err)
	if end.Err = u.agreed(ctx, way.Consent, s, way, card); end.Err != nil {
		return way.result(end, &card), end.Err, nil
	}
	e := way.command(pl, isCompleted(s))
	if end, err = u.Do(ctx, e); err != nil {
		return r, nil, err
	}
	return u.reported(way.result(end, nil), end), end.Err, nil
}

// card says what this way back does, in order, and what it costs.
func (way WayBack) card(s steps.State) status.BackOut {
	if way.KeepReplication {
		return way.cardOfKeeping(s)
	}
	// The machine asks about its keys at the end; here a flag has answered that.
	back := steps.BackOutPlan(s)
	keys := back.Keys
	if back.Keys = ""; keys != "" && way.DeleteKeys {
		back.Lines = append(back.Lines, keys)
	}
	card := status.BackOutCard(back)
	if card.Possible && keys != "" && !way.DeleteKeys {
		card.Cannot = append(card.Cannot, "The service keys that this migration made stay; back-out --delete-keys deletes them.")
	}
	return card
}

// cardOfKeeping is the card of a way back that only ends the downtime.
func (way WayBack) cardOfKeeping(s steps.State) status.BackOut {
	card := status.BackOut{Outcome: line(steps.OutcomeOfPostponing(s)), Lines: []string{}, Cannot: []string{}}
	if _, card.Possible = way.word(s); !card.Possible {
		card.Why = "The downtime cannot be ended without the rest of the way back at this point; back-out without --keep-replication goes back."
		return card
	}
	for _, m := range steps.Down(s) {
		card.Lines = append(card.Lines, line("start "+m.Name+" on the source"))
	}
	for _, x := range []Process{Replication, Finalization} {
		if now := x.of(s); now.Exists {
			card.Cannot = append(card.Cannot, "The "+x.Name+" is left: "+line(now.Word)+".")
		}
	}
	card.Cannot = append(card.Cannot, "The service keys stay.")
	return card
}

// agreed takes the word to go back: twice over after COMPLETED.
func (u Runner) agreed(ctx context.Context, c Consent, s steps.State, way WayBack, card status.BackOut) error {
	source := s.Names().SourceInstance
	if err := c.wrong(source); err != nil {
		return err
	}
	switch {
	case way.KeepReplication:
		return u.given(ctx, c, "The applications are started on the source again.", source, "start on "+source)
	case !isCompleted(s):
		return u.given(ctx, c, "What was copied is removed.", source, "back out "+source)
	case c.Yes && c.Confirm == source:
		return nil
	}
	does := "The migration is COMPLETED. Back from there: " + card.Outcome + "."
	if u.Confirm != nil && !c.Yes {
		return u.Confirm(ctx, does, "back out "+source)
	}
	return status.Exit(status.ExitOpen, line(does+" This needs --yes and --confirm "+ShellQuoted(source)+"."))
}

// command goes back. A loss that was not there when it was agreed to is not taken.
func (way WayBack) command(pl plan.Plan, agreed bool) *StepCommand {
	pl.CleanUp.SourceKeys = plan.Keep
	if way.DeleteKeys {
		pl.CleanUp.SourceKeys, pl.CleanUp.TargetKey = plan.Delete, plan.Delete
	}
	said := false
	return &StepCommand{
		Command: way.Command, Plan: pl, Own: []steps.QuestionID{steps.QuestionApplications, steps.QuestionBackedOut}, At: []steps.ID{steps.BackOut},
		Consent: Consent{Yes: true}, Timeout: way.Timeout, Lasting: true, back: true,
		Reached: func(s steps.State) bool {
			if way.KeepReplication {
				return said && s.Choices.BackOut == nil && s.Notice == "" && len(steps.Down(s)) == 0
			}
			return s.Choices.Ended != nil && s.Choices.Ended.How == steps.EndBackedOut
		},
		interject: func(s steps.State) (steps.Answer, bool, error) {
			if s.Choices.BackOut != nil || said && s.Notice == "" || !seenForWayBack(s) {
				return steps.Answer{}, false, nil
			}
			if isCompleted(s) && !agreed {
				return steps.Answer{}, false, status.Exit(status.ExitOpen, "the migration has become COMPLETED meanwhile: to go back is another decision now")
			}
			a, ok := way.word(s)
			if !ok {
				return a, false, status.Exit(status.ExitFailed, "there is no way back from here: "+line(steps.BackOutPlan(s).Why))
			}
			said = true
			return a, true, nil
		},
	}
}

// seenForWayBack reports whether it was seen what there is to take back. Where
// there is a finalization the replication is looked at on the way.
func seenForWayBack(s steps.State) bool {
	r, f := s.Facts.Replication, s.Facts.Finalization
	return SignedIn(s) && s.Names().Complete() && (isCompleted(s) || f.Known && (f.Exists || r.Known))
}

// word is the answer that begins the way back.
func (way WayBack) word(s steps.State) (steps.Answer, bool) {
	if !way.KeepReplication {
		q := steps.AskBackOut(s)
		if q == nil {
			return steps.Answer{}, false
		}
		return q.Default(steps.OptionBackOut)
	}
	if q := steps.Ask(s); q != nil && q.ID == steps.QuestionFinalizationFailed {
		return q.Default(steps.OptionRestart)
	}
	if q := steps.AskBackOut(s); q != nil {
		return q.Default(steps.OptionPostpone)
	}
	return steps.Answer{}, false
}

func (way WayBack) result(end StepEnd, card *status.BackOut) status.StepResult {
	r := ResultOf(way.Command, end, Parts{Apps: true})
	r.BackOut = card
	return r
}
