package steps

import "time"

// Event is something that happened, and when: the machine has no clock.
type Event struct {
	At time.Time
	Is Occurrence
}

// Occurrence is what can happen: an outcome, an answer or an observation, of the
// types below and no other.
type Occurrence interface {
	// happen changes the state, and returns effects that do not follow from it.
	happen(*State) []Effect
}

type (
	// Resumed starts the machine with what the journal keeps. Dangling are
	// requests that were announced and have no outcome.
	Resumed struct {
		Choices  Choices
		Did      map[string]time.Time
		History  History
		Dangling []Work
		LastSeen *Sighting // by an earlier run
		// Reopen continues a migration that has ended well: its clean-up asks again about
		// what was left on purpose.
		Reopen bool
		// Pace is how many times quicker than usual the machine's own pauses are, for a
		// landscape in which time runs faster; 0: as usual.
		Pace float64
		ID   string // of the migration
		// TookOver is who leads from now on, where it was somebody else before; From is who
		// that was.
		TookOver, From *Lead
		Speed          float64 // how many times faster time runs on the landscape, in a demo; 0: as here
	}

	// Answered is an answer of the person.
	Answered struct {
		Answer Answer
	}

	// Opened says under which identity the migration is kept.
	Opened struct{ ID string }

	// TimeCame says that time has passed, and nothing else: see [NextTry].
	TimeCame struct{}

	// LookAgain invalidates all observations, so that they are made again at once.
	LookAgain struct{}

	// Did says that an effect was carried out.
	Did struct {
		Effect    Effect
		Made      Ref    // what was created, if anything
		RequestID string // by which the other side knows it; empty: it is not told
	}

	// WentWrong says that an effect failed. If the problem is unclear, the
	// machine looks before anything else.
	WentWrong struct {
		Effect  Effect
		Problem Problem
	}

	// LookFailed says that an observation failed.
	LookFailed struct {
		Of      Observable
		Asked   uint64
		Problem Problem
	}

	// Checked is the result of a preflight check.
	Checked struct {
		Effect   Effect
		Findings []Finding
	}
)

// Observation is an event that carries facts. Asked is the Sequence of the
// state at the moment when the look began.
type Observation struct{ Asked uint64 }

// Observations. Each replaces what was known of its kind.
type (
	SawSession struct {
		Observation
		Session Session
	}
	SawPasscodeURL struct{ URL string }
	SawMigrations  struct {
		Observation
		Saved  []JournalSummary // that have not ended
		Others []JournalSummary // all but this one
	}
	SawOrgs struct {
		Observation
		Orgs []Ref
	}
	SawSpaces struct {
		Observation
		Of     string
		Spaces []Ref
	}
	SawInstances struct {
		Observation
		Instances []Instance
	}
	SawPlans struct {
		Observation
		Plans []ServicePlan
	}
	SawAccess struct {
		Observation
		Open Tri
	}
	SawKeys struct {
		Observation
		Side Side
		Keys []Key
	}
	SawApps struct {
		Observation
		Apps      []App // bound to source or target, or remembered
		Mentioned []App // that know the source otherwise, see Mention
		Tasks     []Task
	}
	SawElsewhere struct {
		Observation
		Elsewhere Elsewhere
	}
	SawShares struct {
		Observation
		Shares map[Side][]Share
	}
	SawReplication struct {
		Observation
		Names     Names
		Exists    bool
		Word      string
		RequestID string // by which the service knows the look; empty: it is not told
	}
	SawFinalization struct {
		Observation
		Names     Names
		Exists    bool
		Word      string
		RequestID string
	}
)
