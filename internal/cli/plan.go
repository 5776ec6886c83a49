package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
)

func (p *program) planCommand(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Writes, checks and describes plans: migrations that can be reviewed, and run",
		Long: `A plan is a file that says what a migration shall do. It can be written by hand, or
saved from a migration that a person has led: a rehearsal in dev becomes the plan for
prod. There is no secret in it.`,
		Example: `  # what was done just now, as a plan
  pg-migrate-wizard plan save plan.yaml

  # is it right?
  pg-migrate-wizard plan check plan.yaml`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return usage("plan does what: save, check or schema?") },
	}
	cmd.AddCommand(p.planSaveCommand(f), p.planCheckCommand(), p.planSchemaCommand())
	return cmd
}

func (p *program) planSaveCommand(f *flags) *cobra.Command {
	var id string
	var force bool
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
			return nil
		},
		RunE:              func(_ *cobra.Command, args []string) error { return p.planSave(f, id, strings.Join(args, ""), force) },
		ValidArgsFunction: cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	f.addMigrationFlag(cmd, &id)
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that is there already")
	return cmd
}

// checkNewFile refuses a file that cannot be written without a loss.
func checkNewFile(file string, force bool) error {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil // not there, or writing says why not
	case info.IsDir():
		return usage("%s is a directory: name a file in it", file)
	case !force:
		return usage("%s is there already: --force replaces it", file)
	}
	return nil
}

func (p *program) planSave(f *flags, id, file string, force bool) error {
	if file != "" && file != "-" {
		if err := checkNewFile(file, force); err != nil {
			return err
		}
	}
	m, err := f.newest(id)
	if err != nil {
		return err
	}
	s, err := engine.LoadMigration(f.stateDirectory(), m.ID)
	if err != nil {
		return err
	}
	data, err := plan.Save(plan.FromState(s))
	if e, ok := errors.AsType[*plan.CheckError](err); ok {
		return fmt.Errorf("the migration has not come far enough for a plan: %s", says(e))
	}
	if err != nil {
		return err
	}
	head := fmt.Sprintf("# The plan of %s, saved %s from the journal %s.\n", describe(m), time.Now().UTC().Format(time.RFC3339), m.ID)
	head += unrecordedKeys(plan.Unrecorded(s))
	data = append([]byte(head), data...)
	if _, err := plan.Parse(data); err != nil {
		return fmt.Errorf("plan save: %w", err)
	}
	if file == "" || file == "-" {
		if _, err := p.out.Write(data); err != nil {
			return fmt.Errorf("standard output: %w", err)
		}
		return nil
	}
	if err := maybe.WriteFile(file, data, 0o644); err != nil { // there is no secret in it
		return fmt.Errorf("plan save: %w", err)
	}
	fmt.Fprintf(p.err, "The plan is in %s. Check what it says before you run it.\n", file)
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

// newest is pick, but for what was done: an ended migration counts like any other.
func (f *flags) newest(id string) (engine.Remembered, error) {
	if id != "" {
		return f.pick(id)
	}
	list, err := engine.Journals(f.stateDirectory())
	switch {
	case err != nil:
		return engine.Remembered{}, err
	case len(list) == 0:
		return engine.Remembered{}, engine.ErrNoMigration
	}
	return list[0], nil
}

// planProblem is one thing that is wrong with a plan, for programs.
type planProblem struct {
	File   string `json:"file"`
	Line   int    `json:"line"` // 0: the file cannot be read
	Column int    `json:"column"`
	Key    string `json:"key,omitempty"`
	Says   string `json:"says"`
}

func (p *program) planCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Says all that is wrong with plans at once, each with line and column",
		Long: `Says all that is wrong with plans at once, as FILE:LINE:COLUMN: what, and as FILE: what
where a file cannot be read. It looks at nothing but the files. Nothing is printed, and
the status is 0, when they are right; else it is 2. - is standard input.`,
		Example: `  pg-migrate-wizard plan check plan.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("%s takes one file or more", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	out := addOutputFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, files []string) error {
		list := []planProblem{}
		for _, file := range files {
			list = append(list, p.checkPlan(file)...)
		}
		if err := p.print(out, list, func(w io.Writer) {
			for _, x := range list {
				at := ""
				if x.Line > 0 {
					at = fmt.Sprintf(":%d:%d", x.Line, x.Column)
				}
				fmt.Fprintf(w, "%s%s: %s\n", x.File, at, x.Says)
			}
		}); err != nil {
			return err
		}
		if len(list) > 0 {
			return status.Exit(status.ExitUsage, "")
		}
		return nil
	}
	return cmd
}

// checkPlan lists what is wrong with a plan. That it cannot be read is one of those
// things: the other files are checked all the same.
func (p *program) checkPlan(file string) []planProblem {
	data, err := p.readPlanOf(file)
	if failed, ok := errors.AsType[*fileError](err); ok {
		return []planProblem{{File: file, Says: failed.says()}}
	}
	_, err = plan.Parse(data)
	wrong, ok := errors.AsType[*plan.CheckError](err)
	if !ok {
		return nil
	}
	var list []planProblem
	for _, x := range wrong.Problems {
		list = append(list, planProblem{file, x.Line, x.Column, x.Path, sanitize.Line(x.Message)})
	}
	return list
}

// readPlanOf reads a file, or standard input.
func (p *program) readPlanOf(file string) ([]byte, error) {
	if file == "-" {
		return readPlan(p.in)
	}
	in, err := os.Open(file) //nolint:gosec // the user names the file
	if err != nil {
		return nil, &fileError{file, err}
	}
	defer in.Close() //nolint:errcheck // read only
	return readPlan(in)
}

// readPlan reads what may be a plan: more than one may have is not read.
func readPlan(in *os.File) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, 2<<20))
	if err != nil {
		return nil, &fileError{in.Name(), err}
	}
	return data, nil
}

// fileError says why a file that was named cannot be read: wrong usage.
type fileError struct {
	file string
	err  error
}

func (e *fileError) Error() string { return sanitize.Line(e.file + ": " + e.says()) }

// Unwrap makes an exit of it, too.
func (e *fileError) Unwrap() []error { return []error{status.Exit(status.ExitUsage, e.Error()), e.err} }

func (e *fileError) says() string {
	switch reason, _ := errors.AsType[*fs.PathError](e.err); {
	case errors.Is(e.err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(e.err, fs.ErrPermission):
		return "it may not be read"
	case errors.Is(e.err, syscall.EISDIR):
		return "it is a directory, and not a file"
	case reason != nil:
		return sanitize.Line(reason.Err.Error())
	}
	return sanitize.Line(e.err.Error())
}

func (p *program) planSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Prints the JSON Schema of a plan, for editors",
		Long:    `Prints the JSON Schema (draft 2020-12) of a plan. Editors complete and check with it.`,
		Example: `  pg-migrate-wizard plan schema > plan.schema.json`,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			data, err := plan.Schema()
			if err != nil {
				return fmt.Errorf("plan schema: %w", err)
			}
			if _, err := p.out.Write(data); err != nil {
				return fmt.Errorf("standard output: %w", err)
			}
			return nil
		},
	}
}
