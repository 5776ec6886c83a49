package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// wayBack is a way back that a command takes.
type wayBack struct {
	command string
	// idle says why there is nothing to be done, as it was seen; empty: there is.
	idle func(steps.State) string
	asks bool // the service has to know; else a record of this migration tells
	keep bool // the replication: only the downtime is ended
	keys bool // delete the keys that were made, too
	dry  bool
}

func (p *program) backOutCommand(common *flags) *cobra.Command {
	way := wayBack{command: "back-out", idle: func(s steps.State) string {
		if s.Facts.Replication.Exists || s.Facts.Finalization.Exists || len(s.Choices.Memory) > 0 || isCompleted(s) {
			return ""
		}
		return "There is nothing to take back: nothing was copied, and no application was touched."
	}}
	cmd, f := p.lineCommand(common, "back-out", "Takes everything back: applications on the source, replication removed",
		`Goes back to where everything was: removes the finalization, starts the applications on
the source as they were, and removes the replication. It prints first what it is going
to do, and what that costs; with --dry-run nothing else. A next try begins at zero, on
a new target.

After COMPLETED the applications may have written to the target, and that is lost: then
it needs --yes and the name of the source with --confirm.`,
		`# what would be taken back, and what would that cost?
back-out --dry-run
# take everything back, in a script
back-out --yes
# only end the downtime: applications on the source, the replication goes on
back-out --keep-replication --yes`, nil)
	cmd.Flags().BoolVar(&way.dry, "dry-run", false, "only print what would be done")
	cmd.Flags().BoolVar(&way.keep, "keep-replication", false, "only end the downtime: start the applications on the source again, and leave the rest")
	cmd.Flags().BoolVar(&way.keys, "delete-keys", false, "delete the service keys that this migration has made, too")
	p.wayBackFlags(cmd, f, "go back")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if way.keep && way.keys {
			return usage("--keep-replication needs the keys that --delete-keys deletes")
		}
		return p.goBack(cmd.Context(), f, way)
	}
	return cmd
}

// deleteCommand removes what the service does, the only way that leads somewhere:
// with everything that belongs to it.
func (p *program) deleteCommand(common *flags, x watched) *cobra.Command {
	long := `Removes the replication from the service. It goes the whole way back: a finalization is
removed first, applications that were stopped are started on the source as they were,
then the replication goes. What it is going to do is printed first.`
	if x.see == steps.SeeFinalization {
		long = `Removes the finalization from the service. A replication whose finalization was removed
leads nowhere, so it goes the whole way back: applications that were stopped are started
on the source as they were, and the replication goes, too. What it is going to do is
printed first. To end only the downtime: "back-out --keep-replication".`
	}
	way := wayBack{command: "delete-" + x.command, asks: true, idle: func(s steps.State) string {
		if x.of(s).Exists || x.see == steps.SeeReplication && s.Facts.Finalization.Exists {
			return ""
		}
		return "There is no " + x.command + "."
	}}
	cmd, f := p.lineCommand(common, way.command, "Removes the "+x.command+", and takes back what belongs to it", long,
		"# see first what would go with the "+x.command+"\nback-out --dry-run\n# remove the "+x.command+", in a script\n"+way.command+" --yes", nil)
	p.wayBackFlags(cmd, f, "remove it")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.goBack(cmd.Context(), f, way) }
	return cmd
}

func (p *program) wayBackFlags(cmd *cobra.Command, f *lineFlags, does string) {
	f.consent.addFlags(cmd, does)
	f.consent.addConfirm(cmd, "name of the source: needed with --yes after COMPLETED, when what was written to the target is lost")
	f.addTimeout(cmd)
}

func isCompleted(s steps.State) bool {
	return s.Facts.Finalization.Is(steps.Completed) || lastWord(s, steps.MomentFinalization) == steps.Completed
}

// goBack looks first, says what going back means, and goes.
func (p *program) goBack(ctx context.Context, f *lineFlags, way wayBack) error {
	pl, cfg, err := p.open(f)
	if err != nil {
		return err
	}
	v, err := p.survey(ctx, pl, cfg, steps.SeeReplication, steps.SeeFinalization, steps.SeeApps)
	if err != nil {
		return err
	}
	end := errandEnd{now: engine.Snapshot{State: v.s, Journal: v.end.now.Journal}, changed: []string{}, past: v.end.past, pastJournal: v.end.pastJournal}
	card := way.card(v.s, end.now.Journal != "")
	idle := way.idle(v.s)
	if way.keep && len(steps.Down(v.s)) == 0 {
		idle = "No application is down because of this migration."
	}
	switch underWay := v.s.Choices.BackOut != nil; {
	case v.end.past != nil:
		end.err = &exit{StatusFailed, "the migration has ended, by its record: complete, with the applications on the target. There is no way back from there"}
		return p.tellBack(f, way, end, nil)
	case v.end.err != nil:
		end.now, end.err = v.end.now, v.end.err
		return p.tellBack(f, way, end, nil)
	case underWay && way.dry:
		return p.tellBack(f, way, end, &card)
	case underWay:
	case idle != "" && !way.keep && !v.nameable && (way.asks || end.now.Journal == "" || lastWord(v.s, steps.MomentReplication) != ""):
		end.err = &exit{StatusOpen, v.keysWanted()}
		return p.tellBack(f, way, end, nil)
	case idle != "" && !way.keys:
		fmt.Fprintln(p.err, idle)
		return p.tellBack(f, way, end, nil)
	case !card.Possible:
		end.err = &exit{StatusFailed, line("there is no way back: " + card.Why)}
		return p.tellBack(f, way, end, &card)
	case way.dry:
		return p.tellBack(f, way, end, &card)
	}
	card.table(p.err)
	if end.err = p.agreed(ctx, f.consent, v.s, way, card); end.err != nil {
		return p.tellBack(f, way, end, &card)
	}
	e := way.errand(pl, f, isCompleted(v.s))
	eng := engine.New(cfg)
	if end, err = p.do(ctx, eng, cfg, e); err != nil {
		return err
	}
	return p.tellBack(f, way, end, nil)
}

// card says what this way back does, in order, and what it costs.
func (way wayBack) card(s steps.State, recorded bool) statusBackOut {
	if way.keep {
		return way.cardOfKeeping(s)
	}
	// The machine asks about its keys at the end; here a flag has answered that.
	back := steps.BackOutPlan(s)
	keys := back.Keys
	if back.Keys = ""; keys != "" && way.keys {
		back.Lines = append(back.Lines, keys)
	}
	card := cardOf(back)
	if !recorded {
		card = backOutUnrecorded(card, s)
	}
	if card.Possible && keys != "" && !way.keys {
		card.Cannot = append(card.Cannot, "The service keys that this migration made stay; back-out --delete-keys deletes them.")
	}
	return card
}

// cardOfKeeping is the card of a way back that only ends the downtime.
func (way wayBack) cardOfKeeping(s steps.State) statusBackOut {
	card := statusBackOut{Outcome: "applications on SOURCE, nothing lost; the rest of the migration stays as it is", Lines: []string{}, Cannot: []string{}}
	if _, card.Possible = way.word(s); !card.Possible {
		card.Why = "The downtime cannot be ended without the rest of the way back at this point; back-out without --keep-replication goes back."
		return card
	}
	for _, m := range steps.Down(s) {
		card.Lines = append(card.Lines, line("start "+m.Name+" on the source"))
	}
	for _, x := range []watched{theReplication, theFinalization} {
		if now := x.of(s); now.Exists {
			card.Cannot = append(card.Cannot, "The "+x.command+" is left: "+line(now.Word)+".")
		}
	}
	card.Cannot = append(card.Cannot, "The service keys stay.")
	return card
}

func (p *program) tellBack(f *lineFlags, way wayBack, end errandEnd, card *statusBackOut) error {
	r := resultOf(way.command, end, parts{apps: true})
	r.BackOut = card
	if end.now.Journal == "" && end.past == nil {
		r.Standing = standingUnrecorded(end.now.State)
		r.Replication.Since, r.Finalization.Since = nil, nil
	}
	if f.form.word != formatTable || end.err == nil {
		if err := p.print(f.form, r, r.table); err != nil {
			return err
		}
	}
	return end.err
}

// agreed takes the word to go back: twice over after COMPLETED.
func (p *program) agreed(ctx context.Context, c consent, s steps.State, way wayBack, card statusBackOut) error {
	source := s.Names().SourceInstance
	if err := c.wrong(source); err != nil {
		return err
	}
	switch {
	case way.keep:
		return p.given(ctx, c, "The applications are started on the source again.", source)
	case !isCompleted(s):
		return p.given(ctx, c, "What was copied is removed.", source)
	case c.yes && c.confirm == source:
		return nil
	}
	does := "The migration is COMPLETED. Back from there: " + card.Outcome + "."
	if _, person := p.hasTerminal(); person && !c.yes {
		return p.typed(ctx, does, source)
	}
	return &exit{StatusOpen, line(does + " This needs --yes and --confirm " + quoted(source) + ".")}
}

// errand goes back. A loss that was not there when it was agreed to is not taken.
func (way wayBack) errand(pl plan.Plan, f *lineFlags, agreed bool) *errand {
	pl.CleanUp.SourceKeys = plan.Keep
	if way.keys {
		pl.CleanUp.SourceKeys, pl.CleanUp.TargetKey = plan.Delete, plan.Delete
	}
	said := false
	return &errand{
		command: way.command, plan: pl, own: []steps.QuestionID{steps.QuestionBackedOut}, at: []steps.ID{steps.BackOut},
		consent: consent{yes: true}, timeout: f.timeout, lasting: true, back: true,
		reached: func(s steps.State) bool {
			if way.keep {
				return said && s.Choices.BackOut == nil && s.Notice == "" && len(steps.Down(s)) == 0
			}
			return s.Choices.Ended != nil && s.Choices.Ended.How == steps.EndBackedOut
		},
		interject: func(s steps.State) (steps.Answer, bool, error) {
			if s.Choices.BackOut != nil || said && s.Notice == "" || !seenForWayBack(s) {
				return steps.Answer{}, false, nil
			}
			if isCompleted(s) && !agreed {
				return steps.Answer{}, false, &exit{StatusOpen, "the migration has become COMPLETED meanwhile: to go back is another decision now"}
			}
			a, ok := way.word(s)
			if !ok {
				return a, false, &exit{StatusFailed, "there is no way back from here: " + line(steps.BackOutPlan(s).Why)}
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
	return signedIn(s) && s.Names().Complete() && (isCompleted(s) || f.Known && (f.Exists || r.Known))
}

// word is the answer that begins the way back.
func (way wayBack) word(s steps.State) (steps.Answer, bool) {
	if !way.keep {
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
