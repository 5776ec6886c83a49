package sandbox

import (
	"encoding/json"
	"time"
)

// Endpoints of packages, droplets, builds and deployments. Nothing is really
// built, but clients can start, restage and restart in the usual way.

const (
	stackName          = "cflinuxfs4"
	stagingDuration    = 30 * time.Second
	deploymentDuration = 45 * time.Second
)

func (cc *cloudController) viewPackage(q *call, p *pack) object {
	v := q.resource(&p.meta, "/v3/packages", object{"app": q.link("/v3/apps/" + p.app.guid), "droplets": q.link("/v3/packages/" + p.guid + "/droplets")})
	v["type"], v["state"], v["data"] = "bits", "READY", object{"error": nil, "checksum": object{"type": "sha256", "value": nil}}
	v["relationships"] = object{"app": refersTo(p.app.guid)}
	return v
}

func (cc *cloudController) packages() []*pack {
	var all []*pack
	for _, a := range cc.apps {
		all = append(all, a.pack)
	}
	return all
}

func (cc *cloudController) listPackages(q *call, of *app) (reply, error) {
	return list[*pack]{
		path: q.r.URL.Path, items: partsOf(of, cc.packages()), view: cc.viewPackage,
		filters: appFilters(map[string]filter[*pack]{
			"states": by(func(*pack) string { return "READY" }),
			"types":  by(func(*pack) string { return "bits" }),
		}),
	}.answer(q)
}

func (cc *cloudController) pathPackage(q *call) (*pack, error) {
	all := cc.packages()
	return named(&all, "Package")(q)
}

// packagedApp finds the application of the package named in the path.
func (cc *cloudController) packagedApp(q *call) (*app, error) {
	p, err := cc.pathPackage(q)
	if err != nil {
		return nil, err
	}
	return p.app, nil
}

func (cc *cloudController) viewDroplet(q *call, d *droplet) object {
	v := q.resource(&d.meta, "/v3/droplets", object{"app": q.link("/v3/apps/" + d.app.guid), "package": q.link("/v3/packages/" + d.pack.guid)})
	v["state"], v["error"], v["stack"], v["image"] = "STAGED", nil, stackName, nil
	v["lifecycle"] = object{"type": "buildpack", "data": object{}}
	v["execution_metadata"], v["process_types"] = "", object{"web": d.app.processes[0].command}
	v["checksum"] = object{"type": "sha256", "value": nil}
	v["buildpacks"] = []object{{
		"name": "java_buildpack", "detect_output": "java", "buildpack_name": "java", "version": "4.77.0",
	}}
	v["relationships"] = object{"app": refersTo(d.app.guid)}
	return v
}

func (cc *cloudController) droplets() []*droplet {
	var all []*droplet
	for _, a := range cc.apps {
		all = append(all, a.droplet)
	}
	return all
}

func (cc *cloudController) listDroplets(q *call, of *app) (reply, error) {
	return list[*droplet]{
		path: q.r.URL.Path, items: partsOf(of, cc.droplets()), view: cc.viewDroplet, params: []string{"current"},
		filters: appFilters(map[string]filter[*droplet]{"states": by(func(*droplet) string { return "STAGED" })}),
	}.answer(q)
}

func (cc *cloudController) pathDroplet(q *call) (*droplet, error) {
	all := cc.droplets()
	return named(&all, "Droplet")(q)
}

func (cc *cloudController) viewDropletRelationship(q *call, a *app) object {
	v := refersTo(a.droplet.guid)
	v["links"] = object{
		"self":    q.link("/v3/apps/" + a.guid + "/relationships/current_droplet"),
		"related": q.link("/v3/apps/" + a.guid + "/droplets/current"),
	}
	return v
}

func (cc *cloudController) assignDroplet(q *call, a *app, req toOne) (reply, error) {
	for _, b := range cc.builds {
		if b.app == a && b.droplet.guid == req.guid() && b.done {
			a.droplet = b.droplet
		}
	}
	if a.droplet.guid != req.guid() {
		return reply{}, unprocessable("Unable to assign current droplet. Ensure the droplet exists and belongs to this app.")
	}
	return ok(cc.viewDropletRelationship(q, a))
}

// build stages a package into a droplet.
type build struct {
	appPart
	droplet *droplet
	done    bool
}

func (cc *cloudController) viewBuild(q *call, b *build) object {
	v := q.resource(&b.meta, "/v3/builds", object{"app": q.link("/v3/apps/" + b.app.guid)})
	v["state"], v["error"], v["droplet"] = "STAGING", nil, nil
	if b.done {
		v["state"], v["droplet"] = "STAGED", object{"guid": b.droplet.guid}
	}
	v["package"] = object{"guid": b.app.pack.guid}
	v["lifecycle"] = object{"type": "buildpack", "data": object{"buildpacks": []string{"java_buildpack"}, "stack": stackName}}
	v["relationships"] = object{"app": refersTo(b.app.guid)}
	return v
}

type createBuild struct {
	Package struct {
		GUID string `json:"guid"`
	} `json:"package"`
	Lifecycle json.RawMessage `json:"lifecycle"`
	Metadata  *metadata       `json:"metadata"`
}

func (cc *cloudController) createBuild(q *call, req createBuild) (reply, error) {
	p := find(cc.packages(), req.Package.GUID)
	switch {
	case p == nil || !p.readableBy(q.who):
		return reply{}, unprocessable("Unable to use package. Ensure that the package exists and you have access to it.")
	case !q.who.writes(p.app.space):
		return reply{}, errNotAuthorized
	}
	b := &build{appPart: cc.newPart(p.app, q.now), droplet: &droplet{cc.newPart(p.app, q.now), p}}
	cc.builds = append(cc.builds, b)
	cc.after(q.now, stagingDuration, func(time.Time) { b.done = true })
	return reply{status: 201, body: cc.viewBuild(q, b)}, nil
}

func (cc *cloudController) listBuilds(q *call) (reply, error) {
	return list[*build]{
		path: "/v3/builds", items: cc.builds, view: cc.viewBuild,
		filters: map[string]filter[*build]{
			"app_guids":     by(func(b *build) string { return b.app.guid }),
			"package_guids": by(func(b *build) string { return b.app.pack.guid }),
			"states":        by(func(b *build) string { return map[bool]string{true: "STAGED", false: "STAGING"}[b.done] }),
		},
	}.answer(q)
}

// deployment is a rolling restart.
type deployment struct {
	appPart
	strategy string
	done     bool
}

func (d *deployment) status() (value, reason string) {
	if d.done {
		return "FINALIZED", "DEPLOYED"
	}
	return "ACTIVE", "DEPLOYING"
}

func (cc *cloudController) viewDeployment(q *call, d *deployment) object {
	v := q.resource(&d.meta, "/v3/deployments", object{"app": q.link("/v3/apps/" + d.app.guid)})
	value, reason := d.status()
	v["status"] = object{"value": value, "reason": reason, "details": object{"last_healthy_at": timestamp(q.now), "last_status_change": timestamp(d.updated)}}
	v["strategy"], v["options"] = d.strategy, object{"max_in_flight": 1}
	v["droplet"], v["previous_droplet"], v["new_processes"] = object{"guid": d.app.droplet.guid}, object{"guid": d.app.droplet.guid}, []object{}
	v["relationships"] = object{"app": refersTo(d.app.guid)}
	return v
}

type createDeployment struct {
	Strategy      string          `json:"strategy"`
	Options       json.RawMessage `json:"options"`
	Droplet       json.RawMessage `json:"droplet"`
	Revision      json.RawMessage `json:"revision"`
	Metadata      *metadata       `json:"metadata"`
	Relationships struct {
		App toOne `json:"app"`
	} `json:"relationships"`
}

func (cc *cloudController) createDeployment(q *call, req createDeployment) (reply, error) {
	a := find(cc.apps, req.Relationships.App.guid())
	switch {
	case a == nil || !a.readableBy(q.who):
		return reply{}, unprocessable("Unable to use app. Ensure that the app exists and you have access to it.")
	case !q.who.writes(a.space):
		return reply{}, errNotAuthorized
	case req.Strategy != "" && req.Strategy != "rolling":
		return reply{}, unprocessable("Strategy '%s' is not a supported deployment strategy", req.Strategy)
	}
	d := &deployment{appPart: cc.newPart(a, q.now), strategy: "rolling"}
	cc.deploys = append(cc.deploys, d)
	cc.startApp(a, q.now)
	cc.after(q.now, max(deploymentDuration, a.starting), func(at time.Time) {
		if a.crashes() {
			return // stays ACTIVE
		}
		d.done = true
		d.touch(at.UTC().Truncate(time.Second))
	})
	return reply{status: 201, body: cc.viewDeployment(q, d)}, nil
}

func (cc *cloudController) listDeployments(q *call) (reply, error) {
	status := func(d *deployment) string { value, _ := d.status(); return value }
	return list[*deployment]{
		path: "/v3/deployments", items: cc.deploys, view: cc.viewDeployment,
		filters: map[string]filter[*deployment]{
			"app_guids":      by(func(d *deployment) string { return d.app.guid }),
			"status_values":  by(status),
			"status_reasons": by(func(d *deployment) string { _, reason := d.status(); return reason }),
			"states":         by(status),
		},
	}.answer(q)
}
