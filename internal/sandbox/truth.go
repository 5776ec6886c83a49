package sandbox

import (
	"maps"
	"slices"
	"sort"
	"time"
)

// Truth is the state of a landscape, for tests and trainers. It holds no
// credentials. Lists are sorted by name, migrations by their beginning.
type Truth struct {
	Spaces     []SpaceTruth     `json:"spaces"`
	Migrations []MigrationTruth `json:"migrations"`
	Preflights int              `json:"preflights"` // checks completed with access opened
}

// SpaceTruth is a space and its contents.
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

	Parameters  map[string]any    `json:"parameters"` // that it was made or updated with
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
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
	Instances int            `json:"instances"` // desired, of the web process
	Running   int            `json:"running"`   // in state RUNNING
	Processes map[string]int `json:"processes"` // desired instances by type
	Bindings  []BindingTruth `json:"bindings"`
	// UsesNow names the service instances that were bound at the last start.
	UsesNow []string `json:"uses_now"`
	// Tasks names the running tasks.
	Tasks []string `json:"tasks"`
}

// BindingTruth is an app binding.
type BindingTruth struct {
	Instance      string         `json:"instance"`
	Name          string         `json:"name"` // empty: unnamed
	Parameters    map[string]any `json:"parameters"`
	LastOperation string         `json:"last_operation"`
}

// MigrationTruth is one attempt to migrate, even if deleted.
type MigrationTruth struct {
	Source       string       `json:"source"`
	Target       string       `json:"target"`
	Replication  RunTruth     `json:"replication"`
	Finalization *RunTruth    `json:"finalization"` // the last one; nil: none
	LostWrites   []LostWrites `json:"lost_writes"`
	// TargetWrites are writers to the target before COMPLETED.
	TargetWrites []LostWrites `json:"target_writes"`
}

// RunTruth is a replication or finalization.
type RunTruth struct {
	Status  string   `json:"status"` // last status, even if deleted
	Deleted bool     `json:"deleted"`
	Reason  string   `json:"reason,omitempty"` // of a failure; not in the API
	History []Change `json:"history"`
}

// Change is a change of status.
type Change struct {
	Status string    `json:"status"`
	At     time.Time `json:"at"`
}

// LostWrites records a writer to the source during or after the finalization, or to the
// target before it was COMPLETED.
type LostWrites struct {
	App   string `json:"app"` // empty: an external client
	Space string `json:"space"`
	// Via is the kind and name of the access: binding, user-provided service,
	// environment variable, task or service key.
	Via   string    `json:"via"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"` // zero: ongoing
}

// Space returns a space by name, and whether it exists.
func (t Truth) Space(org, name string) (SpaceTruth, bool) {
	i := slices.IndexFunc(t.Spaces, func(s SpaceTruth) bool { return s.Org == org && s.Name == name })
	if i < 0 {
		return SpaceTruth{}, false
	}
	return t.Spaces[i], true
}

// Instance returns a service instance by name, and whether it exists.
func (s SpaceTruth) Instance(name string) (InstanceTruth, bool) {
	i := slices.IndexFunc(s.Instances, func(i InstanceTruth) bool { return i.Name == name })
	if i < 0 {
		return InstanceTruth{}, false
	}
	return s.Instances[i], true
}

// App returns an application by name, and whether it exists.
func (s SpaceTruth) App(name string) (AppTruth, bool) {
	i := slices.IndexFunc(s.Apps, func(a AppTruth) bool { return a.Name == name })
	if i < 0 {
		return AppTruth{}, false
	}
	return s.Apps[i], true
}

// Truth returns the current state of the landscape.
func (l *Landscape) Truth() Truth {
	w := l.world
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.advance()
	t := Truth{Spaces: []SpaceTruth{}, Migrations: []MigrationTruth{}, Preflights: w.preflights}
	for _, s := range w.spaces {
		t.Spaces = append(t.Spaces, w.spaceTruth(s, now))
	}
	sort.Slice(t.Spaces, func(i, j int) bool {
		a, b := t.Spaces[i], t.Spaces[j]
		return a.Org < b.Org || a.Org == b.Org && a.Name < b.Name
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
	sort.Slice(t.Instances, func(i, j int) bool { return t.Instances[i].Name < t.Instances[j].Name })
	sort.Slice(t.Apps, func(i, j int) bool { return t.Apps[i].Name < t.Apps[j].Name })
	return t
}

func (o operation) truth() string { return o.kind + " " + o.state }

func (w *world) instanceTruth(i *instance) InstanceTruth {
	t := InstanceTruth{
		Name: i.name, Tags: slices.Clone(i.tags), AccessOpened: i.accessOpened(), LastOperation: i.op.truth(),
		SharedTo: []string{}, Keys: []KeyTruth{}, Parameters: cloned(i.params), Labels: maps.Clone(i.labels), Annotations: maps.Clone(i.annotations),
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
	sort.Slice(t.Keys, func(i, j int) bool { return t.Keys[i].Name < t.Keys[j].Name })
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
	sort.Slice(t.Bindings, func(i, j int) bool { return t.Bindings[i].Instance < t.Bindings[j].Instance })
	for _, b := range a.startedWith.bindings {
		t.UsesNow = append(t.UsesNow, b.instance.name)
	}
	slices.Sort(t.UsesNow)
	return t
}

// cloned copies parameters; nil becomes an empty map.
func cloned(params map[string]any) map[string]any {
	if params == nil {
		return map[string]any{}
	}
	return maps.Clone(params)
}

func (m *migration) truth() MigrationTruth {
	t := MigrationTruth{
		Source: m.sourceName, Target: m.targetName, Replication: m.replication.truth(),
		LostWrites: []LostWrites{}, TargetWrites: []LostWrites{},
	}
	for _, l := range m.lost {
		t.LostWrites = append(t.LostWrites, l.truth())
	}
	for _, c := range m.collisions {
		t.TargetWrites = append(t.TargetWrites, c.truth())
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
