package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestHelp holds the help of every command to what can be read on a terminal, in a
// pager and in a pipe.
func TestHelp(t *testing.T) {
	t.Parallel()
	root := (&program{}).rootCommand()
	examples := map[string]string{}
	walk(root, func(cmd *cobra.Command) {
		if !cmd.IsAvailableCommand() && cmd.HasParent() {
			return
		}
		if cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for l := range strings.Lines(cmd.Example) {
			l = strings.TrimSpace(l)
			if !strings.HasPrefix(l, "# ") || strings.HasPrefix(cmd.CommandPath(), programName+" completion") {
				continue
			}
			if other := examples[l]; other != "" {
				t.Errorf("%s and %s have the same words above an example: %s", cmd.CommandPath(), other, l)
			}
			examples[l] = cmd.CommandPath()
		}
		for _, width := range []int{60, 80, 100} {
			var b strings.Builder
			writeHelp(&b, cmd, width)
			text := ansi.Strip(b.String())
			if strings.Contains(text, "\n\n\n") || strings.Contains(text, " \n") || strings.HasPrefix(text, "\n") {
				t.Errorf("%s at %d columns has doubled blank lines or trailing blanks:\n%s", cmd.CommandPath(), width, text)
			}
			for l := range strings.Lines(text) {
				l = strings.TrimRight(l, "\n")
				if ansi.StringWidth(l) > width && len(strings.Fields(l)) > 2 {
					t.Errorf("%s at %d columns: %q is wider", cmd.CommandPath(), width, l)
				}
			}
			if bareWords(text) != bareWords(writtenWide(cmd)) {
				t.Errorf("%s at %d columns has other words than with room for all", cmd.CommandPath(), width)
			}
		}
	})
}

// TestFlagCompletion holds every flag that takes a value to complete it, or at least
// not to offer the files that happen to be here.
func TestFlagCompletion(t *testing.T) {
	t.Parallel()
	root := (&program{}).rootCommand()
	walk(root, func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			_, completes := cmd.GetFlagCompletionFunc(f.Name)
			_, isFile := f.Annotations[cobra.BashCompFilenameExt]
			_, isDir := f.Annotations[cobra.BashCompSubdirsInDir]
			value := valueName(f)
			if value != "" && value != "FILE" && !completes && !isFile && !isDir {
				t.Errorf("%s --%s %s completes files", cmd.CommandPath(), f.Name, value)
			}
			if choices, ok := f.Value.(*wordFlag); ok {
				complete, _ := cmd.GetFlagCompletionFunc(f.Name)
				if got, how := complete(cmd, nil, ""); !slices.Equal(got, choices.choices) || how&cobra.ShellCompDirectiveNoFileComp == 0 {
					t.Errorf("%s --%s completes %v", cmd.CommandPath(), f.Name, got)
				}
			}
		})
	})
}

// TestDocumentedCommands holds docs/commands.md to the program: every command, flag
// and exit status is there, and none that there is not; and what the pages show to be
// typed can be typed.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	root := (&program{}).rootCommand()
	known := map[string]bool{"help": true, "version": true}
	walk(root, func(cmd *cobra.Command) {
		last := cmd.Name()
		if documented(cmd) && !strings.Contains(text, last) {
			t.Errorf("the page does not know the command %s", cmd.CommandPath())
		}
		cmd.InheritedFlags()
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	})
	const shells = "no-descriptions" // explained by completion SHELL --help
	for flag := range known {
		if !regexp.MustCompile("--"+flag+"\\b").MatchString(text) && flag != "version" && flag != shells {
			t.Errorf("the page does not know --%s", flag)
		}
	}
	for _, file := range []string{"../../docs/commands.md", "../../docs/plan.md", "../../docs/ci.md", "../../docs/trainers.md", "../../docs/events.md", "../../README.md"} {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, typed := range regexp.MustCompile("`?"+programName+"((?: [a-z][a-z-]*)*)([^`\n|#>]*)").FindAllStringSubmatch(string(page), -1) {
			cmd, _, err := root.Find(strings.Fields(typed[1]))
			if err != nil || typed[1] != "" && cmd == root && !strings.Contains(typed[0], "in the XDG") {
				continue // a sentence, and no command line
			}
			for _, flag := range regexp.MustCompile(`--[a-z][a-z-]*`).FindAllString(typed[2], -1) {
				if cmd.Flags().Lookup(flag[2:]) == nil && cmd.InheritedFlags().Lookup(flag[2:]) == nil && flag != "--help" {
					t.Errorf("%s: %s has no flag %s: %s", file, cmd.CommandPath(), flag, typed[0])
				}
			}
		}
		for _, flag := range regexp.MustCompile("`--([a-z][a-z-]*)").FindAllStringSubmatch(string(page), -1) {
			if !known[flag[1]] {
				t.Errorf("%s: there is no flag --%s", file, flag[1])
			}
		}
	}
	for _, s := range exitStatuses {
		if !strings.Contains(text, fmt.Sprintf("\n| %d | %s", s.status, s.means)) {
			t.Errorf("the page says otherwise of status %d: %s", s.status, s.means)
		}
	}
}

// bareWords is a text without what makes its lines.
func bareWords(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\\\n", "\n", " # ", " ").Replace(text)), " ")
}

func writtenWide(cmd *cobra.Command) string {
	var b strings.Builder
	writeHelp(&b, cmd, 10000)
	return ansi.Strip(b.String())
}
