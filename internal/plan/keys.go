package plan

import "pg-migrate-wizard/steps"

// key tells of one key of the file what its type does not. Schema, check, saved
// plans and the table in docs/plan.md are all made from it.
type key struct {
	help     string // what it means, in whole sentences
	without  string // what holds when it is not set and has no default
	required bool
	choices  []choice
	pattern  string // what a text must match
	shape    string // the same in words
	max      int    // of a number; the least is always 1
	beyond   string // what is wrong with more
	examples []string
}

// choice is a value that a key can have, and what it does.
type choice struct{ value, does string }

const (
	patternName      = `^[^\s](.*[^\s])?$`
	patternURL       = `^https?://[^\s/@]+(/[^\s@?#]*)?$`
	patternHost      = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`
	patternDuration  = `^([1-9][0-9]*h)?([1-9][0-9]*m)?([1-9][0-9]*s)?$`
	patternPatience  = `^([1-9][0-9]*h([1-9][0-9]*m)?([1-9][0-9]*s)?|([5-9]|[1-9][0-9]+)m([1-9][0-9]*s)?|([3-9][0-9]{2}|[1-9][0-9]{3,})s)$`
	patternFinding   = `^(source|target)-warning-[0-9a-f]{8}(-[0-9]+)?$`
	patternWriter    = `^(app|task|key|mention|scheduler|unseen):[^\s](.*[^\s])?$`
	patternItem      = `^((app|task|key|mention|scheduler|unseen|application|cancelled|finding|old-binding|kept):[^\s](.*[^\s])?|access)$`
	patternSentence  = `[^\s]`
	shapeName        = "a name, without spaces around it"
	shapeURL         = "an address like https://api.cf.eu10-004.hana.ondemand.com, without a user in it"
	shapeDuration    = "a duration like 45m or 1h30m"
	fateDelete       = "delete it"
	fateKeep         = "leave it, on purpose; the record says so"
	wizardsKey       = "what the wizard recommends: a new key of its own, or the one that it made before"
	identityAll      = "all"
	maxTextInMessage = 40
)

var (
	keyName   = named("Name of the service key.", "the wizard's own name", "pg-migrate-wizard")
	keyCreate = key{help: "Create the key if it is not there. A key that is there is used as it is.", examples: []string{"true"}}
)

func named(help, without, example string) key {
	return key{help: help, without: without, pattern: patternName, shape: shapeName, examples: []string{example}}
}

func needed(k key) key {
	k.required = true
	return k
}

func fate(help string) key {
	return key{help: help, choices: []choice{{string(Delete), fateDelete}, {string(Keep), fateKeep}}}
}

// keys describes every key by its path; [] stands for each entry of a list. A
// test holds it together with the types.
var keys = map[string]key{
	"version": {help: "Version of this format.", max: Version, beyond: "this program reads version 1 of the format"},
	"landscape": {
		help: "Landscape, like eu10-004 or eu10-004.hana.ondemand.com. A login at another one does not count.", without: "where cf is signed in",
		pattern: patternHost, shape: "the name of a landscape, like eu10-004 or eu10-004.hana.ondemand.com", examples: []string{"eu10-004"},
	},
	"api": {
		help: "Cloud Foundry API, instead of the landscape or where its address does not tell the landscape.", without: "follows from the landscape, or where cf is signed in",
		pattern: patternURL, shape: shapeURL, examples: []string{"https://api.cf.eu10-004.hana.ondemand.com"},
	},
	"org":   needed(named("Org of both databases.", "", "acme")),
	"space": needed(named("Space of both databases.", "", "prod")),
	"provider": {
		help: "Whose cloud the landscape runs on, where its name does not tell. It decides whether the rules for Google Cloud hold.", without: "follows from the landscape",
		choices: []choice{{"aws", "Amazon Web Services"}, {"azure", "Microsoft Azure"}, {"gcp", "Google Cloud"}, {"alibaba", "Alibaba Cloud"}, {"sap", "SAP Cloud Infrastructure"}},
	},
	"migration-url": {
		help: "Address of the migration service, ending in /v1, where it does not follow from the landscape.", without: "follows from the landscape",
		pattern: patternURL, shape: "an address that ends in /v1, without a user in it", examples: []string{"https://pg-migrate.cf.eu10-004.hana.ondemand.com/v1"},
	},

	"source":          {help: "The database to move: an instance of the service PostgreSQL (postgresql)."},
	"source.instance": needed(named("Name of the service instance to move.", "", "orders-db")),
	"source.key":      {help: "Service key with which the migration service signs in to the source.", without: wizardsKey},
	"source.key.name": keyName, "source.key.create": keyCreate,
	"target":          {help: "The database that takes its place: a new, empty instance of PostgreSQL, hyperscaler option (postgresql-db)."},
	"target.instance": needed(named("Name of the service instance to move to.", "", "orders-hyperscaler")),
	"target.create": {
		help:     "Create the target if it is not there, and wait for it. One that is there is used as it is. It costs what its plan costs from then on.",
		examples: []string{"true"},
	},
	"target.plan": {
		help: "Plan of postgresql-db to create it with.", without: "standard, where that is offered",
		pattern: patternName, shape: shapeName, examples: []string{"standard"},
	},
	"target.storage-gb": {
		help: "Storage to create it with, in GB.", without: "30 % or 10 GB more than limits.size-gb, whichever is more; where that is not said, what the plan of postgresql-db gives",
		max: 100_000, beyond: "that is no size of a database", examples: []string{"40"},
	},
	"target.memory-gb": {
		help: "Memory to create it with, in GB.", without: "what the plan of postgresql-db gives",
		max: 10_000, beyond: "that is no memory of a database", examples: []string{"4"},
	},
	"target.key":      {help: "Service key with which the migration service signs in to the target. On Google Cloud it is made with session replication.", without: wizardsKey},
	"target.key.name": keyName, "target.key.create": keyCreate,

	"until": {
		help: "How far to go. A plan is run again to go on, with a later word here.", required: true,
		choices: []choice{
			{string(Prepared), "the source is open to the migration service; safe days ahead"},
			{string(Keys), "both service keys are there"},
			{string(Preflight), "the preflight check has no critical finding, and its warnings are accepted"},
			{string(InSync), "the replication runs and is IN-SYNC; applications have not noticed"},
			{string(Completed), "writers are stopped and the finalization is COMPLETED: the downtime is on. Says also that nothing writes to source or target that the wizard cannot see (psql sessions, jobs, tools with a copied key)"},
			{string(Switched), "the applications run on the target: the downtime is over"},
			{string(CleanedUp), "what clean-up says is done. Says also that the applications work once they run: nobody is asked to try them"},
		},
	},
	"on-failure": {
		help: "What to do when a replication or finalization has FAILED or is gone, a request keeps failing, an application that was stopped keeps coming back, or one on the target does not become healthy. Applications that were stopped for a finalization that failed are started again on the source in any case.",
		choices: []choice{
			{string(FailureStop), "end the run and leave everything as it is, for a person or for support to look at"},
			{string(FailureBackOut), "remove finalization and replication from the service, applications on the source; a next try begins at zero, on a new target. Where that would lose what was written to the target, the run ends instead"},
			{string(FailureBackOutWithLoss), "the same, also when applications were started on the target: what they have written there is lost. Never once they were said to work"},
		},
	},
	"limits":         {help: "What is known of the source and what the platform does not tell. Schemas and relations are checked against the limits of the service; for the size it is said what storage the target needs."},
	"limits.size-gb": {help: "Size of the database, in GB, rounded up. The run says how much storage the target needs for it; how much it has, nothing tells.", without: "not said", max: 100_000, beyond: "that is no size of a database", examples: []string{"20"}},
	"limits.schemas": {
		help: "Number of schemas; the service migrates at most 1,000.", without: "not checked", max: 1_000_000,
		beyond: "that is no number of schemas", examples: []string{"12"},
	},
	"limits.relations": {
		help: "Number of relations (tables, indexes, sequences, views); the service migrates at most 30,000.", without: "not checked", max: 1_000_000_000,
		beyond: "that is no number of relations", examples: []string{"450"},
	},
	"limits.sure": {help: "What no check can see, and somebody is sure of.", without: "nothing; the run goes on all the same"},
	"limits.sure[]": {
		help: "Something to be sure of.", examples: []string{"quiet"},
		choices: []choice{
			{"quiet", "a quiet hour at the start of the replication, which locks every table for a moment"},
			{"frozen", "nobody changes the schema from the start of the replication until COMPLETED"},
			{"no-large-objects", "no large objects: they are not migrated"},
			{"no-pg-schemas", "no schema with a name that begins with pg"},
		},
	},
	"take-over":         {help: "Lead a migration from here that another machine leads. That machine becomes a watcher at its next look. Agree with whoever works there first.", examples: []string{"true"}},
	"no-hand-over-note": {help: "Keep no note on the target from which another machine could take over. Whoever comes after has to ask how the applications were.", examples: []string{"true"}},
	"limits.anyway":     {help: "Go on with more schemas or relations than the service supports. Such a migration may fail.", examples: []string{"true"}},
	"accept":            {help: "Warnings of the preflight check that are accepted: all, or a list of identities as the check prints them. Critical findings cannot be accepted.", without: "none: a warning ends the run with a question"},
	"accept[]": {
		help: "Identity of a warning.", pattern: patternFinding, shape: "the identity of a warning, like source-warning-1f2e3d4c", examples: []string{"source-warning-1f2e3d4c"},
	},
	"prepared":   {help: "What was prepared for the downtime, and by whose word. It is a list and stops nothing: what is not said stays open on it.", without: "what no look shows is open"},
	"prepared[]": {help: "A thing to prepare, and how it stands."},
	"prepared[].item": needed(key{
		help: "What it is.", examples: []string{string(steps.PrepareTLS)},
		choices: []choice{
			{string(steps.PrepareTLS), "the applications speak TLS, which the target needs"},
			{string(steps.PrepareLabel), "they find their database under the label postgresql-db"},
			{string(steps.PrepareManifests), "manifests and MTA descriptors bind the target from the first deployment after the switch"},
			{string(steps.PrepareSchedulers), "it is known where schedulers and pipelines are switched off"},
			{string(steps.PrepareAddresses), "who has the address of the source without a binding gets another one"},
			{string(steps.PrepareExtensions), "the target has the extensions that are used, or they are done without"},
			{string(steps.PrepareRoles), "the statements are ready that create roles and rights in the target"},
			{string(steps.PrepareStorage), "the target has the storage that it needs"},
			{string(steps.PreparePsql), "somebody reaches both databases with psql"},
		},
	}),
	"prepared[].state": needed(key{
		help: "How it stands.", examples: []string{string(steps.PrepareDone)},
		choices: []choice{{string(steps.PrepareDone), "it is done"}, {string(steps.PrepareNotNeeded), "it is not needed here"}},
	}),
	"prepared[].by": named("Who says so.", "who runs the plan", "kim@acme.example"),
	"waive":         {help: "Writers that may go on during the downtime because they certainly do not write. What they write to the source all the same is lost, and to the target may differ from it; the record names the reason.", without: "none"},
	"waive[]":       {help: "A writer, and why it is no harm."},
	"waive[].writer": needed(key{
		help:    "The writer, by its kind and its name in the census. Where several have that name, by its identity, which the question shows.",
		pattern: patternWriter, shape: "kind:name as the census gives it, like app:orders-board, task:backfill, key:reporting, mention:orders-direct, scheduler:nightly-jobs or unseen:dev",
		examples: []string{"app:orders-board", "key:reporting", "mention:orders-direct", "scheduler:nightly-jobs", "task:backfill"},
	}),
	"waive[].reason": needed(key{help: "Why it is no harm.", pattern: patternSentence, shape: "a reason, in words", examples: []string{"reads only"}}),

	"applications":        {help: "How applications were before the migration that are stopped, and that this record has not stopped: after its loss, or when another machine has stopped them, nobody else can know. What is started was running, and is started again in the end.", without: "such an application leaves a question open; nothing is finalized or removed"},
	"applications[]":      {help: "An application, and how it was."},
	"applications[].name": needed(named("Name of the application.", "", "orders-api")),
	"applications[].was": needed(key{
		help:    "How it was.",
		choices: []choice{{string(WasStarted), "it ran: it is started again on the side where the migration leaves it"}, {string(WasStopped), "it did not run: it stays stopped"}},
	}),

	"stop": {help: "The downtime."},
	"stop.decision-after": {
		help: "Time of downtime after which on-late is asked, in whole minutes.", without: "no decision point",
		pattern: patternDuration, shape: shapeDuration, examples: []string{"45m"},
	},
	"stop.downtime-beside": {help: "Begin the downtime also while that of another migration in this space runs. As a rule one is led through its downtime at a time; the others wait, IN-SYNC.", examples: []string{"true"}},
	"on-late": {
		help:    "The answer at the decision point.",
		choices: []choice{{string(LateGoOn), "go on with the finalization"}, {string(LateBackOut), "back out: applications on the source, finalization and replication removed"}},
	},
	"switch":           {help: "How the applications come to the target."},
	"switch.how":       {help: "How an application takes up its new binding.", choices: []choice{{string(Restart), "restart it with the code that it has"}, {string(Restage), "restage it: the buildpack runs again; slower"}}},
	"switch.restage":   {help: "Applications that are restaged while the others are restarted.", without: "none"},
	"switch.restage[]": named("Name of an application.", "", "orders-legacy"),
	"switch.canary":    named("Application that is brought over first; the others follow when it is healthy. It has to be one that runs.", "none", "orders-admin"),
	"switch.order":     {help: "Order in which the applications are brought over; those that it does not name follow.", without: "any"},
	"switch.order[]":   named("Name of an application.", "", "orders-api"),
	"switch.patience": {
		help:    "How long to wait, from the last start on, for all applications to become healthy on the target. Then on-failure holds. At least 5m: a start is given that long before it counts as failed.",
		pattern: patternPatience, shape: "at least 5m, because a start is given that long: a duration like 10m or 1h30m", examples: []string{"10m"},
	},

	"switch.green":   {help: "Applications that are bound to the target, and stopped until COMPLETED: the green ones of a blue-green deployment. They are started first, and the others wait until they are healthy.", without: "none: what is bound to the target and was stopped stays stopped"},
	"switch.green[]": named("Name of an application.", "", "orders-api-green"),
	"switch.blue": {
		help:    "What becomes of the other applications, the blue ones, once the green ones are healthy.",
		choices: []choice{{string(BlueSwitch), "bring them to the target, too"}, {string(BlueStay), "leave them as they are: stopped, and bound to the source"}},
	},

	"clean-up":             {help: "What becomes of what the migration leaves behind. Only done with until: cleaned-up. What cannot be undone needs --yes besides."},
	"clean-up.target-key":  fate("The key of the target that was made for the migration, or that has session replication. On Google Cloud it must not be used afterwards."),
	"clean-up.source-keys": fate("The keys of the source, all of them. Whoever uses them loses it. Cannot be undone."),
	"clean-up.bindings":    fate("Bindings to the source that are left. Never that of an application which runs on the source alone. Cannot be undone."),
	"clean-up.shares":      fate("Sharing of the source with other spaces. A binding there that the login cannot see goes with it. Cannot be undone."),
	"clean-up.source-instance": {
		help: "The source with all its data. Cannot be undone.",
		choices: []choice{
			{string(Delete), "delete it, with all data in it"},
			{string(Keep), fateKeep},
			{string(Later), "end the run here and leave the question open; many teams wait a week"},
		},
	},
	"clean-up.name-swap": {help: "Rename the source to NAME-old and give its name to the target, so that manifests go on working. There is no back-out after it. Not done where the platform does not rename, because one of them is shared."},

	"closed":   {help: "Things that the migration left open and that somebody has done, or has looked at: without a word on each, no plan deletes anything of the source. What a look finds done needs none. Alarms are answered in the wizard only.", without: "none: what is open stays open, and is told in the end"},
	"closed[]": {help: "An open thing, and who says that it is done."},
	"closed[].item": needed(key{
		help:    "The thing, as `open` names it. Where several have that name, by its identity.",
		pattern: patternItem, shape: "kind:name as `open` gives it, like mention:orders-direct, key:reporting, scheduler:nightly-jobs, cancelled:backfill or finding:source-warning-1f2e3d4c",
		examples: []string{"mention:orders-direct", "key:reporting", "scheduler:nightly-jobs", "cancelled:backfill", "finding:source-warning-1f2e3d4c"},
	}),
	"closed[].by":     needed(named("Who says so.", "", "Dana")),
	"closed[].reason": needed(key{help: "What was done, or seen.", pattern: patternSentence, shape: "what was done, in words", examples: []string{"roles created"}}),
}
