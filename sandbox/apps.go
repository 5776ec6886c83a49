package sandbox

import (
	"slices"
	"time"
)

// timeToRun is the simulated time from the start of an application to RUNNING.
const timeToRun = 15 * time.Second

// The states of an application, and of an instance of its processes.
const (
	appStarted = "STARTED"
	appStopped = "STOPPED"

	instanceRunning  = "RUNNING"
	instanceStarting = "STARTING"
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

	// environment is what the running instances were started with: a binding
	// made later reaches them with the next start.
	environment []*binding
	lastTask    int // sequence id
}

type process struct {
	meta
	kind      string // web, worker…
	command   string
	app       *app
	memory    int         // MB
	disk      int         // MB
	instances []time.Time // when each instance was started; what is wanted, running or not
}

type pack struct {
	meta
	app *app
}

type droplet struct {
	meta
	app  *app
	pack *pack
}

// appSpec is an application as the landscape is furnished with it.
type appSpec struct {
	name      string
	space     *space
	instances int
	memory    int
}

func (w *world) newApp(spec appSpec, at time.Time) *app {
	a := &app{meta: w.newMeta(at), name: spec.name, space: spec.space, state: appStopped, env: map[string]any{}}
	p := &process{
		meta: w.newMeta(at), kind: "web", command: "./bin/" + spec.name, app: a,
		memory: spec.memory, disk: 1024, instances: make([]time.Time, spec.instances),
	}
	p.guid = a.guid // so the real one: the web process shares the guid of its application
	a.processes = []*process{p}
	a.pack = &pack{meta: w.newMeta(at), app: a}
	a.droplet = &droplet{meta: w.newMeta(at), app: a, pack: a.pack}
	w.apps = append(w.apps, a)
	return a
}

// startApp starts an application, or starts it again, with what is bound to it.
func (w *world) startApp(a *app, at time.Time) {
	a.state = appStarted
	a.environment = nil
	for _, b := range w.bindings {
		if b.app == a && b.op.kind == "create" && b.op.state == succeeded {
			a.environment = append(a.environment, b)
		}
	}
	for _, p := range a.processes {
		for i := range p.instances {
			p.instances[i] = at
		}
	}
	a.touch(at.UTC().Truncate(time.Second))
	w.noticeWriter(a, at)
}

func (w *world) stopApp(a *app, at time.Time) {
	a.state = appStopped
	a.environment = nil
	a.touch(at.UTC().Truncate(time.Second))
}

// scale changes how many instances a process has; the new ones start now.
func (p *process) scale(n int, at time.Time) {
	if n < len(p.instances) {
		p.instances = p.instances[:n]
	}
	for len(p.instances) < n {
		p.instances = append(p.instances, at)
	}
}

// instanceState is the state of one instance, and for how long.
func (w *world) instanceState(p *process, index int, now time.Time) (state string, since time.Duration) {
	if p.app.state == appStopped {
		return instanceDown, 0
	}
	age := now.Sub(p.instances[index])
	if up := age - w.real(timeToRun); up >= 0 {
		return instanceRunning, up
	}
	return instanceStarting, age
}

// writesTo says whether the application runs, or is about to, with the
// credentials of a database.
func (a *app) writesTo(i *instance) bool {
	return a.state == appStarted && slices.ContainsFunc(a.environment, func(b *binding) bool { return b.instance == i })
}

func (a *app) process(kind string) *process {
	i := slices.IndexFunc(a.processes, func(p *process) bool { return p.kind == kind })
	if i < 0 {
		return nil
	}
	return a.processes[i]
}
