package cfsession

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

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
}

type includedPlans struct {
	Plans     []resource.ServicePlan     `json:"service_plans"`
	Offerings []resource.ServiceOffering `json:"service_offerings"`
}

// instancePage is large, because the list is wanted whole; a thousand instances
// are about a megabyte.
const instancePage = "1000"

// planFields asks for plan and offering names in the same answer, as cf services
// does.
func planFields() url.Values {
	return url.Values{
		"fields[service_plan]":                  {"guid,name,relationships.service_offering"},
		"fields[service_plan.service_offering]": {"guid,name"},
		"per_page":                              {instancePage},
		"order_by":                              {"name"},
	}
}

// Instances lists the service instances of a space, those shared into it
// included, with offering and plan: one request for up to a thousand.
func (s *Session) Instances(ctx context.Context, spaceGUID string) ([]Instance, error) {
	const op = "list service instances"
	if err := checkGUID(op, spaceGUID); err != nil {
		return nil, err
	}
	query := planFields()
	query.Set("space_guids", spaceGUID)
	return s.instances(ctx, op, query, spaceGUID)
}

// Instance reads one service instance. Shared is judged against the session's
// space.
func (s *Session) Instance(ctx context.Context, guid string) (Instance, error) {
	const op = "look at the service instance"
	if err := checkGUID(op, guid); err != nil {
		return Instance{}, err
	}
	query := planFields()
	query.Set("guids", guid)
	found, err := s.instances(ctx, op, query, s.Identity().Space.GUID)
	if err != nil {
		return Instance{}, err
	}
	for _, i := range found {
		if i.GUID == guid {
			return i, nil
		}
	}
	return Instance{}, &Error{Op: op, Err: ErrNotFound}
}

func (s *Session) instances(ctx context.Context, op string, query url.Values, spaceGUID string) ([]Instance, error) {
	var all []Instance
	err := listPages(ctx, s, op, "/v3/service_instances", query, func(page []resource.ServiceInstance, with includedPlans) error {
		offering := map[string]string{}
		for _, o := range with.Offerings {
			offering[o.GUID] = o.Name
		}
		type names struct{ offering, plan string }
		plans := map[string]names{}
		for _, p := range with.Plans {
			plans[p.GUID] = names{offering[referred(&p.Relationships.ServiceOffering)], p.Name}
		}
		for _, r := range page {
			plan := plans[referred(r.Relationships.ServicePlan)]
			owner := referred(r.Relationships.Space)
			all = append(all, Instance{
				GUID: r.GUID, Name: r.Name, Type: r.Type, Offering: plan.offering, Plan: plan.plan,
				Tags: r.Tags, LastOperation: lastOperation(r.LastOperation),
				SpaceGUID: owner, Shared: owner != "" && spaceGUID != "" && owner != spaceGUID,
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
	const op = "read the parameters of the service instance"
	if err := checkGUID(op, instanceGUID); err != nil {
		return nil, false, err
	}
	return s.parameters(ctx, op, "/v3/service_instances/"+instanceGUID+"/parameters")
}

// parameters reads what a service tells of its configuration. known is false
// when it does not tell.
func (s *Session) parameters(ctx context.Context, op, path string) (params json.RawMessage, known bool, err error) {
	err = s.get(ctx, op, path, nil, &params)
	switch refusalOf(err).code {
	case codeParamsUnsupported, codeBindingParamsUnsupported:
		return nil, false, nil
	}
	return params, err == nil, err
}

// UpdateParameters updates a service instance with parameters, and nothing else
// of it, and waits until that is done. Tags, name and plan stay (go-cfclient's
// own type for an update always carries "tags":null, an order to remove them).
func (s *Session) UpdateParameters(ctx context.Context, instanceGUID string, params json.RawMessage) error {
	return s.patchInstance(ctx, "update the service instance", instanceGUID, map[string]json.RawMessage{"parameters": params})
}

// RenameInstance gives a service instance another name. [IsNameTaken] when the
// space has one of that name.
func (s *Session) RenameInstance(ctx context.Context, guid, name string) error {
	return s.patchInstance(ctx, "rename the service instance to "+sanitize.Line(name), guid, map[string]string{"name": name})
}

func (s *Session) patchInstance(ctx context.Context, op, guid string, change any) error {
	if err := checkGUID(op, guid); err != nil {
		return err
	}
	job, err := s.change(ctx, op, http.MethodPatch, "/v3/service_instances/"+guid, change)
	if err != nil {
		return err
	}
	return s.await(ctx, op, job)
}

// DeleteInstance deletes a service instance and its data, and waits until it is
// gone; one that is gone already is success. The Cloud Controller deletes all
// bindings and keys of the instance FIRST, without asking: look for bindings
// before.
func (s *Session) DeleteInstance(ctx context.Context, guid string) error {
	const op = "delete the service instance"
	if err := checkGUID(op, guid); err != nil {
		return err
	}
	return s.remove(ctx, op, "/v3/service_instances/"+guid)
}
