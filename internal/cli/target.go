package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

func (p *program) targetCommand() *cobra.Command {
	var dir string
	cmd := commandGroup(&cobra.Command{
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
	},
		p.targetSetCommand(&dir),
		p.targetSubcommand(&dir, p.targetList, &cobra.Command{
			Use: "list", Short: "Lists the targets that are kept",
			Example: "  pg-migrate-wizard target list -o json",
		}),
		p.targetSubcommand(&dir, p.targetShow, &cobra.Command{
			Use: "show NAME", Short: "Prints a target: its plan file",
			Long: `Prints the plan file of a target as it stands, which is YAML; or the same as JSON. It is
a plan, with the keys of one (docs/plan.md); "target list -o json" has the fields of the
other commands.`,
			Example: "  pg-migrate-wizard target show orders",
		}),
		p.targetSubcommand(&dir, p.targetDelete, &cobra.Command{
			Use: "delete NAME", Short: "Forgets a target; nothing on the landscape is changed",
			Example: "  pg-migrate-wizard target delete rehearsal",
		}),
	)
	cmd.PersistentFlags().StringVar(&dir, flagTargetDir, "", "where targets are kept (default: "+programName+"/targets in the XDG configuration directory)")
	_ = cmd.MarkPersistentFlagDirname(flagTargetDir)
	return cmd
}

// targetOptions are those of the commands below target.
type targetOptions struct {
	dir    *string // of the command target
	name   string
	output *wordFlag
}

func (p *program) targetSubcommand(dir *string, run func(context.Context, *targetOptions) error, cmd *cobra.Command) *cobra.Command {
	o := &targetOptions{dir: dir}
	cmd.Args = noArgs
	if cmd.Name() != cmd.Use { // there is a NAME
		cmd.Args = oneName(&o.name)
	}
	cmd.RunE = runE(p, o, run)
	o.output = addOutputFlag(cmd)
	return cmd
}

// oneName takes exactly one argument: the name of a target.
func oneName(name *string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage("%s takes one name", cmd.CommandPath())
		}
		*name = args[0]
		return checkTargetName(*name)
	}
}

// targetView is a target, for programs.
type targetView struct {
	Name         string      `json:"name"`
	Names        steps.Names `json:"names"` // a key without a name: the wizard's own
	API          string      `json:"api"`
	Landscape    string      `json:"landscape"`
	Provider     string      `json:"provider"`
	ProviderID   string      `json:"provider_id,omitempty"` // the same, by the name that it has elsewhere
	MigrationURL string      `json:"migration_url"`
	File         string      `json:"file"`
	Problem      string      `json:"problem,omitempty"`  // why it cannot be used
	Replaced     *targetView `json:"replaced,omitempty"` // what the name stood for before; of target set
}

// String says what a target stands for, in short.
func (v targetView) String() string {
	n := v.Names
	if v.Problem != "" {
		return "what cannot be read"
	}
	return sanitize.Line(fmt.Sprintf("%s (key %s) to %s (key %s) in %s / %s",
		n.SourceInstance, cmp.Or(n.SourceKey, "the wizard's own"), n.TargetInstance, cmp.Or(n.TargetKey, "the wizard's own"), n.Org, n.Space))
}

func (t targetStore) view(name string) targetView {
	v := targetView{Name: name, File: t.path(name)}
	pl, err := t.read(name)
	if err != nil {
		v.Problem = err.Error()
		return v
	}
	v.Names, v.API, v.Landscape, v.Provider, v.MigrationURL = unattended.PlannedNames(pl), pl.API, pl.Landscape, pl.Provider, pl.MigrationURL
	v.ProviderID = pl.Provider
	return v
}

func (p *program) targetList(_ context.Context, o *targetOptions) error {
	store := p.targetStore(*o.dir)
	names, err := store.names()
	if err != nil {
		return err
	}
	list := []targetView{}
	rows := [][]string{{"NAME", "ORG", "SPACE", "SOURCE", "TARGET", ""}}
	for _, n := range names {
		v := store.view(n)
		list = append(list, v)
		rows = append(rows, []string{n, v.Names.Org, v.Names.Space, v.Names.SourceInstance, v.Names.TargetInstance, sanitize.Line(v.Problem)})
	}
	return p.print(o.output, list, func(w io.Writer) { status.Columns(w, rows) })
}

func (p *program) targetShow(_ context.Context, o *targetOptions) error {
	store := p.targetStore(*o.dir)
	if _, err := store.read(o.name); err != nil {
		return err
	}
	data, err := p.readPlanData(store.path(o.name))
	if err == nil && o.output.word == status.FormatJSON {
		var b bytes.Buffer
		if data, err = yaml.YAMLToJSON(data); err == nil {
			err = json.Indent(&b, data, "", "  ")
		}
		data = append(b.Bytes(), '\n')
	}
	if err != nil {
		return fmt.Errorf("target %s: %w", o.name, err)
	}
	return p.write(data)
}

func (p *program) targetDelete(_ context.Context, o *targetOptions) error {
	store := p.targetStore(*o.dir)
	v := store.view(o.name)
	if err := store.remove(o.name); err != nil {
		return err
	}
	return p.print(o.output, v, func(w io.Writer) {
		fmt.Fprintf(w, "The target %s is forgotten. Nothing on the landscape was changed.\n", v.Name)
	})
}
