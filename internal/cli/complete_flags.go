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

// completion completes a name.
type completion = func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective)

// registerNameCompletions completes names from the landscape and from what is
// kept here, for all flags of those names, on every command. Files are completed
// only where a flag takes one.
func (p *program) registerNameCompletions(root *cobra.Command) {
	byName := map[string]completion{
		flagOrg:                  p.completeOrgs,
		flagSpace:                p.completeSpaces,
		flagSourceInstance:       p.completeInstances(steps.SourceOffering),
		flagTargetInstance:       p.completeInstances(steps.TargetOffering),
		unattended.FlagSourceKey: p.completeKeys(steps.Source),
		unattended.FlagTargetKey: p.completeKeys(steps.Target),
		"canary":                 p.completeApps,
		"restage":                p.completeApps,
		"order":                  p.completeApps,
		flagTarget:               p.completeTargets,
		"user":                   cobra.NoFileCompletions,
		"origin":                 cobra.NoFileCompletions,
		"client-id":              cobra.NoFileCompletions,
		"api-url":                completeAPIs,
		"landscape":              completeLandscapes,
		unattended.FlagConfirm:   p.completeInstances(steps.SourceOffering),
		"accept":                 cobra.FixedCompletions([]cobra.Completion{cobra.CompletionWithDesc("all", "every warning that there is")}, cobra.ShellCompDirectiveNoFileComp),
	}
	walk(root, func(cmd *cobra.Command) {
		keeps := cmd.HasParent() && cmd.Parent().Name() == "target" // its argument is a target's name
		register := func(fl *pflag.Flag) {
			complete := byName[fl.Name]
			if _, settled := cmd.GetFlagCompletionFunc(fl.Name); settled {
				return
			}
			value := valueName(fl)
			if complete == nil && value != "" && value != "FILE" && value != "DIR" {
				complete = cobra.NoFileCompletions // a number, a time, a word of one's own
			}
			if complete != nil {
				_ = cmd.RegisterFlagCompletionFunc(fl.Name, complete)
			}
		}
		cmd.LocalFlags().VisitAll(register)
		switch {
		case cmd.ValidArgsFunction != nil:
		case keeps && cmd.Name() != "list":
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
func (p *program) completeTargets(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	dir, _ := cmd.Flags().GetString(flagTargetDir)
	store := p.targetStore(dir)
	list, err := store.names()
	if err != nil {
		return nothing(err)
	}
	var found []cobra.Completion
	for _, n := range list {
		v := store.view(n)
		found = offer(found, begun, n, v.Names.SourceInstance+" → "+v.Names.TargetInstance+", "+v.Names.Org+" / "+v.Names.Space)
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

func completeAPIs(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var found []cobra.Completion
	for _, l := range cfsession.KnownLandscapes {
		found = offer(found, begun, l.API(), l.Provider.String()+", "+l.Location)
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

func completeLandscapes(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var found []cobra.Completion
	for _, l := range cfsession.KnownLandscapes {
		short, _, _ := strings.Cut(l.Name, ".")
		found = offer(found, begun, short, l.Provider.String()+", "+l.Location)
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// offer adds a name that goes on as begun. One that a shell cannot show as it is
// must be typed.
func offer(found []cobra.Completion, begun, name, says string) []cobra.Completion {
	if !strings.HasPrefix(name, begun) || sanitize.Line(name) != name {
		return found
	}
	return append(found, cobra.CompletionWithDesc(name, sanitize.Line(says)))
}

// nothing completes nothing; the reason is for who debugs a completion.
func nothing(err error) ([]cobra.Completion, cobra.ShellCompDirective) {
	cobra.CompErrorln(err.Error())
	return nil, cobra.ShellCompDirectiveNoFileComp
}
