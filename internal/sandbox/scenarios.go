package sandbox

import "time"

// scenarios returns all scenarios in the order of listing; the first is the
// default.
func scenarios() []scenario {
	return []scenario{
		goodDay(),
		vary("critical-findings", "The preflight check finds what must be mended first; it is mended at the third run.", func(s *scenario) {
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
			s.replication = replicatesIn(50 * time.Minute)
		}),
		vary("gcp", "On Google Cloud the target's key needs session replication, and must go afterwards.", func(s *scenario) {
			s.provider = providerGoogle
			s.replication = replicatesIn(65 * time.Minute)
		}),
		vary("replication-fails", "The replication fails; starting over takes a new target database.", func(s *scenario) {
			s.replication = failsFirst(
				course{waiting: 30 * time.Second, running: 25 * time.Minute, failure: "relation orders.attachments changed during the copy"},
				replicatesIn(50*time.Minute),
			)
		}),
		vary("finalization-fails", "The finalization fails in the downtime: back to the source at once.", func(s *scenario) {
			s.replication = replicatesIn(45 * time.Minute)
			s.finalization = failsFirst(
				course{waiting: 15 * time.Second, running: 3 * time.Minute, failure: "table orders.audit could not be transferred"},
				s.finalization,
			)
		}),
		vary("crowded", "Hundreds of orgs, spaces, instances and applications: lists have many pages.", func(s *scenario) {
			s.populate = (*world).populateCrowded
		}),
		vary("trial", "Source and target are of a trial plan, which can not be migrated; another pair could.", func(s *scenario) {
			s.populate = (*world).populateTrial
		}),
		vary("no-rights", "The user may look at the space and change nothing: a space developer is needed.", func(s *scenario) {
			s.populate = (*world).populateReadOnly
		}),
		vary("expired-login", "The login that cf keeps has died, its refresh token too: sign in anew.", func(s *scenario) {
			s.loginAge = refreshLifetime + 24*time.Hour
		}),
		vary("rotating-tokens", "Every refresh token works once: who keeps an old one is signed out.", func(s *scenario) {
			s.rotatesTokens = true
		}),
		vary("async-slow", "Jobs take minutes; opening access and creating a key fail the first time.", func(s *scenario) {
			s.jobDurations = map[string]time.Duration{
				createInstances: 25 * time.Minute, updateInstances: 8 * time.Minute, deleteInstances: 12 * time.Minute,
				createKeys: 4 * time.Minute, deleteKeys: 2 * time.Minute,
				createBindings: 3 * time.Minute, deleteBindings: 2 * time.Minute,
			}
			s.jobFailures = map[string]string{
				updateInstances: "Service broker error: the network policy of the database could not be changed, try again later",
				createKeys:      "Service broker error: no database user could be created: too many connections",
			}
		}),
		vary("shared-instance", "The source is shared with another space, where an application is bound to it.", func(s *scenario) {
			s.populate = (*world).populateShared
		}),
		vary("eu-access", "A landscape with EU access has a name of its own: eu11.", func(s *scenario) {
			s.landscape = "eu11.hana.ondemand.com"
		}),
		vary("extension", "An extension landscape has a number in its name: eu10-004.", func(s *scenario) {
			s.landscape = "eu10-004.hana.ondemand.com"
		}),
		vary("already-half-way", "A colleague has begun: access is open, both keys are there, the replication is RUNNING.", func(s *scenario) {
			s.sourceKey, s.targetKey = "kim-source", "kim-target"
			s.populate = (*world).populateHalfWay
		}),
		vary("finalized-running", "A colleague has started the finalization while the applications run: what they write is lost.", func(s *scenario) {
			s.sourceKey, s.targetKey = "kim-source", "kim-target"
			s.populate = (*world).populateFinalizing
		}),
		vary("already-done", "A colleague has migrated and switched the applications: only the old database is left.", func(s *scenario) {
			s.sourceKey, s.targetKey = "kim-source", "kim-target"
			s.populate = (*world).populateDone
		}),
		vary("taken-target", "The target whose name fits is the database of another, finished migration: take the other one.", func(s *scenario) {
			s.sourceKey, s.targetKey = "kim-source", "kim-target"
			s.populate = (*world).populateTaken
		}),
		vary("forgotten-writer", "Seven ways to write to the source: whoever is forgotten loses data.", func(s *scenario) {
			s.populate = (*world).populateManyWriters
		}),
		vary("comes-back", "In mid-finalization a pipeline starts an application that was stopped, and its writes are lost.", func(s *scenario) {
			s.populate = (*world).populatePipeline
			usual := s.finalization
			s.finalization = func(n int) course {
				c := usual(n)
				c.restarts = []restart{{app: "orders-worker", after: 2 * time.Minute}}
				return c
			}
		}),
		vary("target-writer", "A pipeline starts the new application on the target before COMPLETED: its rows collide.", func(s *scenario) {
			s.populate = (*world).populateTargetWriters
			replicates, finalizes := s.replication, s.finalization
			s.replication = func(n int) course {
				c := replicates(n)
				c.restarts = []restart{{app: "orders-preview", after: time.Minute}}
				return c
			}
			s.finalization = func(n int) course {
				c := finalizes(n)
				c.restarts = []restart{{app: "orders-preview", after: 2 * time.Minute}}
				return c
			}
		}),
		vary("blue-green", "The new version waits on the target, stopped until COMPLETED; then it goes first.", func(s *scenario) {
			s.populate = (*world).populateBlueGreen
		}),
		vary("slow-apps", "One application takes minutes to start, another never becomes healthy on the target.", func(s *scenario) {
			s.populate = (*world).populateSlowApps
		}),
		vary("bound-twice", "Two applications are bound to the source twice: each gets the newest, and all have to go.", func(s *scenario) {
			s.populate = (*world).populateBoundTwice
		}),
		vary("not-ready", "On the target an application runs and never gets ready: no request reaches it.", func(s *scenario) {
			s.populate = (*world).populateNotReady
		}),
		vary("many-apps", "Sixty applications, started and stopped, bound in all ways: put each back exactly.", func(s *scenario) {
			s.populate = (*world).populateManyApps
		}),
		vary("twenty", "Twenty databases in one space: all wait IN-SYNC, one at a time is led through its downtime.", func(s *scenario) {
			s.populate = (*world).populateTwenty
		}),
		vary("cut-over-late", "The finalization takes ten times as long as usual: go on, or back out?", func(s *scenario) {
			s.finalization = func(int) course { return course{waiting: 5 * time.Minute, running: time.Hour} }
		}),
		vary("rate-limited", "In the downtime the broker takes no more requests for a while: wait, and do not turn back.", func(s *scenario) {
			// The first two bindings are the service keys.
			s.faults = []string{"cf POST /v3/service_credential_bindings @3- 429 retry-after=15s lasts=30s"}
		}),
		vary("restless", "Router, token server and service have trouble that passes, one after the other.", func(s *scenario) {
			s.faults = []string{
				"cf PATCH /v3/service_instances/* busy lasts=10s",
				"uaa POST /oauth/token @2- 400 lasts=15s",
				"migration POST /v1/replication unknown-route lasts=10s",
				"cf POST /v3/apps/*/actions/stop html-502 lasts=10s",
				"migration POST /v1/finalization 503 retry-after=10s lasts=10s",
				"cf POST /v3/apps/*/actions/start refused lasts=10s",
			}
		}),
	}
}

// goodDay is the default scenario, which all others vary.
func goodDay() scenario {
	return scenario{
		name: "good-day", teaches: "A migration as it should be: a few warnings, no surprises.",
		provider: providerAWS, landscape: "sandbox.example",
		populate: (*world).populateDefault,
		jobDurations: map[string]time.Duration{
			createInstances: 3 * time.Minute, updateInstances: 40 * time.Second, deleteInstances: 90 * time.Second,
			createKeys: 20 * time.Second, deleteKeys: 10 * time.Second,
			createBindings: 20 * time.Second, deleteBindings: 10 * time.Second,
		},
		findings: func(int) findings {
			return findings{Source: sideFindings{Warning: []string{
				"Multiple roles found (beware that no role will be migrated)",
				"Multiple access privileges found (beware that no privilege will be migrated)",
			}}}
		},
		replication:  replicatesIn(80 * time.Minute),
		finalization: func(int) course { return course{waiting: 15 * time.Second, running: 6 * time.Minute} },
	}
}

// vary returns goodDay with another name and a change.
func vary(name, teaches string, change func(*scenario)) scenario {
	s := goodDay()
	s.name, s.teaches = name, teaches
	change(&s)
	return s
}

// replicatesIn makes every replication reach IN-SYNC after a time in RUNNING.
func replicatesIn(running time.Duration) func(int) course {
	return func(int) course { return course{waiting: 30 * time.Second, running: running} }
}

// failsFirst replaces the course of the first run.
func failsFirst(first course, then func(int) course) func(int) course {
	return func(n int) course {
		if n == 1 {
			return first
		}
		return then(n)
	}
}
