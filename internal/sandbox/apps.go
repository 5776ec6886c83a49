package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

const (
	// timeToRun is the simulated time from the start of an application to
	// RUNNING, unless it has one of its own.
	timeToRun = 15 * time.Second
	// timeToTryAgain is how long a crashed instance lies before it is started
	// again.
	timeToTryAgain = 30 * time.Second
)

// The states of an application, and of an instance of its processes.
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
	startup   time.Duration // simulated, from the start to RUNNING, usually
	starting  time.Duration // what this start takes of it
	crashesOn databaseKind  // it can't use such a database, and never becomes healthy with one

	uses     environment // what the running instances were started with
	lastTask int         // sequence id
}

func (a *app) owner() *space { return a.space }

func (a *app) readableBy(who *identity) bool { return who.reads(a.space) }

// appPart is the head of a resource that belongs to an application.
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
	instances []time.Time // when each instance was started; what is wanted, running or not
}

type pack struct{ appPart }

type droplet struct {
	appPart
	pack *pack
}

// appSpec is an application as the landscape is furnished with it.
type appSpec struct {
	name      string
	space     *space
	instances int
	workers   int // instances of a second process, "worker"; 0: there is none
	memory    int
	startup   time.Duration // 0: timeToRun
	crashesOn databaseKind
}

func (w *world) newApp(spec appSpec, at time.Time) *app {
	a := &app{
		meta: w.newMeta(at), name: spec.name, space: spec.space, state: appStopped, env: map[string]any{},
		startup: cmp.Or(spec.startup, timeToRun), crashesOn: spec.crashesOn,
	}
	a.addProcess("web", a.meta, spec.instances, spec.memory) // so the real one: it shares the guid of its application
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

// environment is what something runs with: it was fixed when that was started,
// and a binding made later reaches it with the next start.
type environment struct {
	bindings  []*binding
	variables map[string]any
}

// environment is what the application would be started with now.
func (w *world) environment(a *app) environment {
	e := environment{variables: maps.Clone(a.env)}
	for _, b := range w.bindings {
		if b.app == a && b.made() == nil {
			e.bindings = append(e.bindings, b)
		}
	}
	return e
}

// startApp starts an application, or starts it again, with what is bound to it.
func (w *world) startApp(a *app, at time.Time) {
	w.stopsWriting(writer{app: a}, at)
	a.state = appStarted
	a.starting = w.spread(a.startup, "start "+a.space.name+"/"+a.name, at)
	a.uses = w.environment(a)
	for _, p := range a.processes {
		for i := range p.instances {
			p.instances[i] = at
		}
	}
	a.touch(at.UTC().Truncate(time.Second))
	w.startsWriting(writer{app: a}, at)
}

func (w *world) stopApp(a *app, at time.Time) {
	a.state = appStopped
	a.uses = environment{}
	a.touch(at.UTC().Truncate(time.Second))
	w.stopsWriting(writer{app: a}, at)
}

// wanted is how many instances the application has, of all its processes.
func (a *app) wanted() int {
	n := 0
	for _, p := range a.processes {
		n += len(p.instances)
	}
	return n
}

// scale changes how many instances a process has; the new ones start now.
func (w *world) scale(p *process, n int, at time.Time) {
	before := p.app.wanted()
	if n < len(p.instances) {
		p.instances = p.instances[:n]
	}
	for len(p.instances) < n {
		p.instances = append(p.instances, at)
	}
	switch after := p.app.wanted(); {
	case after == 0:
		w.stopsWriting(writer{app: p.app}, at)
	case before == 0 && p.app.state == appStarted:
		w.startsWriting(writer{app: p.app}, at)
	}
}

// instanceState is the state of one instance, and for how long.
func (w *world) instanceState(p *process, index int, now time.Time) (state string, since time.Duration) {
	if p.app.state == appStopped {
		return instanceDown, 0
	}
	age, startup := now.Sub(p.instances[index]), w.real(p.app.starting)
	if p.app.crashes() {
		age %= startup + w.real(timeToTryAgain)
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

// crashes says whether the application can't live with what it was started
// with.
func (a *app) crashes() bool {
	return a.crashesOn != noDatabase && slices.ContainsFunc(a.uses.bindings, func(b *binding) bool {
		return b.instance.database() == a.crashesOn
	})
}

func (a *app) process(kind string) *process {
	i := slices.IndexFunc(a.processes, func(p *process) bool { return p.kind == kind })
	if i < 0 {
		return nil
	}
	return a.processes[i]
}
