package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Endpoints of applications: views, start and stop, environment.

func (cc *cloudController) viewApp(q *call, a *app) object {
	self := "/v3/apps/" + a.guid
	post := func(action string) object {
		link := q.link(self + "/actions/" + action)
		link["method"] = "POST"
		return link
	}
	v := q.resource(&a.meta, "/v3/apps", object{
		"environment_variables": q.link(self + "/environment_variables"),
		"space":                 q.link("/v3/spaces/" + a.space.guid),
		"processes":             q.link(self + "/processes"),
		"packages":              q.link(self + "/packages"),
		"current_droplet":       q.link(self + "/droplets/current"),
		"droplets":              q.link(self + "/droplets"),
		"tasks":                 q.link(self + "/tasks"),
		"start":                 post("start"),
		"stop":                  post("stop"),
	})
	v["name"], v["state"] = a.name, a.state
	v["lifecycle"] = object{"type": "buildpack", "data": object{"buildpacks": []string{"java_buildpack"}, "stack": stackName}}
	v["relationships"] = object{"space": refersTo(a.space.guid), "current_droplet": refersTo(a.droplet.guid)}
	return v
}

func (cc *cloudController) listApps(q *call) (reply, error) {
	orders := byName(func(a *app) string { return a.name })
	orders["state"] = func(a, b *app) int { return strings.Compare(a.state, b.state) }
	return list[*app]{
		path: "/v3/apps", items: cc.apps, view: cc.viewApp, orders: orders, refs: cc.appReferences(),
		filters: map[string]filter[*app]{
			"names":              by(func(a *app) string { return a.name }),
			"space_guids":        by(func(a *app) string { return a.space.guid }),
			"organization_guids": by(func(a *app) string { return a.space.org.guid }),
			"stacks":             by(func(*app) string { return stackName }),
			"lifecycle_type":     by(func(*app) string { return "buildpack" }),
		},
	}.answer(q)
}

func (cc *cloudController) appReferences() []reference[*app] {
	space := func(q *call, a *app) object { return cc.viewSpace(q, a.space) }
	org := func(q *call, a *app) object { return cc.viewOrg(q, a.space.org) }
	return []reference[*app]{
		{name: "space", kind: "spaces", view: space},
		{name: "org", kind: "organizations", view: org},
		{name: "space.organization", kind: "spaces", view: space},
		{name: "space.organization", kind: "organizations", view: org},
	}
}

type updateApp struct {
	Name      *string         `json:"name"`
	Lifecycle json.RawMessage `json:"lifecycle"`
	Metadata  *metadata       `json:"metadata"`
}

func (cc *cloudController) updateApp(q *call, a *app, req updateApp) (reply, error) {
	if req.Name != nil {
		taken := func(other *app) bool { return other != a && other.space == a.space && other.name == *req.Name }
		switch {
		case *req.Name == "":
			return reply{}, unprocessable("Name can't be blank")
		case slices.ContainsFunc(cc.apps, taken):
			return reply{}, unprocessable("App with the name '%s' already exists.", *req.Name)
		}
		a.name = *req.Name
	}
	a.annotate(req.Metadata)
	return ok(cc.viewApp(q, a))
}

func (cc *cloudController) startAction(q *call, a *app) (reply, error) {
	if a.state != appStarted { // starting a started application is a no-op
		cc.startApp(a, q.now)
		cc.record(q.who, a, eventStart, q.now)
	}
	return ok(cc.viewApp(q, a))
}

func (cc *cloudController) stopAction(q *call, a *app) (reply, error) {
	if a.state != appStopped {
		cc.stopApp(a, q.now)
		cc.record(q.who, a, eventStop, q.now)
	}
	return ok(cc.viewApp(q, a))
}

func (cc *cloudController) restartAction(q *call, a *app) (reply, error) {
	cc.stopApp(a, q.now)
	cc.startApp(a, q.now)
	cc.record(q.who, a, eventRestart, q.now)
	return ok(cc.viewApp(q, a))
}

func (cc *cloudController) viewEnv(q *call, a *app) object {
	return object{
		"environment_variables": a.env, "staging_env_json": object{}, "running_env_json": object{},
		"system_env_json": object{"VCAP_SERVICES": cc.vcapServices(a)},
		"application_env_json": object{"VCAP_APPLICATION": object{
			"application_id": a.guid, "application_name": a.name, "name": a.name, "cf_api": q.base,
			"space_id": a.space.guid, "space_name": a.space.name,
			"organization_id": a.space.org.guid, "organization_name": a.space.org.name,
			"application_uris": cc.urisOf(a), "uris": cc.urisOf(a), "limits": object{"fds": 32768},
		}},
	}
}

// vcapServices is VCAP_SERVICES as of the next start.
func (cc *cloudController) vcapServices(a *app) object {
	services := object{}
	for _, b := range cc.served(a) {
		label, planName := "user-provided", any(nil)
		tags := b.instance.tags
		if b.instance.managed() {
			label, planName = b.instance.plan.offering.name, b.instance.plan.name
			tags = slices.Concat(b.instance.plan.offering.tags, tags)
		}
		name := b.name
		if name == "" {
			name = b.instance.name
		}
		entries, _ := services[label].([]object)
		services[label] = append(entries, object{
			"label": label, "plan": planName, "name": name, "tags": tags, "credentials": b.credentials,
			"instance_guid": b.instance.guid, "instance_name": b.instance.name,
			"binding_guid": b.guid, "binding_name": nullable(b.name),
			"provider": nil, "syslog_drain_url": nil, "volume_mounts": []object{},
		})
	}
	return services
}

func (cc *cloudController) viewVariables(q *call, a *app) object {
	return object{"var": a.env, "links": object{
		"self": q.link("/v3/apps/" + a.guid + "/environment_variables"), "app": q.link("/v3/apps/" + a.guid),
	}}
}

type setVariables struct {
	Var map[string]any `json:"var"`
}

func (cc *cloudController) setVariables(q *call, a *app, req setVariables) (reply, error) {
	for name, value := range req.Var {
		switch {
		case strings.HasPrefix(name, "VCAP_"):
			return reply{}, unprocessable("Var cannot start with VCAP_")
		case value == nil:
			delete(a.env, name)
		default:
			if text, isText := value.(string); isText {
				a.env[name] = text
			} else {
				a.env[name] = fmt.Sprint(value)
			}
		}
	}
	return ok(cc.viewVariables(q, a))
}

func (cc *cloudController) viewPermissions(q *call, a *app) object {
	return object{"read_basic_data": true, "read_sensitive_data": q.who.writes(a.space)}
}

func (cc *cloudController) viewSSH(*call, *app) object {
	return object{"enabled": false, "reason": "There are no containers in this landscape"}
}

func (cc *cloudController) appFeature(q *call, _ *app) (reply, error) {
	name := q.r.PathValue("name")
	if name != "ssh" && name != "revisions" {
		return reply{}, notFound("Feature")
	}
	return ok(object{"name": name, "enabled": false, "description": "Not in this landscape"})
}
