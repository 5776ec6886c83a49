package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/sanitize"
)

// flagOutput chooses the form of what is printed.
const flagOutput = "output"

// format is a form in which a command prints its data. It is the value of the
// flag --output.
type format struct {
	word    string
	choices []string
}

// Forms of output.
const (
	formatTable = "table"
	formatJSON  = "json"
	formatYAML  = "yaml"
)

// addOutputFlag gives a command the flag -o. The first choice is the default;
// without choices: table, json, yaml.
func addOutputFlag(cmd *cobra.Command, choices ...string) *format {
	if len(choices) == 0 {
		choices = []string{formatTable, formatJSON, formatYAML}
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

// print writes a value to standard output: as JSON or YAML with the names of its
// JSON tags, or as the table that the function writes. What comes from outside
// is cleaned in all three.
func (p *program) print(f *format, value any, table func(io.Writer)) error {
	var b bytes.Buffer
	switch f.word {
	case formatJSON, formatYAML:
		if err := encodeJSON(&b, value, "  "); err != nil {
			return err
		}
	default:
		page := &sheet{width: widthOf(p.out)}
		table(page)
		b.WriteString(page.String())
	}
	text := []byte(sanitize.Text(b.String()))
	if f.word == formatYAML {
		var err error
		if text, err = yaml.JSONToYAML(text); err != nil {
			return fmt.Errorf("output as YAML: %w", err)
		}
	}
	if _, err := p.out.Write(text); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// encodeJSON writes a value and a line break; without an indent on one line.
func encodeJSON(w io.Writer, value any, indent string) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	return e.Encode(value)
}
