package sandbox

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Who writes to a database, and whose writes a migration loses: "Write
// operations during the finalization step are not supported" (contract,
// Limitations), and after it they go to a database that nobody reads any more.

// writer is something that may write: an application, a task, or a client
// outside the landscape that uses a key.
type writer struct {
	app  *app
	task *task
	key  *binding
}

// writers are all that run now.
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

// via is the way in which it writes to an instance, empty if it doesn't.
func (x writer) via(i *instance) string {
	switch {
	case x.app != nil && x.app.wanted() > 0:
		return x.app.uses.leadsTo(i)
	case x.task != nil && x.task.uses.leadsTo(i) != "":
		return "task " + x.task.name
	case x.key != nil && x.key.instance == i:
		return "service key " + x.key.name + ", used by " + x.key.usedBy
	}
	return ""
}

// leadsTo is the way to an instance that whatever runs with the environment
// has, empty if there is none.
func (e environment) leadsTo(i *instance) string {
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

// mentions says whether a text is somewhere in a value of JSON.
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

// loss is writes that came too late.
type loss struct {
	who          writer
	via          string
	since, until time.Time // until is zero while it goes on
}

// notice keeps it in mind if the writer writes to the source of the migration.
func (m *migration) notice(x writer, at time.Time) {
	if via := x.via(m.source); via != "" {
		m.lost = append(m.lost, &loss{who: x, via: via, since: at})
	}
}

// startsWriting looks whether what was started now writes when that is too late.
func (w *world) startsWriting(x writer, at time.Time) {
	for _, m := range w.migrations {
		if m.finalization.is(statusRunning, statusCompleted) {
			m.notice(x, at)
		}
	}
}

// stopsWriting ends the losses by what is over now.
func (w *world) stopsWriting(x writer, at time.Time) {
	for _, m := range w.migrations {
		for _, l := range m.lost {
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

// deploy starts an application if it is stopped, as a pipeline would.
func (w *world) deploy(a *app, at time.Time) {
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
