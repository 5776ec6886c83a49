package cli

import (
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
			if !strings.HasPrefix(l, "# ") || strings.HasPrefix(cmd.CommandPath(), name+" completion") {
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
			if words(text) != words(writtenWide(cmd)) {
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
			if choices, ok := f.Value.(*format); ok {
				complete, _ := cmd.GetFlagCompletionFunc(f.Name)
				if got, how := complete(cmd, nil, ""); !slices.Equal(got, choices.choices) || how&cobra.ShellCompDirectiveNoFileComp == 0 {
					t.Errorf("%s --%s completes %v", cmd.CommandPath(), f.Name, got)
				}
			}
		})
	})
}

// words is a text without what makes its lines.
func words(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\\\n", "\n", " # ", " ").Replace(text)), " ")
}

func writtenWide(cmd *cobra.Command) string {
	var b strings.Builder
	writeHelp(&b, cmd, 10000)
	return ansi.Strip(b.String())
}
