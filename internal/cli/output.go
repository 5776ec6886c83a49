package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/status"
)

// flagOutput chooses the form of what is printed.
const flagOutput = "output"

// format is a form in which a command prints its data. It is the value of the
// flag --output.
type format struct {
	word    string
	choices []string
}

// addOutputFlag gives a command the flag -o. The first choice is the default;
// without choices: table, json, yaml.
func addOutputFlag(cmd *cobra.Command, choices ...string) *format {
	if len(choices) == 0 {
		choices = []string{status.FormatTable, status.FormatJSON, status.FormatYAML}
	}
	f := &format{word: choices[0], choices: choices}
	cmd.Flags().VarP(f, flagOutput, "o", "form of the output: "+either(choices))
	_ = cmd.RegisterFlagCompletionFunc(flagOutput, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
	return f
}

// either is "a, b or c".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// String, Set and Type implement pflag.Value.
func (f *format) String() string { return f.word }

// Set implements pflag.Value.
func (f *format) Set(word string) error {
	if !slices.Contains(f.choices, word) {
		return fmt.Errorf("must be %s", either(f.choices))
	}
	f.word = word
	return nil
}

// Type implements pflag.Value.
func (f *format) Type() string { return "form" }

// print writes a value to standard output.
func (p *program) print(f *format, value any, table func(io.Writer)) error {
	return status.Print(p.out, f.word, value, table)
}

// newVoice prints events to standard output.
func (p *program) newVoice(f *format, heartbeat time.Duration) *status.EventPrinter {
	return status.NewEventPrinter(p.out, f.word, p.environment("TERM") != "dumb" && !p.inCI(), heartbeat)
}

// inCI reports whether a pipeline runs the program: a line that is rewritten is
// nothing in its log, terminal or not.
func (p *program) inCI() bool {
	ci := p.environment("CI")
	return ci != "" && ci != "0" && !strings.EqualFold(ci, "false")
}
