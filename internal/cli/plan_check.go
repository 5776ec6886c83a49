package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
)

type planCheckOptions struct {
	files  []string
	output *wordFlag
}

func (p *program) planCheckCommand() *cobra.Command {
	o := &planCheckOptions{}
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Says all that is wrong with plans at once, each with line and column",
		Long: `Says all that is wrong with plans at once, as FILE:LINE:COLUMN: what, and as FILE: what
where a file cannot be read. It looks at nothing but the files. When they are right,
the status is 0, and only a terminal is told; else it is 2. - is standard input.`,
		Example: `  pg-migrate-wizard plan check plan.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.files = args; len(args) == 0 {
				return usage("%s takes one file or more", cmd.CommandPath())
			}
			return nil
		},
		RunE:              runE(p, o, p.planCheck),
		ValidArgsFunction: cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	o.output = addOutputFlag(cmd)
	return cmd
}

// planProblem is one thing that is wrong with a plan, for programs.
type planProblem struct {
	File   string `json:"file"`
	Line   int    `json:"line"` // 0: the file cannot be read
	Column int    `json:"column"`
	Key    string `json:"key,omitempty"`
	Says   string `json:"says"`
}

func (p *program) planCheck(_ context.Context, o *planCheckOptions) error {
	list := []planProblem{}
	for _, file := range o.files {
		list = append(list, p.checkPlan(file)...)
	}
	if err := p.print(o.output, list, func(w io.Writer) {
		for _, x := range list {
			at := ""
			if x.Line > 0 {
				at = fmt.Sprintf(":%d:%d", x.Line, x.Column)
			}
			fmt.Fprintf(w, "%s%s: %s\n", x.File, at, x.Says)
		}
		if _, person := p.hasTerminal(); person && len(list) == 0 {
			fmt.Fprintln(w, "Right: "+strings.Join(o.files, ", ")+". Nothing but the file was looked at; run -f FILE --dry-run looks at the landscape.")
		}
	}); err != nil {
		return err
	}
	if len(list) > 0 {
		return status.Exit(status.ExitUsage, "")
	}
	return nil
}

// checkPlan lists what is wrong with a plan. That it cannot be read is one of those
// things: the other files are checked all the same.
func (p *program) checkPlan(file string) (list []planProblem) {
	data, err := p.readPlanData(file)
	if failed, ok := errors.AsType[*fileError](err); ok {
		return []planProblem{{File: file, Says: failed.reason()}}
	}
	_, err = plan.Parse(data)
	if wrong, ok := errors.AsType[*plan.CheckError](err); ok {
		for _, x := range wrong.Problems {
			list = append(list, planProblem{file, x.Line, x.Column, x.Path, sanitize.Line(x.Message)})
		}
	}
	return list
}
