package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Truth is what the landscape really looks like: what a test checks and a
// trainer shows, whatever any client believes. It holds no credentials. All
// lists are sorted by name, migrations in the order in which they began.
type Truth struct {
	Spaces     []SpaceTruth     `json:"spaces"`
	Migrations []MigrationTruth `json:"migrations"`
	Preflights int              `json:"preflights"` // checks that ran to their end with access opened
}

// SpaceTruth is what is in a space.
type SpaceTruth struct {
	Org       string          `json:"org"`
	Name      string          `json:"name"`
	Instances []InstanceTruth `json:"instances"`
	Apps      []AppTruth      `json:"apps"`
}

// InstanceTruth is a service instance.
type InstanceTruth struct {
	Name          string     `json:"name"`
	Offering      string     `json:"offering"` // empty: user-provided
	Plan          string     `json:"plan"`
	Tags          []string   `json:"tags"`
	AccessOpened  bool       `json:"access_opened"` // prepare_migration succeeded with "true"
	LastOperation string     `json:"last_operation"`
	SharedTo      []string   `json:"shared_to"` // spaces, as org/space
	Keys          []KeyTruth `json:"keys"`
}

// KeyTruth is a service key.
type KeyTruth struct {
	Name          string         `json:"name"`
	Parameters    map[string]any `json:"parameters"`
	LastOperation string         `json:"last_operation"`
}

// AppTruth is an application.
type AppTruth struct {
	Name      string         `json:"name"`
	State     string         `json:"state"`     // STARTED or STOPPED
	Instances int            `json:"instances"` // wanted, of the web process
	Running   int            `json:"running"`   // RUNNING now
	Processes map[string]int `json:"processes"` // how many instances of each are wanted
	Bindings  []BindingTruth `json:"bindings"`
	// UsesNow names the instances whose credentials the running application was
	// started with: a binding reaches it with the next start only.
	UsesNow []string `json:"uses_now"`
	// Tasks names those that run now.
	Tasks []string `json:"tasks"`
}

// BindingTruth is the binding of an application.
type BindingTruth struct {
	Instance      string         `json:"instance"`
	Name          string         `json:"name"` // empty: unnamed
	Parameters    map[string]any `json:"parameters"`
	LastOperation string         `json:"last_operation"`
}

// MigrationTruth is one attempt to migrate, deleted ones included.
type MigrationTruth struct {
	Source       string       `json:"source"`
	Target       string       `json:"target"`
	Replication  RunTruth     `json:"replication"`
	Finalization *RunTruth    `json:"finalization"` // the last one; nil: never begun
	LostWrites   []LostWrites `json:"lost_writes"`
}

// RunTruth is a replication or finalization.
type RunTruth struct {
	Status  string   `json:"status"` // the last one, also if deleted
	Deleted bool     `json:"deleted"`
	Reason  string   `json:"reason,omitempty"` // why it failed, which the API doesn't tell
	History []Change `json:"history"`
}

// Change is a status and when it began.
type Change struct {
	Status string    `json:"status"`
	At     time.Time `json:"at"`
}

// LostWrites says that something wrote to the source when that was too late:
// during the finalization, or after it.
type LostWrites struct {
	App   string `json:"app"` // empty: a client outside the landscape
	Space string `json:"space"`
	// Via is how: binding, user-provided service, environment variable, task or
	// service key, with its name.
	Via   string    `json:"via"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"` // zero: it goes on
}

// Space returns the space of that name in org, and whether it is there.
func (t Truth) Space(org, name string) (SpaceTruth, bool) {
	i := slices.IndexFunc(t.Spaces, func(s SpaceTruth) bool { return s.Org == org && s.Name == name })
	if i < 0 {
		return SpaceTruth{}, false
	}
	return t.Spaces[i], true
}

// Instance returns the service instance of that name, and whether it is there.
func (s SpaceTruth) Instance(name string) (InstanceTruth, bool) {
	i := slices.IndexFunc(s.Instances, func(i InstanceTruth) bool { return i.Name == name })
	if i < 0 {
		return InstanceTruth{}, false
	}
	return s.Instances[i], true
}

// App returns the application of that name, and whether it is there.
func (s SpaceTruth) App(name string) (AppTruth, bool) {
	i := slices.IndexFunc(s.Apps, func(a AppTruth) bool { return a.Name == name })
	if i < 0 {
		return AppTruth{}, false
	}
	return s.Apps[i], true
}

// Truth returns the state of the landscape now.
func (l *Landscape) Truth() Truth {
	w := l.world
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.settle()
	t := Truth{Spaces: []SpaceTruth{}, Migrations: []MigrationTruth{}, Preflights: w.preflights}
	for _, s := range w.spaces {
		t.Spaces = append(t.Spaces, w.spaceTruth(s, now))
	}
	slices.SortFunc(t.Spaces, func(a, b SpaceTruth) int {
		return cmp.Or(cmp.Compare(a.Org, b.Org), cmp.Compare(a.Name, b.Name))
	})
	for _, m := range w.migrations {
		t.Migrations = append(t.Migrations, m.truth())
	}
	return t
}

func (w *world) spaceTruth(s *space, now time.Time) SpaceTruth {
	t := SpaceTruth{Org: s.org.name, Name: s.name, Instances: []InstanceTruth{}, Apps: []AppTruth{}}
	for _, i := range w.instances {
		if i.space == s {
			t.Instances = append(t.Instances, w.instanceTruth(i))
		}
	}
	for _, a := range w.apps {
		if a.space == s {
			t.Apps = append(t.Apps, w.appTruth(a, now))
		}
	}
	slices.SortFunc(t.Instances, func(a, b InstanceTruth) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(t.Apps, func(a, b AppTruth) int { return cmp.Compare(a.Name, b.Name) })
	return t
}

func (o operation) truth() string { return o.kind + " " + o.state }

func (w *world) instanceTruth(i *instance) InstanceTruth {
	t := InstanceTruth{
		Name: i.name, Tags: slices.Clone(i.tags), AccessOpened: i.accessOpened(), LastOperation: i.op.truth(),
		SharedTo: []string{}, Keys: []KeyTruth{},
	}
	if i.managed() {
		t.Offering, t.Plan = i.plan.offering.name, i.plan.name
	}
	for _, s := range i.sharedTo {
		t.SharedTo = append(t.SharedTo, s.org.name+"/"+s.name)
	}
	slices.Sort(t.SharedTo)
	for _, b := range w.bindingsOf(i) {
		if b.kind == typeKey {
			t.Keys = append(t.Keys, KeyTruth{Name: b.name, Parameters: cloned(b.params), LastOperation: b.op.truth()})
		}
	}
	slices.SortFunc(t.Keys, func(a, b KeyTruth) int { return cmp.Compare(a.Name, b.Name) })
	return t
}

func (w *world) appTruth(a *app, now time.Time) AppTruth {
	t := AppTruth{Name: a.name, State: a.state, Processes: map[string]int{}, Bindings: []BindingTruth{}, UsesNow: []string{}, Tasks: []string{}}
	for _, p := range a.processes {
		t.Processes[p.kind] = len(p.instances)
	}
	if p := a.process("web"); p != nil {
		t.Instances = len(p.instances)
		for index := range p.instances {
			if state, _ := w.instanceState(p, index, now); state == instanceRunning {
				t.Running++
			}
		}
	}
	for _, task := range w.tasks {
		if task.app == a && task.state == taskRunning {
			t.Tasks = append(t.Tasks, task.name)
		}
	}
	for _, b := range w.bindings {
		if b.app == a {
			t.Bindings = append(t.Bindings, BindingTruth{
				Instance: b.instance.name, Name: b.name, Parameters: cloned(b.params), LastOperation: b.op.truth(),
			})
		}
	}
	slices.SortFunc(t.Bindings, func(a, b BindingTruth) int { return cmp.Compare(a.Instance, b.Instance) })
	for _, b := range a.uses.bindings {
		t.UsesNow = append(t.UsesNow, b.instance.name)
	}
	slices.Sort(t.UsesNow)
	return t
}

// cloned copies parameters; none are an empty map.
func cloned(params map[string]any) map[string]any {
	if params == nil {
		return map[string]any{}
	}
	return maps.Clone(params)
}

func (m *migration) truth() MigrationTruth {
	t := MigrationTruth{
		Source: m.sourceName, Target: m.targetName, Replication: m.replication.truth(),
		LostWrites: []LostWrites{},
	}
	for _, l := range m.lost {
		t.LostWrites = append(t.LostWrites, l.truth())
	}
	last := m.finalization
	if last == nil && len(m.pastFinalizations) > 0 {
		last = m.pastFinalizations[len(m.pastFinalizations)-1]
	}
	if last != nil {
		f := last.truth()
		t.Finalization = &f
	}
	return t
}

func (r *run) truth() RunTruth {
	return RunTruth{Status: r.status, Deleted: r.deleted, Reason: r.reason, History: slices.Clone(r.history)}
}
