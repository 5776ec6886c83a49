package unattended

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// RunOptions say how a plan is carried out.
type RunOptions struct {
	Yes     bool // also what cannot be undone and what begins the downtime, where the plan says so
	DryRun  bool // only look, and tell what would be done
	Timeout time.Duration
}

// Run carries out a plan, and tells of it.
func (u Runner) Run(ctx context.Context, pl plan.Plan, o RunOptions, v *status.EventPrinter) error {
	cfg := u.Config
	was, err := begun(pl, cfg)
	if err != nil {
		return err
	}
	if used, err := u.usedTarget(ctx, pl); err != nil {
		return err
	} else if used != nil {
		was = used
	}
	if was != nil {
		cfg.Resume, cfg.API = was.ID, cmp.Or(cfg.API, was.API)
	}
	if o.DryRun {
		return u.dryRun(ctx, o, pl, cfg, was, v)
	}
	cfg, over, err := begin(v, pl, cfg, was, "")
	if err != nil {
		return err
	}
	if over != nil {
		return u.leave(*over, v)
	}
	events := status.NewEventRecorder(v.Print)
	news := events.Record
	if was != nil {
		news = first(events.Record, func(now engine.Snapshot) { v.Print(status.Heartbeat(now)) })
	}
	if u.beside != nil {
		told := news
		news = func(now engine.Snapshot) {
			u.beside(now)
			told(now)
		}
	}
	d := driver{
		answer: unmatched(v, pl, o.answers(pl)),
		given: func(q *steps.Question, a steps.Answer, s steps.State) { // what is decided where something went wrong
			if e, ok := status.Decision(q, a, s); ok {
				v.Print(e)
			}
		},
		done: func(now engine.Snapshot) bool { return reached(pl, now.State) },
		news: news,
		stay: true, timeout: o.Timeout,
		heartbeat: v.Heartbeat, every: v.Interval(),
	}
	began := time.Now()
	r, err := drive(ctx, engine.New(cfg), d)
	if err == nil && errors.Is(r.open, errRepeated) {
		if a, err := o.goBack(pl, r.last.State); err == nil {
			if e, ok := status.Decision(steps.AskBackOut(r.last.State), a, r.last.State); ok {
				v.Print(e)
			}
			r, err = backOut(ctx, o, cfg, d, r, a, began)
			if err != nil {
				return err
			}
		} else {
			r.open = err
		}
	}
	v.Clear()
	if err != nil {
		return err
	}
	return u.leave(r, v)
}

// begin tells that a run begins. A migration that has ended is taken up again for
// what the plan wants of it beyond its end; where that is nothing, over is how it
// has ended.
func begin(v *status.EventPrinter, pl plan.Plan, cfg engine.Config, was *steps.JournalSummary, says string) (again engine.Config, over *driveResult, err error) {
	names := PlannedNames(pl)
	v.Print(status.Event{
		At: time.Now(), Event: status.EventBegin, Names: &names, Until: string(pl.Until), Program: cfg.Program, Journal: journalOf(was), Says: says,
	})
	if gb := pl.Limits.SizeGB; gb > 0 && !pl.Until.Covers(plan.Completed) || gb > 0 && (was == nil || was.Ended == nil) {
		v.Print(status.Note(steps.SayStorage(float64(gb))))
	}
	cfg, left, s, err := reopening(pl, cfg, was)
	switch {
	case err != nil:
		return cfg, nil, err
	case len(left) > 0:
		v.Print(status.TakenUpFor(left))
	case was != nil && was.Ended != nil:
		r := ended(pl, s, was)
		return cfg, &r, nil
	}
	return cfg, nil, nil
}

// begun finds the migration that a plan has begun here before. nil: none, or one
// that was taken back.
func begun(pl plan.Plan, cfg engine.Config) (*steps.JournalSummary, error) {
	m, err := Remembered(pl, cfg)
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

// PlannedNames are the six names, as far as a plan says them.
func PlannedNames(pl plan.Plan) steps.Names {
	return steps.Names{
		Org: pl.Org, Space: pl.Space, SourceInstance: pl.Source.Instance, TargetInstance: pl.Target.Instance,
		SourceKey: pl.Source.Key.Name, TargetKey: pl.Target.Key.Name,
	}
}

func journalOf(m *steps.JournalSummary) string {
	if m == nil {
		return ""
	}
	return m.Path
}

// ended is how a run ends that finds its migration ended already.
func ended(pl plan.Plan, s steps.State, was *steps.JournalSummary) driveResult {
	r := driveResult{last: engine.Snapshot{State: s, Journal: was.Path}}
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
func (o RunOptions) answers(pl plan.Plan) func(*steps.Question, steps.State) (steps.Answer, error) {
	return func(q *steps.Question, s steps.State) (steps.Answer, error) {
		a, err := pl.Answer(q, s)
		if err == nil {
			err = o.confirmed(q, a)
		}
		return a, err
	}
}

// first tells where a migration stands that is taken up, as soon as that was seen.
func first(news, stands func(engine.Snapshot)) func(engine.Snapshot) {
	told := false
	return func(now engine.Snapshot) {
		if !told && SignedIn(now.State) && looked(now.State) {
			told = true
			stands(now)
		}
		news(now)
	}
}

// answering answers a question, or says why it stays open.
type answering = func(*steps.Question, steps.State) (steps.Answer, error)

// unmatched notes, once, the waivers of a plan that are about nobody.
func unmatched(v *status.EventPrinter, pl plan.Plan, answer answering) answering {
	noted := false
	return func(q *steps.Question, s steps.State) (steps.Answer, error) {
		if q.ID == steps.QuestionStopWriters && !noted {
			noted = true
			for _, w := range pl.Unmatched(steps.Census(s)) {
				v.Print(status.Note("The plan waives " + w + ", and there is no such writer: is it gone, or mistyped? `apps` lists them."))
			}
		}
		return answer(q, s)
	}
}

// confirmed lets an answer pass that needs no word on the command line, or has it.
func (o RunOptions) confirmed(q *steps.Question, a steps.Answer) error {
	why, needed := q.NeedsConsent(a)
	if o.Yes || !needed {
		return nil
	}
	x, _ := q.Option(a.Option)
	return &unconfirmedError{line(strings.TrimSuffix(x.Label, "…")), why}
}

// goBack is the plan's word after a failure at which nothing was asked.
func (o RunOptions) goBack(pl plan.Plan, s steps.State) (steps.Answer, error) {
	q := steps.AskBackOut(s)
	a, err := pl.BackOutAnswer(q, s)
	if err == nil {
		err = o.confirmed(q, a)
	}
	return a, err
}

// backOut goes on with the same migration, backwards.
func backOut(ctx context.Context, o RunOptions, cfg engine.Config, d driver, r driveResult, a steps.Answer, began time.Time) (driveResult, error) {
	list, err := engine.Journals(cfg.StateDir)
	if err != nil {
		return r, err
	}
	for _, m := range list {
		if m.Path == r.last.Journal {
			cfg.Resume = m.ID
		}
	}
	if o.Timeout > 0 {
		d.timeout = max(o.Timeout-time.Since(began), time.Second)
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
	return drive(ctx, engine.New(cfg), d)
}

// Remembered finds the migration of a plan among those of this machine: the newest
// that has not ended, or the newest; nil: there is none.
func Remembered(pl plan.Plan, cfg engine.Config) (*steps.JournalSummary, error) {
	list, err := engine.Journals(cfg.StateDir)
	if err != nil {
		return nil, err
	}
	at := address(cfg.API)
	var last *steps.JournalSummary
	for _, m := range list {
		mine := m.Org == pl.Org && m.Space == pl.Space && m.Source == pl.Source.Instance &&
			(m.Target == pl.Target.Instance || m.Target == "" && m.Ended == nil) && (at == "" || m.API == at)
		switch {
		case mine && m.Damage != nil:
			return nil, m.Damage // what it stopped or made stands there
		case mine && m.Ended == nil:
			return &m, nil
		case mine && last == nil:
			last = &m
		}
	}
	return last, nil
}
