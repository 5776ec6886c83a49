package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

func (p *program) stopAppsCommand(common *flags) *cobra.Command {
	var waive []string
	var after time.Duration
	cmd, f := p.lineCommand(common, "stop-apps", "Stops what writes to the source: the downtime begins",
		`Stops the applications that are bound to the source and cancels their tasks, after it
has taken down exactly how each of them is. It begins only when everything else that
could write is switched off or waived: "apps" lists it.

A waiver is your word that something does no harm, and your reason stands in the record.
The writer is named by kind and name, or by its identity. Where nothing is to be stopped,
the command is your word that nothing else writes.`,
		`# who would have to be stopped, or waived?
apps
# stop the applications, and leave alone what does no harm
stop-apps --yes --waive 'scheduler:nightly-jobs=off tonight'`, nil)
	cmd.Flags().StringArrayVar(&waive, "waive", nil, "WRITER=REASON: leave a writer alone, because it does no harm; can be repeated")
	cmd.Flags().DurationVar(&after, "decision-after", 0, "time of downtime after which it is asked whether to go on (default: the plan's, or never)")
	f.addYes(cmd, "begin the downtime")
	f.addTimeout(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		if after < 0 {
			return usage("--decision-after %v: time runs forwards", after)
		}
		if after > 0 {
			pl.Stop.DecisionAfter = after
		}
		for _, w := range waive {
			writer, reason, ok := strings.Cut(w, "=")
			if kind, rest, of := strings.Cut(writer, ":"); !ok || !of || kind == "" || rest == "" || strings.TrimSpace(reason) == "" {
				return usage("--waive %q: it is WRITER=REASON, like app:orders-board=reads only", w)
			}
			pl.Waive = append(slices.DeleteFunc(pl.Waive, func(x plan.Waiver) bool { return x.Writer == writer }), plan.Waiver{Writer: writer, Reason: reason})
		}
		e := stopErrand(pl, f)
		end, err := p.runner(cfg).Do(cmd.Context(), e)
		if err != nil {
			return err
		}
		q := steps.Ask(end.Now.State)
		if wrong := unknownWriter(waive, end.Now.State); end.Err != nil && q != nil && q.ID == steps.QuestionStopWriters && wrong != "" {
			end.Err = usage("--waive: there is no writer %s; \"apps\" lists them", wrong)
		}
		return p.tell(f, e.Command, end, unattended.Parts{Writers: true, Apps: true})
	}
	return cmd
}

func stopErrand(pl plan.Plan, f *lineFlags) *unattended.StepCommand {
	return &unattended.StepCommand{
		Command: "stop-apps", Plan: pl, Own: []steps.QuestionID{steps.QuestionInSync, steps.QuestionStopWriters}, At: []steps.ID{steps.Writers},
		Consent: f.consent, Timeout: f.timeout,
		Reached: func(s steps.State) bool { return unattended.Beyond(s, steps.Writers) },
	}
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
