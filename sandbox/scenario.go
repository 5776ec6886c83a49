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

// scenario is what makes a story: who lives there, and how it goes. The times
// are simulated; a whole migration takes about an hour and a half of them, so
// that it is a demo of two minutes at a speed of 60 and a test of seconds at
// 500.
type scenario struct {
	name, teaches string
	provider      string
	rotates       bool // a refresh token works once
	company       func(*world)
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
}

// goodDay is the story that the others are variations of.
func goodDay() scenario {
	return scenario{
		name: "good-day", teaches: "A migration as it should be: a few warnings, no surprises.",
		provider: providerAWS,
		company:  (*world).smallCompany,
		findings: func(int) findings {
			return findings{Source: sideFindings{Warning: []string{
				"Multiple roles found (beware that no role will be migrated)",
				"Multiple access privileges found (beware that no privilege will be migrated)",
			}}}
		},
		replication: func(int) course {
			return course{waiting: 30 * time.Second, running: 80 * time.Minute}
		},
		finalization: func(int) course {
			return course{waiting: 15 * time.Second, running: 6 * time.Minute}
		},
	}
}

func criticalFindings() scenario {
	s := goodDay()
	s.name, s.teaches = "critical-findings", "The preflight check finds what must be mended first; it is mended at the third run."
	usual := s.findings
	s.findings = func(run int) findings {
		f := usual(run)
		if run < 3 {
			f.Source.Critical = append(f.Source.Critical,
				"Unknown data types are not support for PostgreSQL version 10 or higher")
		}
		if run < 2 {
			f.Source.Critical = append(f.Source.Critical,
				"Large objects found (beware that large objects can not be migrated)")
		}
		f.Source.Warning = append(f.Source.Warning,
			"Tables without primary key found (2 tables will be transferred during the finalization)")
		return f
	}
	s.replication = func(int) course { return course{waiting: 30 * time.Second, running: 50 * time.Minute} }
	return s
}

func googleCloud() scenario {
	s := goodDay()
	s.name, s.teaches = "gcp", "On Google Cloud the target's key needs session replication, and must go afterwards."
	s.provider = providerGoogle
	s.replication = func(int) course { return course{waiting: 30 * time.Second, running: 65 * time.Minute} }
	return s
}

func replicationFails() scenario {
	s := goodDay()
	s.name, s.teaches = "replication-fails", "The replication fails; starting over takes a new target database."
	s.replication = func(n int) course {
		if n == 1 {
			return course{waiting: 30 * time.Second, running: 25 * time.Minute, fails: "relation orders.attachments changed during the copy"}
		}
		return course{waiting: 30 * time.Second, running: 50 * time.Minute}
	}
	return s
}

func finalizationFails() scenario {
	s := goodDay()
	s.name, s.teaches = "finalization-fails", "The finalization fails in the downtime: back to the source at once."
	s.replication = func(int) course { return course{waiting: 30 * time.Second, running: 45 * time.Minute} }
	usual := s.finalization
	s.finalization = func(n int) course {
		if n == 1 {
			return course{waiting: 15 * time.Second, running: 3 * time.Minute, fails: "table orders.audit could not be transferred"}
		}
		return usual(n)
	}
	return s
}

// scenarios in the order in which they are listed; the first is the default.
func scenarios() []scenario {
	return []scenario{goodDay(), criticalFindings(), googleCloud(), replicationFails(), finalizationFails()}
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
