package sandbox

import (
	"encoding/json"
	"slices"
)

// Endpoints of service instances.

func (o operation) view() object {
	return object{
		"type": o.kind, "state": o.state, "description": o.description,
		"created_at": timestamp(o.created), "updated_at": timestamp(o.updated),
	}
}

func (cc *cloudController) viewInstance(q *call, i *instance) object {
	self := "/v3/service_instances/" + i.guid
	links := object{
		"space":                       q.link("/v3/spaces/" + i.space.guid),
		"service_credential_bindings": q.link("/v3/service_credential_bindings?service_instance_guids=" + i.guid),
		"service_route_bindings":      q.link("/v3/service_route_bindings?service_instance_guids=" + i.guid),
	}
	relationships := object{"space": refersTo(i.space.guid)}
	if i.managed() {
		links["service_plan"] = q.link("/v3/service_plans/" + i.plan.guid)
		links["parameters"] = q.link(self + "/parameters")
		links["shared_spaces"] = q.link(self + "/relationships/shared_spaces")
		relationships["service_plan"] = refersTo(i.plan.guid)
	} else {
		links["credentials"] = q.link(self + "/credentials")
	}
	v := q.resource(&i.meta, "/v3/service_instances", links)
	v["name"], v["tags"], v["last_operation"], v["relationships"] = i.name, i.tags, i.op.view(), relationships
	if i.managed() {
		v["type"], v["maintenance_info"], v["upgrade_available"], v["dashboard_url"] = "managed", object{}, false, nil
	} else {
		v["type"], v["syslog_drain_url"], v["route_service_url"] = "user-provided", nullable(i.syslogURL), nil
	}
	return v
}

// nullable encodes the empty string as null.
func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (cc *cloudController) instanceReferences() []reference[*instance] {
	ofPlan := func(view func(*call, *plan) object) func(*call, *instance) object {
		return func(q *call, i *instance) object {
			if !i.managed() {
				return nil
			}
			return view(q, i.plan)
		}
	}
	return append(
		referencesToSpaces(cc, func(i *instance) *space { return i.space }),
		reference[*instance]{
			name: "service_plan", kind: "service_plans", view: ofPlan(cc.viewPlan),
			fields: []string{"guid", "name", "relationships.service_offering"},
		},
		reference[*instance]{
			name: "service_plan.service_offering", kind: "service_offerings",
			view:   ofPlan(func(q *call, p *plan) object { return cc.viewOffering(q, p.offering) }),
			fields: []string{"guid", "name", "description", "documentation_url", "tags", "relationships.service_broker"},
		},
		reference[*instance]{
			name: "service_plan.service_offering.service_broker", kind: "service_brokers",
			view:   ofPlan(func(q *call, p *plan) object { return cc.viewBroker(q, p.offering.broker) }),
			fields: []string{"guid", "name"},
		},
	)
}

// referencesToSpaces returns the references to a space and its org.
func referencesToSpaces[T any](cc *cloudController, in func(T) *space) []reference[T] {
	return []reference[T]{
		{
			name: "space", fields: []string{"guid", "name", "relationships.organization"}, kind: "spaces",
			view: func(q *call, item T) object { return cc.viewSpace(q, in(item)) },
		},
		{
			name: "space.organization", fields: []string{"guid", "name"}, kind: "organizations",
			view: func(q *call, item T) object { return cc.viewOrg(q, in(item).org) },
		},
	}
}

func (cc *cloudController) listInstances(q *call) (reply, error) {
	if kind := q.r.URL.Query().Get("type"); kind != "" && kind != "managed" && kind != "user-provided" {
		return reply{}, badQuery("Type must be one of 'managed', 'user-provided'")
	}
	ofPlan := func(property func(*plan) string) filter[*instance] {
		return func(i *instance, values []string) bool {
			return i.managed() && slices.Contains(values, property(i.plan))
		}
	}
	inSpace := func(property func(*space) string) filter[*instance] {
		return func(i *instance, values []string) bool {
			return slices.ContainsFunc(append([]*space{i.space}, i.sharedTo...), func(s *space) bool {
				return q.who.reads(s) && slices.Contains(values, property(s))
			})
		}
	}
	return list[*instance]{
		path: "/v3/service_instances", items: cc.instances, view: cc.viewInstance, refs: cc.instanceReferences(),
		filters: map[string]filter[*instance]{
			"names":              by(func(i *instance) string { return i.name }),
			"type":               by(func(i *instance) string { return map[bool]string{true: "managed", false: "user-provided"}[i.managed()] }),
			"space_guids":        inSpace(func(s *space) string { return s.guid }),
			"organization_guids": inSpace(func(s *space) string { return s.org.guid }),
			"service_plan_guids": ofPlan(func(p *plan) string { return p.guid }),
			"service_plan_names": ofPlan(func(p *plan) string { return p.name }),
		},
		orders: byName(func(i *instance) string { return i.name }),
	}.answer(q)
}

// acceptJob replies with the location of a job.
func acceptJob(q *call, j *job) (reply, error) {
	j.failure = q.jobFailure()
	return reply{status: 202, header: map[string]string{"Location": q.base + "/v3/jobs/" + j.guid}}, nil
}

type createInstance struct {
	Type          string         `json:"type"`
	Name          string         `json:"name"`
	Parameters    map[string]any `json:"parameters"`
	Tags          []string       `json:"tags"`
	Credentials   map[string]any `json:"credentials"`
	SyslogURL     string         `json:"syslog_drain_url"`
	RouteURL      string         `json:"route_service_url"`
	Metadata      *metadata      `json:"metadata"`
	Relationships struct {
		Space toOne `json:"space"`
		Plan  toOne `json:"service_plan"`
	} `json:"relationships"`
}

func (cc *cloudController) createInstance(q *call, req createInstance) (reply, error) {
	s := find(cc.spaces, req.Relationships.Space.guid())
	switch {
	case req.Type != "managed" && req.Type != "user-provided":
		return reply{}, unprocessable("Type must be one of 'managed', 'user-provided'")
	case req.Name == "":
		return reply{}, unprocessable("Name can't be blank")
	case s == nil || !q.who.reads(s):
		return reply{}, unprocessable("Invalid space. Ensure that the space exists and you have access to it.")
	case !q.who.writes(s):
		return reply{}, errNotAuthorized
	}
	var p *plan
	if req.Type == "managed" {
		if p = find(cc.plans, req.Relationships.Plan.guid()); p == nil {
			return reply{}, unprocessable("Invalid service plan. Ensure that the service plan exists, is available, and you have access to it.")
		}
	}
	if cc.instanceNamed(s, req.Name) != nil {
		return reply{}, unprocessable("The service instance name is taken: %s.", req.Name)
	}
	i := cc.newInstance(s, p, req.Name, q.now)
	i.annotate(req.Metadata)
	if req.Tags != nil {
		i.tags = req.Tags
	}
	if i.managed() {
		return acceptJob(q, cc.provision(i, req.Parameters, q.now))
	}
	i.userCredentials, i.syslogURL = req.Credentials, req.SyslogURL
	if i.userCredentials == nil {
		i.userCredentials = map[string]any{}
	}
	i.op.end(succeeded, "Operation succeeded", q.now)
	return reply{status: 201, body: cc.viewInstance(q, i)}, nil
}

type updateInstance struct {
	Name          *string         `json:"name"`
	Parameters    map[string]any  `json:"parameters"`
	Tags          json.RawMessage `json:"tags"` // null differs from absent
	Maintenance   json.RawMessage `json:"maintenance_info"`
	Credentials   map[string]any  `json:"credentials"`
	SyslogURL     *string         `json:"syslog_drain_url"`
	RouteURL      *string         `json:"route_service_url"`
	Metadata      *metadata       `json:"metadata"`
	Relationships struct {
		Plan toOne `json:"service_plan"`
	} `json:"relationships"`
}

func (cc *cloudController) updateInstance(q *call, i *instance, req updateInstance) (reply, error) {
	var update instanceUpdate
	if err := req.Metadata.check(); err != nil {
		return reply{}, err
	}
	if req.Metadata != nil && req.Name == nil && req.Parameters == nil && req.Tags == nil && req.Relationships.Plan.guid() == "" {
		q.metadataOnly()
	}
	if req.Tags != nil {
		// A tags key replaces all tags, even with null, which go-cfclient sends
		// with every update.
		if err := json.Unmarshal(req.Tags, &update.tags); err != nil {
			return reply{}, unprocessable("Tags must be a list of strings")
		}
		if update.tags == nil {
			update.tags = []string{}
		}
	}
	if req.Name != nil && *req.Name != i.name {
		update.name = *req.Name
		switch other := cc.instanceNamed(i.space, update.name); {
		case update.name == "":
			return reply{}, unprocessable("Name can't be blank")
		case other != nil && other != i:
			return reply{}, unprocessable("The service instance name is taken: %s", update.name)
		case len(i.sharedTo) > 0:
			return reply{}, unprocessable("Service instances that have been shared cannot be renamed")
		}
	}
	if guid := req.Relationships.Plan.guid(); guid != "" && i.managed() && guid != i.plan.guid {
		p := find(cc.plans, guid)
		switch {
		case p == nil:
			return reply{}, unprocessable("Invalid service plan. Ensure that the service plan exists, is available, and you have access to it.")
		case p.offering != i.plan.offering:
			return reply{}, &cfError{400, 1002, "CF-InvalidRelation", "service plan relates to a different service offering"}
		}
		update.plan = p
	}
	if err := cc.locked(i); err != nil {
		return reply{}, err
	}
	i.annotate(req.Metadata)
	if i.managed() && (req.Parameters != nil || update.plan != nil) {
		update.params = req.Parameters
		return acceptJob(q, cc.reconfigure(i, update, q.now))
	}
	if update.name != "" {
		i.name = update.name
	}
	if update.tags != nil {
		i.tags = update.tags
	}
	if req.Credentials != nil && !i.managed() {
		i.userCredentials = req.Credentials
	}
	if req.SyslogURL != nil {
		i.syslogURL = *req.SyslogURL
	}
	i.op = newOperation("update", succeeded, q.now)
	i.touch(i.op.updated)
	return ok(cc.viewInstance(q, i))
}

// locked returns an error while another operation is in progress.
func (cc *cloudController) locked(i *instance) error {
	if i.op.running() {
		return instanceInProgress(i.name)
	}
	for _, b := range cc.bindingsOf(i) {
		if b.app != nil && b.op.running() {
			return &cfError{
				409, 90008, "CF-AsyncServiceBindingOperationInProgress",
				"An operation for the service binding between app " + b.app.name + " and service instance " + i.name + " is in progress.",
			}
		}
	}
	return nil
}

func (cc *cloudController) deleteInstance(q *call, i *instance) (reply, error) {
	switch {
	case q.r.URL.Query().Get("purge") == "true" && i.managed():
		return reply{}, errNotAuthorized // administrators only
	case i.op.running() && i.op.kind != "create": // deletion may interrupt a creation
		return reply{}, errInstanceBusy
	case !i.managed():
		cc.removeInstance(i, q.now)
		return reply{status: 204}, nil
	}
	return acceptJob(q, cc.deprovision(i, q.now))
}

func (cc *cloudController) instanceParameters(q *call, i *instance) (reply, error) {
	switch {
	case i.op.kind == "create" && i.op.state == failed:
		return reply{}, notFound("Service instance")
	case !i.managed() || !i.plan.offering.retrievable:
		return reply{}, errNoInstanceParams
	case i.op.kind == "create" && i.op.running():
		return reply{}, instanceInProgress(i.name)
	}
	return ok(i.params)
}

func (cc *cloudController) instanceCredentials(q *call, i *instance) (reply, error) {
	switch {
	case i.managed():
		return reply{}, notFound("Service instance")
	case !q.who.writes(i.space):
		return reply{}, errNotAuthorized
	}
	return ok(i.userCredentials)
}

func (cc *cloudController) instancePermissions(q *call) (reply, error) {
	i := find(cc.instances, q.r.PathValue("guid"))
	if i == nil {
		return reply{}, notFound("Service instance")
	}
	return ok(object{"read": i.readableBy(q.who), "manage": q.who.writes(i.space)})
}
