package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/unattended"
)

const flagMigration = "migration"

// choice says which migration a command is about that reads records: by the
// identity of one, or as every one-line command does.
type choice struct {
	selection
	id string
}

func (c *choice) addFlags(f *flags, cmd *cobra.Command) {
	c.selection.addFlags(cmd)
	f.addMigrationFlag(cmd, &c.id)
}

// chosen is the migration that is meant: by its record here, by a plan, or by both.
type chosen struct {
	record *engine.Remembered // nil: this machine has none
	plan   *plan.Plan         // nil: chosen by its record alone
}

// String says which one it is, in short.
func (c chosen) String() string {
	if c.record != nil {
		return describe(*c.record)
	}
	return sanitize.Line(fmt.Sprintf("%s to %s in %s / %s", c.plan.Source.Instance, c.plan.Target.Instance, c.plan.Org, c.plan.Space))
}

// place is where it works, as far as the flags leave it open.
func (c chosen) place(f *flags) *flags {
	if c.plan == nil {
		return f
	}
	return f.place(*c.plan)
}

// choose finds the migration that is meant: that of the identity, of the file, of
// the target, of the only target that is kept; else the newest that is remembered
// and has not ended, else the newest.
func (p *program) choose(f *flags, c choice) (chosen, error) {
	if err := p.oneOf(map[string]*string{flagTarget: &c.name, flagFile: &c.file, flagMigration: &c.id}); err != nil {
		return chosen{}, err
	}
	if c.id != "" {
		m, err := f.pick(c.id)
		return chosen{record: &m}, err
	}
	named := c.name != "" || c.file != ""
	kept, err := p.targetStore(c.dir).names()
	switch {
	case err != nil:
		return chosen{}, err
	case named || len(kept) == 1:
		pl, err := p.readSelection(c.selection)
		if err != nil {
			return chosen{}, err
		}
		is := chosen{plan: &pl}
		if is.record, err = unattended.Remembered(pl, f.planned(pl)); err != nil {
			return chosen{}, err
		}
		if !named {
			p.mentionOther(f, kept[0], is)
		}
		return is, nil
	}
	m, err := f.pick("")
	if errors.Is(err, engine.ErrNoMigration) {
		if len(kept) > 1 {
			return chosen{}, usage("%v, and --%s NAME does not say which one is meant; there are %s", err, flagTarget, joined(kept))
		}
		err = fmt.Errorf("%w; --%s NAME or -f FILE says which one is meant", err, flagTarget)
	}
	return chosen{record: &m}, err
}

// mentionOther says that another migration is under way here than that of the only
// target, which was taken without being named.
func (p *program) mentionOther(f *flags, target string, is chosen) {
	m, err := f.pick("")
	if err != nil || m.Ended != nil || is.record != nil && is.record.ID == m.ID {
		return // what cannot be read is not this one
	}
	fmt.Fprintf(p.err, "This is about %s, the only target that is kept. Another migration is under way here: --%s %s (%s).\n", target, flagMigration, m.ID, describe(m))
}

// addMigrationFlag lets a command be told which migration is meant.
func (f *flags) addMigrationFlag(cmd *cobra.Command, id *string) {
	cmd.Flags().StringVar(id, flagMigration, "", "identity of the migration that is meant, or its beginning (default: the newest that has not ended)")
	_ = cmd.RegisterFlagCompletionFunc(flagMigration, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		list, _ := engine.Journals(f.stateDirectory())
		var words []string
		for _, m := range list {
			words = append(words, cobra.CompletionWithDesc(m.ID, describe(m)))
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	})
}

func describe(m engine.Remembered) string {
	end := "at " + m.Step.Title()
	if m.Ended != nil {
		end = "ended: " + m.Ended.How
	}
	return sanitize.Line(fmt.Sprintf("%s to %s in %s / %s, %s", cmp.Or(m.Source, "-"), cmp.Or(m.Target, "-"), m.Org, m.Space, end))
}

// pick finds the migration that is meant: the one of that identity, or the newest
// that has not ended, or the newest.
func (f *flags) pick(id string) (engine.Remembered, error) {
	list, err := engine.Journals(f.stateDirectory())
	if id != "" {
		var found []engine.Remembered
		for _, m := range list {
			if m.ID == id {
				return m, nil
			}
			if strings.HasPrefix(m.ID, id) {
				found = append(found, m)
			}
		}
		if len(found) == 1 {
			return found[0], nil
		}
		lines := []string{fmt.Sprintf("--%s %s: there is no such migration here", flagMigration, id)}
		if len(found) > 1 {
			lines[0] = fmt.Sprintf("--%s %s: several migrations begin so", flagMigration, id)
			list = found
		}
		for _, m := range list {
			lines = append(lines, "  "+m.ID+"  "+describe(m))
		}
		return engine.Remembered{}, usage("%s", strings.Join(lines, "\n"))
	}
	if err != nil {
		return engine.Remembered{}, err
	}
	if len(list) == 0 {
		return engine.Remembered{}, engine.ErrNoMigration
	}
	for _, m := range list {
		if m.Ended == nil {
			return m, nil
		}
	}
	return list[0], nil
}
