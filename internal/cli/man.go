package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/status"
)

func (p *program) manCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [COMMAND...]",
		Short: "Writes the manual pages",
		Long: `Prints the manual page of a command, or writes those of all commands into a
directory, for man to find.`,
		Example: `  # read one
  pg-migrate-wizard man run | man -l -

  # install all
  pg-migrate-wizard man --dir ~/.local/share/man/man1`,
		Annotations: map[string]string{withoutSettings: "yes"},
	}
	cmd.ValidArgsFunction = completeCommands
	cmd.Flags().StringVar(&dir, "dir", "", "directory to write the pages of all commands into")
	_ = cmd.MarkFlagDirname("dir")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if dir != "" {
			if len(args) > 0 {
				return usage("--dir is for the pages of all commands")
			}
			return writePages(cmd.Root(), dir)
		}
		of, err := commandNamed(cmd.Root(), args)
		if err != nil {
			return err
		}
		_, err = p.out.WriteString(manPage(of))
		return err
	}
	return cmd
}

// documented reports whether a command has a page.
func documented(cmd *cobra.Command) bool {
	return cmd.IsAvailableCommand() && cmd.Name() != "help" || !cmd.HasParent()
}

func writePages(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // manual pages are for everybody
		return fmt.Errorf("manual pages: %w", err)
	}
	var err error
	walk(root, func(cmd *cobra.Command) {
		if err == nil && documented(cmd) {
			err = maybe.WriteFile(filepath.Join(dir, pageName(cmd)+".1"), []byte(manPage(cmd)), 0o644)
		}
	})
	if err != nil {
		return fmt.Errorf("manual pages: %w", err)
	}
	return nil
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage is the page of a command, in roff with the macros of man(7). There is
// no date in it: the same program makes the same page.
func manPage(cmd *cobra.Command) string {
	var b roff
	fmt.Fprintf(&b, ".TH %s 1 \"\" %s %s\n", word(strings.ToUpper(pageName(cmd))), word(name+" "+version()), word("User Commands"))
	fmt.Fprintln(&b, ".nh\n.ad l") // words keep their one blank, and names their one hyphen
	b.section("NAME")
	b.text(pageName(cmd) + " \\- " + roffText(cmd.Short))
	b.section("SYNOPSIS")
	b.text("\\fB" + roffText(cmd.UseLine()) + "\\fR")
	b.section("DESCRIPTION")
	long, _, _ := strings.Cut(cmd.Long, mention) // the options below name each variable
	b.paragraphs(long)
	if example := strings.Trim(cmd.Example, "\n"); example != "" {
		b.section("EXAMPLES")
		b.verbatim(example)
	}
	b.commands(cmd)
	b.options("OPTIONS", cmd.NonInheritedFlags())
	b.options("OPTIONS OF EVERY COMMAND", cmd.InheritedFlags())
	b.section("ENVIRONMENT")
	b.text("Every option has a variable, named with it above. The command line counts before the environment, " +
		"and the environment before the configuration file. \\fBCF_HOME\\fR is the directory that holds .cf, as for cf; " +
		"\\fBNO_COLOR\\fR takes the colours away; \\fBHTTPS_PROXY\\fR and \\fBNO_PROXY\\fR name the proxy.")
	b.section("FILES")
	b.term("$XDG_CONFIG_HOME/" + name + "/config.yaml")
	b.text("settings: names of options of every command, and their values")
	b.term("$XDG_STATE_HOME/" + name + "/migrations")
	b.text("the journals of migrations")
	b.section("EXIT STATUS")
	for _, s := range exitStatuses {
		b.term(fmt.Sprint(s.status))
		b.text(roffText(s.means))
	}
	b.seeAlso(cmd)
	return b.String()
}

// exitStatuses in the words of docs/commands.md.
var exitStatuses = []struct {
	status int
	means  string
}{
	{status.ExitDone, "done as asked"},
	{status.ExitFailed, "something failed"},
	{status.ExitUsage, "the command line, the settings or the plan is wrong; nothing was begun"},
	{status.ExitBlocked, "critical findings stand in the way"},
	{status.ExitNotYet, "not there yet: still running, or the time is up"},
	{status.ExitNoRight, "not signed in, or a right is missing"},
	{status.ExitService, "the migration service says FAILED"},
	{status.ExitOpen, "a question is open: nobody was there to answer it"},
	{status.ExitInterrupted, "interrupted"},
	{exitPipe, "whoever read the output has gone away"},
}

// roff writes a page.
type roff struct{ strings.Builder }

func (b *roff) section(title string) { fmt.Fprintf(b, ".SH %s\n", word(title)) }

// text takes what is roff already, on one line.
func (b *roff) text(s string) {
	s = strings.ReplaceAll(s, "\n", " ")
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") { // not a request
		s = `\&` + s
	}
	fmt.Fprintln(b, s)
}

func (b *roff) term(s string) { fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n", roffText(s)) }

func (b *roff) paragraphs(s string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(s), "\n\n") {
		if i > 0 {
			fmt.Fprintln(b, ".PP")
		}
		b.text(roffText(paragraph))
	}
}

func (b *roff) verbatim(s string) {
	fmt.Fprintln(b, ".nf")
	for l := range strings.Lines(s) {
		b.text(roffText(strings.TrimRight(l, "\n")))
	}
	fmt.Fprintln(b, ".fi")
}

func (b *roff) commands(cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	b.section("COMMANDS")
	for _, c := range cmd.Commands() {
		if documented(c) {
			b.term(c.Name())
			b.text(roffText(c.Short))
		}
	}
}

func (b *roff) options(title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	b.section(title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		b.term(optionOf(f))
		says := roffText(f.Usage)
		if settable(f) {
			says += " \\%[" + roffText(variableOf(f.Name)) + "]"
		}
		b.text(says)
	})
}

func (b *roff) seeAlso(cmd *cobra.Command) {
	var others []string
	if cmd.HasParent() {
		others = append(others, pageName(cmd.Parent()))
	}
	for _, c := range cmd.Commands() {
		if documented(c) {
			others = append(others, pageName(c))
		}
	}
	b.section("SEE ALSO")
	for i, other := range others {
		others[i] = "\\fB" + roffText(other) + "\\fR(1)"
	}
	b.text(strings.Join(append(others, "\\fBcf\\fR(1)"), ", "))
}

// roffText makes a text mean itself. A minus is one that can be copied.
func roffText(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "·", `\(bu`, "→", `\(->`, "…", "...").Replace(s)
}

// word is an argument of a request.
func word(s string) string { return `"` + strings.ReplaceAll(roffText(s), `"`, `\(dq`) + `"` }
