package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
)

// Widths of help: what fits a page in a pager, and what can still be read. With
// less room than for both columns, a description goes below its name.
const (
	helpColumns     = 80
	mostHelpColumns = 100
	fewestColumns   = 24
	twoColumns      = 76
)

func (p *program) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:         "help [COMMAND...]",
		Short:       "Explains a command",
		Long:        "Explains a command: what it does, its flags, and an example. The same as --help.",
		Example:     "  pg-migrate-wizard help run",
		Annotations: map[string]string{withoutSettings: "yes"},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, err := commandNamed(cmd.Root(), args)
			if err != nil {
				return err
			}
			p.help(of)
			return nil
		},
		ValidArgsFunction: completeCommands,
	}
}

// commandNamed finds a command by its words.
func commandNamed(root *cobra.Command, words []string) (*cobra.Command, error) {
	of, rest, err := root.Find(words)
	if err == nil && len(rest) > 0 {
		err = noArgs(of, rest)
		if !of.HasAvailableSubCommands() {
			err = usage("there is no command %q", sanitize.Line(strings.Join(words, " ")))
		}
	}
	return of, err
}

// help writes what a command is, as wide as the terminal.
func (p *program) help(cmd *cobra.Command) {
	width := helpColumns
	if columns := p.width(); columns > 0 {
		width = min(max(columns, fewestColumns), mostHelpColumns)
	}
	var b strings.Builder
	writeHelp(&b, cmd, width)
	_, _ = io.WriteString(colorprofile.NewWriter(p.out, os.Environ()), b.String()) // a reader who has gone away wants no more
}

func writeHelp(w io.Writer, cmd *cobra.Command, width int) {
	cmd.InitDefaultHelpFlag() // takes in the flags of every command, too
	long := strings.TrimSpace(cmd.Long)
	if long == "" {
		long = cmd.Short + "."
	}
	for paragraph := range strings.SplitSeq(long, "\n\n") {
		fmt.Fprintf(w, "%s\n\n", wrapped("", paragraph, width, 0))
	}
	section(w, "Usage")
	fmt.Fprintln(w, wrappedCommand("  "+cmd.UseLine(), width))
	if example := strings.Trim(cmd.Example, "\n"); example != "" {
		fmt.Fprintln(w)
		section(w, "Examples")
		for l := range strings.Lines(example) {
			l = strings.TrimRightFunc(l, unicode.IsSpace)
			if comment, ok := strings.CutPrefix(strings.TrimSpace(l), "# "); ok {
				comment = strings.ReplaceAll(wrapped("", comment, width-4, 0), "\n", "\n  # ")
				l = "\x1b[2m  # " + comment + "\x1b[m"
			} else {
				l = wrappedCommand(l, width)
			}
			fmt.Fprintln(w, l)
		}
	}
	var rows [][2]string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			rows = append(rows, [2]string{c.Name(), c.Short})
		}
	}
	pairs(w, "Commands", rows, width)
	pairs(w, "Flags", flagRows(cmd.LocalNonPersistentFlags(), defaultNote), width)
	common := flagRows(cmd.PersistentFlags(), defaultNote)
	if cmd.HasParent() {
		common = append(common, flagRows(cmd.InheritedFlags(), defaultNote)...)
	}
	pairs(w, "Flags of every command", common, width)
}

func section(w io.Writer, title string) { fmt.Fprintf(w, "\x1b[1m%s\x1b[m\n", title) }

// flagRows are the flags as they are typed, and what they mean, with a note.
func flagRows(set *pflag.FlagSet, note func(*pflag.Flag) string) (rows [][2]string) {
	set.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			rows = append(rows, [2]string{optionOf(f), f.Usage + note(f)})
		}
	})
	return rows
}

// defaultNote names the value of a flag that is not given; without the zeros of a
// length of time.
func defaultNote(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
		return ""
	}
	return " (default " + strings.Replace(f.DefValue, "m0s", "m", 1) + ")"
}

// optionOf is a flag as it is typed: -f, --file FILE.
func optionOf(f *pflag.Flag) string {
	option := "--" + f.Name
	if f.Shorthand != "" {
		option = "-" + f.Shorthand + ", " + option
	}
	if value := valueName(f); value != "" {
		option += " " + value
	}
	return option
}

// valueName stands for the value of a flag, as in docs/commands.md.
func valueName(f *pflag.Flag) string {
	if value := valueNames[f.Name]; value != "" {
		return value
	}
	switch f.Value.Type() {
	case "bool":
		return ""
	case "duration":
		return "D"
	case "float64":
		return "N"
	case "form":
		return "WORD"
	}
	return "NAME"
}

var valueNames = map[string]string{
	unattended.FlagAPI: "URL", "migration-url": "URL", flagCA: "FILE", flagTrace: "FILE", flagFile: "FILE", "faults": "FILE", "requests": "FILE",
	flagState: "DIR", flagTargetDir: "DIR", "dir": "DIR", "listen": "ADDR", "fault": "CARD", "accept": "all|ID,ID", "waive": "WRITER=REASON",
	flagDelete: "PIECE,PIECE", flagKeep: "PIECE,PIECE", "canary": "APP", "restage": "APP", "order": "APP", "green": "APP", flagMigration: "ID", flagClientID: "ID",
}

// pairs writes names and what they mean: beside each other, or below.
func pairs(w io.Writer, title string, rows [][2]string, width int) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(w)
	section(w, title)
	most := 0
	for _, r := range rows {
		most = max(most, ansi.StringWidth(r[0]))
	}
	for _, r := range rows {
		if width < twoColumns {
			fmt.Fprintf(w, "  %s\n%s\n", r[0], wrapped("      ", r[1], width, 6))
			continue
		}
		fmt.Fprintln(w, wrapped(fmt.Sprintf("  %-*s  ", most, r[0]), r[1], width, most+4))
	}
}

// wrapped fills lines of a width with the words of a text. The first line begins
// with head, the others are indented.
func wrapped(head, text string, width, indent int) string {
	return status.Fill(head, strings.Fields(text), width, "", strings.Repeat(" ", indent))
}

// wrappedCommand breaks a command line between its words, so that it can still be
// copied.
func wrappedCommand(text string, width int) string {
	if ansi.StringWidth(text) <= width {
		return text
	}
	indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
	return status.Fill(indent, shellWords(text), width-2, " \\", indent+"    ")
}

// shellWords cuts a command line at the spaces that are not in quotes.
func shellWords(text string) (words []string) {
	var quote rune
	return strings.FieldsFunc(text, func(r rune) bool {
		switch {
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		}
		return quote == 0 && r == ' '
	})
}
