package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// Flags that say which migration is meant, or what it is between. Each has one
// meaning in all commands, and so has its environment variable.
const (
	flagFile           = "file"      // a plan
	flagTarget         = "target"    // name of a kept target
	flagMigration      = "migration" // identity of a record
	flagSourceInstance = "source-instance"
	flagTargetInstance = "target-instance"
)

// selection says which migration a command is about.
type selection struct{ target, file, dir string }

// listOf are migrations, one a line.
func listOf(list []steps.JournalSummary) (text string) {
	for _, m := range list {
		text += "\n  " + m.ID + "  " + describe(m)
	}
	return text
}

func (s *selection) addFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&s.target, flagTarget, "", "name of the target, as target set keeps it; not needed when there is only one")
	fs.StringVarP(&s.file, flagFile, "f", "", "plan file, instead of a target")
	fs.StringVar(&s.dir, flagTargetDir, "", "where targets are kept")
	_ = cmd.MarkFlagFilename(flagFile, "yaml", "yml")
	_ = cmd.MarkFlagDirname(flagTargetDir)
}

// readSelection returns the plan that was selected: the file, the target of that
// name, or the only one that is kept.
func (p *program) readSelection(s selection) (plan.Plan, error) {
	store := p.targetStore(s.dir)
	if err := p.flags.oneOf(flagValue{flagFile, &s.file}, flagValue{flagTarget, &s.target}); err != nil {
		return plan.Plan{}, err
	}
	if p.planFile = s.file != ""; p.planFile {
		return p.readPlan(s.file)
	}
	if s.target == "" {
		list, err := store.names()
		switch {
		case err != nil:
			return plan.Plan{}, err
		case len(list) == 0:
			return plan.Plan{}, usage("which migration? No target is kept: target set NAME keeps one, or -f FILE names a plan")
		case len(list) > 1:
			return plan.Plan{}, usage("which migration? --target NAME says it; there are %s", joined(list))
		}
		s.target = list[0]
	}
	return store.read(s.target)
}

// flagValue is the value of a flag.
type flagValue struct {
	flag  string
	value *string
}

// oneOf sees to it that at most one of the flags says which migration is meant. What
// the command line says counts before what the environment does.
func (f *flags) oneOf(list ...flagValue) error {
	var names []string
	typed := slices.ContainsFunc(list, func(v flagValue) bool { return *v.value != "" && f.typed(v.flag) })
	for _, v := range list {
		switch {
		case *v.value == "":
		case typed && !f.typed(v.flag):
			*v.value = ""
		default:
			names = append(names, "--"+v.flag)
		}
	}
	if len(names) > 1 {
		return usage("%s both say which migration: one of them", strings.Join(names, " and "))
	}
	return nil
}

// place fills in what the flags do not say of where a plan works. What a flag says,
// counts. The name of a landscape makes an address, so that a login elsewhere is none;
// it stands for itself only where the plan says the address, too.
func (f *flags) place(pl plan.Plan) *flags {
	at := *f
	o := &at.overrides
	at.noNote = f.noNote || pl.NoNote
	o.Provider = cmp.Or(o.Provider, pl.Provider)
	o.MigrationURL = cmp.Or(o.MigrationURL, pl.MigrationURL)
	switch {
	case at.apiURL != "":
		if pl.API == at.apiURL {
			o.Name = cmp.Or(o.Name, pl.Landscape)
		}
	case pl.API != "":
		at.apiURL, o.Name = pl.API, cmp.Or(o.Name, pl.Landscape)
	case pl.Landscape != "":
		at.apiURL = "https://api.cf." + pl.Landscape
		if !strings.Contains(pl.Landscape, ".") {
			at.apiURL += ".hana.ondemand.com"
		}
	}
	return &at
}

// choice says which migration a command is about that reads records: by the
// identity of one, or as every one-line command does.
type choice struct {
	selection
	id string
}

func (c *choice) addFlags(cmd *cobra.Command, f *flags) {
	c.selection.addFlags(cmd)
	f.addMigrationFlag(cmd, &c.id)
}

// chosen is the migration that is meant: by its record here, by a plan, or by both.
type chosen struct {
	record *steps.JournalSummary // nil: this machine has none
	plan   *plan.Plan            // nil: chosen by its record alone
}

// String says which one it is, in short.
func (c chosen) String() string {
	if c.record != nil {
		return describe(*c.record)
	}
	return sanitize.Line(fmt.Sprintf("%s to %s in %s / %s", c.plan.Source.Instance, c.plan.Target.Instance, c.plan.Org, c.plan.Space))
}

// names are the names that are known before it is looked at.
func (c chosen) names() steps.Names {
	if m := c.record; m != nil {
		return steps.Names{Org: m.Org, Space: m.Space, SourceInstance: m.Source, TargetInstance: m.Target}
	}
	return unattended.PlannedNames(*c.plan)
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
func (p *program) choose(c choice) (chosen, error) {
	f := &p.flags
	if err := f.oneOf(flagValue{flagFile, &c.file}, flagValue{flagMigration, &c.id}, flagValue{flagTarget, &c.target}); err != nil {
		return chosen{}, err
	}
	if c.id != "" {
		m, err := f.pick(c.id)
		return chosen{record: &m}, err
	}
	defer p.mentionDamaged()
	explicit := c.target != "" || c.file != ""
	kept, err := p.targetStore(c.dir).names()
	switch {
	case err != nil:
		return chosen{}, err
	case explicit || len(kept) == 1:
		pl, err := p.readSelection(c.selection)
		if err != nil {
			return chosen{}, err
		}
		is := chosen{plan: &pl}
		if is.record, err = unattended.Remembered(pl, f.place(pl).config()); err != nil {
			return chosen{}, err
		}
		if !explicit {
			p.mentionOther(kept[0], is)
		}
		return is, nil
	}
	m, err := f.pick("")
	if errors.Is(err, engine.ErrNoMigration) {
		if len(kept) > 1 {
			return chosen{}, usage("%v, and --%s NAME does not say which one is meant; there are %s", err, flagTarget, joined(kept))
		}
		err = &notHereError{fmt.Errorf("%w; --%s NAME or -f FILE says which one is meant", err, flagTarget)}
	}
	return chosen{record: &m}, err
}

// planOf is choose for the commands that carry a plan out, or look by one: where none is
// named or kept, it is the plan of the migration that is remembered here and has not
// ended. Which one is never guessed for a command that changes something.
func (p *program) planOf(c choice, changes bool) (plan.Plan, error) {
	f := &p.flags
	if err := f.oneOf(flagValue{flagFile, &c.file}, flagValue{flagMigration, &c.id}, flagValue{flagTarget, &c.target}); err != nil {
		return plan.Plan{}, err
	}
	kept, err := p.targetStore(c.dir).names()
	switch {
	case err != nil:
		return plan.Plan{}, err
	case c.id == "" && (c.file != "" || c.target != "" || len(kept) > 0):
		return p.readSelection(c.selection)
	case c.id == "":
		defer p.mentionDamaged()
	}
	m, err := f.pick(c.id)
	if errors.Is(err, engine.ErrNoMigration) || err == nil && c.id == "" && m.Ended != nil {
		return plan.Plan{}, &notHereError{usage("which migration? No target is kept, and none is under way here: target set NAME keeps one, or -f FILE names a plan")}
	}
	if err != nil {
		return plan.Plan{}, err
	}
	if others := f.open(); c.id == "" && changes && len(others) > 1 {
		return plan.Plan{}, usage("which migration? --%s ID says it; under way here are%s", flagMigration, listOf(others))
	}
	s, err := engine.LoadMigration(f.stateDirectory(), m.ID)
	if err != nil {
		return plan.Plan{}, err
	}
	pl := plan.FromState(s)
	pl.CleanUp.SourceInstance = plan.Later // as in a target that was set: what becomes of it is a word of its own
	if pl.Source.Instance == "" || pl.Target.Instance == "" {
		return plan.Plan{}, fmt.Errorf("%s: its databases are not chosen yet; the wizard goes on with it", describe(m))
	}
	if c.id == "" {
		fmt.Fprintf(p.err, "This is about the migration that is under way here: --%s %s (%s).\n", flagMigration, m.ID, describe(m))
	}
	return pl, nil
}

// journals lists the migrations of this machine. They are read once, before the command
// begins one or goes on with one.
func (f *flags) journals() ([]steps.JournalSummary, error) {
	if f.remembered == nil {
		list, err := engine.Journals(f.stateDirectory())
		f.remembered = &remembered{list, err}
	}
	return f.remembered.list, f.remembered.err
}

type remembered struct {
	list []steps.JournalSummary
	err  error
}

// open lists the migrations of this machine that have not ended.
func (f *flags) open() []steps.JournalSummary {
	list, _ := f.journals() // whoever asks has read them
	return slices.DeleteFunc(slices.Clone(list), func(m steps.JournalSummary) bool { return m.Damage != nil || m.Ended != nil })
}

// unselected lists the migrations that are under way on this machine, where nothing says
// which one is meant.
func (p *program) unselected(c choice) ([]steps.JournalSummary, error) {
	if _, err := p.flags.journals(); err != nil {
		return nil, err
	}
	kept, err := p.targetStore(c.dir).names()
	if err != nil || len(kept) == 1 || c.file+c.target+c.id != "" {
		return nil, err
	}
	return p.flags.open(), nil
}

// mentionSeveral says which of several migrations a look is about that nobody has named.
func (p *program) mentionSeveral(c choice, is chosen) {
	list, err := p.unselected(c)
	if err != nil || len(list) < 2 || is.record == nil {
		return
	}
	others := slices.DeleteFunc(list, func(m steps.JournalSummary) bool { return m.ID == is.record.ID })
	fmt.Fprintf(p.err, "This is about --%s %s (%s). Under way here are also%s\n", flagMigration, is.record.ID, is, listOf(others))
}

// mentionOther says that another migration is under way here than that of the only
// target, which was taken without being named.
func (p *program) mentionOther(target string, is chosen) {
	m, err := p.flags.pick("")
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

func describe(m steps.JournalSummary) string {
	return sanitize.Line(fmt.Sprintf("%s to %s in %s / %s, %s", cmp.Or(m.Source, "-"), cmp.Or(m.Target, "-"), m.Org, m.Space, m.Stands()))
}

// pick finds the migration that is meant: the one of that identity, or the newest
// that has not ended, or the newest.
func (f *flags) pick(id string) (steps.JournalSummary, error) {
	return f.pickOr(id, func(list []steps.JournalSummary) int {
		return slices.IndexFunc(list, func(m steps.JournalSummary) bool { return m.Ended == nil })
	})
}

// newest is pick for what was done: an ended migration counts like any other.
func (f *flags) newest(id string) (steps.JournalSummary, error) {
	return f.pickOr(id, func([]steps.JournalSummary) int { return 0 })
}

func (f *flags) pickOr(id string, preferred func([]steps.JournalSummary) int) (steps.JournalSummary, error) {
	list, err := f.journals()
	if err != nil {
		return steps.JournalSummary{}, err
	}
	if id != "" {
		m, err := pickByID(list, id)
		return m, cmp.Or(err, m.Damage)
	}
	whole := slices.DeleteFunc(slices.Clone(list), func(m steps.JournalSummary) bool { return m.Damage != nil })
	switch {
	case len(whole) > 0:
		return whole[max(preferred(whole), 0)], nil
	case len(list) > 0:
		return steps.JournalSummary{}, list[0].Damage
	}
	return steps.JournalSummary{}, engine.ErrNoMigration
}

// mentionDamaged names the records that cannot be read and are not the chosen one.
func (p *program) mentionDamaged() {
	list, _ := p.flags.journals() // whoever chose has told
	for _, says := range engine.Damaged(list) {
		fmt.Fprintln(p.err, sanitize.Line(says))
	}
}

// pickByID finds the migration of an identity, or the only one whose identity begins so.
func pickByID(list []steps.JournalSummary, id string) (steps.JournalSummary, error) {
	var found []steps.JournalSummary
	for _, m := range list {
		if m.ID == id {
			return m, nil
		}
		if strings.HasPrefix(m.ID, id) {
			found = append(found, m)
		}
	}
	problem := "there is no such migration here"
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		problem, list = "several migrations begin so", found
	}
	err := usage("%s", fmt.Sprintf("--%s %s: %s", flagMigration, id, problem)+listOf(list))
	if len(found) == 0 {
		err = &notHereError{err}
	}
	return steps.JournalSummary{}, err
}
