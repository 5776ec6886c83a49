package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
)

// lineFlags are those of the one-line commands.
type lineFlags struct {
	*flags
	selection selection
	consent   consent
	form      *format
	wait      bool
	timeout   time.Duration
}

func newLineFlags(cmd *cobra.Command, common *flags) *lineFlags {
	f := &lineFlags{flags: common}
	f.selection.addFlags(cmd)
	f.form = addOutputFlag(cmd)
	return f
}

// addWait gives a command --wait and --timeout.
func (f *lineFlags) addWait(cmd *cobra.Command, until string) {
	cmd.Flags().BoolVar(&f.wait, "wait", false, "wait "+until)
	f.addTimeout(cmd)
}

func (f *lineFlags) addTimeout(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.timeout, "timeout", 0, "give up waiting after so long, with status 4 (default: never)")
}

// open reads the plan that the command is about, and says where it works. A
// one-line command never turns back by itself, and goes as far as it says: what
// the plan says of that is for run.
func (p *program) open(f *lineFlags) (plan.Plan, engine.Config, error) {
	if f.timeout < 0 {
		return plan.Plan{}, engine.Config{}, usage("--timeout %v: time runs forwards", f.timeout)
	}
	pl, err := p.readSelection(f.selection)
	if err != nil {
		return plan.Plan{}, engine.Config{}, err
	}
	pl.Until, pl.OnFailure = plan.CleanedUp, plan.FailureStop
	at := f.place(pl)
	if err := at.check(); err != nil {
		return plan.Plan{}, engine.Config{}, err
	}
	return pl, at.config(), nil
}

// listed is a flag's list: separated by commas, or said several times.
func listed(values []string) []string {
	var list []string
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
	}
	return list
}
