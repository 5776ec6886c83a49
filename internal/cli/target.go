package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// Flags that say which migration is meant, or what it is between. Each has one
// meaning in all commands, and so has its environment variable.
const (
	flagFile           = "file"   // a plan
	flagTarget         = "target" // name of a kept target
	flagSourceInstance = "source-instance"
	flagTargetInstance = "target-instance"
)

// targetFlags are those of the command target.
type targetFlags struct {
	*flags
	dir                  string
	file                 string
	org, space           string
	source, target       string // instances
	sourceKey, targetKey string
}

func (p *program) targetCommand(common *flags) *cobra.Command {
	f := &targetFlags{flags: common}
	cmd := &cobra.Command{
		Use:   "target",
		Short: "Keeps which migration the commands are about, under a name",
		Long: `Keeps which migration the one-line commands are about: org, space, the two service
instances and their keys. Any number is kept, each under a name; the commands take
--target NAME, or the only one there is. A target is a plan file, without a secret in
it: it can be edited, and run.`,
		Example: `  # keep a migration under the name orders
  pg-migrate-wizard target set orders --org acme --space prod \
    --source-instance orders-db --target-instance orders-hyperscaler

  # start with it
  pg-migrate-wizard prepare --target orders`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return usage("target does what: set, list, show or delete?") },
	}
	cmd.PersistentFlags().StringVar(&f.dir, flagTargetDir, "", "where targets are kept (default: "+name+"/targets in the XDG configuration directory)")
	_ = cmd.MarkPersistentFlagDirname(flagTargetDir)
	cmd.AddCommand(p.targetSetCommand(f), p.targetListCommand(f), p.targetShowCommand(f), p.targetDeleteCommand(f))
	return cmd
}

func (p *program) targetSetCommand(f *targetFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Keeps a migration under a name, instead of what it stood for before",
		Long: `Keeps a migration under a name: from a plan file, or from the flags. With both, the
flags count. A service key that is named is created by "keys" where it is not there.
--api-url, --landscape, --provider and --migration-url are kept, too.`,
		Example: `  pg-migrate-wizard target set orders --org acme --space prod \
    --source-instance orders-db --target-instance orders-hyperscaler --target-key migration

  # from a plan
  pg-migrate-wizard target set rehearsal -f plan.yaml`,
		Args: oneName,
	}
	out := addOutputFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error { return p.targetSet(f, args[0], out) }
	fs := cmd.Flags()
	fs.StringVarP(&f.file, flagFile, "f", "", "plan file to keep")
	fs.StringVar(&f.org, flagOrg, "", "org of both databases")
	fs.StringVar(&f.space, flagSpace, "", "space of both databases")
	fs.StringVar(&f.source, flagSourceInstance, "", "service instance to move")
	fs.StringVar(&f.target, flagTargetInstance, "", "service instance to move to")
	fs.StringVar(&f.sourceKey, unattended.FlagSourceKey, "", "service key of the source (default: the wizard's own)")
	fs.StringVar(&f.targetKey, unattended.FlagTargetKey, "", "service key of the target (default: the wizard's own)")
	_ = cmd.MarkFlagFilename(flagFile, "yaml", "yml")
	return cmd
}

// oneName takes exactly one argument.
func oneName(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("%s takes one name", cmd.CommandPath())
	}
	return checkTargetName(args[0])
}

// targetSet keeps a target. A source is left for later in it: that it is deleted,
// or kept for good, is a word of its own.
func (p *program) targetSet(f *targetFlags, name string, out *format) error {
	pl := plan.Plan{Until: plan.CleanedUp, CleanUp: plan.CleanUp{SourceInstance: plan.Later}}
	if f.file != "" {
		var err error
		if pl, _, err = readPlanFile(f.file); err != nil {
			return planUsage(err)
		}
	}
	pl.Org, pl.Space = cmp.Or(f.org, pl.Org), cmp.Or(f.space, pl.Space)
	pl.Source.Instance, pl.Target.Instance = cmp.Or(f.source, pl.Source.Instance), cmp.Or(f.target, pl.Target.Instance)
	if f.sourceKey != "" {
		pl.Source.Key = plan.Key{Name: f.sourceKey, Create: true}
	}
	if f.targetKey != "" {
		pl.Target.Key = plan.Key{Name: f.targetKey, Create: true}
	}
	pl.API, pl.MigrationURL = cmp.Or(f.apiURL, pl.API), cmp.Or(f.overrides.MigrationURL, pl.MigrationURL)
	pl.Landscape, pl.Provider = cmp.Or(f.overrides.Name, pl.Landscape), cmp.Or(plan.ProviderWord(f.overrides.Provider), pl.Provider)
	for _, needed := range []struct{ flag, value string }{{flagOrg, pl.Org}, {flagSpace, pl.Space}, {flagSourceInstance, pl.Source.Instance}, {flagTargetInstance, pl.Target.Instance}} {
		if needed.value == "" {
			return usage("target set %s: --%s is not said, or -f FILE", name, needed.flag)
		}
	}
	data, err := plan.Save(pl)
	if e, ok := errors.AsType[*plan.CheckError](err); ok {
		return usage("target set %s: %s", name, says(e))
	}
	if err != nil {
		return err
	}
	store := p.targetStore(f.dir)
	kept, err := store.names()
	if err != nil {
		return err
	}
	var before *targetView
	if slices.Contains(kept, name) {
		was := store.view(name)
		before = &was
	}
	if err := store.save(name, data); err != nil {
		return err
	}
	v := store.view(name)
	v.Replaced = before
	return p.print(out, v, func(w io.Writer) {
		fmt.Fprintf(w, "The target %s is kept in %s\n", name, v.File)
		if before != nil {
			fmt.Fprintf(w, "It replaced: %s\n", before.stands())
		}
	})
}

// says lists what is wrong with a plan that is in no file yet.
func says(e *plan.CheckError) string {
	var list []string
	for _, x := range e.Problems {
		list = append(list, x.Message)
	}
	return joined(list)
}

// planUsage turns a file that is not there into wrong usage.
func planUsage(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return usage("%v", err)
	}
	return err
}

// targetView is a target, for programs.
type targetView struct {
	Name         string      `json:"name"`
	Names        steps.Names `json:"names"` // a key without a name: the wizard's own
	API          string      `json:"api"`
	Landscape    string      `json:"landscape"`
	Provider     string      `json:"provider"`
	MigrationURL string      `json:"migration_url"`
	File         string      `json:"file"`
	Problem      string      `json:"problem,omitempty"`  // why it cannot be used
	Replaced     *targetView `json:"replaced,omitempty"` // what the name stood for before; of target set
}

// stands says what a target stands for, in short.
func (v targetView) stands() string {
	n := v.Names
	if v.Problem != "" {
		return "what cannot be read"
	}
	return sanitize.Line(fmt.Sprintf("%s (key %s) to %s (key %s) in %s / %s",
		n.SourceInstance, cmp.Or(n.SourceKey, "the wizard's own"), n.TargetInstance, cmp.Or(n.TargetKey, "the wizard's own"), n.Org, n.Space))
}

func (t targetStore) view(name string) targetView {
	v := targetView{Name: name, File: t.path(name)}
	pl, _, err := t.read(name)
	if err != nil {
		v.Problem = err.Error()
		return v
	}
	v.Names, v.API, v.Landscape, v.Provider, v.MigrationURL = unattended.PlannedNames(pl), pl.API, pl.Landscape, pl.Provider, pl.MigrationURL
	return v
}

func (p *program) targetListCommand(f *targetFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "Lists the targets that are kept", Args: noArgs,
		Example: "  pg-migrate-wizard target list -o json",
	}
	out := addOutputFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		store := p.targetStore(f.dir)
		names, err := store.names()
		if err != nil {
			return err
		}
		list := []targetView{}
		for _, n := range names {
			list = append(list, store.view(n))
		}
		return p.print(out, list, func(w io.Writer) { targetTable(w, list) })
	}
	return cmd
}

func targetTable(w io.Writer, list []targetView) {
	rows := [][]string{{"NAME", "ORG", "SPACE", "SOURCE", "TARGET", ""}}
	for _, v := range list {
		rows = append(rows, []string{v.Name, v.Names.Org, v.Names.Space, v.Names.SourceInstance, v.Names.TargetInstance, sanitize.Line(v.Problem)})
	}
	status.Columns(w, rows)
}

func (p *program) targetShowCommand(f *targetFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show NAME", Short: "Prints a target: its plan file", Args: oneName,
		Long: `Prints the plan file of a target as it stands, which is YAML; or the same as JSON. It is
a plan, with the keys of one (docs/plan.md); "target list -o json" has the fields of the
other commands.`,
		Example: "  pg-migrate-wizard target show orders",
	}
	out := addOutputFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		_, data, err := p.targetStore(f.dir).read(args[0])
		if err != nil {
			return err
		}
		if out.word == status.FormatJSON {
			if data, err = yaml.YAMLToJSON(data); err != nil {
				return fmt.Errorf("target %s as JSON: %w", args[0], err)
			}
			var b bytes.Buffer
			if err := json.Indent(&b, data, "", "  "); err != nil {
				return fmt.Errorf("target %s as JSON: %w", args[0], err)
			}
			data = append(b.Bytes(), '\n')
		}
		_, err = p.out.Write(data)
		return err
	}
	return cmd
}

func (p *program) targetDeleteCommand(f *targetFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "delete NAME", Short: "Forgets a target; nothing on the landscape is changed", Args: oneName,
		Example: "  pg-migrate-wizard target delete rehearsal",
	}
	out := addOutputFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		store := p.targetStore(f.dir)
		v := store.view(args[0])
		if err := store.remove(args[0]); err != nil {
			return err
		}
		return p.print(out, v, func(w io.Writer) {
			fmt.Fprintf(w, "The target %s is forgotten. Nothing on the landscape was changed.\n", v.Name)
		})
	}
	return cmd
}

// selection says which migration a command is about.
type selection struct{ name, file, dir string }

func (s *selection) addFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&s.name, flagTarget, "", "name of the target, as target set keeps it; not needed when there is only one")
	fs.StringVarP(&s.file, flagFile, "f", "", "plan file, instead of a target")
	fs.StringVar(&s.dir, flagTargetDir, "", "where targets are kept")
	_ = cmd.MarkFlagFilename(flagFile, "yaml", "yml")
	_ = cmd.MarkFlagDirname(flagTargetDir)
}

// read returns the plan that was selected: the file, the target of that name, or
// the only one that is kept.
func (p *program) readSelection(s selection) (plan.Plan, error) {
	store := p.targetStore(s.dir)
	if err := p.oneOf(map[string]*string{flagTarget: &s.name, flagFile: &s.file}); err != nil {
		return plan.Plan{}, err
	}
	if p.planFile = s.file != ""; p.planFile {
		pl, _, err := readPlanFile(s.file)
		return pl, planUsage(err)
	}
	if s.name == "" {
		list, err := store.names()
		switch {
		case err != nil:
			return plan.Plan{}, err
		case len(list) == 0:
			return plan.Plan{}, usage("which migration? No target is kept: target set NAME keeps one, or -f FILE names a plan")
		case len(list) > 1:
			return plan.Plan{}, usage("which migration? --target NAME says it; there are %s", joined(list))
		}
		s.name = list[0]
	}
	pl, _, err := store.read(s.name)
	return pl, err
}

// oneOf sees to it that at most one of the flags says which migration is meant. What
// the command line says counts before what the environment does.
func (p *program) oneOf(said map[string]*string) error {
	typed := func(flag string) bool { return strings.HasPrefix(p.flags.origins[flag], "--") }
	flags := slices.DeleteFunc(slices.Sorted(maps.Keys(said)), func(flag string) bool { return *said[flag] == "" })
	if slices.ContainsFunc(flags, typed) {
		for _, flag := range flags {
			if !typed(flag) {
				*said[flag] = ""
			}
		}
		flags = slices.DeleteFunc(flags, func(flag string) bool { return !typed(flag) })
	}
	if len(flags) > 1 {
		return usage("--%s both say which migration: one of them", strings.Join(flags, " and --"))
	}
	return nil
}

// place fills in what the flags do not say of where a plan works. What a flag says,
// counts. The name of a landscape makes an address, so that a login elsewhere is none;
// it stands for itself only where the plan says the address, too.
func (f *flags) place(pl plan.Plan) *flags {
	at := *f
	o := &at.overrides
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
