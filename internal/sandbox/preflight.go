package sandbox

import (
	"fmt"
	"time"
)

// timeToCheck is the simulated length of a preflight check ("This request may
// take a while to complete"), and shortestCheck the real one however fast time
// runs: a check that answers at once would not be believed.
const (
	timeToCheck   = 25 * time.Second
	shortestCheck = 300 * time.Millisecond
)

// findings are the result of a preflight check, in the words of the contract.
type findings struct {
	Source sideFindings `json:"sourceDatabaseIssues"`
	Target sideFindings `json:"targetDatabaseIssues"`
}

type sideFindings struct {
	Critical []string `json:"critical"`
	Warning  []string `json:"warning"`
}

// findings are what the databases show: what the scenario put into them, as of
// the run-th check, and what follows from the state of the landscape.
func (w *world) findings(p parties, run int) findings {
	f := w.scenario.findings(max(run, 1))
	if !p.source.accessOpened() {
		f.Source.Critical = append(f.Source.Critical,
			"Database is not accessible for the migration service (update the service instance with prepare_migration)")
	}
	if w.needsSession(p.targetKey) {
		f.Target.Critical = append(f.Target.Critical,
			"Service key does not allow session replication (create it with enable_session_replication)")
	}
	switch empty := fmt.Sprintf("Database is not empty (%d objects found)", p.target.objects); {
	case w.migrationOf(p.source, p.target) != nil:
		f.Target.Warning = append(f.Target.Warning, "A replication between these databases exists")
	case p.target.spent:
		f.Target.Critical = append(f.Target.Critical, empty)
	case p.target.objects > 0:
		f.Target.Warning = append(f.Target.Warning, empty)
	}
	for _, list := range []*[]string{&f.Source.Critical, &f.Source.Warning, &f.Target.Critical, &f.Target.Warning} {
		if *list == nil {
			*list = []string{} // an empty list, never null
		}
	}
	return f
}

// needsSession says whether the target's key lacks what a migration on Google
// Cloud needs: a key created with enable_session_replication (contract, Quick
// Start, IMPORTANT).
func (w *world) needsSession(targetKey *binding) bool {
	return w.scenario.provider == providerGoogle && targetKey.params[parameterSession] != true
}
