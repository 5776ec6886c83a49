package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
)

type planSaveOptions struct {
	id    string // of a migration
	file  string // - is standard output
	force bool
}

func (p *program) planSaveCommand() *cobra.Command {
	o := &planSaveOptions{}
	cmd := &cobra.Command{
		Use:   "save [FILE]",
		Short: "Writes the plan of what a migration has done, from its journal",
		Long: `Writes the plan of what a migration has done, as its journal has it: run on a
landscape like the one before, it does the same, as far as that migration came. No
server is asked. Without a file, or with -, it goes to standard output. A file that is
there already is replaced only with --force.`,
		Example: `  pg-migrate-wizard plan save plan.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("%s takes one file", cmd.CommandPath())
			}
			o.file = cmp.Or(strings.Join(args, ""), "-")
			return nil
		},
		RunE:              runE(p, o, p.planSave),
		ValidArgsFunction: cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	p.flags.addMigrationFlag(cmd, &o.id)
	cmd.Flags().BoolVar(&o.force, "force", false, "replace a file that is there already")
	return cmd
}

// check refuses a file that cannot be written without a loss.
func (o *planSaveOptions) check() error {
	info, err := os.Stat(o.file)
	switch {
	case o.file == "-" || err != nil:
		return nil // not there, or writing says why not
	case info.IsDir():
		return usage("%s is a directory: name a file in it", o.file)
	case !o.force:
		return usage("%s is there already: --force replaces it", o.file)
	}
	return nil
}

func (p *program) planSave(_ context.Context, o *planSaveOptions) error {
	m, err := p.flags.newest(o.id)
	if err != nil {
		return err
	}
	if o.id == "" {
		p.mentionDamaged()
	}
	s, err := engine.LoadMigration(p.flags.stateDirectory(), m.ID)
	if err != nil {
		return err
	}
	data, err := plan.Save(plan.FromState(s))
	if e, ok := errors.AsType[*plan.CheckError](err); ok {
		return fmt.Errorf("the migration has not come far enough for a plan: %s", problemsOf(e))
	}
	if err != nil {
		return err
	}
	head := fmt.Sprintf("# The plan of %s, saved %s from the journal %s.\n%s",
		describe(m), time.Now().UTC().Format(time.RFC3339), m.ID, unrecordedKeys(plan.Unrecorded(s)))
	data = append([]byte(head), data...)
	if _, err := plan.Parse(data); err != nil {
		return fmt.Errorf("plan save: %w", err)
	}
	if o.file == "-" {
		return p.write(data)
	}
	if err := writeFile(o.file, data, 0o644); err != nil { // there is no secret in it
		return fmt.Errorf("plan save: %w", err)
	}
	fmt.Fprintf(p.err, "The plan is in %s. Check what it says before you run it.\n", o.file)
	return nil
}

// unrecordedKeys says, as a comment, which words of a saved plan are nobody's.
func unrecordedKeys(keys []string) string {
	be, it := "are", "them"
	if len(keys) == 1 {
		be, it = "is", "it"
	}
	return fmt.Sprintf("# %s %s not in the record: what stands here is the default. Set %s before you run this.\n#\n", joined(keys), be, it)
}
