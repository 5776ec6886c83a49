package cfsession

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/sanitize"
)

// Instance is a service instance with what it is an instance of.
type Instance struct {
	GUID          string
	Name          string
	Type          string // "managed" or "user-provided"; the latter has no offering and plan
	Offering      string // for example postgresql, postgresql-db
	Plan          string
	Tags          []string
	LastOperation LastOperation
	SpaceGUID     string // the space that owns it
	Shared        bool   // it belongs to another space than the one asked about
	Annotations   map[string]string
}

type includedPlans struct {
	Plans     []resource.ServicePlan     `json:"service_plans"`
	Offerings []resource.ServiceOffering `json:"service_offerings"`
}

const instancesPath = "/v3/service_instances"

// Instances lists the service instances of a space, those shared into it
// included, with offering and plan: one request for up to a thousand.
func (s *Session) Instances(ctx context.Context, spaceGUID string) ([]Instance, error) {
	return s.instances(ctx, newRequest("list service instances", instancesPath).where("space_guids", spaceGUID), spaceGUID)
}

// Instance reads one service instance. Shared is relative to the session's
// space. [IsNotFound] when there is none, or none that the login may see.
func (s *Session) Instance(ctx context.Context, guid string) (Instance, error) {
	r := newRequest("look at the service instance", instancesPath).where("guids", guid)
	found, err := s.instances(ctx, r, s.Identity().Space.GUID)
	if err != nil {
		return Instance{}, err
	}
	for _, i := range found {
		if i.GUID == guid {
			return i, nil
		}
	}
	return Instance{}, &Error{Op: r.op, Err: ErrNotFound}
}

// instances reads a list with the names of plan and offering in the same answer,
// as cf services does. A page of a thousand is about a megabyte.
func (s *Session) instances(ctx context.Context, r request, spaceGUID string) ([]Instance, error) {
	r = r.with(
		"fields[service_plan]", "guid,name,relationships.service_offering",
		"fields[service_plan.service_offering]", "guid,name",
		"per_page", "1000", "order_by", "name",
	)
	var all []Instance
	err := eachPage(ctx, s, r, func(instances []resource.ServiceInstance, included includedPlans) error {
		offering := map[string]string{}
		for _, o := range included.Offerings {
			offering[o.GUID] = o.Name
		}
		plans := map[string]resource.ServicePlan{}
		for _, p := range included.Plans {
			plans[p.GUID] = p
		}
		for _, i := range instances {
			plan := plans[referred(i.Relationships.ServicePlan)]
			owner := referred(i.Relationships.Space)
			all = append(all, Instance{
				GUID: i.GUID, Name: i.Name, Type: i.Type,
				Offering: offering[referred(&plan.Relationships.ServiceOffering)], Plan: plan.Name,
				Tags: i.Tags, LastOperation: lastOperation(i.LastOperation),
				Annotations: annotations(i.Metadata),
				SpaceGUID:   owner, Shared: owner != "" && spaceGUID != "" && owner != spaceGUID,
			})
		}
		return nil
	})
	return all, err
}

// Parameters reads the parameters that a service instance was configured with.
// known is false when its service does not tell (CF-ServiceFetchInstance-
// ParametersNotSupported): then nothing is known, which is not "none".
func (s *Session) Parameters(ctx context.Context, instanceGUID string) (params json.RawMessage, known bool, err error) {
	return s.parameters(ctx, newRequest("read the parameters of the service instance", instancesPath+"/:guid/parameters", instanceGUID))
}

// parameters reads what a service tells of its configuration. known is false
// when it does not tell. What is no object, or tells of an error, is no answer: a
// binding made with it would be another one.
func (s *Session) parameters(ctx context.Context, r request) (params json.RawMessage, known bool, err error) {
	err = s.get(ctx, r, &params)
	switch code := refusalOf(err).code; {
	case code == codeParamsUnsupported || code == codeBindingParamsUnsupported:
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(params, &fields) != nil || fields["errors"] != nil || fields["error"] != nil {
		return nil, false, &Error{Op: r.op, Err: errNoParameters}
	}
	if fields == nil {
		return nil, true, nil // null: it has none
	}
	return params, true, nil
}

var errNoParameters = errors.New("the answer holds no parameters")

// UpdateParameters updates a service instance with parameters, and nothing else
// of it, and waits until that is done. Tags, name and plan stay (go-cfclient's
// own type for an update always carries "tags":null, an order to remove them).
func (s *Session) UpdateParameters(ctx context.Context, instanceGUID string, params json.RawMessage) error {
	r := newRequest("update the service instance", instancesPath+"/:guid", instanceGUID)
	return s.change(ctx, r, http.MethodPatch, map[string]json.RawMessage{"parameters": params})
}

// RenameInstance gives a service instance another name. [IsNameTaken] when the
// space has one of that name.
func (s *Session) RenameInstance(ctx context.Context, guid, name string) error {
	r := newRequest("rename the service instance to "+sanitize.Line(name), instancesPath+"/:guid", guid)
	return s.change(ctx, r, http.MethodPatch, map[string]string{"name": name})
}

// DeleteInstance deletes a service instance and its data, and waits until it is
// gone; one that is gone already is success. The Cloud Controller deletes all
// bindings and keys of the instance FIRST, without asking: look for bindings
// before.
func (s *Session) DeleteInstance(ctx context.Context, guid string) error {
	return s.remove(ctx, newRequest("delete the service instance", instancesPath+"/:guid", guid))
}
