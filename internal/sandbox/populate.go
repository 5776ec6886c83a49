package sandbox

import "time"

// The default contents of a landscape: a web shop whose orders are in an old
// PostgreSQL.

const (
	homeSource      = "orders-db"
	homeTarget      = "orders-hyperscaler"
	homeSpareTarget = "orders-hyperscaler-2"

	homeOrg    = "acme"
	homeSpace  = "prod"
	otherSpace = "dev"
)

// initialize creates what is independent of the scenario.
func (w *world) initialize() {
	w.jobs = map[string]*job{}
	w.revoked = map[string]bool{}
	w.signingKey = w.random(32)
	w.passcode = w.randomText(passcodeLength)
	w.authority = w.newAuthority()
	w.domain = &domain{meta: w.newMeta(w.createdAt()), name: "apps.sandbox.example"}
	w.addCatalog()
}

// createdAt is the creation time of what exists at the start.
func (w *world) createdAt() time.Time { return w.started.AddDate(-1, 0, 0) }

func (w *world) newOrg(name string) *org {
	o := &org{meta: w.newMeta(w.createdAt()), name: name}
	w.orgs = append(w.orgs, o)
	return o
}

func (w *world) newSpace(o *org, name string) *space {
	s := &space{meta: w.newMeta(w.createdAt()), name: name, org: o}
	w.spaces = append(w.spaces, s)
	return s
}

func (w *world) newIdentity(name, secret string, client bool) *identity {
	i := &identity{guid: w.newGUID(), name: name, secret: secret, client: client, roles: map[*space]role{}}
	if client {
		i.guid = name
	}
	w.identities = append(w.identities, i)
	return i
}

// populateDefault creates org acme with spaces prod and dev, and a second org.
func (w *world) populateDefault() {
	w.addUsers()
	w.addProd()
	w.addDev(homeSource, homeTarget)
}

// addUsers creates the orgs and spaces, and their users.
func (w *world) addUsers() {
	w.dana = w.newIdentity("dana@acme.example", "correct-horse", false)
	w.robot = w.newIdentity("migration-robot", "robot-secret", true)
	w.sam = w.newIdentity("sam@acme.example", "battery-staple", false) // reads prod, nothing else
	acme := w.newOrg(homeOrg)
	w.home = w.newSpace(acme, homeSpace)
	w.dev = w.newSpace(acme, otherSpace)
	playground := w.newSpace(w.newOrg("acme-labs"), "playground")
	w.sam.roles[w.home] = auditor
	for _, s := range []*space{w.home, w.dev, playground} {
		w.dana.roles[s] = developer
		w.robot.roles[s] = developer
	}
	w.addInstance(playground, offeringNew, "free", "scratch")
}

// addProd creates services and applications in prod.
func (w *world) addProd() {
	prod := w.home
	orders := w.addInstance(prod, offeringOld, "v9.6-small", homeSource)
	orders.tags = []string{"orders"}
	target := w.addInstance(prod, offeringNew, "standard", homeTarget)
	target.objects = 3 // as in the contract's example
	w.addInstance(prod, offeringNew, "standard", homeSpareTarget)
	billing := w.addInstance(prod, offeringOld, "v9.6-xsmall", "billing-db")
	jobs := w.addInstance(prod, offeringJobs, "standard", "nightly-jobs")
	logs := w.addInstance(prod, offeringLogs, "standard", "logs")

	api := w.addApp(appSpec{name: "orders-api", space: prod, instances: 3, memory: 512})
	worker := w.addApp(appSpec{name: "orders-worker", space: prod, instances: 1, memory: 1024})
	admin := w.addApp(appSpec{name: "orders-admin", space: prod, instances: 1, memory: 256})
	invoices := w.addApp(appSpec{name: "billing-app", space: prod, instances: 2, memory: 512})

	for _, a := range []*app{api, worker} { // as the MTA deploy service notes it
		a.annotate(&metadata{
			Labels:      map[string]*string{"mta_id": new("0f1e2d3c4b5a69788796a5b4c3d2e1f0")},
			Annotations: map[string]*string{"mta_id": new("orders-mta")},
		})
	}
	w.bindApp(api, orders, "db", nil)
	w.bindApp(api, logs, "", nil)
	w.bindApp(worker, orders, "", map[string]any{"schema": "orders", "pool_size": 5})
	w.bindApp(worker, jobs, "", nil)
	w.bindApp(admin, orders, "", nil)
	w.bindApp(invoices, billing, "db", nil)
	w.startApps(api, worker, invoices)
}

// addDev creates an application in dev with its own databases.
func (w *world) addDev(source, target string) {
	orders := w.addInstance(w.dev, offeringOld, "v9.6-dev", source)
	w.addInstance(w.dev, offeringNew, "development", target)
	api := w.addApp(appSpec{name: "orders-api", space: w.dev, instances: 1, memory: 256})
	w.bindApp(api, orders, "db", nil)
	w.startApps(api)
}

// addInstance adds an instance that was created long ago.
func (w *world) addInstance(s *space, offeringName, planName, name string) *instance {
	i := w.newInstance(s, w.planNamed(offeringName, planName), name, w.createdAt())
	i.op.end(succeeded, "", w.createdAt())
	return i
}

func (w *world) addApp(spec appSpec) *app {
	a := w.newApp(spec, w.createdAt())
	w.routes = append(w.routes, &route{appPart: w.newPart(a, w.createdAt()), host: a.name + "-" + a.space.name})
	return a
}

// bindApp adds an app binding that was created long ago.
func (w *world) bindApp(a *app, i *instance, name string, params map[string]any) {
	w.addBinding(typeApp, name, i, a, params, w.createdAt())
}

// addBinding adds a key or app binding that was created successfully.
func (w *world) addBinding(kind, name string, i *instance, a *app, params map[string]any, at time.Time) *binding {
	b := w.newBinding(kind, name, i, a, at)
	w.setCredentials(b, params)
	b.op.end(succeeded, "", at)
	return b
}

// startApps starts applications a day before the landscape.
func (w *world) startApps(apps ...*app) {
	for _, a := range apps {
		w.startApp(a, w.started.Add(-24*time.Hour))
	}
}
