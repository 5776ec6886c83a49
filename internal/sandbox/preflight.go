package sandbox

import (
	"fmt"
	"time"
)

// preflightDuration is the simulated duration of a preflight check ("This request
// may take a while to complete"); minPreflight is its minimum in real time.
const (
	preflightDuration = 25 * time.Second
	minPreflight      = 300 * time.Millisecond
)

// findings are the result of a preflight check, as in the contract.
type findings struct {
	Source sideFindings `json:"sourceDatabaseIssues"`
	Target sideFindings `json:"targetDatabaseIssues"`
}

type sideFindings struct {
	Critical []string `json:"critical"`
	Warning  []string `json:"warning"`
}

// findings returns the result of the run-th check: what the scenario defines, and
// what follows from the state of the landscape.
func (w *world) findings(p endpoints, run int) findings {
	f := w.scenario.findings(max(run, 1))
	if !p.source.accessOpened() {
		f.Source.Critical = append(f.Source.Critical,
			"Database is not accessible for the migration service (update the service instance with prepare_migration)")
	}
	if w.lacksSessionReplication(p.targetKey) {
		f.Target.Critical = append(f.Target.Critical,
			"Service key does not allow session replication (create it with enable_session_replication)")
	}
	switch empty := fmt.Sprintf("Database is not empty (%d objects found)", p.target.objects); {
	case w.migrationOf(p.source, p.target) != nil:
		f.Target.Warning = append(f.Target.Warning, "A replication between these databases exists")
	case p.target.used:
		f.Target.Critical = append(f.Target.Critical, empty)
	case p.target.objects > 0:
		f.Target.Warning = append(f.Target.Warning, empty)
	}
	for _, list := range []*[]string{&f.Source.Critical, &f.Source.Warning, &f.Target.Critical, &f.Target.Warning} {
		if *list == nil {
			*list = []string{} // never null in JSON
		}
	}
	return f
}

// lacksSessionReplication reports whether the target key was created without
// enable_session_replication, which Google Cloud requires (contract, Quick Start,
// IMPORTANT).
func (w *world) lacksSessionReplication(targetKey *binding) bool {
	return w.scenario.provider == providerGoogle && targetKey.params[parameterSession] != true
}
