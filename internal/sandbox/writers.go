package sandbox

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Writers to databases, and writes that are lost: "Write operations during the
// finalization step are not supported" (contract, Limitations), and after it they
// go to the abandoned source.

// writer is a potential writer: an application, a task, or an external client
// with a service key.
type writer struct {
	app  *app
	task *task
	key  *binding
}

// writers returns all running writers.
func (w *world) writers() []writer {
	var all []writer
	for _, a := range w.apps {
		if a.state == appStarted {
			all = append(all, writer{app: a})
		}
	}
	for _, t := range w.tasks {
		if t.state == taskRunning {
			all = append(all, writer{task: t})
		}
	}
	for _, b := range w.bindings {
		if b.usedBy != "" {
			all = append(all, writer{key: b})
		}
	}
	return all
}

// via returns how the writer accesses an instance, or an empty string.
func (x writer) via(i *instance) string {
	switch {
	case x.app != nil && x.app.desiredInstances() > 0:
		return x.app.startedWith.pathTo(i)
	case x.task != nil && x.task.startedWith.pathTo(i) != "":
		return "task " + x.task.name
	case x.key != nil && x.key.instance == i:
		return "service key " + x.key.name + ", used by " + x.key.usedBy
	}
	return ""
}

// pathTo returns how an environment gives access to an instance, or an empty
// string.
func (e environment) pathTo(i *instance) string {
	for _, b := range e.bindings {
		switch {
		case b.instance == i:
			return "binding"
		case !b.instance.managed() && mentions(b.credentials, i.host):
			return "user-provided service " + b.instance.name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.variables)) {
		if mentions(e.variables[name], i.host) {
			return "environment variable " + name
		}
	}
	return ""
}

// mentions reports whether a JSON value contains a text.
func mentions(value any, text string) bool {
	switch value := value.(type) {
	case string:
		return text != "" && strings.Contains(value, text)
	case map[string]any:
		for _, inner := range value {
			if mentions(inner, text) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(value, func(inner any) bool { return mentions(inner, text) })
	}
	return false
}

// loss records writes that were lost.
type loss struct {
	who          writer
	via          string
	since, until time.Time // until is zero while ongoing
}

// recordLoss records the writer if it writes to the source of the migration.
func (m *migration) recordLoss(x writer, at time.Time) {
	if via := x.via(m.source); via != "" {
		m.lost = append(m.lost, &loss{who: x, via: via, since: at})
	}
}

// recordCollision records the writer if it writes to the target of the migration: its
// rows get in the way of those that are copied.
func (m *migration) recordCollision(x writer, at time.Time) {
	if via := x.via(m.target); via != "" {
		m.collisions = append(m.collisions, &loss{who: x, via: via, since: at})
	}
}

// endCollisions: the target is the database, or nothing is copied to it any more.
func (m *migration) endCollisions(at time.Time) {
	for _, c := range m.collisions {
		if c.until.IsZero() {
			c.until = at
		}
	}
}

// writerStarted records the losses and collisions that a started writer causes.
func (w *world) writerStarted(x writer, at time.Time) {
	for _, m := range w.migrations {
		if m.replication.is(statusRunning, statusInSync) {
			m.recordCollision(x, at)
		}
		if m.finalization.is(statusRunning, statusCompleted) {
			m.recordLoss(x, at)
		}
	}
}

// writerStopped ends the losses and collisions that a writer causes.
func (w *world) writerStopped(x writer, at time.Time) {
	for _, m := range w.migrations {
		for _, l := range slices.Concat(m.lost, m.collisions) {
			if l.who == x && l.until.IsZero() {
				l.until = at
			}
		}
	}
}

func (l *loss) truth() LostWrites {
	t := LostWrites{Via: l.via, Since: l.since.UTC()}
	if !l.until.IsZero() {
		t.Until = l.until.UTC()
	}
	switch {
	case l.who.app != nil:
		t.App, t.Space = l.who.app.name, l.who.app.space.name
	case l.who.task != nil:
		t.App, t.Space = l.who.task.app.name, l.who.task.app.space.name
	default:
		t.Space = l.who.key.instance.space.name
	}
	return t
}

// startFromPipeline starts an application unless it is started.
func (w *world) startFromPipeline(a *app, at time.Time) {
	if a == nil || a.state == appStarted {
		return
	}
	w.startApp(a, at)
	w.record(w.pipeline, a, eventStart, at)
}

func (w *world) appNamed(s *space, name string) *app {
	for _, a := range w.apps {
		if a.space == s && a.name == name {
			return a
		}
	}
	return nil
}
