package cfsession

import (
	"context"
	"slices"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// BoundService is a service instance that an application is bound to.
type BoundService struct {
	App      Ref
	Instance Ref
	Offering string // for example jobscheduler, autoscaler; "" for a user-provided instance
	Plan     string
}

// BoundServices lists all services that some applications are bound to: two
// requests for a hundred applications. A binding by two names is there once. Of an
// instance that the login may not see only the guid is known; of an application
// that it may not see there is nothing in the answer.
func (s *Session) BoundServices(ctx context.Context, appGUIDs []string) ([]BoundService, error) {
	const op = "list the services of applications"
	var all []BoundService
	var guids []string
	r := newRequest(op, bindingsPath).whereAny("app_guids", appGUIDs)
	err := s.appBindings(ctx, r, func(app, instance Ref) {
		if one := (BoundService{App: app, Instance: instance}); !slices.Contains(all, one) {
			all, guids = append(all, one), append(guids, instance.GUID)
		}
	})
	if err != nil {
		return nil, err
	}
	found, err := s.instances(ctx, newRequest(op, instancesPath).whereAny("guids", guids), "")
	if err != nil {
		return nil, err
	}
	for i, bound := range all {
		if at := slices.IndexFunc(found, func(one Instance) bool { return one.GUID == bound.Instance.GUID }); at >= 0 {
			all[i].Instance.Name, all[i].Offering, all[i].Plan = found[at].Name, found[at].Offering, found[at].Plan
		}
	}
	return all, nil
}

// appBindings hands on which applications are bound to which instances; of the
// instances only the guids.
func (s *Session) appBindings(ctx context.Context, r request, each func(app, instance Ref)) error {
	r = r.with("type", "app", "include", "app", "per_page", "1000")
	return eachPage(ctx, s, r, func(bindings []resource.ServiceCredentialBinding, included includedApps) error {
		names := map[string]string{}
		for _, a := range included.Apps {
			names[a.GUID] = a.Name
		}
		for _, b := range bindings {
			guid := referred(b.Relationships.App)
			each(Ref{guid, names[guid]}, Ref{GUID: referred(b.Relationships.ServiceInstance)})
		}
		return nil
	})
}
