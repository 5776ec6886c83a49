package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// The state of the migration service: replications and finalizations.

// States of a replication or finalization (contract, Quick Start).
const (
	statusWaiting   = "WAITING"
	statusRunning   = "RUNNING"
	statusInSync    = "IN-SYNC"
	statusFailed    = "FAILED"
	statusCompleted = "COMPLETED"
)

// migration is one attempt to migrate. It is kept after its replication was
// deleted, for Truth.
type migration struct {
	source, target         *instance
	sourceName, targetName string // at the beginning
	sourceKey, targetKey   *binding
	replication            *run
	finalization           *run // nil: none or deleted
	pastFinalizations      []*run
	partlyFinalized        bool // a finalization has been RUNNING but did not complete
	lost                   []*loss
	collisions             []*loss // writers to the target before COMPLETED
}

// run is a replication or a finalization.
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

// is reports whether the run exists and is in one of the states.
func (r *run) is(status ...string) bool {
	return r != nil && !r.deleted && slices.Contains(status, r.status)
}

// activeMigration finds a migration whose replication was not deleted.
func (w *world) activeMigration(match func(*migration) bool) *migration {
	for _, m := range w.migrations {
		if !m.replication.deleted && match(m) {
			return m
		}
	}
	return nil
}

func (w *world) migrationOf(source, target *instance) *migration {
	return w.activeMigration(func(m *migration) bool { return m.source == source && m.target == target })
}

// replicate starts a replication. The caller has checked the preconditions.
func (w *world) replicate(p endpoints, at time.Time) *migration {
	m := &migration{
		source: p.source, target: p.target, sourceName: p.source.name, targetName: p.target.name,
		sourceKey: p.sourceKey, targetKey: p.targetKey, replication: &run{},
	}
	w.migrations = append(w.migrations, m)
	course := w.jitterCourse(w.scenario.replication(len(w.migrations)), "replication", at)
	r := m.replication
	r.set(statusWaiting, at)
	w.after(at, course.waiting, func(at time.Time) {
		if !r.is(statusWaiting) {
			return
		}
		r.set(statusRunning, at)
		for _, x := range w.writers() {
			m.recordCollision(x, at)
		}
		w.startByPipeline(course.restarts, m, r, at)
		if reason := w.failureReason(m); reason != "" {
			w.after(at, min(course.running, timeToFail), func(at time.Time) {
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
		// From now on the target is not empty, whatever happens next, and so
		// cannot be a target again.
		m.target.objects += sourceObjects
		m.target.used = true
	})
	return m
}

const (
	// timeToFail is how soon a replication with critical findings fails.
	timeToFail = 2 * time.Minute
	// sourceObjects is the number of objects copied to the target.
	sourceObjects = 1_204
)

// failureReason returns why a starting replication will fail, or "". Contract: "If there are critical issues, the migration will fail."
func (w *world) failureReason(m *migration) string {
	if m.target.used {
		return fmt.Sprintf("target database is not empty (%d objects)", m.target.objects)
	}
	found := w.findings(endpoints{source: m.source, target: m.target, sourceKey: m.sourceKey, targetKey: m.targetKey}, w.preflights)
	for _, critical := range [][]string{found.Source.Critical, found.Target.Critical} {
		if len(critical) > 0 {
			return critical[0]
		}
	}
	return ""
}

// finalize starts a finalization. The caller has checked the preconditions.
func (w *world) finalize(m *migration, at time.Time) {
	f := &run{}
	m.finalization = f
	w.finalizations++
	course := w.jitterCourse(w.scenario.finalization(w.finalizations), "finalization", at)
	if m.partlyFinalized {
		course.failure = "the target holds the rest of an unfinished finalization"
	}
	f.set(statusWaiting, at)
	w.after(at, course.waiting, func(at time.Time) {
		if !f.is(statusWaiting) {
			return
		}
		f.set(statusRunning, at)
		m.partlyFinalized = true // until it completes
		for _, x := range w.writers() {
			m.recordLoss(x, at)
		}
		w.startByPipeline(course.restarts, m, f, at)
		w.after(at, course.running, func(at time.Time) {
			switch {
			case !f.is(statusRunning):
			case course.failure != "":
				f.fail(course.failure, at)
			default:
				m.partlyFinalized = false
				f.set(statusCompleted, at)
				m.replication.set(statusCompleted, at)
				m.endCollisions(at)
			}
		})
	})
}

// startByPipeline starts applications while a replication or a finalization runs.
func (w *world) startByPipeline(list []restart, m *migration, r *run, at time.Time) {
	for _, c := range list {
		w.after(at, c.after, func(at time.Time) {
			if r.is(statusRunning, statusInSync) {
				w.startFromPipeline(w.appNamed(m.source.space, c.app), at)
			}
		})
	}
}

// failMigrationsUsing fails the migrations that depend on a deleted key: the
// service connects to both databases with the credentials of the keys.
func (w *world) failMigrationsUsing(b *binding, at time.Time) {
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
