package steps

// Ref is a thing of the platform: its identity and the name that people use.
type Ref struct {
	GUID string `json:"guid"`
	Name string `json:"name"`
}

func (r Ref) name() string { return r.Name }

// Names are the six names that every request to the migration service carries
// (contract, Quick Start of the REST API).
type Names struct {
	Org            string `json:"org"`
	Space          string `json:"space"`
	SourceInstance string `json:"source_service_instance_name"`
	TargetInstance string `json:"target_service_instance_name"`
	SourceKey      string `json:"source_service_key_name"`
	TargetKey      string `json:"target_service_key_name"`
}

// Complete reports whether all six are known.
func (n Names) Complete() bool {
	return n.Org != "" && n.Space != "" && n.SourceInstance != "" && n.TargetInstance != "" &&
		n.SourceKey != "" && n.TargetKey != ""
}

// Status words of the migration service (contract, Quick Start).
const (
	Waiting   = "WAITING"
	Running   = "RUNNING"
	InSync    = "IN-SYNC"
	Failed    = "FAILED"
	Completed = "COMPLETED"
)

// KnownWord reports whether the contract names this status. Another word is
// shown as it is and unlocks nothing (design, section 6).
func KnownWord(word string) bool {
	switch word {
	case Waiting, Running, InSync, Failed, Completed:
		return true
	}
	return false
}

// Offerings of the two sides, and the plans that cannot be migrated (contract,
// Limitations; SAP BTP catalogue).
const (
	SourceOffering = "postgresql"
	TargetOffering = "postgresql-db"
	trialPlan      = "trial"
)
