package sandbox

import (
	"encoding/json"
	"slices"
	"time"
)

// What an application is made of: packages, droplets, builds and deployments.
// Nothing is really built here, but starting, restaging and rolling restarts go
// the same way as on a real landscape.

const (
	stackName    = "cflinuxfs4"
	timeToStage  = 30 * time.Second
	timeToDeploy = 45 * time.Second
)

func (cc *cloudController) viewPackage(q *call, p *pack) object {
	v := q.resource(&p.meta, "/v3/packages", object{"app": q.link("/v3/apps/" + p.app.guid), "droplets": q.link("/v3/packages/" + p.guid + "/droplets")})
	v["type"], v["state"], v["data"] = "bits", "READY", object{"error": nil, "checksum": object{"type": "sha256", "value": nil}}
	v["relationships"] = object{"app": refersTo(p.app.guid)}
	return v
}

// someApps are the applications a list is about: the one in the path, or all.
func (cc *cloudController) someApps(q *call) ([]*app, error) {
	if q.r.PathValue("guid") == "" {
		return cc.readableApps(q), nil
	}
	a, err := cc.theApp(q)
	if err != nil {
		return nil, err
	}
	return []*app{a}, nil
}

func (cc *cloudController) listPackages(q *call) (reply, error) {
	apps, err := cc.someApps(q)
	if err != nil {
		return reply{}, err
	}
	var packs []*pack
	for _, a := range apps {
		packs = append(packs, a.pack)
	}
	return list[*pack]{
		path: q.r.URL.Path, items: packs, view: cc.viewPackage,
		filters: map[string]filter[*pack]{
			"app_guids":          by(func(p *pack) string { return p.app.guid }),
			"space_guids":        by(func(p *pack) string { return p.app.space.guid }),
			"organization_guids": by(func(p *pack) string { return p.app.space.org.guid }),
			"states":             by(func(*pack) string { return "READY" }),
			"types":              by(func(*pack) string { return "bits" }),
		},
	}.answer(q)
}

func (cc *cloudController) packageWith(q *call, guid string) *pack {
	for _, a := range cc.readableApps(q) {
		if a.pack.guid == guid {
			return a.pack
		}
	}
	return nil
}

func (cc *cloudController) getPackage(q *call) (reply, error) {
	p := cc.packageWith(q, q.r.PathValue("guid"))
	if p == nil {
		return reply{}, notFound("Package")
	}
	return ok(cc.viewPackage(q, p))
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

func (cc *cloudController) listDroplets(q *call) (reply, error) {
	apps := cc.readableApps(q)
	if guid := q.r.PathValue("guid"); guid != "" { // of an application, or of a package
		apps = slices.DeleteFunc(apps, func(a *app) bool { return a.guid != guid && a.pack.guid != guid })
		if len(apps) == 0 {
			return reply{}, notFound("App")
		}
	}
	var droplets []*droplet
	for _, a := range apps {
		droplets = append(droplets, a.droplet)
	}
	return list[*droplet]{
		path: q.r.URL.Path, items: droplets, view: cc.viewDroplet, params: []string{"current"},
		filters: map[string]filter[*droplet]{
			"app_guids":          by(func(d *droplet) string { return d.app.guid }),
			"space_guids":        by(func(d *droplet) string { return d.app.space.guid }),
			"organization_guids": by(func(d *droplet) string { return d.app.space.org.guid }),
			"states":             by(func(*droplet) string { return "STAGED" }),
		},
	}.answer(q)
}

func (cc *cloudController) dropletWith(q *call, guid string) *droplet {
	for _, a := range cc.readableApps(q) {
		if a.droplet.guid == guid {
			return a.droplet
		}
	}
	return nil
}

func (cc *cloudController) getDroplet(q *call) (reply, error) {
	d := cc.dropletWith(q, q.r.PathValue("guid"))
	if d == nil {
		return reply{}, notFound("Droplet")
	}
	return ok(cc.viewDroplet(q, d))
}

func (cc *cloudController) currentDroplet(q *call) (reply, error) {
	a, err := cc.theApp(q)
	if err != nil {
		return reply{}, err
	}
	return ok(cc.viewDroplet(q, a.droplet))
}

func (cc *cloudController) dropletRelationship(q *call, a *app) (reply, error) {
	v := refersTo(a.droplet.guid)
	v["links"] = object{
		"self":    q.link("/v3/apps/" + a.guid + "/relationships/current_droplet"),
		"related": q.link("/v3/apps/" + a.guid + "/droplets/current"),
	}
	return ok(v)
}

func (cc *cloudController) currentDropletRelationship(q *call) (reply, error) {
	a, err := cc.theApp(q)
	if err != nil {
		return reply{}, err
	}
	return cc.dropletRelationship(q, a)
}

func (cc *cloudController) assignDroplet(q *call) (reply, error) {
	a, err := cc.writableApp(q)
	if err != nil {
		return reply{}, err
	}
	var asked toOne
	if err := q.decode(&asked); err != nil {
		return reply{}, err
	}
	for _, b := range cc.builds {
		if b.app == a && b.droplet.guid == asked.guid() && b.done {
			a.droplet = b.droplet
		}
	}
	if a.droplet.guid != asked.guid() {
		return reply{}, unprocessable("Unable to assign current droplet. Ensure the droplet exists and belongs to this app.")
	}
	return cc.dropletRelationship(q, a)
}

// build makes a droplet of a package.
type build struct {
	meta
	app     *app
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

func (cc *cloudController) createBuild(q *call) (reply, error) {
	var asked struct {
		Package struct {
			GUID string `json:"guid"`
		} `json:"package"`
		Lifecycle json.RawMessage `json:"lifecycle"`
		Metadata  *metadata       `json:"metadata"`
	}
	if err := q.decode(&asked); err != nil {
		return reply{}, err
	}
	p := cc.packageWith(q, asked.Package.GUID)
	switch {
	case p == nil:
		return reply{}, unprocessable("Unable to use package. Ensure that the package exists and you have access to it.")
	case !q.who.writes(p.app.space):
		return reply{}, errNotAuthorized
	}
	b := &build{meta: cc.newMeta(q.now), app: p.app, droplet: &droplet{meta: cc.newMeta(q.now), app: p.app, pack: p}}
	cc.builds = append(cc.builds, b)
	cc.after(q.now, timeToStage, func(time.Time) { b.done = true })
	return reply{status: 201, body: cc.viewBuild(q, b)}, nil
}

func (cc *cloudController) listBuilds(q *call) (reply, error) {
	return list[*build]{
		path: "/v3/builds", view: cc.viewBuild,
		items: slices.DeleteFunc(slices.Clone(cc.builds), func(b *build) bool { return !q.who.reads(b.app.space) }),
		filters: map[string]filter[*build]{
			"app_guids":     by(func(b *build) string { return b.app.guid }),
			"package_guids": by(func(b *build) string { return b.app.pack.guid }),
			"states":        by(func(b *build) string { return map[bool]string{true: "STAGED", false: "STAGING"}[b.done] }),
		},
	}.answer(q)
}

func (cc *cloudController) getBuild(q *call) (reply, error) {
	b := find(cc.builds, q.r.PathValue("guid"))
	if b == nil || !q.who.reads(b.app.space) {
		return reply{}, notFound("Build")
	}
	return ok(cc.viewBuild(q, b))
}

// deployment restarts an application instance by instance.
type deployment struct {
	meta
	app      *app
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
	v["status"] = object{"value": value, "reason": reason, "details": object{"last_healthy_at": stamp(q.now), "last_status_change": stamp(d.updated)}}
	v["strategy"], v["options"] = d.strategy, object{"max_in_flight": 1}
	v["droplet"], v["previous_droplet"], v["new_processes"] = object{"guid": d.app.droplet.guid}, object{"guid": d.app.droplet.guid}, []object{}
	v["relationships"] = object{"app": refersTo(d.app.guid)}
	return v
}

func (cc *cloudController) createDeployment(q *call) (reply, error) {
	var asked struct {
		Strategy      string          `json:"strategy"`
		Options       json.RawMessage `json:"options"`
		Droplet       json.RawMessage `json:"droplet"`
		Revision      json.RawMessage `json:"revision"`
		Metadata      *metadata       `json:"metadata"`
		Relationships struct {
			App toOne `json:"app"`
		} `json:"relationships"`
	}
	if err := q.decode(&asked); err != nil {
		return reply{}, err
	}
	a := find(cc.readableApps(q), asked.Relationships.App.guid())
	switch {
	case a == nil:
		return reply{}, unprocessable("Unable to use app. Ensure that the app exists and you have access to it.")
	case !q.who.writes(a.space):
		return reply{}, errNotAuthorized
	case asked.Strategy != "" && asked.Strategy != "rolling":
		return reply{}, unprocessable("Strategy '%s' is not a supported deployment strategy", asked.Strategy)
	}
	d := &deployment{meta: cc.newMeta(q.now), app: a, strategy: "rolling"}
	cc.deploys = append(cc.deploys, d)
	cc.startApp(a, q.now)
	cc.after(q.now, max(timeToDeploy, a.starting), func(at time.Time) {
		if a.crashes() {
			return // goes on deploying, and never gets there
		}
		d.done = true
		d.touch(at.UTC().Truncate(time.Second))
	})
	return reply{status: 201, body: cc.viewDeployment(q, d)}, nil
}

func (cc *cloudController) listDeployments(q *call) (reply, error) {
	status := func(d *deployment) string { value, _ := d.status(); return value }
	return list[*deployment]{
		path: "/v3/deployments", view: cc.viewDeployment,
		items: slices.DeleteFunc(slices.Clone(cc.deploys), func(d *deployment) bool { return !q.who.reads(d.app.space) }),
		filters: map[string]filter[*deployment]{
			"app_guids":      by(func(d *deployment) string { return d.app.guid }),
			"status_values":  by(status),
			"status_reasons": by(func(d *deployment) string { _, reason := d.status(); return reason }),
			"states":         by(status),
		},
	}.answer(q)
}

func (cc *cloudController) getDeployment(q *call) (reply, error) {
	d := find(cc.deploys, q.r.PathValue("guid"))
	if d == nil || !q.who.reads(d.app.space) {
		return reply{}, notFound("Deployment")
	}
	return ok(cc.viewDeployment(q, d))
}
