package cfsession

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// Binding is an application's binding to a service instance.
type Binding struct {
	GUID          string
	Name          string // "" for an unnamed binding
	LastOperation LastOperation
	App           App
	InstanceGUID  string
}

type includedApps struct {
	Apps []appResource `json:"apps"`
}

// bindingPage keeps the request for the processes of a page, which names every
// application, short enough for any proxy.
const bindingPage = "100"

// Bindings lists the application bindings of some service instances, with state
// and processes of each application: two requests for a hundred bindings. Of an
// application that the login may not see (an instance shared into another space)
// only the guid is known. An instance that is not there has none.
func (s *Session) Bindings(ctx context.Context, instanceGUIDs ...string) ([]Binding, error) {
	const op = "list bindings"
	if err := checkGUID(op, instanceGUIDs...); err != nil || len(instanceGUIDs) == 0 {
		return nil, err
	}
	return s.bindings(ctx, op, url.Values{"service_instance_guids": {strings.Join(instanceGUIDs, ",")}})
}

func (s *Session) bindings(ctx context.Context, op string, query url.Values) ([]Binding, error) {
	query.Set("type", "app")
	query.Set("include", "app")
	query.Set("per_page", bindingPage)
	var all []Binding
	err := listPages(ctx, s, op, bindingsPath, query, func(page []resource.ServiceCredentialBinding, with includedApps) error {
		apps := map[string]App{}
		for _, a := range with.Apps {
			apps[a.GUID] = a.app()
		}
		if err := s.addProcesses(ctx, op, apps); err != nil {
			return err
		}
		for _, r := range page {
			guid := referred(r.Relationships.App)
			app, known := apps[guid]
			if !known {
				app = App{GUID: guid}
			}
			all = append(all, Binding{r.GUID, nameOf(r), lastOperation(r.LastOperation), app, referred(r.Relationships.ServiceInstance)})
		}
		return nil
	})
	return all, err
}

// BindingParameters reads the parameters that a binding was created with. known
// is false when the service does not tell.
func (s *Session) BindingParameters(ctx context.Context, bindingGUID string) (params json.RawMessage, known bool, err error) {
	return s.bindingParameters(ctx, "read the parameters of the binding", bindingGUID)
}

// Bind binds an application to a service instance and waits until that is done.
// name may be "" and params nil. [IsNameTaken] when the two are bound already;
// nothing was changed then. The application sees the credentials at its next
// start.
func (s *Session) Bind(ctx context.Context, appGUID, instanceGUID, name string, params json.RawMessage) (Binding, error) {
	const op = "bind the application"
	if err := checkGUID(op, appGUID, instanceGUID); err != nil {
		return Binding{}, err
	}
	order := resource.NewServiceCredentialBindingCreateApp(instanceGUID, appGUID)
	if name != "" {
		order = order.WithName(name)
	}
	if len(params) > 0 {
		order.Parameters = &params
	}
	job, err := s.change(ctx, op, http.MethodPost, bindingsPath, order)
	if err != nil {
		return Binding{}, err
	}
	if err := s.await(ctx, op, job); err != nil {
		return Binding{}, err
	}
	found, err := s.bindings(ctx, op, url.Values{
		"service_instance_guids": {instanceGUID}, "app_guids": {appGUID},
	})
	for _, b := range found {
		if b.App.GUID == appGUID && b.Name == name {
			return b, nil
		}
	}
	return Binding{}, vanished(op, err)
}
