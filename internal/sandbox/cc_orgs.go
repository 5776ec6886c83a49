package sandbox

import "slices"

// Organizations, spaces, roles, domains and flags.

func (cc *cloudController) viewOrg(q *call, o *org) object {
	v := q.resource(&o.meta, "/v3/organizations", object{
		"domains":        q.link("/v3/organizations/" + o.guid + "/domains"),
		"default_domain": q.link("/v3/organizations/" + o.guid + "/domains/default"),
		"quota":          q.link("/v3/organization_quotas/" + o.guid),
	})
	v["name"], v["suspended"] = o.name, false
	v["relationships"] = object{"quota": refersTo(o.guid)} // one quota per org, under the same guid
	return v
}

func (cc *cloudController) readableOrgs(q *call) []*org {
	return slices.DeleteFunc(slices.Clone(cc.orgs), func(o *org) bool { return !q.who.readsOrg(o) })
}

func (cc *cloudController) listOrgs(q *call) (reply, error) {
	return list[*org]{
		path: "/v3/organizations", items: cc.readableOrgs(q), view: cc.viewOrg,
		filters: map[string]filter[*org]{"names": by(func(o *org) string { return o.name })},
		orders:  byName(func(o *org) string { return o.name }),
	}.answer(q)
}

func (cc *cloudController) theOrg(q *call) (*org, error) {
	o := find(cc.orgs, q.r.PathValue("guid"))
	if o == nil || !q.who.readsOrg(o) {
		return nil, notFound("Organization")
	}
	return o, nil
}

func (cc *cloudController) getOrg(q *call) (reply, error) {
	o, err := cc.theOrg(q)
	if err != nil {
		return reply{}, err
	}
	return ok(cc.viewOrg(q, o))
}

func (cc *cloudController) getQuota(q *call) (reply, error) {
	o, err := cc.theOrg(q)
	if err != nil {
		return reply{}, notFound("Organization quota")
	}
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
	return ok(v)
}

func (cc *cloudController) viewSpace(q *call, s *space) object {
	v := q.resource(&s.meta, "/v3/spaces", object{"organization": q.link("/v3/organizations/" + s.org.guid)})
	v["name"] = s.name
	v["relationships"] = object{"organization": refersTo(s.org.guid), "quota": object{"data": nil}}
	return v
}

func (cc *cloudController) listSpaces(q *call) (reply, error) {
	if err := checkInclude(q.r.URL.Query(), "organization", "org"); err != nil {
		return reply{}, err
	}
	page, err := list[*space]{
		path: "/v3/spaces", view: cc.viewSpace, params: []string{"include"},
		items: slices.DeleteFunc(slices.Clone(cc.spaces), func(s *space) bool { return !q.who.reads(s) }),
		filters: map[string]filter[*space]{
			"names":              by(func(s *space) string { return s.name }),
			"organization_guids": by(func(s *space) string { return s.org.guid }),
		},
		orders: byName(func(s *space) string { return s.name }),
	}.page(q)
	if err != nil {
		return reply{}, err
	}
	return ok(cc.withOrgs(q, page.body, page.items))
}

// withOrgs includes the orgs of spaces where they were asked for.
func (cc *cloudController) withOrgs(q *call, body object, spaces []*space) object {
	in := q.including()
	if q.includes("organization") || q.includes("org") {
		in.open("organizations")
		for _, s := range spaces {
			in.add("organizations", s.org.guid, cc.viewOrg(q, s.org), nil)
		}
	}
	return in.into(body)
}

func (cc *cloudController) getSpace(q *call) (reply, error) {
	s := find(cc.spaces, q.r.PathValue("guid"))
	if s == nil || !q.who.reads(s) {
		return reply{}, notFound("Space")
	}
	return ok(cc.withOrgs(q, cc.viewSpace(q, s), []*space{s}))
}

// domain is what applications are reached under.
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

func (cc *cloudController) getDomain(q *call) (reply, error) {
	if q.r.PathValue("guid") != cc.domain.guid {
		return reply{}, notFound("Domain")
	}
	return ok(cc.viewDomain(q, cc.domain))
}

func (cc *cloudController) defaultDomain(q *call) (reply, error) {
	if _, err := cc.theOrg(q); err != nil {
		return reply{}, err
	}
	return ok(cc.viewDomain(q, cc.domain))
}

// grant is a role as the API lists it.
type grant struct {
	meta
	who   *identity
	kind  string
	space *space
}

// grantsTo are the roles that somebody may see.
func (cc *cloudController) grantsTo(viewer *identity) []*grant {
	var grants []*grant
	for _, who := range cc.identities {
		for _, s := range cc.spaces {
			if who.roles[s] == noRole || !viewer.reads(s) {
				continue
			}
			kind := "space_auditor"
			if who.writes(s) {
				kind = "space_developer"
			}
			grants = append(grants, &grant{
				meta: meta{guid: who.guid + "-" + s.guid, created: cc.founded(), updated: cc.founded()},
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

func (cc *cloudController) getRole(q *call) (reply, error) {
	g := find(cc.grantsTo(q.who), q.r.PathValue("guid"))
	if g == nil {
		return reply{}, notFound("Role")
	}
	return ok(cc.viewRole(q, g))
}

func (cc *cloudController) listRoles(q *call) (reply, error) {
	return list[*grant]{
		path: "/v3/roles", items: cc.grantsTo(q.who), view: cc.viewRole, params: []string{"include"},
		filters: map[string]filter[*grant]{
			"types":              by(func(g *grant) string { return g.kind }),
			"user_guids":         by(func(g *grant) string { return g.who.guid }),
			"space_guids":        by(func(g *grant) string { return g.space.guid }),
			"organization_guids": by(func(*grant) string { return "" }), // all roles here are roles in a space
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
