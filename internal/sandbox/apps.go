package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

const (
	// defaultStartup is the simulated time that an application takes from its
	// start to RUNNING.
	defaultStartup = 15 * time.Second
	// crashBackoff is the delay before a crashed instance is restarted.
	crashBackoff = 30 * time.Second
)

// States of an application, and of the instances of its processes.
const (
	appStarted = "STARTED"
	appStopped = "STOPPED"

	instanceRunning  = "RUNNING"
	instanceStarting = "STARTING"
	instanceCrashed  = "CRASHED"
	instanceDown     = "DOWN"
)

type app struct {
	meta
	name      string
	space     *space
	state     string
	env       map[string]any
	processes []*process
	droplet   *droplet
	pack      *pack
	startup   time.Duration // simulated time from the start to RUNNING, before jitter
	starting  time.Duration // the same for the current start, with jitter
	crashesOn databaseKind  // never becomes healthy when bound to such a database
	unreadyOn databaseKind  // runs, and never becomes ready when bound to such a database

	startedWith environment // of the running instances
	lastTask    int         // sequence id of the last task
}

func (a *app) owner() *space { return a.space }

func (a *app) readableBy(who *identity) bool { return who.reads(a.space) }

// appPart is embedded in every resource that belongs to an application.
type appPart struct {
	meta
	app *app
}

func (p *appPart) parent() *app { return p.app }

func (p *appPart) owner() *space { return p.app.space }

func (p *appPart) readableBy(who *identity) bool { return who.reads(p.app.space) }

type process struct {
	appPart
	kind      string // web, worker…
	command   string
	memory    int         // MB
	disk      int         // MB
	instances []time.Time // start time of each desired instance
}

type pack struct{ appPart }

type droplet struct {
	appPart
	pack *pack
}

// appSpec describes an application to create.
type appSpec struct {
	name      string
	space     *space
	instances int
	workers   int // instances of a second process, "worker"; 0: no such process
	memory    int
	startup   time.Duration // 0 means defaultStartup
	crashesOn databaseKind
}

func (w *world) newApp(spec appSpec, at time.Time) *app {
	a := &app{
		meta: w.newMeta(at), name: spec.name, space: spec.space, state: appStopped, env: map[string]any{},
		startup: cmp.Or(spec.startup, defaultStartup), crashesOn: spec.crashesOn,
	}
	a.addProcess("web", a.meta, spec.instances, spec.memory) // shares its GUID with the application, as on Cloud Foundry
	if spec.workers > 0 {
		a.addProcess("worker", w.newMeta(at), spec.workers, spec.memory)
	}
	a.pack = &pack{w.newPart(a, at)}
	a.droplet = &droplet{w.newPart(a, at), a.pack}
	w.apps = append(w.apps, a)
	return a
}

func (w *world) newPart(a *app, at time.Time) appPart { return appPart{w.newMeta(at), a} }

func (a *app) addProcess(kind string, m meta, instances, memory int) {
	a.processes = append(a.processes, &process{
		appPart: appPart{m, a}, kind: kind, command: "./bin/" + a.name + " " + kind,
		memory: memory, disk: 1024, instances: make([]time.Time, instances),
	})
}

// environment is what an application or task was started with. A later binding
// takes effect at the next start only.
type environment struct {
	bindings  []*binding
	variables map[string]any
}

// environment returns what the application would be started with now.
func (w *world) environment(a *app) environment {
	return environment{variables: maps.Clone(a.env), bindings: w.served(a)}
}

// served returns the bindings that an application gets: of each instance the newest that
// was created, as on the Cloud Controller.
func (w *world) served(a *app) []*binding {
	var list []*binding
	for _, b := range w.bindings { // in the order of creation
		if b.app != a || b.creationError() != nil {
			continue
		}
		list = append(slices.DeleteFunc(list, func(older *binding) bool { return older.instance == b.instance }), b)
	}
	return list
}

// startApp starts or restarts an application with its current bindings.
func (w *world) startApp(a *app, at time.Time) {
	w.writerStopped(writer{app: a}, at)
	a.state = appStarted
	a.starting = w.jitter(a.startup, "start "+a.space.name+"/"+a.name, at)
	a.startedWith = w.environment(a)
	for _, p := range a.processes {
		for i := range p.instances {
			p.instances[i] = at
		}
	}
	a.touch(at.UTC().Truncate(time.Second))
	w.writerStarted(writer{app: a}, at)
}

func (w *world) stopApp(a *app, at time.Time) {
	a.state = appStopped
	a.startedWith = environment{}
	a.touch(at.UTC().Truncate(time.Second))
	w.writerStopped(writer{app: a}, at)
}

// desiredInstances counts the instances of all processes, running or not.
func (a *app) desiredInstances() int {
	n := 0
	for _, p := range a.processes {
		n += len(p.instances)
	}
	return n
}

// scale sets the number of instances of a process; new ones start at once.
func (w *world) scale(p *process, n int, at time.Time) {
	before := p.app.desiredInstances()
	if n < len(p.instances) {
		p.instances = p.instances[:n]
	}
	for len(p.instances) < n {
		p.instances = append(p.instances, at)
	}
	switch after := p.app.desiredInstances(); {
	case after == 0:
		w.writerStopped(writer{app: p.app}, at)
	case before == 0 && p.app.state == appStarted:
		w.writerStarted(writer{app: p.app}, at)
	}
}

// instanceState returns the state of one instance and how long it has been in it.
func (w *world) instanceState(p *process, index int, now time.Time) (state string, since time.Duration) {
	if p.app.state == appStopped {
		return instanceDown, 0
	}
	age, startup := now.Sub(p.instances[index]), w.wallClock(p.app.starting)
	if p.app.crashes() {
		age %= startup + w.wallClock(crashBackoff)
	}
	switch up := age - startup; {
	case up < 0:
		return instanceStarting, age
	case p.app.crashes():
		return instanceCrashed, up
	default:
		return instanceRunning, up
	}
}

// crashes reports whether the application was started with a database that it
// cannot use.
func (a *app) crashes() bool {
	return a.startedOn(a.crashesOn)
}

// ready reports whether the readiness check of its running instances succeeds.
func (a *app) ready() bool { return !a.startedOn(a.unreadyOn) }

func (a *app) startedOn(kind databaseKind) bool {
	return kind != noDatabase && slices.ContainsFunc(a.startedWith.bindings, func(b *binding) bool {
		return b.instance.database() == kind
	})
}

func (a *app) process(kind string) *process {
	i := slices.IndexFunc(a.processes, func(p *process) bool { return p.kind == kind })
	if i < 0 {
		return nil
	}
	return a.processes[i]
}
