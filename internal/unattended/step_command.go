package unattended

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// StepCommand is what a one-line command does with a migration: it leads it from
// where it stands to the end of one step, and not a step further. What comes
// before its step is looked at, and never made up for.
type StepCommand struct {
	Command string
	Plan    plan.Plan
	Own     []steps.QuestionID // questions that it answers itself, by the plan
	At      []steps.ID         // steps in which it waits for what is under way
	Consent Consent
	Timeout time.Duration
	// Reached reports whether the end of its step is there. It is asked when
	// nothing is under way.
	Reached func(steps.State) bool
	// interject is the driver's; then it waits for nothing else. An error ends the
	// command.
	interject func(steps.State) (steps.Answer, bool, error)
	refused   error // why it is not gone on with
	planFile  bool  // the plan is the person's own, and no kept target
	// back says that it leads back: that can be done whatever was written to.
	back bool
	// Lasting says that failed looks are borne for long: waiting is what it is for.
	Lasting   bool
	observing *observation // nil: it leads
}

// StepEnd is how a step command has ended.
type StepEnd struct {
	result  driveResult
	Now     engine.Snapshot
	Changed []string        // requests that changed something, in order
	Changes []status.Change // the same, by their parts
	past    *steps.State    // the migration that has ended before, and that this would repeat
	Err     error           // nil: done as asked

	pastJournal string
	Says        string // what there is to say although it was done
}

// pastError says that the migration is through already.
type pastError struct{ id, journal string }

func (e *pastError) Error() string { return "this migration is complete" }

// stuckError says that what has to be looked at cannot be.
type stuckError struct {
	see     steps.Observable
	problem steps.Problem
}

func (e *stuckError) Error() string {
	t := steps.ExplainLook(e.see, e.problem)
	if t.Says != "" {
		t.Says = strings.TrimSuffix(t.Says, ".") + "."
	}
	return strings.Join(slices.DeleteFunc([]string{line(t.What), line(t.Says), line(t.Next)}, func(s string) bool { return s == "" }), " ")
}

// noRight reports whether a login or a right is missing: to look again is of no use.
func (e *stuckError) noRight() bool {
	return e.problem.Kind == steps.ProblemForbidden || e.problem.Kind == steps.ProblemSignedOut
}

func (e *stuckError) exit() error {
	if e.noRight() {
		return status.Exit(status.ExitNoRight, e.Error())
	}
	if e.problem.Passes() {
		return status.Exit(status.ExitNotYet, e.Error())
	}
	return status.Exit(status.ExitFailed, e.Error())
}

// Do runs a step command. The error is of what prevented it from being run at all.
func (u Runner) Do(ctx context.Context, e *StepCommand) (StepEnd, error) {
	cfg := u.Config
	if !cfg.LookOnly && !e.back {
		if by, err := u.usedTarget(ctx, e.Plan); err != nil {
			return StepEnd{}, err
		} else if by != nil {
			s, err := engine.LoadMigration(cfg.StateDir, by.ID)
			if err != nil {
				return StepEnd{}, err
			}
			return StepEnd{
				Now: engine.Snapshot{State: s, Journal: by.Path}, Changed: []string{}, Changes: []status.Change{},
				Err: status.Exit(status.ExitOpen, line(writtenTo(e.Plan, by).Message)+"."),
			}, nil
		}
	}
	cfg.LookTries, cfg.Lasting = triesOfLooks, e.Lasting
	o := e.observing
	if o == nil {
		o = &observation{}
	}
	if o.heartbeat == nil {
		o.heartbeat, o.every = u.signOfLife, u.Heartbeat
	}
	e.planFile = u.PlanFile
	begun := time.Now()
	announced := false
	announce := func(s steps.State, a steps.Answer) {
		if !announced && !cfg.LookOnly && a.Question != steps.QuestionSourceKey { // the target's is chosen next
			announced = true
			fmt.Fprintln(u.Err, sixNames(s, e.Plan, a))
		}
	}
	r, err := drive(ctx, engine.New(cfg), driver{
		stay: true, around: e.around, timeout: e.Timeout, news: o.told, heartbeat: o.heartbeat, every: o.every,
		done: e.stop, counts: func() bool { return e.observing == nil || o.seen },
		interject: func(s steps.State) (steps.Answer, bool) {
			if e.interject == nil {
				return steps.Answer{}, false
			}
			var a steps.Answer
			var ok bool
			if a, ok, e.refused = e.interject(s); ok {
				announce(s, a)
			}
			return a, ok
		},
		answer: func(q *steps.Question, s steps.State) (steps.Answer, error) {
			if e.observing != nil && e.Reached(s) {
				return steps.Answer{}, errLater // that is for whoever leads it
			}
			a, err := e.answer(cfg, q, s)
			if err != nil || !e.owns(q) {
				return a, err
			}
			announce(s, a)
			if _, needed := q.NeedsConsent(a); needed {
				err = u.consented(ctx, e, q, a)
			}
			return a, err
		},
	})
	end := StepEnd{result: r, Now: r.last, Changes: changedSince(r.last.State, begun)}
	end.Changed = inWords(end.Changes)
	if err != nil {
		return end, err
	}
	end.Err = e.ending(r)
	if past, ok := errors.AsType[*pastError](r.open); ok {
		was, err := engine.LoadMigration(cfg.StateDir, past.id)
		if err != nil {
			return end, err
		}
		end.past, end.pastJournal, end.Err = &was, past.journal, nil
	}
	if end.Err != nil && e.wantsCensus(r.last.State) {
		end.Err = status.Exit(status.ExitOpen, unsettledWriters(r.last.State))
	}
	return end, nil
}

// around is what the result tells of: where nothing was to be done, nobody has looked
// at it.
func (e *StepCommand) around(s steps.State) []steps.Look {
	if e.observing != nil {
		return nil
	}
	looks := once(steps.ObserveReplication, steps.ObserveFinalization)
	if len(s.Choices.Memory) > 0 {
		looks = append(looks, once(steps.ObserveApps)...)
	}
	if e.wantsCensus(s) {
		looks = append(looks, once(steps.ObserveSourceKeys, steps.ObserveApps, steps.ObserveElsewhere)...)
	}
	return looks
}

// wantsCensus reports whether it would finalize and nobody has stopped anything yet: a
// refusal names who can write.
func (e *StepCommand) wantsCensus(s steps.State) bool {
	q := steps.Ask(s)
	return slices.Contains(e.Own, steps.QuestionFinalize) && q != nil && q.ID == steps.QuestionInSync
}

func (u Runner) consented(ctx context.Context, e *StepCommand, q *steps.Question, a steps.Answer) error {
	o, _ := q.Option(a.Option)
	return u.given(ctx, e.Consent, fmt.Sprintf("%s: %s.", o.Label, strings.TrimSuffix(o.Consequence, ".")), o.Object, o.Typed)
}

// owns reports whether a question belongs to its own step.
func (e *StepCommand) owns(q *steps.Question) bool {
	id, failed := q.ID.FailedStep()
	return q.ID == steps.QuestionLead || q.ID == steps.QuestionAdopted || slices.Contains(e.Own, q.ID.Base()) || failed && slices.Contains(e.At, id)
}

// answer has the plan's word on what leads to its step without changing
// anything, and on the step's own questions.
func (e *StepCommand) answer(cfg engine.Config, q *steps.Question, s steps.State) (steps.Answer, error) {
	if q.ID == steps.QuestionWhere {
		if m, ok := e.completed(cfg, s); ok {
			return steps.Answer{}, &pastError{m.ID, m.Path}
		}
	}
	switch {
	case e.owns(q):
		if p := forbidden(s); p != nil {
			return steps.Answer{}, p
		}
		return e.Plan.Answer(q, s)
	case q.Step == steps.SignIn, q.Step == steps.Databases:
		return e.Plan.Answer(q, s)
	case q.ID == steps.QuestionSourceKey, q.ID == steps.QuestionTargetKey:
		a, err := e.Plan.Answer(q, s)
		if _, uses := steps.UsedKey(a.Option); err == nil && uses {
			return a, nil
		}
	}
	return steps.Answer{}, inTheWay(q, s)
}

// forbidden is the failed request for which a right is missing: to try again is
// of no use.
func forbidden(s steps.State) error {
	for _, w := range s.Work {
		if w.Status == steps.GoneWrong && w.Problem.Kind == steps.ProblemForbidden {
			t := steps.Explain(w)
			return status.Exit(status.ExitNoRight, line(t.What+" "+t.Says+" "+t.Next))
		}
	}
	return nil
}

// completed finds the newest journal of the plan's migration at this landscape,
// if that has come to its end.
func (e *StepCommand) completed(cfg engine.Config, s steps.State) (steps.JournalSummary, bool) {
	m := newestOf(cfg.StateDir, e.Plan, s.Facts.Session.API)
	if m == nil {
		return steps.JournalSummary{}, false
	}
	return *m, m.Ended != nil && m.Ended.How == steps.EndCompleted
}

// triesOfLooks is how often a look may fail in a row before it is said: the pauses
// grow to some seconds.
const triesOfLooks = 4

// stuck returns why it cannot be seen how things stand; nil when it can.
func stuck(now engine.Snapshot) *stuckError {
	for _, l := range steps.Looks(now.State) {
		if slices.Contains(now.GivenUp, l.Of) {
			return unseen(now.State, l.Of)
		}
	}
	return nil
}

func unseen(s steps.State, see steps.Observable) *stuckError {
	return &stuckError{see, *s.Seen[see].Problem}
}

// stop reports whether it is over.
func (e *StepCommand) stop(now engine.Snapshot) bool {
	s := now.State
	if e.refused == nil && SignedIn(s) {
		e.refused = otherKeys(s, e.Plan)
	}
	there := SignedIn(s) && e.Reached(s)
	switch {
	case e.refused != nil:
		return true
	case there && e.observing != nil:
		return e.observing.over(now)
	}
	return there || stuck(now) != nil || e.foreign(now)
}

// foreign reports whether something is under way in a step that is not its own: it
// does not wait for that.
func (e *StepCommand) foreign(now engine.Snapshot) bool {
	q := steps.Ask(now.State)
	return q != nil && q.Waiting() && SignedIn(now.State) && e.interject == nil && !slices.Contains(e.At, q.Step) && now.Looked
}

// SignedIn reports whether there is a login, and org and space are chosen.
func SignedIn(s steps.State) bool { return s.Facts.Session.SignedIn && s.Choices.Where != nil }

// Beyond reports whether a migration stands behind a step. In a back-out it
// stands behind none.
func Beyond(s steps.State, id steps.ID) bool {
	return SignedIn(s) && steps.Current(s).Number() > id.Number() || s.Choices.Ended != nil && s.Choices.Ended.How == steps.EndCompleted
}

// ending is why it was not done; nil when it was.
func (e *StepCommand) ending(r driveResult) error {
	s := r.last.State
	stopped, left := errors.AsType[*plan.StopError](r.open)
	open, isOpen := errors.AsType[*plan.OpenError](r.open)
	_, isExit := errors.AsType[*status.ExitError](r.open)
	switch {
	case e.refused != nil:
		return e.refused
	case SignedIn(s) && e.Reached(s):
		return e.failed(s)
	case r.interrupted:
		return status.Exit(status.ExitInterrupted, "interrupted. "+strings.Join(steps.Leaving(s), " "))
	case r.late:
		return status.Exit(status.ExitNotYet, fmt.Sprintf("not there yet after %s. %s", e.Timeout, strings.Join(steps.Leaving(s), " ")))
	case isExit:
		return r.open
	case left && !stopped.Failure:
		return nil
	case left && r.notPassed():
		return status.Exit(status.ExitNotYet, stopped.Error()+" "+troubles(s))
	case left:
		return status.Exit(status.ExitFailed, stopped.Error()+" "+troubles(s))
	case isOpen:
		return status.Exit(status.ExitOfQuestion(r.question), unanswered(open, r.question, s, e.planFile))
	case r.open != nil:
		return r.open
	}
	if stuck := stuck(r.last); stuck != nil {
		return stuck.exit()
	}
	if ended := s.Choices.Ended; ended != nil {
		return status.Exit(status.ExitFailed, "this migration has ended: "+ended.How)
	}
	if q := steps.Ask(s); q != nil {
		return inTheWay(q, s)
	}
	return status.Exit(status.ExitFailed, "nobody knows what comes next") // a machine without a question
}

// failed is the end where the service says FAILED at its own step.
func (e *StepCommand) failed(s steps.State) error {
	for _, x := range []struct {
		id steps.ID
		p  steps.Progress
	}{{steps.Replicate, s.Facts.Replication}, {steps.Finalize, s.Facts.Finalization}} {
		if slices.Contains(e.At, x.id) && x.p.Is(steps.Failed) && !Beyond(s, x.id) {
			return serviceFailed(x.id, s)
		}
	}
	return nil
}

// changedSince lists the requests that were carried out since a time.
func changedSince(s steps.State, begun time.Time) []status.Change {
	list := []status.Change{}
	for _, m := range s.History {
		if m.Done() && !m.At.Before(begun) {
			key := m.Name
			if m.Of == "" { // it is that of something else
				key = ""
			}
			list = append(list, status.Change{
				At: m.At, Verb: m.Verb, ID: m.ID, Name: line(key), Of: m.Of, RequestID: line(m.RequestID), What: line(m.Object),
			})
		}
	}
	return list
}

func inWords(changes []status.Change) []string {
	list := []string{}
	for _, c := range changes {
		list = append(list, c.What)
	}
	return list
}

// troubles puts the requests that failed into one line.
func troubles(s steps.State) string {
	var list []string
	for _, x := range status.ProblemsOf(s) {
		list = append(list, strings.TrimSpace(x.What+" "+x.Says))
	}
	return strings.Join(list, " ")
}

// sixNames are what every request of the migration carries, before one is sent.
// The answer may be about to choose the target's key.
func sixNames(s steps.State, p plan.Plan, a steps.Answer) string {
	n := namesOf(s, p)
	if a.Question == steps.QuestionTargetKey {
		used, _ := steps.UsedKey(a.Option)
		n.TargetKey = cmp.Or(a.Value("name"), used)
	}
	return line(fmt.Sprintf("Org %s, space %s. Source %s (key %s) → target %s (key %s).",
		n.Org, n.Space, n.SourceInstance, cmp.Or(n.SourceKey, "not chosen yet"), n.TargetInstance, cmp.Or(n.TargetKey, "not chosen yet")))
}
