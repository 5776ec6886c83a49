package sandbox

import "time"

// Endpoints of routes and audit events.

type route struct {
	appPart
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

func (cc *cloudController) listRoutes(q *call, of *app) (reply, error) {
	return list[*route]{
		path: q.r.URL.Path, items: partsOf(of, cc.routes), view: cc.viewRoute, params: []string{"include"},
		filters: appFilters(map[string]filter[*route]{
			"hosts":        by(func(r *route) string { return r.host }),
			"domain_guids": by(func(*route) string { return cc.domain.guid }),
		}),
	}.answer(q)
}

// Types of audit events.
const (
	eventStart   = "audit.app.start"
	eventStop    = "audit.app.stop"
	eventRestart = "audit.app.restart"
)

// auditEvent records an action on an application.
type auditEvent struct {
	appPart
	kind string
	who  *identity
}

func (w *world) record(who *identity, a *app, kind string, at time.Time) {
	w.events = append(w.events, &auditEvent{w.newPart(a, at), kind, who})
}

func (cc *cloudController) listEvents(q *call) (reply, error) {
	return list[*auditEvent]{
		path: "/v3/audit_events", items: cc.events,
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
