package cfsession

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/sanitize"
)

// ServicePlan is a plan of the catalogue that instances can be made of.
type ServicePlan struct {
	GUID, Name, Description string
	Free                    bool
}

// Plans lists the plans of an offering that a space may use, as cf marketplace does.
func (s *Session) Plans(ctx context.Context, offering, spaceGUID string) ([]ServicePlan, error) {
	r := newRequest("list the plans of "+sanitize.Line(offering), "/v3/service_plans").where("space_guids", spaceGUID).
		with("service_offering_names", nameFilter(offering), "available", "true", "per_page", "200", "order_by", "name")
	return list(ctx, s, r, func(p resource.ServicePlan) ServicePlan {
		return ServicePlan{p.GUID, p.Name, p.Description, p.Free}
	})
}

// NewInstance is a service instance to be created. Params may be nil.
type NewInstance struct {
	Name, SpaceGUID, PlanGUID string
	Params                    json.RawMessage
}

// CreateInstance creates a service instance and waits until its service has made it: for
// a database that takes minutes. [IsNameTaken] when the space has one of that name;
// nothing was changed then. After a failed job the Cloud Controller keeps an instance
// whose LastOperation says so, and which has the name: look before trying again.
func (s *Session) CreateInstance(ctx context.Context, n NewInstance) error {
	r := newRequest("create the service instance "+sanitize.Line(n.Name), instancesPath).check(n.SpaceGUID, n.PlanGUID)
	order := resource.NewServiceInstanceCreateManaged(n.Name, n.SpaceGUID, n.PlanGUID)
	if len(n.Params) > 0 {
		order.Parameters = &n.Params
	}
	return s.change(ctx, r, http.MethodPost, order)
}
