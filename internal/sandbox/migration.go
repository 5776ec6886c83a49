package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// The migration service's own state: what it replicates, and how far it is.

// The states of a replication and of a finalization (contract, Quick Start).
const (
	statusWaiting   = "WAITING"
	statusRunning   = "RUNNING"
	statusInSync    = "IN-SYNC"
	statusFailed    = "FAILED"
	statusCompleted = "COMPLETED"
)

// migration is one attempt to move a source to a target. It is remembered after
// its replication was deleted, because the truth includes what was tried.
type migration struct {
	source, target         *instance
	sourceName, targetName string // as they were called when it began
	sourceKey, targetKey   *binding
	replication            *run
	finalization           *run // nil: none, or deleted
	pastFinalizations      []*run
	spoilt                 bool // a finalization got under way and did not complete
	lost                   []*loss
}

// run is a replication or a finalization in the background.
type run struct {
	status  string
	history []Change
	reason  string // why it failed
	deleted bool
}

func (r *run) set(status string, at time.Time) {
	r.status = status
	r.history = append(r.history, Change{Status: status, At: at.UTC()})
}

func (r *run) fail(reason string, at time.Time) {
	r.reason = reason
	r.set(statusFailed, at)
}

// is says whether the run is still there and in the status.
func (r *run) is(status ...string) bool {
	return r != nil && !r.deleted && slices.Contains(status, r.status)
}

// live are the migrations whose replication was not deleted.
func (w *world) live(match func(*migration) bool) *migration {
	for _, m := range w.migrations {
		if !m.replication.deleted && match(m) {
			return m
		}
	}
	return nil
}

func (w *world) migrationOf(source, target *instance) *migration {
	return w.live(func(m *migration) bool { return m.source == source && m.target == target })
}

// replicate begins a migration. The caller has checked that it may.
func (w *world) replicate(p parties, at time.Time) *migration {
	m := &migration{
		source: p.source, target: p.target, sourceName: p.source.name, targetName: p.target.name,
		sourceKey: p.sourceKey, targetKey: p.targetKey, replication: &run{},
	}
	w.migrations = append(w.migrations, m)
	course := w.spreadCourse(w.scenario.replication(len(w.migrations)), "replication", at)
	r := m.replication
	r.set(statusWaiting, at)
	w.after(at, course.waiting, func(at time.Time) {
		if !r.is(statusWaiting) {
			return
		}
		r.set(statusRunning, at)
		if reason := w.obstacle(m); reason != "" {
			w.after(at, min(course.running, timeToStumble), func(at time.Time) {
				if r.is(statusRunning) {
					r.fail(reason, at)
				}
			})
		} else {
			w.after(at, course.running, func(at time.Time) {
				switch {
				case !r.is(statusRunning):
				case course.failure != "":
					r.fail(course.failure, at)
				default:
					r.set(statusInSync, at)
				}
			})
		}
		// From here on the target holds copies. Whatever happens next, it is
		// not the empty database that a migration needs.
		m.target.objects += objectsOfSource
		m.target.spent = true
	})
	return m
}

const (
	// timeToStumble is how soon a replication fails that can't work.
	timeToStumble = 2 * time.Minute
	// objectsOfSource is how many objects the copy of a source has.
	objectsOfSource = 1_204
)

// obstacle is why a replication that starts to run will fail, or empty. The
// contract: "If there are critical issues, the migration will fail."
func (w *world) obstacle(m *migration) string {
	if m.target.spent {
		return fmt.Sprintf("target database is not empty (%d objects)", m.target.objects)
	}
	found := w.findings(parties{source: m.source, target: m.target, sourceKey: m.sourceKey, targetKey: m.targetKey}, w.preflights)
	for _, critical := range [][]string{found.Source.Critical, found.Target.Critical} {
		if len(critical) > 0 {
			return critical[0]
		}
	}
	return ""
}

// finalize begins the finalization. The caller has checked that it may.
func (w *world) finalize(m *migration, at time.Time) {
	f := &run{}
	m.finalization = f
	w.finalizations++
	course := w.spreadCourse(w.scenario.finalization(w.finalizations), "finalization", at)
	if m.spoilt {
		course.failure = "the target holds the rest of an unfinished finalization"
	}
	f.set(statusWaiting, at)
	w.after(at, course.waiting, func(at time.Time) {
		if !f.is(statusWaiting) {
			return
		}
		f.set(statusRunning, at)
		m.spoilt = true // until it completes
		for _, x := range w.writers() {
			m.notice(x, at)
		}
		for _, c := range course.restarts {
			w.after(at, c.after, func(at time.Time) {
				if f.is(statusRunning) {
					w.deploy(w.appNamed(m.source.space, c.app), at)
				}
			})
		}
		w.after(at, course.running, func(at time.Time) {
			switch {
			case !f.is(statusRunning):
			case course.failure != "":
				f.fail(course.failure, at)
			default:
				m.spoilt = false
				f.set(statusCompleted, at)
				m.replication.set(statusCompleted, at)
			}
		})
	})
}

func (m *migration) deleteReplication() { m.replication.deleted = true }

func (m *migration) deleteFinalization() {
	m.finalization.deleted = true
	m.pastFinalizations = append(m.pastFinalizations, m.finalization)
	m.finalization = nil
}

// migrationLosesKey fails what a deleted key or instance was needed for: the
// service reaches both databases with the credentials of the keys.
func (w *world) migrationLosesKey(b *binding, at time.Time) {
	for _, m := range w.migrations {
		if b != m.sourceKey && b != m.targetKey {
			continue
		}
		reason := fmt.Sprintf("service key %s of %s was deleted", b.name, b.instance.name)
		if m.finalization.is(statusWaiting, statusRunning) {
			m.finalization.fail(reason, at)
		}
		if m.replication.is(statusWaiting, statusRunning, statusInSync) {
			m.replication.fail(reason, at)
		}
	}
}
