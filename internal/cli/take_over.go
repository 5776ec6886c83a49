package cli

import (
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
)

// addTakeOver lets a command lead a migration that another machine leads. Its value is the
// word that the wizard has typed: the name of what is moved.
func addTakeOver(fs *pflag.FlagSet, word *string) {
	fs.StringVar(word, unattended.FlagTakeOver, "", "name of the source: lead its migration from here, although another machine leads it; that one becomes a watcher")
}

// sayTakeOver puts what the flag says into the plan.
func sayTakeOver(word string, pl *plan.Plan) error {
	switch word {
	case "":
	case pl.Source.Instance:
		pl.TakeOver = true
	default:
		return usage("--%s %q: this is about %q", unattended.FlagTakeOver, word, pl.Source.Instance)
	}
	return nil
}
