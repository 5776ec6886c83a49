package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/status"
)

// oneLine are the commands that print data: each in the same three forms.
var oneLine = strings.Fields(`target-set target-list target-show target-delete plan-check
	preflight-check create-replication replication delete-replication create-finalization finalization delete-finalization
	prepare keys apps stop-apps switch back-out clean-up status watch run report login logout doctor`)

// TestEveryCommandHasTheSameForms holds each of them to -o table, json and yaml, and
// --output to that one meaning in all commands: so its variable fits all.
func TestEveryCommandHasTheSameForms(t *testing.T) {
	t.Parallel()
	found := 0
	walk((&program{}).rootCommand(), func(cmd *cobra.Command) {
		called := strings.ReplaceAll(strings.TrimPrefix(cmd.CommandPath(), programName+" "), " ", "-")
		fl := cmd.Flags().Lookup(flagOutput)
		if slices.Contains(oneLine, called) {
			found++
			if fl == nil || fl.Shorthand != "o" {
				t.Errorf("%s: there is no -o", called)
				return
			}
		}
		if fl == nil {
			return
		}
		f, ok := fl.Value.(*wordFlag)
		if !ok {
			t.Errorf("%s: --output is no form", called)
			return
		}
		for _, form := range []string{status.FormatTable, status.FormatJSON, status.FormatYAML} {
			if !slices.Contains(f.choices, form) {
				t.Errorf("%s: no -o %s", called, form)
			}
		}
		if f.word != status.FormatTable {
			t.Errorf("%s: by itself -o %s", called, f.word)
		}
	})
	if found != len(oneLine) {
		t.Errorf("%d of %d commands are there", found, len(oneLine))
	}
}

// TestAFlagMeansOneThing holds the flags that say which migration is meant to one
// meaning in all commands, because each has one environment variable.
func TestAFlagMeansOneThing(t *testing.T) {
	t.Parallel()
	says := map[string]map[string]bool{}
	walk((&program{}).rootCommand(), func(cmd *cobra.Command) {
		for _, flag := range []string{flagTarget, flagMigration} {
			if fl := cmd.Flags().Lookup(flag); fl != nil {
				if says[flag] == nil {
					says[flag] = map[string]bool{}
				}
				says[flag][fl.Usage] = true
			}
		}
	})
	for _, flag := range []string{flagTarget, flagMigration} {
		if words := says[flag]; len(words) != 1 {
			t.Errorf("--%s has %d meanings: %v", flag, len(words), words)
		}
	}
}
