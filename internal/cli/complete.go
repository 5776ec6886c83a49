package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// registerNameCompletions completes names from the landscape and from what is
// kept here, for all flags of those names, on every command. Files are completed
// only where a flag takes one.
func (p *program) registerNameCompletions(root *cobra.Command) {
	words := func(directive cobra.ShellCompDirective, list ...cobra.Completion) cobra.CompletionFunc {
		return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp|directive)
	}
	ofPieces := words(cobra.ShellCompDirectiveKeepOrder, pieces...)
	byName := map[string]cobra.CompletionFunc{
		flagOrg:                  p.ask(completionSession.orgs),
		flagSpace:                p.ask(completionSession.spaces),
		flagSourceInstance:       p.completeInstances(steps.SourceOffering),
		flagTargetInstance:       p.completeInstances(steps.TargetOffering),
		unattended.FlagConfirm:   p.completeInstances(steps.SourceOffering),
		unattended.FlagSourceKey: p.completeKeys(steps.Source),
		unattended.FlagTargetKey: p.completeKeys(steps.Target),
		"canary":                 p.ask(completionSession.boundApps),
		"restage":                p.ask(completionSession.boundApps),
		"order":                  p.ask(completionSession.boundApps),
		"green":                  p.ask(completionSession.waitingApps),
		flagTarget:               p.completeTargets,
		unattended.FlagAPI:       completeLandscapes(cfsession.KnownLandscape.API),
		cfsession.SettingLandscape: completeLandscapes(func(l cfsession.KnownLandscape) string {
			short, _, _ := strings.Cut(l.Name, ".")
			return short
		}),
		cfsession.SettingProvider: words(0, "aws", "azure", "gcp", "alibaba", "sap"),
		flagScenario:              completeScenarios,
		flagDelete:                ofPieces,
		flagKeep:                  ofPieces,
		"accept":                  words(0, cobra.CompletionWithDesc("all", "every warning that there is")),
	}
	walk(root, func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(fl *pflag.Flag) {
			complete := byName[fl.Name]
			if value := valueName(fl); complete == nil && value != "" && value != "FILE" && value != "DIR" {
				complete = cobra.NoFileCompletions // a number, a time, a word of one's own
			}
			if _, settled := cmd.GetFlagCompletionFunc(fl.Name); !settled && complete != nil {
				_ = cmd.RegisterFlagCompletionFunc(fl.Name, complete)
			}
		})
		switch {
		case cmd.ValidArgsFunction != nil:
		case strings.HasSuffix(cmd.Use, " NAME"): // of a target
			cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
				if len(args) > 0 {
					return nil, cobra.ShellCompDirectiveNoFileComp
				}
				return p.completeTargets(cmd, args, begun)
			}
		case !cmd.HasSubCommands():
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
	})
}

// completeTargets completes the names of the targets that are kept.
func (p *program) completeTargets(cmd *cobra.Command, _ []string, begun string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
	store := p.targetStore(flagOf(cmd, flagTargetDir))
	list, err := store.names()
	if err != nil {
		return nothing(err)
	}
	for _, n := range list {
		v := store.view(n)
		found = appendCompletion(found, begun, n, v.Names.SourceInstance+" → "+v.Names.TargetInstance+", "+v.Names.Org+" / "+v.Names.Space)
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// completeLandscapes completes what names a landscape that is known.
func completeLandscapes(by func(cfsession.KnownLandscape) string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
		for _, l := range cfsession.KnownLandscapes {
			found = appendCompletion(found, begun, by(l), l.Provider.String()+", "+l.Location)
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeCommands completes the words of a command.
func completeCommands(cmd *cobra.Command, args []string, begun string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
	of, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, c := range of.Commands() {
		if c.IsAvailableCommand() {
			found = appendCompletion(found, begun, c.Name(), c.Short)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// appendCompletion adds a name that goes on as begun. One that a shell cannot show as it is
// must be typed.
func appendCompletion(found []cobra.Completion, begun, name, description string) []cobra.Completion {
	if !strings.HasPrefix(name, begun) || sanitize.Line(name) != name {
		return found
	}
	return append(found, cobra.CompletionWithDesc(name, sanitize.Line(description)))
}

// nothing completes nothing; the reason is for who debugs a completion.
func nothing(err error) ([]cobra.Completion, cobra.ShellCompDirective) {
	cobra.CompErrorln(err.Error())
	return nil, cobra.ShellCompDirectiveNoFileComp
}
