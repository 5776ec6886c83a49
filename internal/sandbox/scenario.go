package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Scenario describes a scenario that a landscape can be started with.
type Scenario struct {
	Name    string `json:"name"`
	Teaches string `json:"teaches"` // one line
}

// The providers of a landscape, as Info names them.
const (
	providerAWS    = "AWS"
	providerGoogle = "Google Cloud"
)

// scenario defines the contents of a landscape and how a migration goes. Times
// are simulated unless noted. A whole migration takes about 90 minutes: a demo of
// two minutes at speed 60, a test of seconds at speed 500.
type scenario struct {
	name, teaches string
	provider      string
	landscape     string // its name, which a loopback address cannot tell
	rotatesTokens bool   // a refresh token works once
	// loginAge is how long ago the login that WriteCFHome writes was made, in
	// real time. One older than its refresh token has expired.
	loginAge time.Duration
	populate func(*world) // creates what is there at the start
	// jobDurations and jobFailures are keyed by the operation of the job. The
	// first job of a failing operation fails with the broker's message.
	jobDurations map[string]time.Duration
	jobFailures  map[string]string
	// faults are cards that are dealt from the start, behind those of the trainer.
	faults []string
	// sourceKey and targetKey are service keys that exist at the start.
	sourceKey, targetKey string
	// findings returns the findings of the run-th preflight check.
	findings func(run int) findings
	// replication and finalization return the course of the n-th one, from 1.
	replication  func(n int) course
	finalization func(n int) course
}

// course is how a replication or a finalization goes.
type course struct {
	waiting, running time.Duration
	failure          string // reason of failure at the end; empty: success
	restarts         []restart
}

// restart is the start of an application by a pipeline during a replication or a
// finalization.
type restart struct {
	app   string
	after time.Duration // since RUNNING
}

// Operations of jobs, as the Cloud Controller names them.
const (
	createInstances = "service_instance.create"
	updateInstances = "service_instance.update"
	deleteInstances = "service_instance.delete"
	createKeys      = "service_keys.create"
	deleteKeys      = "service_keys.delete"
	createBindings  = "service_bindings.create"
	deleteBindings  = "service_bindings.delete"
)

// Scenarios lists all scenarios, the default first.
func Scenarios() []Scenario {
	var list []Scenario
	for _, s := range scenarios() {
		list = append(list, Scenario{Name: s.name, Teaches: s.teaches})
	}
	return list
}

func findScenario(name string) (scenario, error) {
	all := scenarios()
	if name == "" {
		return all[0], nil
	}
	i := slices.IndexFunc(all, func(s scenario) bool { return s.name == name })
	if i < 0 {
		var names []string
		for _, s := range all {
			names = append(names, s.name)
		}
		return scenario{}, fmt.Errorf("sandbox: no scenario %q; there are %s", name, strings.Join(names, ", "))
	}
	return all[i], nil
}
