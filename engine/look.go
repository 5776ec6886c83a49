package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// keysWorthReading is how many keys of an instance are read one by one, to tell
// whether they can be used. Beyond that, only those with our names are.
const keysWorthReading = 10

// look observes one thing and returns the event that tells it. Observing
// changes nothing on the other side.
func (e *Engine) look(ctx context.Context, s steps.State, see steps.Sight) (any, error) {
	o := steps.Observation{Asked: s.Sequence()}
	switch see {
	case steps.SeeSession:
		return e.lookSession(ctx, o)
	case steps.SeeMigrations:
		saved, err := savedMigrations(e.cfg.StateDir, s.Facts.Session.API)
		return steps.SawMigrations{Observation: o, Saved: saved}, err
	}
	p := e.platform.Load()
	if p == nil {
		return nil, &cfsession.SignedOutError{Reason: cfsession.NoLoginFile}
	}
	switch see {
	case steps.SeeOrgs:
		orgs, err := allPages(func(page cfsession.Page) (cfsession.RefPage, error) { return p.Orgs(ctx, page) })
		return steps.SawOrgs{Observation: o, Orgs: orgs}, err
	case steps.SeeSpaces:
		spaces, err := allPages(func(page cfsession.Page) (cfsession.RefPage, error) {
			return p.Spaces(ctx, s.Choices.Org.GUID, page)
		})
		return steps.SawSpaces{Observation: o, Of: s.Choices.Org.GUID, Spaces: spaces}, err
	case steps.SeeInstances:
		return lookInstances(ctx, p, o, s.Choices.Where.Space.GUID)
	case steps.SeeAccess:
		return lookAccess(ctx, p, o, s.Choices.Source.GUID)
	case steps.SeeSourceKeys:
		return e.lookKeys(ctx, p, o, steps.Source, s.Choices.Source, s.Choices.SourceKey, false)
	case steps.SeeTargetKeys:
		return e.lookKeys(ctx, p, o, steps.Target, s.Choices.Target, s.Choices.TargetKey, s.Choices.Where.GoogleCloud)
	case steps.SeeApps:
		return e.lookApps(ctx, p, o, s)
	case steps.SeeReplication, steps.SeeFinalization:
		return e.lookProgress(ctx, o, s, see)
	}
	return nil, fmt.Errorf("nobody knows how to look at %s", see)
}

func allPages(read func(cfsession.Page) (cfsession.RefPage, error)) ([]steps.Ref, error) {
	var refs []steps.Ref
	for page := 1; ; page++ {
		list, err := read(cfsession.Page{Number: page, Size: 1000})
		if err != nil {
			return nil, err
		}
		for _, r := range list.Items {
			refs = append(refs, steps.Ref(r))
		}
		if page >= list.Pages {
			return refs, nil
		}
	}
}

// lookSession uses the session there is, or opens the one that cf keeps. After
// a login has died, the file is tried again only when somebody has written it:
// a dead refresh token is not sent a second time.
func (e *Engine) lookSession(ctx context.Context, o steps.Observation) (any, error) {
	p := e.platform.Load()
	if p != nil {
		if _, err := p.Token(ctx); err == nil {
			return steps.SawSession{Observation: o, Session: e.sessionFacts(p.Identity())}, nil
		} else if _, out := errors.AsType[*cfsession.SignedOutError](err); !out {
			return nil, err
		} else if stamp := e.cfg.loginStamp(); stamp == e.login.Swap(stamp) {
			return e.signedOut(o, p.Identity(), err), nil
		}
	}
	e.login.Store(e.cfg.loginStamp())
	opened, err := e.cfg.open(ctx, e.log)
	if err == nil {
		if e.cfg.elsewhere(opened.Identity()) {
			return e.signedOut(o, opened.Identity(), nil), nil
		}
		e.platform.Store(opened)
		if _, err = opened.Token(ctx); err == nil {
			return steps.SawSession{Observation: o, Session: e.sessionFacts(opened.Identity())}, nil
		}
	}
	if _, out := errors.AsType[*cfsession.SignedOutError](err); !out {
		return nil, err
	}
	id := cfsession.Identity{}
	if opened != nil {
		id = opened.Identity()
	}
	return e.signedOut(o, id, err), nil
}

// signedOut is the observation that there is no usable login.
func (e *Engine) signedOut(o steps.Observation, id cfsession.Identity, err error) any {
	f := steps.Session{API: e.cfg.address(), User: id.User, SSLDisabled: id.SSLDisabled}
	if f.API == "" {
		f.API = id.API
	}
	if out, ok := errors.AsType[*cfsession.SignedOutError](err); ok {
		f.Reason = reasonOf(out)
	} else {
		f.Reason = "The login is for " + id.API + ", and the wizard was started for " + f.API + "."
	}
	for _, l := range cfsession.KnownLandscapes {
		f.Known = append(f.Known, steps.KnownLandscape{API: l.API(), Name: l.Name, Note: l.Provider.String() + ", " + l.Location})
	}
	return steps.SawSession{Observation: o, Session: f}
}

func reasonOf(out *cfsession.SignedOutError) string {
	return sentence(string(out.Reason))
}

func (e *Engine) sessionFacts(id cfsession.Identity) steps.Session {
	f := steps.Session{
		SignedIn: true, User: id.User, API: id.API, Org: steps.Ref(id.Org), Space: steps.Ref(id.Space),
		Expiry: id.Expiry, SSLDisabled: id.SSLDisabled, Provider: "provider not known",
	}
	l, err := cfsession.Derive(id.API, e.cfg.Overrides)
	f.Landscape = l.Name
	if l.Provider != cfsession.Unknown {
		f.Provider = l.Provider.String()
	}
	f.GoogleCloud = l.GoogleCloud()
	f.MigrationURL = l.MigrationURL
	if err != nil {
		f.Unsettled = err.Error()
	}
	return f
}

func lookInstances(ctx context.Context, p Platform, o steps.Observation, space string) (any, error) {
	list, err := p.Instances(ctx, space)
	seen := steps.SawInstances{Observation: o}
	for _, i := range list {
		if i.Type != "managed" || i.Shared {
			continue
		}
		seen.Instances = append(seen.Instances, steps.Instance{
			Ref: steps.Ref{GUID: i.GUID, Name: i.Name}, Offering: i.Offering, Plan: i.Plan, Operation: operation(i.LastOperation),
		})
	}
	return seen, err
}

func operation(o cfsession.LastOperation) steps.Operation {
	return steps.Operation{Type: o.Type, State: o.State, Description: o.Description, At: o.At}
}

func lookAccess(ctx context.Context, p Platform, o steps.Observation, guid string) (any, error) {
	params, known, err := p.Parameters(ctx, guid)
	seen := steps.SawAccess{Observation: o}
	if known {
		seen.Open = yesNo(parameter(params, "prepare_migration"))
	}
	return seen, err
}

func yesNo(b bool) steps.Tri {
	if b {
		return steps.Yes
	}
	return steps.No
}

// parameter reads a switch: the contract writes prepare_migration as a string
// and enable_session_replication as a boolean.
func parameter(params json.RawMessage, name string) bool {
	var fields map[string]any
	if json.Unmarshal(params, &fields) != nil {
		return false
	}
	switch v := fields[name].(type) {
	case bool:
		return v
	case string:
		return strings.EqualFold(v, "true")
	}
	return false
}

// lookKeys reads the keys of an instance, and of those that may be chosen
// whether they can be used. What a key holds never changes, so each is read once.
func (e *Engine) lookKeys(ctx context.Context, p Platform, o steps.Observation, side steps.Side, instance *steps.Ref, choice *steps.KeyChoice, session bool) (any, error) {
	list, err := p.Keys(ctx, instance.GUID)
	if err != nil {
		if cfsession.IsNotFound(err) {
			return steps.SawKeys{Observation: o, Side: side}, nil
		}
		return nil, err
	}
	seen := steps.SawKeys{Observation: o, Side: side}
	for _, k := range list {
		key := steps.Key{Ref: steps.Ref{GUID: k.GUID, Name: k.Name}, Operation: operation(k.LastOperation)}
		chosen := choice != nil && choice.Name == k.Name
		if (len(list) <= keysWorthReading || chosen) && !key.Operation.Busy() && k.LastOperation.State != "failed" {
			if err := e.readKey(ctx, p, &key, session); err != nil {
				return nil, err
			}
		}
		seen.Keys = append(seen.Keys, key)
	}
	return seen, nil
}

func (e *Engine) readKey(ctx context.Context, p Platform, key *steps.Key, session bool) error {
	if known, ok := e.keys.Load(key.GUID); ok {
		k := known.(steps.Key) //nolint:forcetypeassert // only keys are stored
		key.Usable, key.SessionReplication = k.Usable, k.SessionReplication
		return nil
	}
	usable, err := p.KeyUsable(ctx, key.GUID)
	switch {
	case cfsession.IsNotFound(err):
		return nil // still being made
	case err != nil:
		return err
	}
	key.Usable = yesNo(usable.Whole())
	if session {
		params, known, err := p.KeyParameters(ctx, key.GUID)
		if err != nil {
			return err
		}
		if known {
			key.SessionReplication = yesNo(parameter(params, "enable_session_replication"))
		}
	}
	e.keys.Store(key.GUID, *key)
	return nil
}

// lookApps reads who is bound to source and target, and how those are that this
// migration remembers.
func (e *Engine) lookApps(ctx context.Context, p Platform, o steps.Observation, s steps.State) (any, error) {
	apps := map[string]*steps.App{}
	for _, side := range []struct {
		instance *steps.Ref
		put      func(*steps.App, *steps.Binding)
	}{
		{s.Choices.Source, func(a *steps.App, b *steps.Binding) { a.Source = b }},
		{s.Choices.Target, func(a *steps.App, b *steps.Binding) { a.Target = b }},
	} {
		bindings, err := p.Bindings(ctx, side.instance.GUID)
		if err != nil && !cfsession.IsNotFound(err) {
			return nil, err
		}
		for _, b := range bindings {
			a, ok := apps[b.App.GUID]
			if !ok {
				a = application(b.App)
				apps[b.App.GUID] = a
			}
			binding, err := e.binding(ctx, p, b)
			if err != nil {
				return nil, err
			}
			side.put(a, binding)
		}
	}
	for _, m := range s.Choices.Memory {
		if apps[m.GUID] != nil {
			continue
		}
		app, err := p.App(ctx, m.GUID)
		switch {
		case cfsession.IsNotFound(err):
			apps[m.GUID] = &steps.App{Ref: m.Ref, Gone: true}
		case err != nil:
			return nil, err
		default:
			apps[m.GUID] = application(app)
		}
	}
	seen := steps.SawApps{Observation: o}
	for _, guid := range slices.Sorted(maps.Keys(apps)) {
		seen.Apps = append(seen.Apps, *apps[guid])
	}
	return seen, nil
}

func application(a cfsession.App) *steps.App {
	app := &steps.App{Ref: steps.Ref{GUID: a.GUID, Name: a.Name}, SpaceGUID: a.SpaceGUID, State: a.State}
	if app.Name == "" {
		app.Name = "application " + a.GUID // in a space that the login may not see
	}
	for _, p := range a.Processes {
		app.Processes = append(app.Processes, steps.Process(p))
	}
	return app
}

// binding reads a binding's parameters once: they never change.
func (e *Engine) binding(ctx context.Context, p Platform, b cfsession.Binding) (*steps.Binding, error) {
	out := &steps.Binding{GUID: b.GUID, Name: b.Name, Operation: operation(b.LastOperation)}
	if known, ok := e.params.Load(b.GUID); ok {
		read := known.(steps.Params) //nolint:forcetypeassert // only Params are stored
		out.Params, out.ParamsKnown = read.Raw, read.Known
		return out, nil
	}
	if out.Operation.Busy() {
		return out, nil
	}
	params, known, err := p.BindingParameters(ctx, b.GUID)
	switch {
	case cfsession.IsNotFound(err):
		return out, nil
	case err != nil:
		return nil, err
	}
	if s := strings.TrimSpace(string(params)); s == "{}" || s == "null" {
		params = nil
	}
	out.Params, out.ParamsKnown = params, known
	e.params.Store(b.GUID, steps.Params{Raw: params, Known: known})
	return out, nil
}

func (e *Engine) lookProgress(ctx context.Context, o steps.Observation, s steps.State, see steps.Sight) (any, error) {
	names := s.Names()
	service, err := e.serviceAt(s)
	if err != nil {
		return nil, err
	}
	read := service.Replication
	if see == steps.SeeFinalization {
		read = service.Finalization
	}
	status, err := read(ctx, apiclient.Names(names))
	if err != nil {
		return nil, err
	}
	if see == steps.SeeFinalization {
		return steps.SawFinalization{Observation: o, Names: names, Exists: status.Exists, Word: status.Word}, nil
	}
	return steps.SawReplication{Observation: o, Names: names, Exists: status.Exists, Word: status.Word}, nil
}
