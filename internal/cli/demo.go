package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// Speeds of a demo: with a person a migration takes some two minutes, alone
// about ten seconds.
const (
	demoSpeed     = 60
	demoAutoSpeed = 500
	// demoPace is how much of the landscape's speed the wizard's looks share.
	demoPace = 1.0 / 10
)

type demoOptions struct {
	*flags
	scenario string
	speed    float64
	auto     bool
}

func (p *program) demoCommand() *cobra.Command {
	o := &demoOptions{flags: &p.flags}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Shows a whole migration on a landscape that the program brings along",
		Long: `Shows a whole migration, with real requests to a landscape that lives in this
program, and nothing of yours: its own address on this machine, its own cf login,
its own record, all of it gone afterwards.

With --auto, and without a terminal, nobody is asked: the migration is played
through in lines, and what the landscape looks like in the end is checked. Each
question gets the answer that is recommended; where that waits for somebody, or
nothing is recommended, one that goes on, and it says so. So the source, which is
to be kept for a week, is deleted at once. With --plain the questions are yours also without a
terminal, line by line.`,
		Example: `  # lead yourself through a migration
  pg-migrate-wizard demo

  # see by itself how a failed finalization ends
  pg-migrate-wizard demo --auto --scenario finalization-fails`,
		Args:        noArgs,
		Annotations: map[string]string{ownLandscape: "yes"},
		RunE:        runE(p, o, p.demo),
	}
	cmd.Flags().StringVar(&o.scenario, flagScenario, "", "story to play; \"sandbox --list\" shows them (default good-day)")
	cmd.Flags().Float64Var(&o.speed, flagSpeed, 0, fmt.Sprintf("how many times faster than the real world it goes (default %d, and %d by itself)", demoSpeed, demoAutoSpeed))
	cmd.Flags().BoolVar(&o.auto, "auto", false, "play it through without asking anybody")
	return cmd
}

// check refuses flags that are for another landscape than the demo's.
func (o *demoOptions) check() error {
	for _, flag := range []string{unattended.FlagAPI, cfsession.SettingLandscape, cfsession.SettingProvider, cfsession.SettingMigrationURL} {
		if o.typed(flag) {
			return usage("the demo brings its own landscape: --%s is for your own", flag)
		}
	}
	if !o.given(flagSpeed) {
		o.speed = demoSpeed
	}
	return checkStory(o.scenario, o.speed)
}

func (p *program) demo(ctx context.Context, o *demoOptions) error {
	screen, person := p.hasTerminal()
	how := manner{screen: screen && !o.plain && !o.auto, auto: o.auto || !person && !o.plain, leaving: leavingDemo, passing: true}
	if how.auto && !o.given(flagSpeed) {
		o.speed = demoAutoSpeed
	}
	s, err := openStage(o)
	if err != nil {
		return err
	}
	if !how.auto { // who is not there decides nothing in time
		s.config.Speed = s.landscape.Info().Speed
	}
	how.command, how.reports = s.byHand, s.keeps
	err = p.play(ctx, s, how)
	return errors.Join(err, s.close())
}

// play shows the migration, and says by the landscape itself how it has ended.
func (p *program) play(ctx context.Context, s *stage, how manner) error {
	info := s.landscape.Info()
	if !how.screen {
		fmt.Fprintf(p.out, "Demo of the scenario %s, at %g times the speed of the real world.\n", info.Scenario, info.Speed)
		fmt.Fprintf(p.out, "%s\n", s.teaches)
		fmt.Fprintf(p.out, "The landscape is part of the demo, at %s. Nothing of yours is touched.\n", info.API)
	}
	before := s.landscape.Truth()
	t, err := p.converse(ctx, s.config, how)
	if err != nil {
		return err
	}
	code := t.status()
	if ended := t.last.State.Choices.Ended; ended != nil {
		fmt.Fprintf(p.out, "\nWhat the landscape itself says:\n")
		kept := slices.ContainsFunc(ended.Left, func(l steps.LeftItem) bool { return l.What == steps.LeftSource })
		for _, c := range examine(t.last.State.Names(), ended.How, kept, before, s.landscape.Truth()) {
			fmt.Fprintln(p.out, c)
			if !c.holds && how.auto { // a person has led it, and may have had it so
				code = status.ExitFailed
			}
		}
		if how.auto {
			fmt.Fprintf(p.out, "Exit status %d: %s.\n", code, statusWords[code])
		}
	}
	switch {
	case t.last.Journal == "":
	case s.keeps:
		p.sayPath("The record of this migration:", t.last.Journal)
	default:
		p.say("Its record and its report have gone with the demo. To keep them, name a folder: --" + flagState + " DIR")
	}
	if code != status.ExitDone {
		return status.Exit(code, "")
	}
	return nil
}

var statusWords = map[int]string{
	status.ExitDone:    "the migration has ended well",
	status.ExitFailed:  "something is not as it should be",
	status.ExitService: "the service says FAILED, and the applications are back where they were",
}

// leavingDemo says what goes on when a demo is left: nothing.
func leavingDemo(steps.State) []string {
	return []string{
		"The landscape ends with the demo: its databases, its applications and this migration are gone then. Nothing goes on, and nothing of yours was touched.",
		"To see it again, run: " + programName + " demo",
	}
}

// stage is what a demo is played on.
type stage struct {
	landscape *sandbox.Landscape
	teaches   string
	config    engine.Config
	folder    *workFolder
	keeps     bool // the record is kept
}

func openStage(o *demoOptions) (*stage, error) {
	l, err := sandbox.Start(sandbox.Config{Scenario: o.scenario, Speed: o.speed})
	if err != nil {
		return nil, err
	}
	s := &stage{landscape: l}
	if s.folder, err = newWorkFolder("demo"); err != nil {
		return nil, errors.Join(fmt.Errorf("demo: %w", err), l.Close())
	}
	if err := l.WriteCFHome(s.folder.dir); err != nil {
		return nil, errors.Join(err, s.close())
	}
	info := l.Info()
	for _, story := range sandbox.Scenarios() {
		if story.Name == info.Scenario {
			s.teaches = story.Teaches
		}
	}
	s.config = o.config()
	s.config.CFHome, s.config.Pace = s.folder.dir, max(1, info.Speed*demoPace)
	s.config.Overrides = cfsession.Overrides{Name: info.Landscape, Provider: info.Provider, MigrationURL: info.Migration}
	if s.keeps = o.stateDir != ""; !s.keeps {
		s.config.StateDir = filepath.Join(s.folder.dir, "state")
	}
	return s, nil
}

// byHand is a line as it is run on the landscape of the demo, in a shell around it: the
// person's own cf goes on pointing to where it points.
func (s *stage) byHand(line string) string {
	return "(export CF_HOME=" + unattended.ShellQuoted(s.folder.dir) + "; " + line + ")"
}

func (s *stage) close() error {
	return errors.Join(s.landscape.Close(), s.folder.remove())
}
