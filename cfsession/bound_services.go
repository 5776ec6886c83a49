package cfsession

import (
	"context"
	"net/url"
	"strings"

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
// requests for fifty applications. A binding by two names is there once. Of an
// instance that the login may not see only the guid is known; of an application
// that it may not see there is nothing in the answer.
func (s *Session) BoundServices(ctx context.Context, appGUIDs []string) ([]BoundService, error) {
	const op = "list the services of applications"
	if err := checkGUID(op, appGUIDs...); err != nil {
		return nil, err
	}
	var all []BoundService
	var guids []string
	seen := map[BoundService]bool{}
	for batch := range batches(appGUIDs) {
		query := url.Values{"app_guids": {strings.Join(batch, ",")}}
		err := s.appBindings(ctx, op, query, func(app, instance Ref) {
			if one := (BoundService{App: app, Instance: instance}); !seen[one] {
				seen[one] = true
				all, guids = append(all, one), append(guids, instance.GUID)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	instances := map[string]Instance{}
	if err := checkGUID(op, guids...); err != nil {
		return nil, err
	}
	for batch := range batches(guids) {
		query := planFields()
		query.Set("guids", strings.Join(batch, ","))
		found, err := s.instances(ctx, op, query, "")
		if err != nil {
			return nil, err
		}
		for _, i := range found {
			instances[i.GUID] = i
		}
	}
	for i := range all {
		of := instances[all[i].Instance.GUID]
		all[i].Instance.Name, all[i].Offering, all[i].Plan = of.Name, of.Offering, of.Plan
	}
	return all, nil
}

// appBindings hands on which applications are bound to which instances; of the
// instances only the guids.
func (s *Session) appBindings(ctx context.Context, op string, query url.Values, each func(app, instance Ref)) error {
	query.Set("type", "app")
	query.Set("include", "app")
	query.Set("per_page", "1000")
	return listPages(ctx, s, op, bindingsPath, query, func(page []resource.ServiceCredentialBinding, with includedApps) error {
		names := map[string]string{}
		for _, a := range with.Apps {
			names[a.GUID] = a.Name
		}
		for _, p := range page {
			guid := referred(p.Relationships.App)
			each(Ref{guid, names[guid]}, Ref{GUID: referred(p.Relationships.ServiceInstance)})
		}
		return nil
	})
}
