package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/status"
)

type manOptions struct {
	words []string // of a command
	dir   string   // for the pages of all
}

func (p *program) manCommand() *cobra.Command {
	o := &manOptions{}
	cmd := &cobra.Command{
		Use:   "man [COMMAND...]",
		Short: "Writes the manual pages",
		Long: `Prints the manual page of a command, or writes those of all commands into a
directory, for man to find.`,
		Example: `  # read one
  pg-migrate-wizard man run | man -l -

  # install all
  pg-migrate-wizard man --dir ~/.local/share/man/man1`,
		Annotations:       map[string]string{withoutSettings: "yes"},
		ValidArgsFunction: completeCommands,
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if o.words = args; o.dir != "" && len(args) > 0 {
			return usage("--dir is for the pages of all commands")
		}
		_, err := commandNamed(cmd.Root(), args)
		return err
	}
	cmd.RunE = runE(p, o, func(context.Context, *manOptions) error {
		if o.dir != "" {
			return writePages(cmd.Root(), o.dir)
		}
		of, _ := commandNamed(cmd.Root(), o.words) // it is there: see Args
		return p.write([]byte(manPage(of)))
	})
	cmd.Flags().StringVar(&o.dir, "dir", "", "directory to write the pages of all commands into")
	_ = cmd.MarkFlagDirname("dir")
	return cmd
}

// documented reports whether a command has a page.
func documented(cmd *cobra.Command) bool {
	return cmd.IsAvailableCommand() && cmd.Name() != "help" || !cmd.HasParent()
}

func writePages(root *cobra.Command, dir string) error {
	err := os.MkdirAll(dir, 0o755) //nolint:gosec // manual pages are for everybody
	walk(root, func(cmd *cobra.Command) {
		if err == nil && documented(cmd) {
			err = writeFile(filepath.Join(dir, pageName(cmd)+".1"), []byte(manPage(cmd)), 0o644)
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
	fmt.Fprintf(&b, ".TH %s 1 \"\" %s %s\n", quoted(strings.ToUpper(pageName(cmd))), quoted(programName+" "+version()), quoted("User Commands"))
	fmt.Fprintln(&b, ".nh\n.ad l") // words keep their one blank, and names their one hyphen
	b.section("NAME", pageName(cmd)+` \- `+roffText(cmd.Short))
	b.section("SYNOPSIS", `\fB`+roffText(cmd.UseLine())+`\fR`)
	long, _, _ := strings.Cut(cmd.Long, variablesNote) // the options below name each variable
	b.section("DESCRIPTION", strings.Split(strings.ReplaceAll(roffText(strings.TrimSpace(long)), "\n\n", "\n\n.PP\n\n"), "\n\n")...)
	if example := strings.Trim(cmd.Example, "\n"); example != "" {
		b.section("EXAMPLES", append(append([]string{".nf"}, strings.Split(roffText(example), "\n")...), ".fi")...)
	}
	var commands [][2]string
	others := []string{`\fBcf\fR(1)`}
	refer := func(to *cobra.Command) {
		others = slices.Insert(others, len(others)-1, `\fB`+roffText(pageName(to))+`\fR(1)`)
	}
	if cmd.HasParent() {
		refer(cmd.Parent())
	}
	for _, c := range cmd.Commands() {
		if documented(c) {
			commands = append(commands, [2]string{c.Name(), c.Short})
			refer(c)
		}
	}
	b.terms("COMMANDS", commands)
	b.terms("OPTIONS", flagRows(cmd.NonInheritedFlags(), variableNote))
	b.terms("OPTIONS OF EVERY COMMAND", flagRows(cmd.InheritedFlags(), variableNote))
	b.section("ENVIRONMENT", "Every option has a variable, named with it above. The command line counts before the environment, "+
		`and the environment before the configuration file. \fBCF_HOME\fR is the directory that holds .cf, as for cf; `+
		`\fBNO_COLOR\fR takes the colours away; \fBHTTPS_PROXY\fR and \fBNO_PROXY\fR name the proxy.`)
	b.terms("FILES", [][2]string{
		{"$XDG_CONFIG_HOME/" + programName + "/config.yaml", "settings: names of options of every command, and their values"},
		{"$XDG_STATE_HOME/" + programName + "/migrations", "the journals of migrations"},
	})
	var statuses [][2]string
	for _, s := range exitStatuses {
		statuses = append(statuses, [2]string{fmt.Sprint(s.status), s.means})
	}
	b.terms("EXIT STATUS", statuses)
	b.section("SEE ALSO", strings.Join(others, ", "))
	return b.String()
}

// variableNote names the variable of an option, which is not broken between lines.
func variableNote(f *pflag.Flag) string {
	if !settable(f) {
		return ""
	}
	return " " + unbroken + "[" + variableOf(f.Name) + "]"
}

// unbroken stands before what is not hyphenated: a word joiner.
const unbroken = "\u2060"

// exitStatuses in the words of docs/commands.md.
var exitStatuses = []struct {
	status int
	means  string
}{
	{status.ExitDone, "done as asked"},
	{status.ExitFailed, "something failed"},
	{status.ExitUsage, "the command line, the settings or the plan is wrong; nothing was begun"},
	{status.ExitBlocked, "critical findings stand in the way"},
	{status.ExitNotYet, "not there yet: still running, the time is up, or what stood in the way passes and has not yet (a server asks to wait, no network)"},
	{status.ExitNoRight, "not signed in, or a right is missing"},
	{status.ExitService, "the migration service says FAILED"},
	{status.ExitOpen, "a question is open: nobody was there to answer it"},
	{status.ExitInterrupted, "interrupted"},
	{exitPipe, "whoever read the output has gone away"},
}

// roff writes a page.
type roff struct{ strings.Builder }

// section takes paragraphs and requests that are roff already.
func (b *roff) section(title string, paragraphs ...string) {
	fmt.Fprintf(b, ".SH %s\n", quoted(title))
	for _, p := range paragraphs {
		fmt.Fprintln(b, strings.ReplaceAll(p, "\n", " "))
	}
}

// terms is a section of names and what they mean.
func (b *roff) terms(title string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	b.section(title)
	for _, r := range rows {
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roffText(r[0]), roffText(r[1]))
	}
}

// roffText makes a text mean itself. A minus is one that can be copied, and no line
// begins a request.
func roffText(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "·", `\(bu`, "→", `\(->`, "…", "...", unbroken, `\%`, "\n.", "\n\\&.", "\n'", "\n\\&'").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// quoted is an argument of a request.
func quoted(s string) string { return `"` + strings.ReplaceAll(roffText(s), `"`, `\(dq`) + `"` }
