package sandbox

import (
	"slices"
	"time"
)

// Routes of applications, and the record of what was done to them.

type route struct {
	meta
	app  *app
	host string
}

func (cc *cloudController) url(r *route) string { return r.host + "." + cc.domain.name }

func (cc *cloudController) urisOf(a *app) []string {
	uris := []string{}
	for _, r := range cc.routes {
		if r.app == a {
			uris = append(uris, cc.url(r))
		}
	}
	return uris
}

func (cc *cloudController) viewRoute(q *call, r *route) object {
	v := q.resource(&r.meta, "/v3/routes", object{
		"space": q.link("/v3/spaces/" + r.app.space.guid), "domain": q.link("/v3/domains/" + cc.domain.guid),
	})
	v["protocol"], v["host"], v["path"], v["port"], v["url"] = "http", r.host, "", nil, cc.url(r)
	v["destinations"] = []object{{
		"guid": r.guid, "app": object{"guid": r.app.guid, "process": object{"type": "web"}},
		"weight": nil, "port": 8080, "protocol": "http1",
	}}
	v["relationships"] = object{"space": refersTo(r.app.space.guid), "domain": refersTo(cc.domain.guid)}
	return v
}

func (cc *cloudController) listSomeRoutes(q *call, apps []*app) (reply, error) {
	return list[*route]{
		path: q.r.URL.Path, view: cc.viewRoute, params: []string{"include"},
		items: slices.DeleteFunc(slices.Clone(cc.routes), func(r *route) bool { return !slices.Contains(apps, r.app) }),
		filters: map[string]filter[*route]{
			"hosts":              by(func(r *route) string { return r.host }),
			"app_guids":          by(func(r *route) string { return r.app.guid }),
			"space_guids":        by(func(r *route) string { return r.app.space.guid }),
			"organization_guids": by(func(r *route) string { return r.app.space.org.guid }),
			"domain_guids":       by(func(*route) string { return cc.domain.guid }),
		},
	}.answer(q)
}

func (cc *cloudController) getRoute(q *call) (reply, error) {
	r := find(cc.routes, q.r.PathValue("guid"))
	if r == nil || !q.who.reads(r.app.space) {
		return reply{}, notFound("Route")
	}
	return ok(cc.viewRoute(q, r))
}

func (cc *cloudController) listRoutes(q *call) (reply, error) {
	return cc.listSomeRoutes(q, cc.readableApps(q))
}

func (cc *cloudController) listAppRoutes(q *call) (reply, error) {
	a, err := cc.theApp(q)
	if err != nil {
		return reply{}, err
	}
	return cc.listSomeRoutes(q, []*app{a})
}

// What is recorded.
const (
	eventStart   = "audit.app.start"
	eventStop    = "audit.app.stop"
	eventRestart = "audit.app.restart"
)

// auditEvent says who did what to an application.
type auditEvent struct {
	meta
	kind string
	who  *identity
	app  *app
}

func (w *world) record(who *identity, a *app, kind string, at time.Time) {
	w.events = append(w.events, &auditEvent{meta: w.newMeta(at), kind: kind, who: who, app: a})
}

func (cc *cloudController) listEvents(q *call) (reply, error) {
	return list[*auditEvent]{
		path:  "/v3/audit_events",
		items: slices.DeleteFunc(slices.Clone(cc.events), func(e *auditEvent) bool { return !q.who.reads(e.app.space) }),
		filters: map[string]filter[*auditEvent]{
			"types":              by(func(e *auditEvent) string { return e.kind }),
			"target_guids":       by(func(e *auditEvent) string { return e.app.guid }),
			"space_guids":        by(func(e *auditEvent) string { return e.app.space.guid }),
			"organization_guids": by(func(e *auditEvent) string { return e.app.space.org.guid }),
		},
		view: func(q *call, e *auditEvent) object {
			v := q.resource(&e.meta, "/v3/audit_events", nil)
			actor := "user"
			if e.who.client {
				actor = "client"
			}
			v["type"] = e.kind
			v["actor"] = object{"guid": e.who.guid, "type": actor, "name": e.who.name}
			v["target"] = object{"guid": e.app.guid, "type": "app", "name": e.app.name}
			v["data"] = object{}
			v["space"], v["organization"] = object{"guid": e.app.space.guid}, object{"guid": e.app.space.org.guid}
			return v
		},
	}.answer(q)
}
