package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
)

// noArgs refuses arguments: it says which command was probably meant, or which
// flag takes what stands there.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	said := sanitize.Line(args[0])
	if cmd.HasAvailableSubCommands() {
		return usage("%q is no command of %s%s", said, cmd.CommandPath(), plan.Suggest(said, commandsOf(cmd)))
	}
	flag := ""
	switch isFile := strings.HasSuffix(said, ".yaml") || strings.HasSuffix(said, ".yml"); {
	case cmd.Flags().Lookup(flagFile) != nil && (isFile || cmd.Flags().Lookup(flagTarget) == nil):
		flag = "; a plan is named with -f " + unattended.ShellQuoted(said)
	case cmd.Flags().Lookup(flagTarget) != nil:
		flag = "; a target is named with --" + flagTarget + " " + unattended.ShellQuoted(said)
	}
	return usage("%s takes no argument, and here is %q%s", cmd.CommandPath(), said, flag)
}

func commandsOf(cmd *cobra.Command) (names []string) {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// wrongFlag says in plain words what is wrong with the flags of a command line.
func wrongFlag(cmd *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return usage("--%s: %s", invalid.GetFlag().Name, wrongValue(invalid))
	}
	if needs, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usage("--%s takes a value%s", needs.GetFlag().Name, valueLike(needs.GetFlag()))
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usage("%v", err)
	}
	said := sanitize.Line(unknown.GetSpecifiedName())
	if group := sanitize.Line(unknown.GetSpecifiedShortnames()); group != "" {
		if cmd.Flags().Lookup(group) != nil || len(said) > 1 {
			return usage("there is no flag -%s of %s; did you mean --%s?", group, cmd.CommandPath(), group)
		}
		return usage("there is no flag -%s of %s", said, cmd.CommandPath())
	}
	return usage("there is no flag --%s of %s%s", said, cmd.CommandPath(), flagMeant(cmd, said))
}

// flagMeant names the flag that was probably meant: of the command, or else of
// another one, with those that have it.
func flagMeant(cmd *cobra.Command, said string) string {
	if of := plan.Suggest(said, flagsOf(cmd)); of != "" {
		return strings.Replace(of, `"`, `"--`, 1)
	}
	owners := map[string][]string{}
	var all []string
	walk(cmd.Root(), func(c *cobra.Command) {
		for _, flag := range flagsOf(c) {
			owners[flag] = append(owners[flag], strings.TrimPrefix(c.CommandPath(), programName+" "))
			all = append(all, flag)
		}
	})
	slices.Sort(all)
	for _, flag := range slices.Compact(all) {
		if plan.Suggest(said, []string{flag}) != "" {
			return fmt.Sprintf("; --%s is one of %s", flag, joined(owners[flag]))
		}
	}
	return ""
}

func flagsOf(cmd *cobra.Command) (names []string) {
	each := func(fl *pflag.Flag) {
		if !fl.Hidden {
			names = append(names, fl.Name)
		}
	}
	cmd.LocalFlags().VisitAll(each)
	cmd.InheritedFlags().VisitAll(each)
	return names
}

// kinds of values, by pflag's names: what a wrong one is not, and what a right one is like.
var kinds = map[string]struct{ isNot, like string }{
	"bool":     {"is neither true nor false", ""},
	"duration": {"is no length of time", ", like 90s, 45m or 12h"},
	"float64":  {"is no number", ", like 60 or 0.5"},
}

// wrongValue says what a flag takes instead of the value that it was given.
func wrongValue(err *pflag.InvalidValueError) string {
	said, value := sanitize.Line(err.GetValue()), err.GetFlag().Value
	if f, ok := value.(*wordFlag); ok {
		return fmt.Sprintf("%q: must be %s%s", said, either(f.choices), plan.Suggest(err.GetValue(), f.choices))
	}
	if kind, ok := kinds[value.Type()]; ok {
		return fmt.Sprintf("%q %s%s", said, kind.isNot, kind.like)
	}
	return fmt.Sprintf("%q: %v", said, err.Unwrap())
}

// valueLike gives an example of a flag's value.
func valueLike(fl *pflag.Flag) string {
	if f, ok := fl.Value.(*wordFlag); ok {
		return ": " + either(f.choices)
	}
	return kinds[fl.Value.Type()].like
}

func usage(format string, args ...any) error {
	return status.Exit(status.ExitUsage, fmt.Sprintf(format, args...))
}
