package sandbox

import (
	"fmt"
	"net/url"
	"time"
)

// Variants of the default contents.

// populateTrial gives source and target trial plans.
func (w *world) populateTrial() {
	w.populateDefault()
	w.addPlan(w.planNamed(offeringOld, "v9.6-dev").offering, planSpec{
		name: "trial", description: "For trial accounts; deleted with them", free: true, trial: true,
	})
	w.instanceNamed(w.home, homeSource).plan = w.planNamed(offeringOld, "trial")
	w.instanceNamed(w.home, homeTarget).plan = w.planNamed(offeringNew, "trial")
}

// populateReadOnly gives the user and the robot a read-only role in prod; only a
// colleague is a space developer.
func (w *world) populateReadOnly() {
	w.populateDefault()
	w.dana.roles[w.home], w.robot.roles[w.home] = auditor, auditor
	w.sam.roles[w.home] = developer
}

// populateShared shares the source with dev, where an application is bound to it.
func (w *world) populateShared() {
	w.addUsers()
	w.addProd()
	w.addDev("orders-db-dev", "orders-hyperscaler-dev")
	orders := w.instanceNamed(w.home, homeSource)
	orders.sharedTo = []*space{w.dev}
	report := w.addApp(appSpec{name: "orders-report", space: w.dev, instances: 1, memory: 256})
	w.bindApp(report, orders, "", nil)
	w.startApps(report)
}

// populateManyWriters adds writers of every kind: applications bound to the
// source, in prod and in a space that it is shared with; a task of a stopped
// application; an external client with a service key; an application with the
// address in a user-provided service, and one with it in its environment. The
// job scheduler bound to orders-worker could start more.
func (w *world) populateManyWriters() {
	w.populateShared()
	prod, orders := w.home, w.instanceNamed(w.home, homeSource)

	w.runTask(w.appNamed(prod, "orders-admin"), taskSpec{
		name: "backfill", command: "bin/backfill --all", takes: 30 * 24 * time.Hour,
	}, w.ago(2*time.Hour))

	reporting := w.addBinding(typeKey, "reporting", orders, nil, nil, w.createdAt())
	reporting.usedBy = "a reporting tool outside the landscape"
	address := reporting.credentials["uri"].(string)

	direct := w.newInstance(prod, nil, "orders-direct", w.createdAt())
	direct.userCredentials = map[string]any{"uri": address}
	direct.op.end(succeeded, "", w.createdAt())
	export := w.addApp(appSpec{name: "orders-export", space: prod, instances: 1, memory: 256})
	w.bindApp(export, direct, "", nil)

	board := w.addApp(appSpec{name: "orders-board", space: prod, instances: 1, memory: 256})
	host, _ := url.Parse(address) // valid: generated above
	board.env["REPORT_DATABASE"] = "jdbc:postgresql://" + host.Host + "/" + orders.dbname
	board.env["LOG_LEVEL"] = "info"
	w.startApps(export, board)
}

// populatePipeline adds a deployment pipeline.
func (w *world) populatePipeline() {
	w.populateDefault()
	w.pipeline = w.newIdentity("deploy-pipeline", "pipeline-secret", true)
	w.pipeline.roles[w.home] = developer
}

// populateTargetWriters adds writers to the target: an application that is bound to it and
// stopped, which a pipeline starts too early; one that has its address in the
// environment; a service key that nobody has used yet.
func (w *world) populateTargetWriters() {
	w.populatePipeline()
	target := w.instanceNamed(w.home, homeTarget)
	w.bindApp(w.addApp(appSpec{name: "orders-preview", space: w.home, instances: 1, memory: 512}), target, "db", nil)

	key := w.addBinding(typeKey, "preview", target, nil, nil, w.createdAt())
	probe := w.addApp(appSpec{name: "orders-probe", space: w.home, instances: 1, memory: 128})
	probe.env["NEW_DATABASE"] = key.credentials["uri"]
	w.startApps(probe)
}

// populateBlueGreen binds the next version of orders-api to the target, stopped.
func (w *world) populateBlueGreen() {
	w.populateDefault()
	green := w.addApp(appSpec{name: "orders-api-green", space: w.home, instances: 3, memory: 512})
	w.bindApp(green, w.instanceNamed(w.home, homeTarget), "db", nil)
}

// populateSlowApps makes applications slow to start, and one unable to connect
// to the new database, which requires TLS (contract, Limitations).
func (w *world) populateSlowApps() {
	w.populateDefault()
	w.appNamed(w.home, "orders-api").startup = 4 * time.Minute
	worker := w.appNamed(w.home, "orders-worker")
	worker.startup, worker.crashesOn = time.Minute, newPostgres
}

// populateBoundTwice gives two applications a newer binding to the source beside the
// one that they have.
func (w *world) populateBoundTwice() {
	w.populateDefault()
	orders := w.instanceNamed(w.home, homeSource)
	for _, b := range []struct {
		app, name string
		params    map[string]any
	}{
		{"orders-api", "db", map[string]any{"pool_size": 20}},
		{"orders-worker", "", map[string]any{"schema": "orders", "pool_size": 10}},
	} {
		a := w.appNamed(w.home, b.app)
		w.addBinding(typeApp, b.name, orders, a, b.params, w.ago(30*24*time.Hour))
		w.startApps(a)
	}
}

// populateNotReady makes orders-worker fail its readiness check on the target.
func (w *world) populateNotReady() {
	w.populateDefault()
	w.appNamed(w.home, "orders-worker").unreadyOn = newPostgres
}

// populateManyApps adds applications to prod: 60 altogether, 52 of them bound to
// the source.
func (w *world) populateManyApps() {
	w.populateDefault()
	named := func(name string) *instance { return w.instanceNamed(w.home, name) }
	for n := range 56 {
		a := w.addApp(appSpec{
			name: fmt.Sprintf("%s-%02d", []string{"basket", "catalog", "delivery", "returns"}[n%4], n/4+1), space: w.home,
			instances: []int{1, 2, 3, 1, 5, 1, 0}[n%7], workers: []int{0, 0, 0, 0, 2}[n%5], memory: 256,
		})
		var name string
		if n%2 == 0 {
			name = []string{"db", "orders", fmt.Sprintf("db-%02d", n)}[n%3]
		}
		var params map[string]any
		if n%3 == 1 {
			params = map[string]any{"schema": fmt.Sprintf("schema_%02d", n), "pool_size": n}
		}
		database := homeSource
		if n%8 == 7 {
			database = "billing-db"
		}
		w.bindApp(a, named(database), name, params)
		if n%4 == 1 {
			w.bindApp(a, named("logs"), "", nil)
		}
		if n%7 == 3 {
			w.bindApp(a, named("nightly-jobs"), "", nil)
		}
		if n%3 != 2 {
			w.startApps(a)
		}
	}
}

// shops are what has a database of its own in a company of twenty.
var shops = []string{
	"orders", "billing", "stock", "catalog", "customers", "delivery", "returns", "prices", "basket", "payments",
	"reviews", "search", "mails", "coupons", "gifts", "invoices", "suppliers", "loyalty", "tax", "audit",
}

// populateTwenty makes twenty pairs of source and target in prod, each source with an
// application that runs on it.
func (w *world) populateTwenty() {
	w.populateDefault()
	for _, name := range shops {
		source := w.instanceNamed(w.home, name+"-db")
		if source == nil {
			source = w.addInstance(w.home, offeringOld, "v9.6-xsmall", name+"-db")
			a := w.addApp(appSpec{name: name + "-app", space: w.home, instances: 1, memory: 256})
			w.bindApp(a, source, "db", nil)
			w.startApps(a)
		}
		if w.instanceNamed(w.home, name+"-hyperscaler") == nil {
			w.addInstance(w.home, offeringNew, "standard", name+"-hyperscaler")
		}
	}
}

const (
	crowdOrgs      = 300
	crowdSpaces    = 150
	crowdInstances = 400
	crowdApps      = 360
)

// populateCrowded adds hundreds of orgs, spaces, instances and applications, half
// of them before the default contents and half after, so that these are in the
// middle of lists in any order.
func (w *world) populateCrowded() {
	w.addUsers()
	for n := range crowdOrgs {
		s := w.newSpace(w.newOrg(fmt.Sprintf("%s-%s", area(n), region(n))), []string{"prod", "test", "dev"}[n%3])
		w.dana.roles[s], w.robot.roles[s] = developer, developer
	}
	for n := range crowdSpaces {
		s := w.newSpace(w.home.org, fmt.Sprintf("%s-%s", area(n), region(n)))
		w.dana.roles[s], w.robot.roles[s] = developer, developer
	}
	w.addCrowd(0)
	w.addProd()
	w.addDev(homeSource, homeTarget)
	w.addCrowd(1)
}

// addCrowd adds the even (0) or odd (1) half of many services and applications
// to prod.
func (w *world) addCrowd(half int) {
	var databases []*instance
	for n := half; n < crowdInstances; n += 2 {
		kind := []struct{ offering, plan, suffix string }{
			{offeringOld, "v9.6-medium", "db"},
			{offeringNew, "standard", "hyperscaler"},
			{offeringLogs, "lite", "logs"},
			{offeringJobs, "lite", "jobs"},
			{offeringOld, "v9.6-dev", "archive"},
		}[n%5]
		i := w.addInstance(w.home, kind.offering, kind.plan, fmt.Sprintf("%s-%s-%s", area(n), region(n), kind.suffix))
		if i.database() != noDatabase {
			databases = append(databases, i)
		}
	}
	for n := half; n < crowdApps; n += 2 {
		a := w.addApp(appSpec{name: fmt.Sprintf("%s-%s-app", area(n), region(n)), space: w.home, instances: 1 + n%3, memory: 256})
		w.bindApp(a, databases[n%len(databases)], "", nil)
		if n%4 != 3 {
			w.startApps(a)
		}
	}
}

// area and region together give the n-th resource a unique name.
func area(n int) string {
	areas := []string{
		"basket", "catalog", "delivery", "finance", "identity", "inventory", "loyalty", "media",
		"newsletter", "partner", "payment", "pricing", "returns", "search", "supplier", "tax",
	}
	return areas[n%len(areas)]
}

func region(n int) string { return fmt.Sprintf("%03d", n/16+1) }
