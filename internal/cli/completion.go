package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
)

// installExamples says how each shell takes up its completion, for good.
var installExamples = map[string]string{
	"bash": `  # now, in this shell; needs the package bash-completion
  source <(pg-migrate-wizard completion bash)

  # for good
  mkdir -p ~/.local/share/bash-completion/completions
  pg-migrate-wizard completion bash > ~/.local/share/bash-completion/completions/pg-migrate-wizard`,
	"zsh": `  # now, in this shell, after autoload -U compinit; compinit
  source <(pg-migrate-wizard completion zsh)

  # for good, in a directory of fpath
  pg-migrate-wizard completion zsh > "${fpath[1]}/_pg-migrate-wizard"`,
	"fish": `  # now, in this shell
  pg-migrate-wizard completion fish | source

  # for good
  pg-migrate-wizard completion fish > ~/.config/fish/completions/pg-migrate-wizard.fish`,
	"powershell": `  # now, in this shell; for good, add this line to the file that $PROFILE names
  pg-migrate-wizard completion powershell | Out-String | Invoke-Expression`,
}

// addCompletionCommand adds cobra's command, in our words: what is no shell is
// wrong usage, and every shell has its example.
func addCompletionCommand(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil || cmd == root {
		return
	}
	cmd.Use = "completion SHELL"
	cmd.Short = "Prints the completion for a shell: bash, zsh, fish or powershell"
	cmd.Long = `Prints the completion for a shell, to be read by it: commands, flags and their words, and
the names of orgs, spaces, service instances, keys, applications and targets, as the
landscape has them. "completion SHELL --help" says where to put it.`
	cmd.Example = "  # now, in this bash\n  source <(pg-migrate-wizard completion bash)"
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		shells := commandsOf(cmd)
		if len(args) == 0 {
			return usage("completion for which shell: %s?", either(shells))
		}
		return usage("there is no completion for %q, only for %s%s", sanitize.Line(args[0]), either(shells), plan.Suggest(args[0], shells))
	}
	cmd.RunE = func(*cobra.Command, []string) error { return nil } // Args has said all
	for _, shell := range cmd.Commands() {
		shell.Short = "Prints the completion for " + strings.Replace(shell.Name(), "powershell", "PowerShell", 1)
		shell.Long = shell.Short + "."
		shell.Example = installExamples[shell.Name()]
		shell.Args = noArgs
	}
}
