package cli

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

const flagDryRun = "dry-run"

// runFlags are those of the command run.
type runFlags struct {
	*flags
	waiting
	file   string
	yes    bool
	dryRun bool
	output *format
}

func (p *program) runCommand(common *flags) *cobra.Command {
	f := &runFlags{flags: common}
	cmd := &cobra.Command{
		Use:   "run -f FILE",
		Short: "Carries out a plan, without a person at the keys",
		Long: `Carries out a plan, as far as it says, with the wizard's rules and its journal. It can
be started again at any time: it looks where the migration stands, and goes on. A
question that the plan does not answer ends it with a status of its own (7; 3 at
critical findings, 5 without a login), the question, and the key that would answer it.

What cannot be undone, and what begins the downtime, takes the plan's word and --yes. With --dry-run it only looks,
and prints what it would do, in order, with the requests.`,
		Example: `  # what would it do?
  pg-migrate-wizard run -f plan.yaml --dry-run

  # do it, for a pipeline
  pg-migrate-wizard run -f plan.yaml --yes --output json --timeout 12h`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runPlan(cmd, f) },
	}
	f.output = addOutputFlag(cmd)
	f.addFlags(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&f.file, flagFile, "f", "", "plan to carry out; - is standard input")
	fs.BoolVar(&f.yes, flagYes, false, "also do what cannot be undone and what begins the downtime, where the plan says so")
	fs.BoolVar(&f.dryRun, flagDryRun, false, "only look, and print what would be done")
	_ = cmd.MarkFlagFilename(flagFile, "yaml", "yml")
	return cmd
}

func (p *program) runPlan(cmd *cobra.Command, f *runFlags) error {
	v := p.newVoice(f.output, f.heartbeat)
	return v.ending(p.runAloud(cmd, f, v))
}

// runAloud carries a plan out and tells of it.
func (p *program) runAloud(cmd *cobra.Command, f *runFlags, v *voice) error {
	if err := f.waiting.check(); err != nil {
		return err
	}
	if f.file == "" {
		return usage("run takes a plan: -f FILE")
	}
	pl, err := p.plan(f.file)
	if err != nil {
		return err
	}
	cfg := f.planned(pl)
	was, err := f.begun(pl, cfg)
	if err != nil {
		return err
	}
	if spent, err := p.spent(cmd.Context(), pl, cfg); err != nil {
		return err
	} else if spent != nil {
		was = spent
	}
	if was != nil {
		cfg.Resume, cfg.API = was.ID, cmp.Or(cfg.API, was.API)
	}
	if f.dryRun {
		return p.dryRun(cmd, f, pl, cfg, was, v)
	}
	cfg, over, err := v.begin(pl, cfg, was, "")
	if err != nil {
		return err
	}
	if over != nil {
		return p.leave(cmd, *over, v)
	}
	events := newChronicle(v.tell)
	news := events.news
	if was != nil {
		news = first(events.news, func(now engine.Snapshot) { v.tell(beat(now)) })
	}
	d := driver{
		answer: telling(v, unmatched(v, pl, f.answers(pl))),
		done:   func(now engine.Snapshot) bool { return reached(pl, now.State) },
		news:   news,
		stay:   true, timeout: f.timeout,
		pulse: v.pulse, every: v.every(),
	}
	begin := time.Now()
	r, err := p.drive(cmd.Context(), cfg, d)
	if err == nil && errors.Is(r.open, errRepeated) {
		if a, err := f.goBack(pl, r.last.State); err == nil {
			if e, ok := decided(steps.AskBackOut(r.last.State), a, r.last.State); ok {
				v.tell(e)
			}
			r, err = p.backOut(cmd, f, cfg, d, r, a, begin)
			if err != nil {
				return err
			}
		} else {
			r.open = err
		}
	}
	v.clear()
	if err != nil {
		return err
	}
	return p.leave(cmd, r, v)
}

// begin tells that a run begins. A migration that has ended is taken up again for
// what the plan wants of it beyond its end; where that is nothing, over is how it
// has ended.
func (v *voice) begin(pl plan.Plan, cfg engine.Config, was *engine.Remembered, says string) (again engine.Config, over *driven, err error) {
	names := planNames(pl)
	v.tell(Event{
		At: time.Now(), Event: eventBegin, Names: &names, Until: string(pl.Until), Program: cfg.Program, Journal: journalOf(was), Says: says,
	})
	cfg, left, s, err := reopening(pl, cfg, was)
	switch {
	case err != nil:
		return cfg, nil, err
	case len(left) > 0:
		v.tell(takenUpFor(left))
	case was != nil && was.Ended != nil:
		r := ended(pl, s, was)
		return cfg, &r, nil
	}
	return cfg, nil, nil
}

// plan reads a plan from a file or from standard input.
func (p *program) plan(file string) (plan.Plan, error) {
	if file != "-" {
		pl, _, err := readPlanFile(file)
		return pl, planUsage(err)
	}
	data, err := readPlan(p.in)
	if err != nil {
		return plan.Plan{}, err
	}
	pl, err := plan.Parse(data)
	if e, ok := errors.AsType[*plan.CheckError](err); ok {
		e.File = "-"
		return plan.Plan{}, usage("%v", e)
	}
	return pl, err
}

// planned is the engine's configuration for a plan.
func (f *flags) planned(pl plan.Plan) engine.Config { return f.place(pl).config() }

// begun finds the migration that a plan has begun here before. nil: none, or one
// that was taken back.
func (f *flags) begun(pl plan.Plan, cfg engine.Config) (*engine.Remembered, error) {
	m, err := f.remembered(pl, cfg)
	if m != nil && m.Ended != nil && m.Ended.How != steps.EndCompleted {
		return nil, err
	}
	return m, err
}

// address is an API address in the form in which journals have it.
func address(api string) string {
	if api == "" {
		return ""
	}
	l, _ := cfsession.Derive(api, cfsession.Overrides{})
	return l.API
}

func planNames(pl plan.Plan) steps.Names {
	return steps.Names{
		Org: pl.Org, Space: pl.Space, SourceInstance: pl.Source.Instance, TargetInstance: pl.Target.Instance,
		SourceKey: pl.Source.Key.Name, TargetKey: pl.Target.Key.Name,
	}
}

func journalOf(m *engine.Remembered) string {
	if m == nil {
		return ""
	}
	return m.Path
}

// ended is how a run ends that finds its migration ended already.
func ended(pl plan.Plan, s steps.State, was *engine.Remembered) driven {
	r := driven{last: engine.Snapshot{State: s, Journal: was.Path}}
	if was.Ended.How == steps.EndCompleted {
		r.done = true
		return r
	}
	used := writtenTo(pl, was)
	r.question, r.open = used.Question, used
	return r
}

// reached reports whether a migration is as far as the plan says, by what is
// seen of it now.
func reached(pl plan.Plan, s steps.State) bool {
	return s.Facts.Session.SignedIn && looked(s) && s.Choices.BackOut == nil && pl.Until.Reached(s) ||
		s.Choices.Ended != nil && s.Choices.Ended.How == steps.EndCompleted
}

// answers is the plan's word, as far as the command line lets it.
func (f *runFlags) answers(pl plan.Plan) func(*steps.Question, steps.State) (steps.Answer, error) {
	return func(q *steps.Question, s steps.State) (steps.Answer, error) {
		a, err := pl.Answer(q, s)
		if err == nil {
			err = f.confirmed(q, a)
		}
		return a, err
	}
}

// first tells where a migration stands that is taken up, as soon as that was seen.
func first(news, stands func(engine.Snapshot)) func(engine.Snapshot) {
	told := false
	return func(now engine.Snapshot) {
		if !told && signedIn(now.State) && looked(now.State) {
			told = true
			stands(now)
		}
		news(now)
	}
}

// answering has the word on a question.
type answering = func(*steps.Question, steps.State) (steps.Answer, error)

// telling tells what is decided where something went wrong, before it is done.
func telling(v *voice, answer answering) answering {
	return func(q *steps.Question, s steps.State) (steps.Answer, error) {
		a, err := answer(q, s)
		if e, ok := decided(q, a, s); ok && err == nil {
			v.tell(e)
		}
		return a, err
	}
}

// unmatched notes, once, the waivers of a plan that are about nobody.
func unmatched(v *voice, pl plan.Plan, answer answering) answering {
	noted := false
	return func(q *steps.Question, s steps.State) (steps.Answer, error) {
		if q.ID == steps.QuestionStopWriters && !noted {
			noted = true
			for _, w := range pl.Unmatched(steps.Census(s)) {
				v.tell(note("The plan waives " + w + ", and there is no such writer: is it gone, or mistyped? `apps` lists them."))
			}
		}
		return answer(q, s)
	}
}

// confirmed lets an answer pass that needs no word on the command line, or has it.
func (f *runFlags) confirmed(q *steps.Question, a steps.Answer) error {
	why, needed := q.NeedsConsent(a)
	if f.yes || !needed {
		return nil
	}
	o, _ := q.Option(a.Option)
	return &unconfirmedError{line(strings.TrimSuffix(o.Label, "…")), why}
}

// goBack is the plan's word after a failure at which nothing was asked.
func (f *runFlags) goBack(pl plan.Plan, s steps.State) (steps.Answer, error) {
	q := steps.AskBackOut(s)
	a, err := pl.BackOutAnswer(q, s)
	if err == nil {
		err = f.confirmed(q, a)
	}
	return a, err
}

// backOut goes on with the same migration, backwards.
func (p *program) backOut(cmd *cobra.Command, f *runFlags, cfg engine.Config, d driver, r driven, a steps.Answer, begin time.Time) (driven, error) {
	list, err := engine.Journals(cfg.StateDir)
	if err != nil {
		return r, err
	}
	for _, m := range list {
		if m.Path == r.last.Journal {
			cfg.Resume = m.ID
		}
	}
	if f.timeout > 0 {
		d.timeout = max(f.timeout-time.Since(begin), time.Second)
	}
	said := false
	d.interject = func(s steps.State) (steps.Answer, bool) {
		q := steps.AskBackOut(s)
		if said || q == nil || s.Choices.BackOut != nil {
			return steps.Answer{}, false
		}
		said = true
		return a, true
	}
	return p.drive(cmd.Context(), cfg, d)
}
