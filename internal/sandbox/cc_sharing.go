package sandbox

import "slices"

// Endpoints for sharing service instances with other spaces.

func (cc *cloudController) sharedSpaces(q *call, i *instance) (reply, error) {
	return ok(including(q, cc.shares(q, i), asItems(i.sharedTo), references(referencesToSpaces(cc, func(s *space) *space { return s }))))
}

func (cc *cloudController) shares(q *call, i *instance) object {
	data := []object{}
	for _, s := range i.sharedTo {
		data = append(data, object{"guid": s.guid})
	}
	return object{
		"data":  data,
		"links": object{"self": q.link("/v3/service_instances/" + i.guid + "/relationships/shared_spaces")},
	}
}

type shareInstance struct {
	Data []struct {
		GUID string `json:"guid"`
	} `json:"data"`
}

func (cc *cloudController) share(q *call, i *instance, req shareInstance) (reply, error) {
	var more []*space
	for _, to := range req.Data {
		s := find(cc.spaces, to.GUID)
		switch {
		case s == nil || !q.who.reads(s):
			return reply{}, unprocessable("Unable to share service instance %s with spaces ['%s']. Ensure the spaces exist and that you have access to them.", i.name, to.GUID)
		case !q.who.writes(s):
			return reply{}, unprocessable("Unable to share service instance %s with spaces ['%s']. Write permission is required in order to share a service instance with a space and the containing organization must not be suspended.", i.name, to.GUID)
		case s == i.space:
			return reply{}, unprocessable("Unable to share service instance '%s' with space '%s'. Service instances cannot be shared into the space where they were created.", i.name, s.guid)
		case !i.managed():
			return reply{}, unprocessable("User-provided services cannot be shared.")
		case !i.plan.offering.shareable:
			return reply{}, unprocessable("The %s service does not support service instance sharing.", i.plan.offering.name)
		case slices.Contains(i.sharedTo, s):
			continue
		case cc.instanceNamed(s, i.name) != nil:
			return reply{}, unprocessable("A service instance called %s already exists in %s.", i.name, s.name)
		}
		more = append(more, s)
	}
	i.sharedTo = append(i.sharedTo, more...)
	return ok(cc.shares(q, i))
}

func (cc *cloudController) unshare(q *call, i *instance) (reply, error) {
	s := find(cc.spaces, q.r.PathValue("space"))
	if s == nil || !slices.Contains(i.sharedTo, s) {
		return reply{}, unprocessable("Unable to unshare service instance from space %s. Ensure the space exists and the service instance has been shared to this space.", q.r.PathValue("space"))
	}
	for _, b := range cc.bindingsOf(i) {
		if b.app != nil && b.app.space == s {
			cc.removeBinding(b, q.now)
		}
	}
	i.sharedTo = without(i.sharedTo, s)
	return reply{status: 204}, nil
}

func (cc *cloudController) sharedUsage(q *call, i *instance) (reply, error) {
	usage := []object{}
	for _, s := range i.sharedTo {
		bound := 0
		for _, b := range cc.bindingsOf(i) {
			if b.app != nil && b.app.space == s {
				bound++
			}
		}
		usage = append(usage, object{"space": object{"guid": s.guid}, "bound_app_count": bound})
	}
	return ok(object{"usage_summary": usage, "links": object{"self": q.link(q.r.URL.Path)}})
}
