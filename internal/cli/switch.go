package cli

import (
	"cmp"

	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

var switchCommand = lineCommand{
	use: "switch", short: "Brings the applications to the target: the downtime ends",
	long: `Binds each application to the target as it was bound to the source, and starts it if it
was running before. It waits until all instances are healthy. With a canary, that one
goes first, and the others follow when it is healthy. A green application, bound to the
target and stopped until now, is started before all others.`,
	example: `# one application first; the others when it is healthy
switch --canary orders-api
# all at once
switch
# the new version first, which waits on the target, and the old ones not at all
switch --green orders-api-green --leave-blue`,
	flags: func(fs *pflag.FlagSet, o *lineOptions) {
		o.addWas(fs)
		fs.StringVar(&o.canary, "canary", "", "application that goes first, alone")
		fs.StringArrayVar(&o.restage, "restage", nil, "application to restage; a restart is enough for most; can be repeated")
		fs.StringArrayVar(&o.order, "order", nil, "application that starts before the others; can be repeated, in order")
		fs.StringArrayVar(&o.green, "green", nil, "application that waits on the target, stopped, and is started first; can be repeated")
		fs.BoolVar(&o.leaveBlue, "leave-blue", false, "leave the other applications as they are once the green ones are healthy")
	},
	timeout: true,
	at:      []steps.ID{steps.Switch}, own: []steps.QuestionID{steps.QuestionApplications, steps.QuestionSwitch, steps.QuestionCanary, steps.QuestionSwitchIll, steps.QuestionNotUp},
	lasting: true, parts: unattended.Parts{Apps: true},
	before: func(r *lineRun) error {
		to := &r.plan.Switch
		to.Canary = cmp.Or(r.canary, to.Canary)
		if len(r.restage) > 0 {
			to.How, to.Restage = plan.Restart, listed(r.restage)
		}
		if len(r.order) > 0 {
			to.Order = listed(r.order)
		}
		if len(r.green) > 0 {
			to.Green = listed(r.green)
		}
		if r.leaveBlue {
			to.Blue = plan.BlueStay
		}
		return nil
	},
}
