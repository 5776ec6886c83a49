package engine

import (
	"context"
	"encoding/json"
	"errors"

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
func (e *Engine) perform(t *tasks, effect steps.Effect, credential secret.Text) {
	ctx := t.changing
	switch effect.Do {
	case steps.DoCancelCheck:
		e.cancelCheck()
		return
	case steps.DoOpenMigration:
		resumed, err := e.resume(effect.Migration)
		if err != nil {
			e.post(steps.WentWrong{Effect: effect, Problem: problemOf(err)})
			return
		}
		e.post(resumed)
		return
	case steps.DoCheck, steps.DoFindPasscode:
		ctx = t.reading
	}
	e.inFlight++
	state := e.state
	cancel := t.spawn(ctx, func(ctx context.Context) (any, error) {
		return e.carryOut(ctx, state, effect, credential)
	}, func(_ context.Context, event any, err error) {
		if err != nil {
			event = steps.WentWrong{Effect: effect, Problem: problemOf(err)}
		}
		e.inbox.put(message{event: event, before: func() { e.inFlight-- }})
	})
	if effect.Do == steps.DoCheck {
		e.cancelCheck() // of two, only the newer one's findings count
		e.cancelCheck = cancel
	}
}

func (e *Engine) carryOut(ctx context.Context, s steps.State, effect steps.Effect, credential secret.Text) (any, error) {
	switch effect.Do {
	case steps.DoSignIn:
		return e.signIn(ctx, s, effect, credential)
	case steps.DoFindPasscode:
		url, err := cfsession.PasscodeURL(ctx, e.cfg.options(e.log, s.Facts.Session.SSLDisabled), effect.SignIn.API)
		return steps.SawPasscodeURL{URL: url}, err
	case steps.DoCheck:
		return e.check(ctx, s, effect)
	case steps.DoCreateReplication, steps.DoDeleteReplication, steps.DoCreateFinalization, steps.DoDeleteFinalization:
		return steps.Did{Effect: effect}, e.askService(ctx, s, effect)
	}
	p, err := e.session.signedIn()
	if err != nil {
		return nil, err
	}
	made, err := askPlatform(ctx, p, effect)
	return steps.Did{Effect: effect, Made: made}, err
}

func (e *Engine) signIn(ctx context.Context, s steps.State, effect steps.Effect, credential secret.Text) (any, error) {
	if credential.IsZero() {
		return nil, errors.New("there is nothing to sign in with: the field is empty")
	}
	p, err := e.cfg.signIn(ctx, e.log, effect.SignIn, credential, s.Facts.Session.SSLDisabled)
	if err != nil {
		return nil, err
	}
	if !e.cfg.otherAPI(p.Identity()) {
		e.session.Store(p)
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

// serviceAt returns the migration service of the landscape worked in.
func (e *Engine) serviceAt(s steps.State) (Service, error) {
	url := s.Facts.Session.MigrationURL
	if url == "" && s.Choices.Where != nil {
		url = s.Choices.Where.MigrationURL
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.service == nil || e.serviceURL != url {
		service, err := e.cfg.service(url, &e.session, e.log)
		if err != nil {
			return nil, err
		}
		e.service, e.serviceURL = service, url
	}
	return e.service, nil
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
	return steps.Ref{}, errors.New("internal error: no way to " + effect.String())
}
