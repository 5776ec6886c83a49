package engine

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// Parameters that the migration needs (contract, Quick Start): the first is a
// string there, the second a boolean.
var (
	prepareMigration   = json.RawMessage(`{"prepare_migration":"true"}`)
	sessionReplication = json.RawMessage(`{"enable_session_replication":true}`)
)

// perform carries an effect out, beside the loop, and sends its outcome back.
func (e *Engine) perform(ctx context.Context, running *sync.WaitGroup, effect steps.Effect, word secret.Text) {
	switch effect.Do {
	case steps.DoCancelCheck:
		if e.checking != nil {
			e.checking()
		}
		return
	case steps.DoOpenMigration:
		resumed, err := e.takeUp(effect.Migration)
		if err != nil {
			e.later(steps.WentWrong{Effect: effect, Problem: problemOf(err)})
			return
		}
		e.later(resumed)
		return
	case steps.DoCheck:
		ctx, e.checking = context.WithCancel(ctx)
	}
	e.changing++
	state := e.state
	running.Go(func() {
		event, err := func() (event any, err error) {
			defer guard(&err)
			return e.carryOut(ctx, state, effect, word)
		}()
		if err != nil {
			event = steps.WentWrong{Effect: effect, Problem: problemOf(err)}
		}
		e.send(message{event: event, after: func() { e.changing-- }})
	})
}

func (e *Engine) carryOut(ctx context.Context, s steps.State, effect steps.Effect, word secret.Text) (any, error) {
	switch effect.Do {
	case steps.DoSignIn:
		return e.signIn(ctx, s, effect, word)
	case steps.DoFindPasscode:
		url, err := cfsession.PasscodeURL(ctx, e.cfg.options(e.log, s.Facts.Session.SSLDisabled), effect.SignIn.API)
		return steps.SawPasscodeURL{URL: url}, err
	case steps.DoCheck:
		return e.check(ctx, s, effect)
	case steps.DoCreateReplication, steps.DoDeleteReplication, steps.DoCreateFinalization, steps.DoDeleteFinalization:
		return steps.Did{Effect: effect}, e.askService(ctx, s, effect)
	}
	p := e.platform.Load()
	if p == nil {
		return nil, &cfsession.SignedOutError{Reason: cfsession.NoLoginFile}
	}
	made, err := askPlatform(ctx, p, effect)
	return steps.Did{Effect: effect, Made: made}, err
}

func (e *Engine) signIn(ctx context.Context, s steps.State, effect steps.Effect, word secret.Text) (any, error) {
	if word.IsZero() {
		return nil, errors.New("there is nothing to sign in with: the field is empty")
	}
	p, err := e.cfg.signIn(ctx, e.log, effect.SignIn, word, s.Facts.Session.SSLDisabled)
	if err != nil {
		return nil, err
	}
	if !e.cfg.elsewhere(p.Identity()) {
		e.platform.Store(p)
	}
	return steps.SawSession{Observation: steps.Observation{Asked: s.Sequence()}, Session: e.sessionFacts(p.Identity())}, nil
}

func (e *Engine) check(ctx context.Context, s steps.State, effect steps.Effect) (any, error) {
	service, err := e.serviceAt(s)
	if err != nil {
		return nil, err
	}
	report, err := service.Preflight(ctx, apiclient.Names(effect.Names))
	if err != nil {
		return nil, err
	}
	done := steps.Checked{Effect: effect}
	for _, list := range []struct {
		side     steps.Side
		critical bool
		said     []string
	}{
		{steps.Source, true, report.SourceCritical},
		{steps.Target, true, report.TargetCritical},
		{steps.Source, false, report.SourceWarning},
		{steps.Target, false, report.TargetWarning},
	} {
		for _, said := range list.said {
			done.Findings = append(done.Findings, steps.NewFinding(list.side, list.critical, said))
		}
	}
	return done, nil
}

// askService sends a changing request to the migration service. If it was
// refused because of a token that ran out on the way, it was certainly not
// carried out: after a look that confirms it, it is sent once more.
func (e *Engine) askService(ctx context.Context, s steps.State, effect steps.Effect) error {
	service, err := e.serviceAt(s)
	if err != nil {
		return err
	}
	names := apiclient.Names(effect.Names)
	send := map[steps.Verb]func() error{
		steps.DoCreateReplication:  func() error { _, err := service.CreateReplication(ctx, names); return err },
		steps.DoDeleteReplication:  func() error { return service.DeleteReplication(ctx, names) },
		steps.DoCreateFinalization: func() error { _, err := service.CreateFinalization(ctx, names); return err },
		steps.DoDeleteFinalization: func() error { return service.DeleteFinalization(ctx, names) },
	}[effect.Do]
	err = send()
	refused, ok := errors.AsType[*apiclient.Error](err)
	if !ok || !refused.Renewed || refused.Unclear() {
		return err
	}
	read, creating := service.Replication, effect.Do == steps.DoCreateReplication || effect.Do == steps.DoCreateFinalization
	if effect.Do == steps.DoCreateFinalization || effect.Do == steps.DoDeleteFinalization {
		read = service.Finalization
	}
	status, err := read(ctx, names)
	if err != nil {
		return refused
	}
	if status.Exists == creating {
		return nil // it is as it should be
	}
	return send()
}

func askPlatform(ctx context.Context, p Platform, effect steps.Effect) (steps.Ref, error) {
	switch effect.Do {
	case steps.DoOpenAccess:
		return steps.Ref{}, p.UpdateParameters(ctx, effect.Instance.GUID, prepareMigration)
	case steps.DoCreateKey:
		var params json.RawMessage
		if effect.SessionReplication {
			params = sessionReplication
		}
		key, err := p.CreateKey(ctx, effect.Instance.GUID, effect.Key.Name, params)
		return steps.Ref{GUID: key.GUID, Name: key.Name}, err
	case steps.DoDeleteKey:
		return steps.Ref{}, p.DeleteBinding(ctx, effect.Key.GUID)
	case steps.DoStopApp:
		return steps.Ref{}, p.StopApp(ctx, effect.App.GUID)
	case steps.DoStartApp:
		return steps.Ref{}, p.StartApp(ctx, effect.App.GUID)
	case steps.DoBind:
		if effect.Params.Withheld {
			return steps.Ref{}, errors.New("the parameters of its old binding looked like secrets and were not written down; bind it by hand, with its parameters, then try again")
		}
		b, err := p.Bind(ctx, effect.App.GUID, effect.Instance.GUID, effect.Binding.Name, effect.Params.Raw)
		return steps.Ref{GUID: b.GUID, Name: b.Name}, err
	case steps.DoUnbind:
		return steps.Ref{}, p.DeleteBinding(ctx, effect.Binding.GUID)
	case steps.DoCancelTask:
		return steps.Ref{}, p.CancelTask(ctx, effect.Task.GUID)
	case steps.DoRestage:
		return steps.Ref{}, p.Restage(ctx, effect.App.GUID)
	case steps.DoShare:
		return steps.Ref{}, p.Share(ctx, effect.Instance.GUID, effect.Space.GUID)
	case steps.DoUnshare:
		return steps.Ref{}, p.Unshare(ctx, effect.Instance.GUID, effect.Space.GUID)
	case steps.DoRenameInstance:
		return steps.Ref{}, p.RenameInstance(ctx, effect.Instance.GUID, effect.NewName)
	case steps.DoDeleteInstance:
		return steps.Ref{}, p.DeleteInstance(ctx, effect.Instance.GUID)
	}
	return steps.Ref{}, errors.New("nobody knows how to " + effect.String())
}
