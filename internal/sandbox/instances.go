package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Service instances, keys and bindings, and what becomes of them.

type instance struct {
	meta
	name     string
	space    *space
	plan     *plan // nil: user-provided
	tags     []string
	params   map[string]any
	op       operation
	sharedTo []*space

	userCredentials map[string]any // of a user-provided instance
	syslogURL       string

	host    string // of a database
	dbname  string
	objects int  // in a database, as the preflight check counts them
	spent   bool // a migration wrote to it: it can't be a target again
}

type operation struct {
	kind, state, description string
	created, updated         time.Time
}

// The states of an operation, in the words of the Cloud Controller.
const (
	inProgress = "in progress"
	succeeded  = "succeeded"
	failed     = "failed"
)

func (o operation) running() bool { return o.state == inProgress }

func newOperation(kind, state string, at time.Time) operation {
	at = at.UTC().Truncate(time.Second)
	return operation{kind: kind, state: state, created: at, updated: at}
}

func (o *operation) end(state, description string, at time.Time) {
	o.state, o.description, o.updated = state, description, at.UTC().Truncate(time.Second)
}

// refuse ends an operation with the broker's no.
func (o *operation) refuse(verb, said string, at time.Time) *cfError {
	o.end(failed, said, at)
	return unableToPerform(verb, said)
}

func (i *instance) managed() bool { return i.plan != nil }

func (i *instance) database() databaseKind {
	if i.plan == nil {
		return noDatabase
	}
	return i.plan.offering.database
}

// accessOpened says whether the migration service may reach the database: the
// contract sends the string "true"; a real true means the same.
func (i *instance) accessOpened() bool {
	v := i.params[parameterPrepare]
	return v == "true" || v == true
}

func (i *instance) owner() *space { return i.space }

func (i *instance) visibleIn(s *space) bool {
	return i.space == s || slices.Contains(i.sharedTo, s)
}

func (i *instance) readableBy(who *identity) bool {
	return who.reads(i.space) || slices.ContainsFunc(i.sharedTo, who.reads)
}

// The two types of a service credential binding.
const (
	typeApp = "app"
	typeKey = "key"
)

// binding is a service credential binding: a key, or an application's.
type binding struct {
	meta
	kind        string
	name        string // "": none; only an application's can have none
	instance    *instance
	app         *app // of an application's binding
	params      map[string]any
	credentials map[string]any
	usedBy      string // a client outside the landscape that writes with a key
	op          operation
}

func (b *binding) readableBy(who *identity) bool { return who.reads(b.owner()) }

// owner is the space where the rights on the binding come from.
func (b *binding) owner() *space {
	if b.app != nil {
		return b.app.space
	}
	return b.instance.space
}

func (w *world) bindingsOf(i *instance) []*binding {
	var found []*binding
	for _, b := range w.bindings {
		if b.instance == i {
			found = append(found, b)
		}
	}
	return found
}

// instanceNamed finds an instance in a space, shared ones too.
func (w *world) instanceNamed(s *space, name string) *instance {
	for _, i := range w.instances {
		if i.name == name && i.visibleIn(s) {
			return i
		}
	}
	return nil
}

func (w *world) keyNamed(i *instance, name string) *binding {
	for _, b := range w.bindings {
		if b.instance == i && b.kind == typeKey && b.name == name {
			return b
		}
	}
	return nil
}

// newInstance puts an instance into the world, its creation still to be done.
func (w *world) newInstance(s *space, p *plan, name string, at time.Time) *instance {
	i := &instance{
		meta: w.newMeta(at), name: name, space: s, plan: p,
		tags: []string{}, params: map[string]any{}, op: newOperation("create", inProgress, at),
	}
	if i.database() != noDatabase {
		i.host = "postgres-" + i.guid + ".db.sandbox.example"
		i.dbname = w.randomText(12)
	}
	w.instances = append(w.instances, i)
	return i
}

// brokerRefuses is what the broker says to custom parameters it doesn't know;
// empty if it takes them.
func brokerRefuses(known []string, params map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !slices.Contains(known, name) {
			return fmt.Sprintf("Service broker error: Service broker parameters are invalid: Additional property %s is not allowed", name)
		}
	}
	return ""
}

// provision starts the broker's work on a new instance.
func (w *world) provision(i *instance, params map[string]any, at time.Time) *job {
	return w.start(work{
		operation: createInstances, about: i.name, kind: "service_instances", guid: i.guid,
		finish: func(at time.Time, refusal string) *cfError {
			if i.op.kind != "create" {
				return unableToPerform("create", "The service instance was deleted meanwhile")
			}
			if refusal = cmp.Or(refusal, brokerRefuses(i.plan.offering.updatable, params)); refusal != "" {
				return i.op.refuse("create", refusal, at)
			}
			maps.Copy(i.params, params)
			i.op.end(succeeded, "", at)
			i.touch(i.op.updated)
			return nil
		},
	}, at)
}

// change is an update of an instance that its broker must do.
type change struct {
	params map[string]any
	plan   *plan  // nil: stays
	name   string // "": stays
	tags   []string
}

func (w *world) reconfigure(i *instance, c change, at time.Time) *job {
	i.op = newOperation("update", inProgress, at)
	return w.start(work{
		operation: updateInstances, about: i.name, kind: "service_instances", guid: i.guid,
		finish: func(at time.Time, refusal string) *cfError {
			if refusal = cmp.Or(refusal, brokerRefuses(i.plan.offering.updatable, c.params)); refusal != "" {
				return i.op.refuse("update", refusal, at)
			}
			maps.Copy(i.params, c.params)
			i.plan = cmp.Or(c.plan, i.plan)
			i.name = cmp.Or(c.name, i.name)
			if c.tags != nil {
				i.tags = c.tags
			}
			i.op.end(succeeded, "", at)
			i.touch(i.op.updated)
			return nil
		},
	}, at)
}

// deprovision removes an instance and, before it, its bindings, keys and
// shares: so does the real Cloud Controller, without a question. They are gone
// also where the broker then refuses to delete the instance.
func (w *world) deprovision(i *instance, at time.Time) *job {
	i.op = newOperation("delete", inProgress, at)
	for _, b := range w.bindingsOf(i) {
		b.op = newOperation("delete", inProgress, at)
	}
	return w.start(work{
		operation: deleteInstances, about: i.name, kind: "service_instances", guid: i.guid,
		finish: func(at time.Time, refusal string) *cfError {
			if refusal != "" {
				w.removeBindings(i, at)
				i.sharedTo = nil
				return i.op.refuse("delete", refusal, at)
			}
			w.removeInstance(i, at)
			return nil
		},
	}, at)
}

func (w *world) removeInstance(i *instance, at time.Time) {
	w.removeBindings(i, at)
	w.instances = without(w.instances, i)
}

func (w *world) removeBindings(i *instance, at time.Time) {
	for _, b := range w.bindingsOf(i) {
		w.removeBinding(b, at)
	}
}

func (w *world) removeBinding(b *binding, at time.Time) {
	w.bindings = without(w.bindings, b)
	w.migrationLosesKey(b, at)
	w.stopsWriting(writer{key: b}, at)
}

// newBinding puts a binding into the world, its creation still to be done.
func (w *world) newBinding(kind, name string, i *instance, a *app, at time.Time) *binding {
	b := &binding{
		meta: w.newMeta(at), kind: kind, name: name, instance: i, app: a,
		op: newOperation("create", inProgress, at),
	}
	w.bindings = append(w.bindings, b)
	return b
}

// bind starts the broker's work on a new binding.
func (w *world) bind(b *binding, params map[string]any, at time.Time) *job {
	return w.start(work{
		operation: b.job(createBindings, createKeys), about: b.about(), kind: "service_credential_bindings", guid: b.guid,
		finish: func(at time.Time, refusal string) *cfError {
			if b.op.kind != "create" {
				return unableToPerform("bind", "The service binding was deleted meanwhile")
			}
			// An application may hand over what it likes ("schema", "pool_size");
			// with a key the broker is strict.
			if b.kind == typeKey {
				refusal = cmp.Or(refusal, brokerRefuses(b.instance.plan.offering.bindable, params))
			}
			if refusal != "" {
				return b.op.refuse("bind", refusal, at)
			}
			w.equip(b, params)
			b.op.end(succeeded, "", at)
			b.touch(b.op.updated)
			return nil
		},
	}, at)
}

// equip gives a binding what the broker returns for it.
func (w *world) equip(b *binding, params map[string]any) {
	b.params = map[string]any{}
	maps.Copy(b.params, params)
	if b.instance.managed() {
		b.credentials = w.newCredentials(b.instance)
	} else {
		b.credentials = b.instance.userCredentials
	}
}

func (w *world) unbind(b *binding, at time.Time) *job {
	b.op = newOperation("delete", inProgress, at)
	return w.start(work{
		operation: b.job(deleteBindings, deleteKeys), about: b.about(), kind: "service_credential_bindings", guid: b.guid,
		finish: func(at time.Time, refusal string) *cfError {
			if refusal != "" {
				return b.op.refuse("unbind", refusal, at)
			}
			w.removeBinding(b, at)
			return nil
		},
	}, at)
}

// job picks the operation of a job by what kind of binding it is about.
func (b *binding) job(ofApp, ofKey string) string {
	if b.kind == typeKey {
		return ofKey
	}
	return ofApp
}

// about is what the binding binds, by name.
func (b *binding) about() string {
	if b.app != nil {
		return b.app.space.name + "/" + b.app.name + " to " + b.instance.name
	}
	return b.name + " of " + b.instance.name
}
