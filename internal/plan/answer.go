package plan

import (
	"errors"

	"pg-migrate-wizard/steps"
)

// reply is the plan's answer to a question. It is sure where the plan itself
// orders what cannot be undone.
type reply struct {
	option string
	values map[string][]string
	sure   bool
}

type answerFunc func(Plan, *steps.Question, *steps.State) (reply, error)

// answering is how a question is answered: needs is how far the plan must go
// for it to be answered at all.
type answering struct {
	needs Until
	with  answerFunc
	take  reply // where until has answered already
}

// answers has every question of the machine by the base of its identity. Those after a failed
// request are answered alike. A test holds that none is missing.
var answers = map[steps.QuestionID]answering{
	steps.QuestionAPI: {with: signIn}, steps.QuestionSignIn: {with: signIn}, steps.QuestionPasscode: {with: signIn},
	steps.QuestionOrg:   {with: answerOrg},
	steps.QuestionSpace: {with: answerSpace},
	steps.QuestionWhere: {with: answerWhere},

	steps.QuestionSource:         {with: answerSource},
	steps.QuestionTarget:         {with: answerTarget},
	steps.QuestionTargetNotMade:  {with: refuse(KeyTargetInstance, Unfit)},
	steps.QuestionDatabasesUnfit: {with: refuse(KeySourceInstance, Unfit)},
	steps.QuestionTaken:          {with: refuse(KeyTargetInstance, Taken)},

	steps.QuestionOpenAccess: {needs: Prepared, take: reply{option: steps.OptionOpen}},

	steps.QuestionSourceKey: {needs: Keys, with: answerKey},
	steps.QuestionTargetKey: {needs: Keys, with: answerKey},
	steps.QuestionKeysUnfit: {with: answerUnfitKey},

	steps.QuestionPreflight:         {needs: Preflight, with: answerCheck},
	steps.QuestionPreflightCritical: {with: refuse("", CriticalFindings)},
	steps.QuestionPreflightLimits:   {needs: Preflight, with: answerLimits},
	steps.QuestionPreflightWarnings: {needs: Preflight, with: answerWarnings},
	steps.QuestionPreflightLost:     {with: failed},

	steps.QuestionReplicate:         {needs: InSync, take: reply{option: steps.OptionStart}},
	steps.QuestionReplicationFailed: {with: failed},
	steps.QuestionReplicationGone:   {with: failed},
	steps.QuestionLead:              {with: answerLead},
	steps.QuestionAdopted:           {with: answerLead},
	steps.QuestionMisnamed:          {with: refuse("", Misnamed)},

	steps.QuestionInSync:       {needs: Completed, take: reply{option: steps.OptionGoOn}},
	steps.QuestionApplications: {with: answerApplications},
	steps.QuestionBeside:       {needs: Completed, with: answerBeside},
	steps.QuestionStopWriters:  {needs: Completed, with: answerWriters},
	steps.QuestionDecision:     {needs: Completed, with: answerLate},

	steps.QuestionFinalize:            {needs: Completed, take: reply{option: steps.OptionFinalize, sure: true}},
	steps.QuestionFinalizationFailed:  {take: reply{option: steps.OptionRestart}}, // ends a downtime: whatever on-failure says
	steps.QuestionFinalizationSupport: {with: failed},
	steps.QuestionFinalizationGone:    {with: failed},

	steps.QuestionSwitch:    {needs: Switched, with: answerSwitch},
	steps.QuestionCanary:    {needs: Switched, with: answerCanary},
	steps.QuestionSwitchIll: {needs: Switched, with: answerUnhealthy},
	steps.QuestionNotUp:     {with: answerNotUp},
	steps.QuestionAlarm:     {needs: CleanedUp, with: answerAlarm},
	steps.QuestionValidate:  {needs: CleanedUp, with: answerValidate},

	steps.QuestionCleanUpTargetKey:      {needs: CleanedUp, with: answerPiece},
	steps.QuestionCleanUpNameSwap:       {needs: CleanedUp, with: answerNameSwap},
	steps.QuestionCleanUpCooling:        {needs: CleanedUp, with: answerCooling},
	steps.QuestionCleanUpSourceKey:      {needs: CleanedUp, with: answerPiece},
	steps.QuestionCleanUpBinding:        {needs: CleanedUp, with: answerPiece},
	steps.QuestionCleanUpShare:          {needs: CleanedUp, with: answerPiece},
	steps.QuestionCleanUpSourceInstance: {needs: CleanedUp, with: answerPiece},

	steps.QuestionGoBack:    {with: refuse(KeyOnFailure, NoTurningBack)},
	steps.QuestionBackedOut: {with: answerBackedOut},
}

// Answer answers a question of the machine from the plan, typed words and all.
// Where the plan does not answer it, the error is an *[OpenError]; where it
// ends the run, a *[StopError]. An option that cannot be undone is taken only where
// the plan orders it explicitly; whether the run may do so at all is for the caller
// to know, see [steps.Question.NeedsConsent]. An option that is
// a Wait does nothing: the caller looks again later, until the plan's patience is
// over.
func (p Plan) Answer(q *steps.Question, s steps.State) (steps.Answer, error) {
	a, err := p.answer(q, &s)
	return a, about(q, err)
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
	if q.Waiting() {
		return settle(q, reply{option: q.Recommended})
	}
	how, known := answers[q.ID.Base()]
	if _, failed := q.ID.FailedStep(); failed {
		how, known = answering{with: answerFailed}, true
	}
	if !known {
		return steps.Answer{}, open("", NoKey)
	}
	return p.settled(q, s, how)
}

// settled answers by the plan, if it is about this migration and goes so far.
func (p Plan) settled(q *steps.Question, s *steps.State, how answering) (steps.Answer, error) {
	if err := p.elsewhere(s); err != nil && q.Step != steps.SignIn {
		return steps.Answer{}, err
	}
	if how.needs != "" && !p.Until.Covers(how.needs) {
		return steps.Answer{}, open(KeyUntil, BeyondUntil, p.Until, how.needs)
	}
	if r, more := p.prepared(q, s); more {
		return settle(q, r)
	}
	if how.with == nil {
		return settle(q, how.take)
	}
	r, err := how.with(p, q, s)
	if err != nil {
		return steps.Answer{}, err
	}
	return settle(q, r)
}

// settle makes an answer of a reply, and refuses what must not be taken.
func settle(q *steps.Question, r reply) (steps.Answer, error) {
	o, ok := q.Option(r.option)
	switch {
	case !ok:
		return steps.Answer{}, open("", NoSuchChoice, r.option)
	case o.Blocked != "":
		return steps.Answer{}, open("", NotNow, o.Label, o.Blocked)
	case o.Irreversible() && !r.sure:
		return steps.Answer{}, open("", NotSure, o.Label)
	}
	a, _ := q.Default(r.option)
	for field, values := range r.values {
		a.Values[field] = values
	}
	if err := q.Check(a); err != nil {
		return steps.Answer{}, open("", Unfit, err)
	}
	return a, nil
}

// refuse leaves a question open, whatever the plan says. What was chosen and cannot
// be used is not mended by looking again, and a way back is taken where something has
// failed, and there only.
func refuse(key string, why *Reason) answerFunc {
	return func(_ Plan, q *steps.Question, _ *steps.State) (reply, error) {
		switch why {
		case CriticalFindings, Taken, Misnamed:
			return reply{}, open(key, why, q.Title)
		case Unfit:
			return reply{}, open(key, why, q.Why)
		}
		return reply{}, open(key, why)
	}
}
