package sandbox

import (
	"slices"
	"time"
)

// Endpoints of service credential bindings: service keys and app bindings.

func (cc *cloudController) viewBinding(q *call, b *binding) object {
	self := "/v3/service_credential_bindings/" + b.guid
	links := object{
		"details":          q.link(self + "/details"),
		"service_instance": q.link("/v3/service_instances/" + b.instance.guid),
	}
	relationships := object{"service_instance": refersTo(b.instance.guid)}
	if b.instance.managed() {
		links["parameters"] = q.link(self + "/parameters")
	}
	if b.app != nil {
		links["app"] = q.link("/v3/apps/" + b.app.guid)
		relationships["app"] = refersTo(b.app.guid)
	}
	v := q.resource(&b.meta, "/v3/service_credential_bindings", links)
	v["type"], v["name"], v["last_operation"], v["relationships"] = b.kind, nullable(b.name), b.op.view(), relationships
	return v
}

func (cc *cloudController) bindingReferences() []reference[*binding] {
	return []reference[*binding]{
		{name: "app", kind: "apps", view: func(q *call, b *binding) object {
			if b.app == nil {
				return nil
			}
			return cc.viewApp(q, b.app)
		}},
		{name: "service_instance", kind: "service_instances", view: func(q *call, b *binding) object { return cc.viewInstance(q, b.instance) }},
	}
}

func (cc *cloudController) listBindings(q *call) (reply, error) {
	if kind := q.r.URL.Query().Get("type"); kind != "" && kind != typeApp && kind != typeKey {
		return reply{}, badQuery("Type must be one of 'app', 'key'")
	}
	ofApp := func(property func(*app) string) filter[*binding] {
		return func(b *binding, values []string) bool {
			return b.app != nil && slices.Contains(values, property(b.app))
		}
	}
	ofPlan := func(property func(*plan) string) filter[*binding] {
		return func(b *binding, values []string) bool {
			return b.instance.managed() && slices.Contains(values, property(b.instance.plan))
		}
	}
	return list[*binding]{
		path: "/v3/service_credential_bindings", items: cc.bindings, view: cc.viewBinding, refs: cc.bindingReferences(),
		filters: map[string]filter[*binding]{
			"type":                   by(func(b *binding) string { return b.kind }),
			"names":                  by(func(b *binding) string { return b.name }),
			"service_instance_guids": by(func(b *binding) string { return b.instance.guid }),
			"service_instance_names": by(func(b *binding) string { return b.instance.name }),
			"service_plan_guids":     ofPlan(func(p *plan) string { return p.guid }),
			"service_plan_names":     ofPlan(func(p *plan) string { return p.name }),
			"service_offering_guids": ofPlan(func(p *plan) string { return p.offering.guid }),
			"service_offering_names": ofPlan(func(p *plan) string { return p.offering.name }),
			"app_guids":              ofApp(func(a *app) string { return a.guid }),
			"app_names":              ofApp(func(a *app) string { return a.name }),
		},
		orders: byName(func(b *binding) string { return b.name }),
	}.answer(q)
}

// Strategies of a new application binding: "multiple" allows another one to the same
// instance.
const (
	strategySingle   = "single"
	strategyMultiple = "multiple"
)

type createBinding struct {
	Type          string         `json:"type"`
	Name          *string        `json:"name"`
	Parameters    map[string]any `json:"parameters"`
	Strategy      string         `json:"strategy"`
	Metadata      *metadata      `json:"metadata"`
	Relationships struct {
		Instance toOne `json:"service_instance"`
		App      toOne `json:"app"`
	} `json:"relationships"`
}

func (c createBinding) name() string {
	if c.Name == nil {
		return ""
	}
	return *c.Name
}

func (cc *cloudController) createBinding(q *call, req createBinding) (reply, error) {
	guid := req.Relationships.Instance.guid()
	i := find(cc.instances, guid)
	switch {
	case req.Type != typeApp && req.Type != typeKey:
		return reply{}, unprocessable("Type must be one of 'app', 'key'")
	case i == nil || !i.readableBy(q.who):
		return reply{}, unprocessable("The service instance could not be found: '%s'", guid)
	case !i.managed() && req.Parameters != nil:
		return reply{}, unprocessable("Binding parameters are not supported for user-provided service instances")
	}
	if req.Type == typeKey {
		return cc.createKey(q, i, req)
	}
	return cc.createAppBinding(q, i, req)
}

func (cc *cloudController) createKey(q *call, i *instance, req createBinding) (reply, error) {
	switch {
	case req.name() == "":
		return reply{}, unprocessable("Name can't be blank")
	case !q.who.writes(i.space):
		return reply{}, errNotAuthorized
	case !i.managed():
		return reply{}, unprocessable("Service credential bindings of type 'key' are not supported for user-provided service instances.")
	}
	if err := bindable(i); err != nil {
		return reply{}, err
	}
	if old := cc.keyNamed(i, req.name()); old != nil {
		switch {
		case old.op.kind == "delete":
			return reply{}, unprocessable("The binding name is invalid. Key binding names must be unique. The service instance already has a key binding with the name '%s' that is getting deleted or its deletion failed.", old.name)
		case old.op.state != failed:
			return reply{}, unprocessable("The binding name is invalid. Key binding names must be unique. The service instance already has a key binding with name '%s'.", old.name)
		}
		cc.removeBinding(old, q.now) // a failed key is replaced
	}
	b := cc.newBinding(typeKey, req.name(), i, nil, q.now)
	b.annotate(req.Metadata)
	return acceptJob(q, cc.bind(b, req.Parameters, q.now))
}

// bindable returns an error if the instance cannot be bound at the moment.
func bindable(i *instance) error {
	switch {
	case !i.managed():
		return nil
	case !i.plan.bindable:
		return unprocessable("Service plan does not allow bindings.")
	case i.op.kind == "create" && i.op.state == failed:
		return notFound("Service instance")
	case i.op.running():
		return unprocessable("There is an operation in progress for the service instance") // the Cloud Controller has no full stop here
	}
	return nil
}

func (cc *cloudController) createAppBinding(q *call, i *instance, req createBinding) (reply, error) {
	guid := req.Relationships.App.guid()
	a := find(cc.apps, guid)
	switch {
	case guid == "":
		return reply{}, unprocessable("Relationships App can't be blank")
	case a == nil || !q.who.reads(a.space):
		return reply{}, unprocessable("The app could not be found: '%s'", guid)
	case !q.who.writes(a.space):
		return reply{}, errNotAuthorized
	case !i.visibleIn(a.space):
		return reply{}, unprocessable("The service instance and the app are in different spaces")
	}
	if err := bindable(i); err != nil {
		return reply{}, err
	}
	if err := cc.anotherBinding(a, i, req, q.now); err != nil {
		return reply{}, err
	}
	b := cc.newBinding(typeApp, req.name(), i, a, q.now)
	b.annotate(req.Metadata)
	if i.managed() {
		return acceptJob(q, cc.bind(b, req.Parameters, q.now))
	}
	cc.setCredentials(b, nil)
	b.op.end(succeeded, "", q.now)
	return reply{status: 201, body: cc.viewBinding(q, b)}, nil
}

// maxBindings is how many bindings an application may have to one instance.
const maxBindings = 5

// anotherBinding returns an error if the application's other bindings do not allow
// another one; it removes those that could not be created.
func (cc *cloudController) anotherBinding(a *app, i *instance, req createBinding, now time.Time) error {
	if !slices.Contains([]string{"", strategySingle, strategyMultiple}, req.Strategy) {
		return unprocessable("Strategy must be 'single' or 'multiple'")
	}
	sameInstance := 0
	for _, old := range slices.Clone(cc.bindings) {
		switch {
		case old.app != a:
		case old.instance != i && req.name() != "" && old.name == req.name():
			return unprocessable("The binding name is invalid. Binding names must be unique for a given service instance and app. The app already has a binding with name '%s'.", old.name)
		case old.instance != i:
		case old.op.kind == "create" && old.op.state == failed:
			cc.removeBinding(old, now)
		case old.op.kind == "delete":
			return unprocessable("The binding is getting deleted or its deletion failed")
		case req.Strategy != strategyMultiple:
			return unprocessable("The app is already bound to the service instance")
		case old.op.running():
			return errBindingBusy
		case old.name != req.name():
			return unprocessable("The binding name cannot be changed for the same app and service instance")
		default:
			sameInstance++
		}
	}
	if sameInstance >= maxBindings {
		return unprocessable("The app has too many bindings to this service instance (limit: %d). Consider deleting existing/orphaned bindings.", maxBindings)
	}
	return nil
}

func (cc *cloudController) updateBinding(q *call, b *binding) (reply, error) {
	if b.op.kind == "delete" && b.op.running() {
		return reply{}, unprocessable("The service binding is being deleted")
	}
	var req struct {
		Metadata *metadata `json:"metadata"`
	}
	if err := q.decode(&req); err != nil {
		return reply{}, err
	}
	b.annotate(req.Metadata)
	return ok(cc.viewBinding(q, b))
}

func (cc *cloudController) deleteBinding(q *call, b *binding) (reply, error) {
	switch {
	case b.op.running() && b.op.kind == "delete": // deletion may interrupt a creation
		return reply{}, errBindingBusy
	case b.instance.op.running():
		return reply{}, errInstanceBusy
	case !b.instance.managed():
		cc.removeBinding(b, q.now)
		return reply{status: 204}, nil
	}
	return acceptJob(q, cc.unbind(b, q.now))
}

// creationError returns an error if the binding has not been created successfully.
func (b *binding) creationError() error {
	if b.op.kind == "create" && b.op.state == succeeded {
		return nil
	}
	what, operation := "binding", "Creation"
	if b.kind == typeKey {
		what = "key"
	}
	if b.op.kind == "delete" {
		operation = "Deletion"
	}
	return notFoundText(operation + " of service " + what + " " + b.op.state)
}

func (cc *cloudController) bindingDetails(q *call, b *binding) (reply, error) {
	if !q.who.writes(b.owner()) {
		return reply{}, errUnknownRequest // hides the existence of credentials
	}
	if err := b.creationError(); err != nil {
		return reply{}, err
	}
	return ok(object{"credentials": b.credentials})
}

func (cc *cloudController) bindingParameters(q *call, b *binding) (reply, error) {
	if err := b.creationError(); err != nil {
		return reply{}, err
	}
	if !b.instance.managed() || !b.instance.plan.offering.retrievable {
		return reply{}, errNoBindingParams
	}
	return ok(b.params)
}
