package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Service instances, keys and bindings, and the operations on them.

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
	used    bool // a replication wrote to it: it cannot be a target again
}

type operation struct {
	kind, state, description string
	created, updated         time.Time
}

// States of an operation, as the Cloud Controller names them.
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

// fail ends an operation with the broker's error.
func (o *operation) fail(verb, said string, at time.Time) *cfError {
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

// accessOpened reports whether the migration service may reach the database. The
// contract uses the string "true"; a boolean is accepted too.
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

// Types of a service credential binding.
const (
	typeApp = "app"
	typeKey = "key"
)

// binding is a service credential binding: a service key or an app binding.
type binding struct {
	meta
	kind        string
	name        string // may be empty for app bindings
	instance    *instance
	app         *app // nil for service keys
	params      map[string]any
	credentials map[string]any
	usedBy      string // an external client that writes with the key
	op          operation
}

func (b *binding) readableBy(who *identity) bool { return who.reads(b.owner()) }

// owner is the space whose roles apply to the binding.
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

// instanceNamed finds an instance in a space, including shared ones.
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

// newInstance adds an instance whose creation is in progress.
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

// invalidParameters returns the broker's message about unknown custom
// parameters, or an empty string.
func invalidParameters(known []string, params map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !slices.Contains(known, name) {
			return fmt.Sprintf("Service broker error: Service broker parameters are invalid: Additional property %s is not allowed", name)
		}
	}
	return ""
}

// provision starts the creation of an instance.
func (w *world) provision(i *instance, params map[string]any, at time.Time) *job {
	return w.startJob(jobSpec{
		operation: createInstances, subject: i.name, kind: "service_instances", guid: i.guid,
		finish: func(at time.Time, failure string) *cfError {
			if i.op.kind != "create" {
				return unableToPerform("create", "The service instance was deleted meanwhile")
			}
			if failure = cmp.Or(failure, invalidParameters(i.plan.offering.updatable, params)); failure != "" {
				return i.op.fail("create", failure, at)
			}
			maps.Copy(i.params, params)
			i.op.end(succeeded, "", at)
			i.touch(i.op.updated)
			return nil
		},
	}, at)
}

// instanceUpdate is an update that the broker carries out.
type instanceUpdate struct {
	params map[string]any
	plan   *plan  // nil: unchanged
	name   string // empty: unchanged
	tags   []string
}

func (w *world) reconfigure(i *instance, update instanceUpdate, at time.Time) *job {
	i.op = newOperation("update", inProgress, at)
	return w.startJob(jobSpec{
		operation: updateInstances, subject: i.name, kind: "service_instances", guid: i.guid,
		finish: func(at time.Time, failure string) *cfError {
			if failure = cmp.Or(failure, invalidParameters(i.plan.offering.updatable, update.params)); failure != "" {
				return i.op.fail("update", failure, at)
			}
			maps.Copy(i.params, update.params)
			i.plan = cmp.Or(update.plan, i.plan)
			i.name = cmp.Or(update.name, i.name)
			if update.tags != nil {
				i.tags = update.tags
			}
			i.op.end(succeeded, "", at)
			i.touch(i.op.updated)
			return nil
		},
	}, at)
}

// deprovision deletes an instance after its bindings, keys and shares, as the
// Cloud Controller does. Those are gone even if the broker then fails to delete
// the instance.
func (w *world) deprovision(i *instance, at time.Time) *job {
	i.op = newOperation("delete", inProgress, at)
	for _, b := range w.bindingsOf(i) {
		b.op = newOperation("delete", inProgress, at)
	}
	return w.startJob(jobSpec{
		operation: deleteInstances, subject: i.name, kind: "service_instances", guid: i.guid,
		finish: func(at time.Time, failure string) *cfError {
			if failure != "" {
				w.removeBindings(i, at)
				i.sharedTo = nil
				return i.op.fail("delete", failure, at)
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
	w.failMigrationsUsing(b, at)
	w.writerStopped(writer{key: b}, at)
}

// newBinding adds a binding whose creation is in progress.
func (w *world) newBinding(kind, name string, i *instance, a *app, at time.Time) *binding {
	b := &binding{
		meta: w.newMeta(at), kind: kind, name: name, instance: i, app: a,
		op: newOperation("create", inProgress, at),
	}
	w.bindings = append(w.bindings, b)
	return b
}

// bind starts the creation of a binding.
func (w *world) bind(b *binding, params map[string]any, at time.Time) *job {
	return w.startJob(jobSpec{
		operation: b.jobOperation(createBindings, createKeys), subject: b.description(), kind: "service_credential_bindings", guid: b.guid,
		finish: func(at time.Time, failure string) *cfError {
			if b.op.kind != "create" {
				return unableToPerform("bind", "The service binding was deleted meanwhile")
			}
			// App bindings take any parameters ("schema", "pool_size"); those of
			// keys are checked.
			if b.kind == typeKey {
				failure = cmp.Or(failure, invalidParameters(b.instance.plan.offering.bindable, params))
			}
			if failure != "" {
				return b.op.fail("bind", failure, at)
			}
			w.setCredentials(b, params)
			b.op.end(succeeded, "", at)
			b.touch(b.op.updated)
			return nil
		},
	}, at)
}

// setCredentials completes a binding with its parameters and new credentials.
func (w *world) setCredentials(b *binding, params map[string]any) {
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
	return w.startJob(jobSpec{
		operation: b.jobOperation(deleteBindings, deleteKeys), subject: b.description(), kind: "service_credential_bindings", guid: b.guid,
		finish: func(at time.Time, failure string) *cfError {
			if failure != "" {
				return b.op.fail("unbind", failure, at)
			}
			w.removeBinding(b, at)
			return nil
		},
	}, at)
}

// jobOperation selects the operation of a job by the type of the binding.
func (b *binding) jobOperation(ofApp, ofKey string) string {
	if b.kind == typeKey {
		return ofKey
	}
	return ofApp
}

// description names the binding and what it binds.
func (b *binding) description() string {
	if b.app != nil {
		return b.app.space.name + "/" + b.app.name + " to " + b.instance.name
	}
	return b.name + " of " + b.instance.name
}
