package sandbox

import (
	"encoding/json"
	"slices"
	"time"
)

// Endpoints of processes and their instances.

func (cc *cloudController) viewProcess(q *call, p *process) object {
	self := "/v3/processes/" + p.guid
	scale := q.link(self + "/actions/scale")
	scale["method"] = "POST"
	v := q.resource(&p.meta, "/v3/processes", object{
		"scale": scale, "app": q.link("/v3/apps/" + p.app.guid), "space": q.link("/v3/spaces/" + p.app.space.guid),
		"stats": q.link(self + "/stats"), "process_instances": q.link(self + "/process_instances"),
	})
	v["type"], v["command"], v["instances"], v["version"], v["user"] = p.kind, p.command, len(p.instances), p.guid, "vcap"
	v["memory_in_mb"], v["disk_in_mb"], v["log_rate_limit_in_bytes_per_second"] = p.memory, p.disk, -1
	v["health_check"] = object{"type": "port", "data": object{"timeout": nil, "invocation_timeout": nil, "interval": nil}}
	v["readiness_health_check"] = object{"type": "process", "data": object{"invocation_timeout": nil, "interval": nil}}
	v["relationships"] = object{"app": refersTo(p.app.guid), "revision": nil}
	if slices.Contains(commaList(q.r.URL.Query().Get("embed")), "process_instances") {
		v["process_instances"] = cc.instancesOf(p, q.now)
	}
	return v
}

func (cc *cloudController) instancesOf(p *process, now time.Time) []object {
	views := []object{}
	for index := range p.instances {
		state, since := cc.instanceState(p, index, now)
		view := object{"index": index, "state": state}
		if state != instanceDown {
			view["since"] = int(since.Seconds())
		}
		views = append(views, view)
	}
	return views
}

func (cc *cloudController) processes() []*process {
	var all []*process
	for _, a := range cc.apps {
		all = append(all, a.processes...)
	}
	return all
}

func (cc *cloudController) listProcesses(q *call, of *app) (reply, error) {
	for _, embed := range commaList(q.r.URL.Query().Get("embed")) {
		if embed != "process_instances" {
			return reply{}, badQuery("Invalid embedded resource: '%s'. Valid embedded resources are: 'process_instances'", embed)
		}
	}
	return list[*process]{
		path: q.r.URL.Path, items: partsOf(of, cc.processes()), view: cc.viewProcess, params: []string{"embed"},
		filters: appFilters(map[string]filter[*process]{"types": by(func(p *process) string { return p.kind })}),
	}.answer(q)
}

// pathProcess finds a process by its GUID, or by application and type.
func (cc *cloudController) pathProcess(q *call) (*process, error) {
	kind := q.r.PathValue("type")
	if kind == "" {
		all := cc.processes()
		return named(&all, "Process")(q)
	}
	a, err := named(&cc.apps, "App")(q)
	if err != nil {
		return nil, err
	}
	if p := a.process(kind); p != nil {
		return p, nil
	}
	return nil, notFound("Process")
}

func (cc *cloudController) viewInstances(q *call, p *process) object {
	return object{"resources": cc.instancesOf(p, q.now), "links": object{
		"self": q.link(q.r.URL.Path), "process": q.link("/v3/processes/" + p.guid),
	}}
}

func (cc *cloudController) viewStats(q *call, p *process) object {
	stats := []object{}
	for index := range p.instances {
		state, since := cc.instanceState(p, index, q.now)
		if state == instanceDown {
			stats = append(stats, object{
				"type": p.kind, "index": index, "state": state, "uptime": 0,
				"routable": nil, "isolation_segment": nil, "details": nil,
			})
			continue
		}
		stats = append(stats, object{
			"type": p.kind, "index": index, "state": state, "routable": state == instanceRunning && p.app.ready(),
			"instance_guid": p.guid, "host": "10.0.16.4", "instance_internal_ip": "10.255.1.4",
			"uptime": int(since.Seconds()), "fds_quota": 32768, "isolation_segment": nil, "details": nil,
			"mem_quota": p.memory << 20, "disk_quota": p.disk << 20, "log_rate_limit": -1,
			"instance_ports": []object{},
			"usage": object{
				"time": timestamp(q.now), "cpu": 0.004, "cpu_entitlement": 0.02,
				"mem": p.memory << 20 / 3, "disk": p.disk << 20 / 5, "log_rate": 0,
			},
		})
	}
	return object{"resources": stats}
}

type scaleProcess struct {
	Instances *int            `json:"instances"`
	Memory    *int            `json:"memory_in_mb"`
	Disk      *int            `json:"disk_in_mb"`
	LogRate   json.RawMessage `json:"log_rate_limit_in_bytes_per_second"`
}

func (cc *cloudController) scaleProcess(q *call, p *process, req scaleProcess) (reply, error) {
	switch {
	case req.Instances != nil && (*req.Instances < 0 || *req.Instances > 1000):
		return reply{}, unprocessable("Instances must be greater than or equal to 0")
	case req.Memory != nil && *req.Memory < 1:
		return reply{}, unprocessable("Memory in mb must be greater than 0")
	case req.Disk != nil && *req.Disk < 1:
		return reply{}, unprocessable("Disk in mb must be greater than 0")
	}
	if req.Instances != nil {
		cc.scale(p, *req.Instances, q.now)
	}
	if req.Memory != nil {
		p.memory = *req.Memory
	}
	if req.Disk != nil {
		p.disk = *req.Disk
	}
	return reply{status: 202, body: cc.viewProcess(q, p)}, nil
}
