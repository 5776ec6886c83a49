package plan

import (
	"errors"
	"strings"

	"pg-migrate-wizard/steps"
)

// reply is the plan's word on a question. It is sure where the plan says in so
// many words what cannot be undone.
type reply struct {
	option string
	values map[string][]string
	sure   bool
}

// answering is how a question is answered: needs is how far the plan must go
// for it to be answered at all.
type answering struct {
	needs Until
	with  func(Plan, *steps.Question, *steps.State) (reply, error)
}

// answers has every question of the machine by its identity, up to a colon: what
// follows it tells one thing of many. Those after a failed request, STEP.failed,
// are answered alike. A test holds that none is missing.
var answers = map[string]answering{
	"api": {with: signIn}, "sign-in": {with: signIn}, "passcode": {with: signIn},
	"org":   {with: answerOrg},
	"space": {with: answerSpace},
	"where": {with: answerWhere},

	"source":          {with: answerInstance},
	"target":          {with: answerInstance},
	"databases.unfit": {with: unfit("source.instance")},

	"open-access": {needs: Prepared, with: take("open")},

	"source-key": {needs: Keys, with: answerKey},
	"target-key": {needs: Keys, with: answerKey},
	"keys.unfit": {with: unfit("source.key")},

	"preflight":          {needs: Preflight, with: answerCheck},
	"preflight.critical": {with: critical},
	"preflight.limits":   {needs: Preflight, with: answerLimits},
	"preflight.warnings": {needs: Preflight, with: answerWarnings},
	"preflight.lost":     {with: failed},

	"replicate":          {needs: InSync, with: take("start")},
	"replication.failed": {with: failed},
	"replication.gone":   {with: failed},

	"in-sync":      {needs: Completed, with: take("go-on")},
	"stop-writers": {needs: Completed, with: answerWriters},
	"decision":     {needs: Completed, with: answerLate},

	"finalize":             {needs: Completed, with: surely("finalize")},
	"finalization.failed":  {with: take("restart")}, // ends a downtime: whatever on-failure says
	"finalization.support": {with: failed},
	"finalization.gone":    {with: failed},

	"switch":     {needs: Switched, with: answerSwitch},
	"canary":     {needs: Switched, with: take("go-on")}, // asked when it is healthy
	"switch.ill": {needs: Switched, with: answerIll},
	"validate":   {needs: CleanedUp, with: answerValidate},

	"clean-up.target-key":      {needs: CleanedUp, with: answerFate("target-key", func(c CleanUp) Fate { return c.TargetKey })},
	"clean-up.name-swap":       {needs: CleanedUp, with: answerNameSwap},
	"clean-up.cooling":         {needs: CleanedUp, with: answerCooling},
	"clean-up.source-key":      {needs: CleanedUp, with: answerFate("source-keys", func(c CleanUp) Fate { return c.SourceKeys })},
	"clean-up.binding":         {needs: CleanedUp, with: answerFate("bindings", func(c CleanUp) Fate { return c.Bindings })},
	"clean-up.share":           {needs: CleanedUp, with: answerFate("shares", func(c CleanUp) Fate { return c.Shares })},
	"clean-up.source-instance": {needs: CleanedUp, with: answerFate("source-instance", func(c CleanUp) Fate { return c.SourceInstance })},

	"go-back":    {with: neverByItself},
	"backed-out": {with: answerBackedOut},
}

// Answer answers a question of the machine from the plan, typed words and all.
// Where the plan does not answer it, the error is an *[OpenError]; where its
// word is to end the run, a *[StopError]. An option that cannot be undone is
// taken only where the plan says so in so many words; whether a run may do such
// a thing at all is for its caller to know, see [Destructive]. An option that is
// a Wait does nothing: the caller looks again later, and is then told when the
// plan's patience is over.
func (p Plan) Answer(q *steps.Question, s steps.State) (steps.Answer, error) {
	a, err := p.answer(q, &s)
	return a, about(q, err)
}

// Destructive reports whether an answer does what cannot be undone. An option
// that the question does not have counts as such.
func Destructive(q *steps.Question, a steps.Answer) bool {
	o, ok := q.Option(a.Option)
	return !ok || o.Undo == steps.UndoNever || o.Typed != ""
}

// about notes in an error which question it is about.
func about(q *steps.Question, err error) error {
	if e, ok := errors.AsType[*OpenError](err); ok {
		e.Question = q
	}
	if e, ok := errors.AsType[*StopError](err); ok {
		e.Question = q
	}
	return err
}

func (p Plan) answer(q *steps.Question, s *steps.State) (steps.Answer, error) {
	if q.Waiting {
		return settle(q, reply{option: q.Recommended})
	}
	id, _, _ := strings.Cut(q.ID, ":")
	how, known := answers[id]
	if strings.HasSuffix(id, ".failed") && !known {
		how, known = answering{with: answerFailed}, true
	}
	if !known {
		return steps.Answer{}, open("", "%s", noKey)
	}
	return p.settled(q, s, how)
}

// settled asks the plan, if it is about this migration and goes so far.
func (p Plan) settled(q *steps.Question, s *steps.State, how answering) (steps.Answer, error) {
	if err := p.elsewhere(s); err != nil && q.Step != steps.SignIn {
		return steps.Answer{}, err
	}
	if how.needs != "" && !p.Until.Covers(how.needs) {
		return steps.Answer{}, open("until", "the plan goes as far as %s, and this is part of %s", p.Until, how.needs)
	}
	r, err := how.with(p, q, s)
	if err != nil {
		return steps.Answer{}, err
	}
	return settle(q, r)
}

// neverByItself: a way back is taken where something has failed, and there only.
func neverByItself(Plan, *steps.Question, *steps.State) (reply, error) {
	return reply{}, open("on-failure", "a plan turns back only after a failure")
}

// settle makes an answer of a reply, and refuses what must not be taken.
func settle(q *steps.Question, r reply) (steps.Answer, error) {
	o, ok := q.Option(r.option)
	switch {
	case !ok:
		return steps.Answer{}, open("", "there is no choice %q here now", r.option)
	case o.Blocked != "":
		return steps.Answer{}, open("", "%s: not possible now: %s", o.Label, o.Blocked)
	case (o.Undo == steps.UndoNever || o.Typed != "") && !r.sure:
		return steps.Answer{}, open("", "%s: this cannot be undone, and the plan does not say it in so many words", o.Label)
	}
	a, _ := q.Default(r.option)
	for field, values := range r.values {
		a.Values[field] = values
	}
	if err := q.Check(a); err != nil {
		return steps.Answer{}, open("", "%v", err)
	}
	return a, nil
}

// take is the answer to a question that until has answered already.
func take(option string) func(Plan, *steps.Question, *steps.State) (reply, error) {
	return func(Plan, *steps.Question, *steps.State) (reply, error) { return reply{option: option}, nil }
}

// surely is the same where it cannot be undone, and until says it.
func surely(option string) func(Plan, *steps.Question, *steps.State) (reply, error) {
	return func(Plan, *steps.Question, *steps.State) (reply, error) {
		return reply{option: option, sure: true}, nil
	}
}
