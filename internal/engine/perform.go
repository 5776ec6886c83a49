package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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
	case steps.DoFollow, steps.DoTakeOver:
		e.inFlight++
		state := e.state
		var then func() steps.Occurrence
		t.spawn(ctx, func(ctx context.Context) (_ steps.Occurrence, err error) {
			then, err = e.handOver(ctx, state, effect)
			return nil, err
		}, func(_ context.Context, _ steps.Occurrence, err error) {
			m := message{then: then, before: func() { e.inFlight-- }}
			if err != nil {
				m.event, m.then = steps.WentWrong{Effect: effect, Problem: problemOf(err)}, nil
			}
			e.inbox.put(m)
		})
		return
	}
	e.inFlight++
	state, rev := e.state, e.rev
	cancel := t.spawn(ctx, func(ctx context.Context) (steps.Occurrence, error) {
		return e.carryOut(ctx, state, effect, credential, rev)
	}, func(_ context.Context, event steps.Occurrence, err error) {
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

func (e *Engine) carryOut(ctx context.Context, s steps.State, effect steps.Effect, credential secret.Text, rev revision) (steps.Occurrence, error) {
	switch effect.Do {
	case steps.DoSignIn:
		return e.signIn(ctx, s, effect, credential)
	case steps.DoFindPasscode:
		url, err := cfsession.PasscodeURL(ctx, e.cfg.options(e.log, s.Facts.Session.SSLDisabled), effect.SignIn.API)
		return steps.SawPasscodeURL{URL: url}, err
	case steps.DoCheck:
		return e.check(ctx, s, effect)
	}
	p, err := e.session.signedIn()
	if err != nil {
		return nil, err
	}
	if steps.NoteWanted(s, effect) {
		if err := e.before(ctx, p, s, effect, rev); err != nil {
			return nil, err
		}
	}
	if _, ok := serviceRequests[effect.Do]; ok {
		requestID, err := e.askService(ctx, s, effect)
		return steps.Did{Effect: effect, RequestID: truncate(requestID)}, err
	}
	send, ok := platformRequests[effect.Do]
	if !ok {
		return nil, fmt.Errorf("internal error: no request is known that could %s", effect)
	}
	made, err := send(ctx, p, effect)
	return steps.Did{Effect: effect, Made: made}, err
}

func (e *Engine) signIn(ctx context.Context, s steps.State, effect steps.Effect, credential secret.Text) (steps.Occurrence, error) {
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
	return steps.SawSession{Observation: steps.Observation{Asked: s.Sequence()}, Session: e.sessionFacts(p.Identity(), s.Choices.Told)}, nil
}

func (e *Engine) check(ctx context.Context, s steps.State, effect steps.Effect) (steps.Occurrence, error) {
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
			done.Findings = append(done.Findings, steps.NewFinding(list.side, list.critical, e.hide(said)))
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
	// However the address came here, by a flag, a plan or a journal: the token goes to the
	// landscape that it is of.
	if p := e.session.Load(); p != nil {
		if err := cfsession.CheckService(p.Identity().API, url); err != nil {
			return nil, err
		}
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
func (e *Engine) askService(ctx context.Context, s steps.State, effect steps.Effect) (requestID string, err error) {
	service, err := e.serviceAt(s)
	if err != nil {
		return "", err
	}
	names := apiclient.Names(effect.Names)
	request := serviceRequests[effect.Do]
	send := func() (string, error) { return request.send(ctx, service, names) }
	requestID, err = send()
	refused, ok := errors.AsType[*apiclient.Error](err)
	if !ok || !refused.Renewed || refused.Unclear() {
		return requestID, err
	}
	status, err := request.read(service, ctx, names)
	if err != nil {
		return "", refused
	}
	if status.Exists == request.creates {
		return "", nil // it is as it should be
	}
	return send()
}

// serviceRequest is a changing request to the migration service, and how to see
// whether it took hold.
type serviceRequest struct {
	send    func(context.Context, Service, apiclient.Names) (requestID string, err error)
	read    func(Service, context.Context, apiclient.Names) (apiclient.Status, error)
	creates bool
}

// serviceRequests and platformRequests have what carries out each verb that changes
// something.
var serviceRequests = map[steps.Verb]serviceRequest{
	steps.DoCreateReplication: {func(ctx context.Context, s Service, n apiclient.Names) (string, error) {
		a, err := s.CreateReplication(ctx, n)
		return a.RequestID, err
	}, Service.Replication, true},
	steps.DoDeleteReplication: {func(ctx context.Context, s Service, n apiclient.Names) (string, error) {
		return "", s.DeleteReplication(ctx, n)
	}, Service.Replication, false},
	steps.DoCreateFinalization: {func(ctx context.Context, s Service, n apiclient.Names) (string, error) {
		a, err := s.CreateFinalization(ctx, n)
		return a.RequestID, err
	}, Service.Finalization, true},
	steps.DoDeleteFinalization: {func(ctx context.Context, s Service, n apiclient.Names) (string, error) {
		return "", s.DeleteFinalization(ctx, n)
	}, Service.Finalization, false},
}

var platformRequests = map[steps.Verb]func(context.Context, Platform, steps.Effect) (made steps.Ref, err error){
	steps.DoOpenAccess: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.UpdateParameters(ctx, e.Instance.GUID, prepareMigration)
	},
	steps.DoCreateKey: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		var params json.RawMessage
		if e.SessionReplication {
			params = sessionReplication
		}
		key, err := p.CreateKey(ctx, e.Instance.GUID, e.Key.Name, params)
		return steps.Ref{GUID: key.GUID, Name: key.Name}, err
	},
	steps.DoDeleteKey: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.DeleteBinding(ctx, e.Key.GUID)
	},
	steps.DoStopApp: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.StopApp(ctx, e.App.GUID)
	},
	steps.DoStartApp: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.StartApp(ctx, e.App.GUID)
	},
	steps.DoRestage: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.Restage(ctx, e.App.GUID)
	},
	steps.DoCancelTask: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.CancelTask(ctx, e.Task.GUID)
	},
	steps.DoBind: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		if e.Params.Withheld {
			return steps.Ref{}, errors.New("the parameters of its old binding looked like secrets and were not written down; bind it by hand, with its parameters, then try again")
		}
		b, err := p.Bind(ctx, e.App.GUID, e.Instance.GUID, e.Binding.Name, e.Params.Raw)
		return steps.Ref{GUID: b.GUID, Name: b.Name}, err
	},
	steps.DoUnbind: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.DeleteBinding(ctx, e.Binding.GUID)
	},
	steps.DoShare: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.Share(ctx, e.Instance.GUID, e.Space.GUID)
	},
	steps.DoUnshare: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.Unshare(ctx, e.Instance.GUID, e.Space.GUID)
	},
	steps.DoRenameInstance: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.RenameInstance(ctx, e.Instance.GUID, e.NewName)
	},
	steps.DoCreateInstance: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.CreateInstance(ctx, cfsession.NewInstance{Name: e.Instance.Name, SpaceGUID: e.Space.GUID, PlanGUID: e.Plan.GUID, Params: e.Params.Raw})
	},
	steps.DoDeleteInstance: func(ctx context.Context, p Platform, e steps.Effect) (steps.Ref, error) {
		return steps.Ref{}, p.DeleteInstance(ctx, e.Instance.GUID)
	},
}
