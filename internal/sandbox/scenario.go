package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Scenario is a story that a landscape can play.
type Scenario struct {
	Name    string `json:"name"`
	Teaches string `json:"teaches"` // one line
}

// The providers of a landscape, as Info names them.
const (
	providerAWS    = "AWS"
	providerGoogle = "Google Cloud"
)

// scenario is what makes a story: who lives there, and how it goes. Unless said
// otherwise the times are simulated; a whole migration takes about an hour and a
// half of them, so that it is a demo of two minutes at a speed of 60 and a test
// of seconds at 500.
type scenario struct {
	name, teaches string
	provider      string
	landscape     string // the name it goes by: its address tells none
	rotates       bool   // a refresh token works once
	// loginAge is how long ago the login that WriteCFHome writes was made, in
	// real time. One that is older than its refresh token has died.
	loginAge time.Duration
	company  func(*world)
	brokers  brokers
	// sourceKey and targetKey are service keys that are there already.
	sourceKey, targetKey string
	// findings are what is wrong with the databases at the run-th check.
	findings func(run int) findings
	// replication and finalization are the courses of the n-th one, from 1.
	replication  func(n int) course
	finalization func(n int) course
}

// course is how a replication or a finalization goes.
type course struct {
	waiting, running time.Duration
	fails            string // the reason it fails for at the end; empty: it doesn't
	returns          []comeback
}

// comeback is an application of the space that a pipeline starts while a
// replication or finalization runs.
type comeback struct {
	app   string
	after time.Duration // since it has been RUNNING
}

// brokers are how those who do the work on services behave.
type brokers struct {
	takes map[string]time.Duration // by the operation of the job
	// stumbles are operations that fail the first time, and what is said then.
	stumbles map[string]string
}

// The operations of jobs, in the Cloud Controller's words.
const (
	createInstances = "service_instance.create"
	updateInstances = "service_instance.update"
	deleteInstances = "service_instance.delete"
	createKeys      = "service_keys.create"
	deleteKeys      = "service_keys.delete"
	createBindings  = "service_bindings.create"
	deleteBindings  = "service_bindings.delete"
)

// usualBrokers need seconds for a key and minutes for a database.
func usualBrokers() brokers {
	return brokers{takes: map[string]time.Duration{
		createInstances: 3 * time.Minute, updateInstances: 40 * time.Second, deleteInstances: 90 * time.Second,
		createKeys: 20 * time.Second, deleteKeys: 10 * time.Second,
		createBindings: 20 * time.Second, deleteBindings: 10 * time.Second,
	}}
}

// scenarios in the order in which they are listed; the first is the default.
func scenarios() []scenario {
	return []scenario{
		goodDay(), criticalFindings(), googleCloud(), replicationFails(), finalizationFails(),
		crowded(), trial(), noRights(), expiredLogin(), rotatingTokens(), asyncSlow(),
		sharedInstance(), euAccess(), extension(), alreadyHalfWay(), alreadyDone(),
		forgottenWriter(), comesBack(), slowApps(), manyApps(), cutOverLate(),
	}
}

// Scenarios lists the stories that a landscape can play, the default first.
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
