package sandbox

import "time"

// The stories of a migration: what the databases hold, and how the migration
// service fares with them.

// goodDay is the story that the others are variations of.
func goodDay() scenario {
	return scenario{
		name: "good-day", teaches: "A migration as it should be: a few warnings, no surprises.",
		provider: providerAWS, landscape: "sandbox.example",
		company: (*world).smallCompany,
		brokers: usualBrokers(),
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

func cutOverLate() scenario {
	s := goodDay()
	s.name, s.teaches = "cut-over-late", "The finalization takes ten times as long as usual: go on, or back out?"
	s.finalization = func(int) course { return course{waiting: 5 * time.Minute, running: time.Hour} }
	return s
}

func comesBack() scenario {
	s := goodDay()
	s.name, s.teaches = "comes-back", "In mid-finalization a pipeline starts an application that was stopped, and its writes are lost."
	s.company = (*world).deployedCompany
	usual := s.finalization
	s.finalization = func(n int) course {
		c := usual(n)
		c.returns = []comeback{{app: "orders-worker", after: 2 * time.Minute}}
		return c
	}
	return s
}

func alreadyHalfWay() scenario {
	s := goodDay()
	s.name, s.teaches = "already-half-way", "A colleague has begun: access is open, both keys are there, the replication is RUNNING."
	s.sourceKey, s.targetKey = "kim-source", "kim-target"
	s.company = (*world).begunCompany
	return s
}

func alreadyDone() scenario {
	s := goodDay()
	s.name, s.teaches = "already-done", "A colleague has migrated and switched the applications: only the old database is left."
	s.sourceKey, s.targetKey = "kim-source", "kim-target"
	s.company = (*world).doneCompany
	return s
}
