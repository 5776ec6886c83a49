package cli

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

var keysCommand = lineCommand{
	use: "keys", short: "Uses or creates the service keys of both databases",
	long: `Sees to it that the migration service can sign in to both databases: uses the service
keys that the target names, or creates them; without names it takes or makes keys of
its own. On Google Cloud the target's is made with session replication.`,
	example: `# keys of the wizard's own
keys
# keys with names of your own, created where they are not there
keys --source-key migration --target-key migration`,
	flags: func(fs *pflag.FlagSet, o *lineOptions) {
		nameVar(fs, &o.sourceKey, unattended.FlagSourceKey, "service key of the source, created where it is not there")
		nameVar(fs, &o.targetKey, unattended.FlagTargetKey, "service key of the target, created where it is not there")
	},
	at: []steps.ID{steps.Keys}, own: []steps.QuestionID{steps.QuestionSourceKey, steps.QuestionTargetKey},
	before: func(r *lineRun) error {
		nameKeys(&r.plan, r.sourceKey, r.targetKey)
		return nil
	},
}

// nameKeys puts the names of service keys into a plan: created where they are not there.
func nameKeys(pl *plan.Plan, source, target string) {
	if source != "" {
		pl.Source.Key = plan.Key{Name: source, Create: true}
	}
	if target != "" {
		pl.Target.Key = plan.Key{Name: target, Create: true}
	}
}

// nameFlag is the value of a flag that names something: no name is not the same as the
// usual one.
type nameFlag struct{ name *string }

func nameVar(fs *pflag.FlagSet, name *string, flag, help string) { fs.Var(nameFlag{name}, flag, help) }

func (f nameFlag) Set(name string) error {
	if strings.TrimSpace(name) == "" {
		return errors.New("must be a name; leave the flag out for the usual one")
	}
	*f.name = name
	return nil
}

func (f nameFlag) String() string {
	if f.name == nil {
		return ""
	}
	return *f.name
}

func (nameFlag) Type() string { return "string" }
