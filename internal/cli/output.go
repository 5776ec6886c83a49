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

// wordFlag is a flag whose value is one of a few words, as the form in which a command
// prints its data.
type wordFlag struct {
	word    string
	choices []string
}

// addWordFlag gives a command a flag that takes one of a few words.
func addWordFlag(cmd *cobra.Command, flag, short, meaning, initial string, choices []string) *wordFlag {
	f := &wordFlag{initial, choices}
	cmd.Flags().VarP(f, flag, short, meaning+": "+either(choices))
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
	return f
}

// addOutputFlag gives a command the flag -o: table, json, yaml, and what else it can.
func addOutputFlag(cmd *cobra.Command, more ...string) *wordFlag {
	forms := append([]string{status.FormatTable, status.FormatJSON, status.FormatYAML}, more...)
	return addWordFlag(cmd, flagOutput, "o", "form of the output", status.FormatTable, forms)
}

// either is "a, b or c".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return joined(words[:last]) + " or " + words[last]
}

func joined(names []string) string { return strings.Join(names, ", ") }

// String, Set and Type implement pflag.Value.
func (f *wordFlag) String() string { return f.word }

// Set implements pflag.Value.
func (f *wordFlag) Set(word string) error {
	if !slices.Contains(f.choices, word) {
		return fmt.Errorf("must be %s", either(f.choices))
	}
	f.word = word
	return nil
}

// Type implements pflag.Value.
func (f *wordFlag) Type() string { return "form" }

func (f *wordFlag) isTable() bool { return f.word == status.FormatTable }

// print writes a value to standard output.
func (p *program) print(f *wordFlag, value any, table func(io.Writer)) error {
	return status.Print(p.out, f.word, value, table)
}

// write writes to standard output what is in its form already.
func (p *program) write(data []byte) error {
	if _, err := p.out.Write(data); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// newEventPrinter prints events to standard output. A line that is rewritten is
// nothing in the log of a pipeline, terminal or not.
func (p *program) newEventPrinter(f *wordFlag, heartbeat time.Duration) *status.EventPrinter {
	ci := p.environment("CI")
	inCI := ci != "" && ci != "0" && !strings.EqualFold(ci, "false")
	return status.NewEventPrinter(p.out, p.err, f.word, p.environment("TERM") != "dumb" && !inCI, heartbeat)
}
