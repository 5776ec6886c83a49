package cfsession

import (
	"context"
	"encoding/json"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// Binding is an application's binding to a service instance.
type Binding struct {
	GUID          string
	Name          string // "" for an unnamed binding
	LastOperation LastOperation
	App           App
	InstanceGUID  string
	Created       time.Time // zero when the server does not tell
}

type includedApps struct {
	Apps []appResource `json:"apps"`
}

// bindingPage keeps the request for the processes of a page, which names every
// application, short enough for any proxy.
const bindingPage = "100"

// Bindings lists the application bindings of some service instances, with state
// and processes of each application: two requests for a hundred bindings. An
// application may have several bindings to one instance. Of an
// application that the login may not see (an instance shared into another space)
// only the guid is known. An instance that is not there has none.
func (s *Session) Bindings(ctx context.Context, instanceGUIDs ...string) ([]Binding, error) {
	return s.bindings(ctx, newRequest("list bindings", bindingsPath).whereAny("service_instance_guids", instanceGUIDs))
}

func (s *Session) bindings(ctx context.Context, r request) ([]Binding, error) {
	r = r.with("type", "app", "include", "app", "per_page", bindingPage)
	var all []Binding
	err := eachPage(ctx, s, r, func(resources []resource.ServiceCredentialBinding, included includedApps) error {
		apps := map[string]App{}
		for _, a := range included.Apps {
			apps[a.GUID] = a.app()
		}
		if err := s.addProcesses(ctx, r.op, apps); err != nil {
			return err
		}
		for _, b := range resources {
			app, known := apps[referred(b.Relationships.App)]
			if !known {
				app = App{GUID: referred(b.Relationships.App)}
			}
			all = append(all, Binding{b.GUID, nameOf(b), lastOperation(b.LastOperation), app, referred(b.Relationships.ServiceInstance), b.CreatedAt})
		}
		return nil
	})
	return all, err
}

// BindingParameters reads the parameters that a binding was created with. known
// is false when the service does not tell.
func (s *Session) BindingParameters(ctx context.Context, bindingGUID string) (params json.RawMessage, known bool, err error) {
	return s.parameters(ctx, newRequest("read the parameters of the binding", bindingsPath+"/:guid/parameters", bindingGUID))
}

// Bind binds an application to a service instance and waits until that is done.
// name may be "" and params nil. [IsNameTaken] when the two are bound already;
// nothing was changed then. The application sees the credentials at its next
// start.
func (s *Session) Bind(ctx context.Context, appGUID, instanceGUID, name string, params json.RawMessage) (Binding, error) {
	r := newRequest("bind the application", bindingsPath).check(appGUID, instanceGUID)
	order := resource.NewServiceCredentialBindingCreateApp(instanceGUID, appGUID)
	if name != "" {
		order = order.WithName(name)
	}
	find := func() ([]Binding, error) {
		return s.bindings(ctx, newRequest(r.op, bindingsPath).where("service_instance_guids", instanceGUID).where("app_guids", appGUID))
	}
	return createBinding(ctx, s, r, order, params, find, func(b Binding) bool { return b.App.GUID == appGUID && b.Name == name })
}

// DeleteBinding deletes a service key or an application's binding and waits
// until it is gone; one that is gone already is success.
func (s *Session) DeleteBinding(ctx context.Context, guid string) error {
	return s.remove(ctx, newRequest("delete the binding", bindingsPath+"/:guid", guid))
}
