package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// maxKeysRead is how many keys of an instance are read one by one, to tell
// whether they can be used. Beyond that, only those with our names are.
const maxKeysRead = 10

// Look observes one thing for a state that need not be the engine's own: one of a
// dry run. It returns the event that tells it. Call it after a run that has looked
// at the session.
func (e *Engine) Look(ctx context.Context, s steps.State, what steps.Observable) (steps.Occurrence, error) {
	seen, err := e.look(ctx, s, what)
	if err != nil {
		return seen, err
	}
	return e.scrubbed(seen), nil
}

// observable reports whether it is known what a look would ask for: who is signed
// in, where, and about which databases and keys.
func observable(s steps.State, what steps.Observable) bool {
	c := s.Choices
	if c.Ended != nil || !s.Facts.Session.SignedIn {
		return false
	}
	switch what {
	case steps.ObserveOrgs, steps.ObserveNotes:
		return true
	case steps.ObserveSpaces:
		return c.Org != nil
	}
	if c.Where == nil {
		return false
	}
	switch what {
	case steps.ObserveAccess, steps.ObserveSourceKeys, steps.ObserveElsewhere:
		return c.Source != nil
	case steps.ObserveTargetKeys, steps.ObserveNote:
		return c.Target != nil
	case steps.ObserveApps, steps.ObserveShares:
		return c.Source != nil || c.Target != nil
	case steps.ObserveReplication, steps.ObserveFinalization:
		return s.Names().Complete()
	}
	return true
}

// look observes one thing and returns the event that tells it. Observing
// changes nothing on the other side.
func (e *Engine) look(ctx context.Context, s steps.State, what steps.Observable) (steps.Occurrence, error) {
	o := steps.Observation{Asked: s.Sequence()}
	switch what {
	case steps.ObserveSession:
		return e.lookSession(ctx, o, s)
	case steps.ObserveMigrations:
		own, _ := e.own.Load().(string)
		saved, others, err := savedMigrations(e.cfg.StateDir, s.Facts.Session.API, own)
		return steps.SawMigrations{Observation: o, Saved: saved, Others: others}, err
	}
	p, err := e.session.signedIn()
	if err != nil {
		return nil, err
	}
	switch what {
	case steps.ObserveOrgs:
		orgs, err := allPages(func(page cfsession.Page) (cfsession.RefPage, error) { return p.Orgs(ctx, page) })
		return steps.SawOrgs{Observation: o, Orgs: orgs}, err
	case steps.ObserveSpaces:
		spaces, err := allPages(func(page cfsession.Page) (cfsession.RefPage, error) {
			return p.Spaces(ctx, s.Choices.Org.GUID, page)
		})
		return steps.SawSpaces{Observation: o, Of: s.Choices.Org.GUID, Spaces: spaces}, err
	case steps.ObserveAppEvents:
		return lookAppEvents(ctx, p, o, s)
	case steps.ObserveNotes:
		return lookNotes(ctx, p, o, e.cfg.StateDir)
	case steps.ObserveNote:
		return e.lookNote(ctx, p, o, s)
	case steps.ObserveInstances:
		return lookInstances(ctx, p, o, s.Choices.Where.Space.GUID)
	case steps.ObservePlans:
		return lookPlans(ctx, p, o, s.Choices.Where.Space.GUID)
	case steps.ObserveAccess:
		return lookAccess(ctx, p, o, s.Choices.Source.GUID)
	case steps.ObserveSourceKeys:
		return e.lookKeys(ctx, p, o, steps.Source, s.Choices.Source, s.Choices.SourceKey, false)
	case steps.ObserveTargetKeys:
		return e.lookKeys(ctx, p, o, steps.Target, s.Choices.Target, s.Choices.TargetKey, s.Choices.Where.GoogleCloud)
	case steps.ObserveApps:
		return e.lookApps(ctx, p, o, s)
	case steps.ObserveElsewhere:
		return e.lookElsewhere(ctx, p, o, s)
	case steps.ObserveShares:
		return lookShares(ctx, p, o, s)
	case steps.ObserveReplication, steps.ObserveFinalization:
		return e.lookProgress(ctx, o, s, what)
	}
	return nil, fmt.Errorf("internal error: no way to look at %s", what)
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

func lookInstances(ctx context.Context, p Platform, o steps.Observation, space string) (steps.Occurrence, error) {
	list, err := p.Instances(ctx, space)
	seen := steps.SawInstances{Observation: o}
	for _, i := range list {
		if i.Type == "user-provided" || i.Shared {
			continue // what else there may be is judged by its offering
		}
		seen.Instances = append(seen.Instances, steps.Instance{
			Ref: steps.Ref{GUID: i.GUID, Name: i.Name}, Offering: i.Offering, Plan: i.Plan, Operation: operation(i.LastOperation),
		})
	}
	return seen, err
}

func lookPlans(ctx context.Context, p Platform, o steps.Observation, space string) (steps.Occurrence, error) {
	list, err := p.Plans(ctx, steps.TargetOffering, space)
	seen := steps.SawPlans{Observation: o}
	for _, x := range list {
		seen.Plans = append(seen.Plans, steps.ServicePlan{Ref: steps.Ref{GUID: x.GUID, Name: x.Name}, Text: x.Description, Free: x.Free})
	}
	return seen, err
}

// lookAppEvents asks who has stopped applications of which it is not known whether they ran.
func lookAppEvents(ctx context.Context, p Platform, o steps.Observation, s steps.State) (steps.Occurrence, error) {
	var guids []string
	for _, a := range steps.Unsure(s) {
		guids = append(guids, a.GUID)
	}
	seen := steps.SawAppEvents{Observation: o}
	if len(guids) == 0 {
		return seen, nil
	}
	events, err := p.AppEvents(ctx, guids)
	for _, e := range events {
		seen.Events = append(seen.Events, steps.AppEvent{App: e.App, Started: e.Started, By: e.Actor, At: e.At})
	}
	return seen, err
}

func operation(o cfsession.LastOperation) steps.Operation {
	return steps.Operation{Type: o.Type, State: o.State, Description: o.Description, At: o.At}
}

func lookAccess(ctx context.Context, p Platform, o steps.Observation, guid string) (steps.Occurrence, error) {
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
func (e *Engine) lookKeys(ctx context.Context, p Platform, o steps.Observation, side steps.Side, instance *steps.Ref, choice *steps.KeyChoice, session bool) (steps.Occurrence, error) {
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
		if c := key.Operation.Condition(); (len(list) <= maxKeysRead || chosen) && (c == steps.ConditionThere || c == steps.ConditionStuck) {
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
	case cfsession.IsNotUnderstood(err):
		key.Usable = steps.No
		return nil
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

func (e *Engine) lookProgress(ctx context.Context, o steps.Observation, s steps.State, what steps.Observable) (steps.Occurrence, error) {
	names := s.Names()
	service, err := e.serviceAt(s)
	if err != nil {
		return nil, err
	}
	read := service.Replication
	if what == steps.ObserveFinalization {
		read = service.Finalization
	}
	status, err := read(ctx, apiclient.Names(names))
	if err != nil {
		return nil, err
	}
	requestID := truncate(status.RequestID)
	if what == steps.ObserveFinalization {
		return steps.SawFinalization{Observation: o, Names: names, Exists: status.Exists, Word: status.Word, RequestID: requestID}, nil
	}
	return steps.SawReplication{Observation: o, Names: names, Exists: status.Exists, Word: status.Word, RequestID: requestID}, nil
}
