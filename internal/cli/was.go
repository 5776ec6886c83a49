package cli

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
)

// addWas lets a command be told how applications were, where no look can tell.
func (o *lineOptions) addWas(fs *pflag.FlagSet) {
	fs.StringArrayVar(&o.was, unattended.FlagWas, nil, "NAME=started or NAME=stopped: how an application was that somebody else has stopped; can be repeated")
}

func (o *lineOptions) checkWas() error {
	for _, w := range o.was {
		if a := wasApp(w); a.Name == "" || a.Was != plan.WasStarted && a.Was != plan.WasStopped {
			return usage("--%s %q: it is NAME=%s or NAME=%s, like orders-api=%[3]s", unattended.FlagWas, w, plan.WasStarted, plan.WasStopped)
		}
	}
	return nil
}

func wasApp(word string) plan.WasApp {
	name, was, _ := strings.Cut(word, "=")
	return plan.WasApp{Name: name, Was: plan.Was(was)}
}

// sayWas puts what the flag says into the plan, before what stands there.
func (r *lineRun) sayWas() {
	for _, w := range r.was {
		a := wasApp(w)
		others := slices.DeleteFunc(slices.Clone(r.plan.Applications), func(x plan.WasApp) bool { return x.Name == a.Name })
		r.plan.Applications = append(others, a)
	}
}
