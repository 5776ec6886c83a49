package sandbox

// Service brokers, offerings and plans.

type broker struct {
	meta
	name string
}

type offering struct {
	meta
	name, description string
	broker            *broker
	tags              []string
	documentation     string
	retrievable       bool // its parameters can be read back
	shareable         bool
	database          databaseKind
	updatable         []string // parameters accepted by create and update
	bindable          []string // parameters accepted by keys and bindings
}

// databaseKind distinguishes the source from the target of a migration.
type databaseKind int

const (
	noDatabase databaseKind = iota
	oldPostgres
	newPostgres
)

type plan struct {
	meta
	name, description string
	offering          *offering
	free              bool
	trial             bool // cannot be migrated (contract, Limitations)
	bindable          bool
}

// Offerings, named as on SAP BTP.
const (
	offeringOld  = "postgresql"
	offeringNew  = "postgresql-db"
	offeringJobs = "jobscheduler"
	offeringLogs = "application-logs"
)

// Custom parameters that the migration needs (contract, Quick Start).
const (
	parameterPrepare = "prepare_migration"
	parameterSession = "enable_session_replication"
)

type planSpec struct {
	name, description string
	free, trial       bool
}

func (w *world) addOffering(o offering, brokerName string, plans ...planSpec) {
	b := &broker{meta: w.newMeta(w.createdAt()), name: brokerName}
	w.brokers = append(w.brokers, b)
	o.meta, o.broker = w.newMeta(w.createdAt()), b
	w.offerings = append(w.offerings, &o)
	for _, p := range plans {
		w.addPlan(&o, p)
	}
}

func (w *world) addPlan(o *offering, p planSpec) {
	w.plans = append(w.plans, &plan{
		meta: w.newMeta(w.createdAt()), name: p.name, description: p.description,
		offering: o, free: p.free, trial: p.trial, bindable: true,
	})
}

func (w *world) addCatalog() {
	w.addOffering(offering{
		name: offeringOld, description: "PostgreSQL object-relational database, managed by SAP",
		tags: []string{"relational", "database"}, retrievable: true, shareable: true,
		documentation: "https://help.example/postgresql", database: oldPostgres,
		updatable: []string{parameterPrepare},
	},
		"postgresql-broker",
		planSpec{name: "v9.6-dev", description: "PostgreSQL 9.6, 1 GB memory, 10 GB storage"},
		planSpec{name: "v9.6-xsmall", description: "PostgreSQL 9.6, 2 GB memory, 25 GB storage"},
		planSpec{name: "v9.6-small", description: "PostgreSQL 9.6, 4 GB memory, 50 GB storage"},
		planSpec{name: "v9.6-medium", description: "PostgreSQL 9.6, 8 GB memory, 100 GB storage"},
	)
	w.addOffering(offering{
		name: offeringNew, description: "PostgreSQL on SAP BTP, hyperscaler option",
		tags: []string{"relational", "database"}, retrievable: true, shareable: true,
		documentation: "https://help.example/postgresql-hyperscaler-option", database: newPostgres,
		updatable: []string{"memory", "storage", "engine_version", "multi_az", "locale", "region", "allow_access"},
		bindable:  []string{parameterSession},
	},
		"sm-backing-services-broker-postgresql-db",
		planSpec{name: "trial", description: "For trial accounts; deleted with them", free: true, trial: true},
		planSpec{name: "free", description: "For tries; limited in size and time", free: true},
		planSpec{name: "development", description: "For development; one zone, no guarantees"},
		planSpec{name: "standard", description: "1 CPU to 2 GB of memory, in blocks of 2 GB"},
		planSpec{name: "premium", description: "1 CPU to 4 GB of memory, in blocks of 4 GB"},
	)
	w.addOffering(offering{
		name: offeringJobs, description: "Runs one-time and recurring jobs", tags: []string{},
		updatable: []string{"enable-xsuaa-support"}, shareable: true,
	},
		"jobscheduler-broker",
		planSpec{name: "lite", description: "For tries", free: true},
		planSpec{name: "standard", description: "For production"},
	)
	w.addOffering(offering{
		name: offeringLogs, description: "Keeps and shows the logs of applications", tags: []string{"logging"},
		updatable: []string{"retention_period"},
	},
		"application-logs-broker",
		planSpec{name: "lite", description: "For development", free: true},
		planSpec{name: "standard", description: "For production"},
	)
}

// planNamed returns a plan that must exist.
func (w *world) planNamed(offeringName, planName string) *plan {
	for _, p := range w.plans {
		if p.offering.name == offeringName && p.name == planName {
			return p
		}
	}
	panic("sandbox: no plan " + offeringName + "/" + planName)
}
