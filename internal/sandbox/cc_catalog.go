package sandbox

import (
	"slices"
	"strconv"
)

// Endpoints of service brokers, offerings and plans.

func (cc *cloudController) viewBroker(q *call, b *broker) object {
	v := q.resource(&b.meta, "/v3/service_brokers", object{
		"service_offerings": q.link("/v3/service_offerings?service_broker_guids=" + b.guid),
	})
	v["name"], v["url"], v["relationships"] = b.name, "https://"+b.name+".sandbox.example", object{}
	return v
}

func (cc *cloudController) listBrokers(q *call) (reply, error) {
	return list[*broker]{
		path: "/v3/service_brokers", items: cc.brokers, view: cc.viewBroker,
		filters: map[string]filter[*broker]{
			"names":       by(func(b *broker) string { return b.name }),
			"space_guids": always[*broker],
		},
		orders: byName(func(b *broker) string { return b.name }),
	}.answer(q)
}

func (cc *cloudController) viewOffering(q *call, o *offering) object {
	v := q.resource(&o.meta, "/v3/service_offerings", object{
		"service_plans":  q.link("/v3/service_plans?service_offering_guids=" + o.guid),
		"service_broker": q.link("/v3/service_brokers/" + o.broker.guid),
	})
	v["name"], v["description"], v["available"] = o.name, o.description, true
	v["tags"], v["requires"], v["shareable"], v["documentation_url"] = o.tags, []string{}, o.shareable, o.documentation
	v["broker_catalog"] = object{"id": o.guid, "metadata": object{"shareable": o.shareable}, "features": object{
		"plan_updateable": true, "bindable": true, "instances_retrievable": o.retrievable,
		"bindings_retrievable": o.retrievable, "allow_context_updates": false,
	}}
	v["relationships"] = object{"service_broker": refersTo(o.broker.guid)}
	return v
}

func (cc *cloudController) listOfferings(q *call) (reply, error) {
	return list[*offering]{
		path: "/v3/service_offerings", items: cc.offerings, view: cc.viewOffering, refs: cc.offeringReferences(),
		filters: map[string]filter[*offering]{
			"names":                by(func(o *offering) string { return o.name }),
			"available":            by(func(*offering) string { return "true" }),
			"service_broker_guids": by(func(o *offering) string { return o.broker.guid }),
			"service_broker_names": by(func(o *offering) string { return o.broker.name }),
			"space_guids":          always[*offering],
			"organization_guids":   always[*offering],
		},
		orders: byName(func(o *offering) string { return o.name }),
	}.answer(q)
}

func (cc *cloudController) offeringReferences() []reference[*offering] {
	return []reference[*offering]{{
		name: "service_broker", fields: []string{"guid", "name"}, kind: "service_brokers",
		view: func(q *call, o *offering) object { return cc.viewBroker(q, o.broker) },
	}}
}

func (cc *cloudController) viewPlan(q *call, p *plan) object {
	v := q.resource(&p.meta, "/v3/service_plans", object{
		"service_offering": q.link("/v3/service_offerings/" + p.offering.guid),
		"visibility":       q.link("/v3/service_plans/" + p.guid + "/visibility"),
	})
	v["name"], v["description"], v["free"], v["available"] = p.name, p.description, p.free, true
	v["visibility_type"], v["costs"], v["maintenance_info"] = "public", []object{}, object{}
	v["broker_catalog"] = object{
		"id": p.guid, "metadata": object{}, "maximum_polling_duration": nil,
		"features": object{"bindable": p.bindable, "plan_updateable": true},
	}
	noSchema := object{"parameters": object{}}
	v["schemas"] = object{
		"service_instance": object{"create": noSchema, "update": noSchema},
		"service_binding":  object{"create": noSchema},
	}
	v["relationships"] = object{"service_offering": refersTo(p.offering.guid)}
	return v
}

func (cc *cloudController) listPlans(q *call) (reply, error) {
	offered := func(property func(*offering) string) filter[*plan] {
		return by(func(p *plan) string { return property(p.offering) })
	}
	return list[*plan]{
		path: "/v3/service_plans", items: cc.plans, view: cc.viewPlan, refs: cc.planReferences(),
		filters: map[string]filter[*plan]{
			"names":                  by(func(p *plan) string { return p.name }),
			"available":              by(func(*plan) string { return strconv.FormatBool(true) }),
			"broker_catalog_ids":     by(func(p *plan) string { return p.guid }),
			"service_offering_guids": offered(func(o *offering) string { return o.guid }),
			"service_offering_names": offered(func(o *offering) string { return o.name }),
			"service_broker_guids":   offered(func(o *offering) string { return o.broker.guid }),
			"service_broker_names":   offered(func(o *offering) string { return o.broker.name }),
			"space_guids":            always[*plan], // all plans are public
			"organization_guids":     always[*plan],
			"service_instance_guids": func(p *plan, guids []string) bool {
				return slices.ContainsFunc(cc.instances, func(i *instance) bool { return i.plan == p && slices.Contains(guids, i.guid) })
			},
		},
		orders: byName(func(p *plan) string { return p.name }),
	}.answer(q)
}

func (cc *cloudController) planReferences() []reference[*plan] {
	none := func(*call, *plan) object { return nil } // all plans are public: none belongs to a space
	return []reference[*plan]{
		{name: "service_offering", kind: "service_offerings", view: func(q *call, p *plan) object { return cc.viewOffering(q, p.offering) }},
		{name: "space.organization", kind: "spaces", view: none},
		{name: "space.organization", kind: "organizations", view: none},
		{
			name: "service_offering.service_broker", fields: []string{"guid", "name"}, kind: "service_brokers",
			view: func(q *call, p *plan) object { return cc.viewBroker(q, p.offering.broker) },
		},
	}
}
