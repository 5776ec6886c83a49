package sandbox

import (
	"slices"
	"time"
)

// Contents of landscapes where a migration began before the start.

// addColleague creates the user who began the migration.
func (w *world) addColleague() {
	kim := w.newIdentity("kim@acme.example", "paper-plane", false)
	kim.roles[w.home] = developer
}

// ago returns a time before the start, in simulated time.
func (w *world) ago(simulated time.Duration) time.Time { return w.started.Add(-w.wallClock(simulated)) }

// populateHalfWay adds a replication that will be IN-SYNC in half an hour.
func (w *world) populateHalfWay() {
	w.populateDefault()
	w.addColleague()
	w.beginMigration(w.ago(50 * time.Minute))
}

// populateFinalizing adds a finalization that was started a minute ago, while the
// applications run.
func (w *world) populateFinalizing() {
	w.populateDefault()
	w.addColleague()
	m := w.beginMigration(w.ago(3 * time.Hour))
	begun := w.ago(time.Minute)
	w.schedule.runDue(begun)
	w.finalize(m, begun)
}

// beginMigration opens access and creates both keys and the replication.
func (w *world) beginMigration(at time.Time) *migration { return w.beginMigrationOf(homeSource, at) }

func (w *world) beginMigrationOf(source string, at time.Time) *migration {
	p := endpoints{source: w.instanceNamed(w.home, source), target: w.instanceNamed(w.home, homeTarget)}
	p.source.params[parameterPrepare] = "true"
	p.source.op = newOperation("update", succeeded, at)
	p.sourceKey = w.addBinding(typeKey, w.scenario.sourceKey, p.source, nil, nil, at)
	p.targetKey = w.addBinding(typeKey, w.scenario.targetKey, p.target, nil, nil, at)
	w.preflights++
	return w.replicate(p, at)
}

// populateDone adds a migration that was completed a day ago.
func (w *world) populateDone() {
	w.populateDefault()
	w.completeMigration(homeSource)
}

// populateTaken lets the target be somebody's already: the colleague has migrated another
// database to it.
func (w *world) populateTaken() {
	w.populateDefault()
	w.completeMigration("billing-db")
}

// completeMigration lets a colleague have migrated a source to the target a day ago, and
// switched its applications.
func (w *world) completeMigration(source string) {
	w.addColleague()
	m := w.beginMigrationOf(source, w.ago(30*time.Hour))

	cutOver := w.ago(24 * time.Hour)
	w.schedule.runDue(cutOver)
	var ran []*app
	for _, a := range w.apps {
		if a.state == appStarted && a.startedWith.pathTo(m.source) != "" {
			w.stopApp(a, cutOver)
			ran = append(ran, a)
		}
	}
	w.finalize(m, cutOver)

	switched := w.ago(23 * time.Hour)
	w.schedule.runDue(switched)
	for _, b := range slices.Clone(w.bindings) {
		if b.instance == m.source && b.app != nil {
			w.removeBinding(b, switched)
			w.addBinding(typeApp, b.name, m.target, b.app, b.params, switched)
		}
	}
	for _, a := range ran {
		w.startApp(a, switched)
	}
}
