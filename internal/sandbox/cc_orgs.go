package sandbox

import "slices"

// Endpoints of organizations, spaces, roles, domains and feature flags.

func (cc *cloudController) viewOrg(q *call, o *org) object {
	v := q.resource(&o.meta, "/v3/organizations", object{
		"domains":        q.link("/v3/organizations/" + o.guid + "/domains"),
		"default_domain": q.link("/v3/organizations/" + o.guid + "/domains/default"),
		"quota":          q.link("/v3/organization_quotas/" + o.guid),
	})
	v["name"], v["suspended"] = o.name, false
	v["relationships"] = object{"quota": refersTo(o.guid)} // each org has a quota with the same GUID
	return v
}

func (cc *cloudController) listOrgs(q *call) (reply, error) {
	return list[*org]{
		path: "/v3/organizations", items: cc.orgs, view: cc.viewOrg,
		filters: map[string]filter[*org]{"names": by(func(o *org) string { return o.name })},
		orders:  byName(func(o *org) string { return o.name }),
	}.answer(q)
}

func (cc *cloudController) viewQuota(q *call, o *org) object {
	v := q.resource(&o.meta, "/v3/organization_quotas", nil)
	v["name"] = "default"
	v["apps"] = object{
		"total_memory_in_mb": 102400, "per_process_memory_in_mb": nil, "total_instances": nil, "per_app_tasks": nil,
		"log_rate_limit_in_bytes_per_second": nil,
	}
	v["services"] = object{"paid_services_allowed": true, "total_service_instances": 1000, "total_service_keys": nil}
	v["routes"] = object{"total_routes": 1000, "total_reserved_ports": 0}
	v["domains"] = object{"total_domains": nil}
	v["relationships"] = object{"organizations": object{"data": []object{{"guid": o.guid}}}}
	return v
}

func (cc *cloudController) viewSpace(q *call, s *space) object {
	v := q.resource(&s.meta, "/v3/spaces", object{"organization": q.link("/v3/organizations/" + s.org.guid)})
	v["name"] = s.name
	v["relationships"] = object{"organization": refersTo(s.org.guid), "quota": object{"data": nil}}
	return v
}

func (cc *cloudController) listSpaces(q *call) (reply, error) {
	return list[*space]{
		path: "/v3/spaces", items: cc.spaces, view: cc.viewSpace, refs: cc.spaceReferences(),
		filters: map[string]filter[*space]{
			"names":              by(func(s *space) string { return s.name }),
			"organization_guids": by(func(s *space) string { return s.org.guid }),
		},
		orders: byName(func(s *space) string { return s.name }),
	}.answer(q)
}

func (cc *cloudController) spaceReferences() []reference[*space] {
	org := func(q *call, s *space) object { return cc.viewOrg(q, s.org) }
	return []reference[*space]{
		{name: "organization", kind: "organizations", view: org}, {name: "org", kind: "organizations", view: org},
	}
}

// domain is the parent domain of routes.
type domain struct {
	meta
	name string
}

func (cc *cloudController) listDomains(q *call) (reply, error) {
	return list[*domain]{
		path: q.r.URL.Path, items: []*domain{cc.domain},
		filters: map[string]filter[*domain]{
			"names":              by(func(d *domain) string { return d.name }),
			"organization_guids": always[*domain],
		},
		view: cc.viewDomain,
	}.answer(q)
}

func (cc *cloudController) viewDomain(q *call, d *domain) object {
	v := q.resource(&d.meta, "/v3/domains", nil)
	v["name"], v["internal"], v["router_group"], v["supported_protocols"] = d.name, false, nil, []string{"http"}
	v["relationships"] = object{"organization": object{"data": nil}, "shared_organizations": object{"data": []object{}}}
	return v
}

func (cc *cloudController) defaultDomain(q *call, _ *org) (reply, error) {
	return ok(cc.viewDomain(q, cc.domain))
}

// grant is a role of an identity in a space.
type grant struct {
	meta
	who   *identity
	kind  string
	space *space
}

func (g *grant) readableBy(viewer *identity) bool { return viewer.reads(g.space) }

func (cc *cloudController) grants() []*grant {
	var grants []*grant
	for _, who := range cc.identities {
		for _, s := range cc.spaces {
			if who.roles[s] == noRole {
				continue
			}
			kind := "space_auditor"
			if who.writes(s) {
				kind = "space_developer"
			}
			grants = append(grants, &grant{
				meta: meta{guid: who.guid + "-" + s.guid, created: cc.createdAt(), updated: cc.createdAt()},
				who:  who, kind: kind, space: s,
			})
		}
	}
	return grants
}

func (cc *cloudController) viewRole(q *call, g *grant) object {
	v := q.resource(&g.meta, "/v3/roles", nil)
	v["type"] = g.kind
	v["relationships"] = object{
		"user": refersTo(g.who.guid), "space": refersTo(g.space.guid), "organization": object{"data": nil},
	}
	return v
}

func (cc *cloudController) pathGrant(q *call) (*grant, error) {
	all := cc.grants()
	return named(&all, "Role")(q)
}

func (cc *cloudController) listRoles(q *call) (reply, error) {
	return list[*grant]{
		path: "/v3/roles", items: cc.grants(), view: cc.viewRole, params: []string{"include"},
		filters: map[string]filter[*grant]{
			"types":              by(func(g *grant) string { return g.kind }),
			"user_guids":         by(func(g *grant) string { return g.who.guid }),
			"space_guids":        by(func(g *grant) string { return g.space.guid }),
			"organization_guids": by(func(*grant) string { return "" }), // there are space roles only
		},
	}.answer(q)
}

func (cc *cloudController) getFeatureFlag(q *call) (reply, error) {
	name := q.r.PathValue("name")
	known := []string{"service_instance_sharing", "service_instance_creation", "task_creation", "diego_docker", "app_scaling", "unset_roles_by_username"}
	if !slices.Contains(known, name) {
		return reply{}, notFound("Feature flag")
	}
	return ok(object{
		"name": name, "enabled": name != "diego_docker", "updated_at": nil, "custom_error_message": nil,
		"links": object{"self": q.link("/v3/feature_flags/" + name)},
	})
}
