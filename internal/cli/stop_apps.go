package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

var stopAppsCommand = lineCommand{
	use: "stop-apps", short: "Stops what writes to source or target: the downtime begins",
	long: `Stops the applications that are bound to source or target and cancels their tasks, after it
has taken down exactly how each of them is. It begins only when everything else that
could write is switched off or waived: "apps" lists it.

A waiver is your word that something does no harm, and your reason stands in the record.
The writer is named by kind and name, or by its identity. Where nothing is to be stopped,
the command is your word that nothing else writes.`,
	example: `# who would have to be stopped, or waived?
apps
# stop the applications, and leave alone what does no harm
stop-apps --yes --waive 'scheduler:nightly-jobs=off tonight'`,
	flags: func(fs *pflag.FlagSet, o *lineOptions) {
		fs.StringArrayVar(&o.waive, "waive", nil, "WRITER=REASON: leave a writer alone, because it does no harm; can be repeated")
		o.addWas(fs)
		fs.BoolVar(&o.beside, unattended.FlagBeside, false, "also while the downtime of another migration in this space runs")
		fs.DurationVar(&o.decisionAfter, "decision-after", 0, "time of downtime after which it is asked whether to go on (default: the plan's, or never)")
	},
	yes: "begin the downtime", timeout: true,
	at: []steps.ID{steps.Writers}, own: []steps.QuestionID{steps.QuestionApplications, steps.QuestionInSync, steps.QuestionBeside, steps.QuestionStopWriters},
	parts: unattended.Parts{Writers: true, Apps: true},
	before: func(r *lineRun) error {
		r.plan.Stop.DecisionAfter = cmp.Or(r.decisionAfter, r.plan.Stop.DecisionAfter)
		r.plan.Stop.Beside = r.plan.Stop.Beside || r.beside
		for _, w := range r.waive {
			writer, reason, _ := strings.Cut(w, "=")
			others := slices.DeleteFunc(r.plan.Waive, func(x plan.Waiver) bool { return x.Writer == writer })
			r.plan.Waive = append(others, plan.Waiver{Writer: writer, Reason: reason})
		}
		return nil
	},
	after: func(end *unattended.StepEnd, r *lineRun) {
		q := steps.Ask(end.Now.State)
		if wrong := unknownWriter(r.waive, end.Now.State); end.Err != nil && q != nil && q.ID == steps.QuestionStopWriters && wrong != "" {
			end.Err = usage("--waive: there is no writer %s; \"apps\" lists them", wrong)
		}
	},
}

func (o *lineOptions) checkWaivers() error {
	for _, w := range o.waive {
		writer, reason, _ := strings.Cut(w, "=")
		if kind, rest, _ := strings.Cut(writer, ":"); kind == "" || rest == "" || strings.TrimSpace(reason) == "" {
			return usage("--waive %q: it is WRITER=REASON, like app:orders-board=reads only", w)
		}
	}
	return nil
}

// unknownWriter is the first writer of the waivers that the census does not have.
func unknownWriter(waive []string, s steps.State) string {
	census := steps.Census(s)
	for _, w := range waive {
		writer, _, _ := strings.Cut(w, "=")
		if !slices.ContainsFunc(census, func(x steps.Writer) bool { return x.CalledBy(writer) }) {
			return writer
		}
	}
	return ""
}
