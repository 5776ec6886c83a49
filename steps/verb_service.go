package steps

import "time"

// What the migration service is asked for (contract, Quick Start of the REST API).
// There is one replication and one finalization for six names.
type (
	createReplicationVerb  struct{ onService }
	deleteReplicationVerb  struct{ onService }
	createFinalizationVerb struct{ onService }
	deleteFinalizationVerb struct{ onService }
)

// onService is what these have in common.
type onService struct{ byPlan }

func (onService) traits() traits    { return traits{changes: true} }
func (onService) key(Effect) string { return "" }

func (createReplicationVerb) text(Effect) string         { return "start the replication" }
func (createReplicationVerb) requests(Effect) []string   { return []string{"POST " + pathReplication} }
func (createReplicationVerb) invalidates(Effect) []Sight { return []Sight{SeeReplication} }
func (createReplicationVerb) proofs(Effect) []Sight      { return []Sight{SeeReplication} }

func (createReplicationVerb) evident(s *State, _ Effect, _ time.Time) bool {
	return s.Facts.Replication.Exists
}
func (createReplicationVerb) assume(s *State, _ Effect, _ Ref) { s.Facts.Replication.Known = false }
func (createReplicationVerb) withdraw(s *State, _ Effect)      { s.Choices.Replicate = nil }

func (createReplicationVerb) untouched(Effect) string {
	return "No replication was started; both databases are as they were."
}

func (deleteReplicationVerb) traits() traits             { return traits{changes: true, deletes: true} }
func (deleteReplicationVerb) text(Effect) string         { return "remove the replication" }
func (deleteReplicationVerb) requests(Effect) []string   { return []string{"DELETE " + pathReplication} }
func (deleteReplicationVerb) invalidates(Effect) []Sight { return []Sight{SeeReplication} }
func (deleteReplicationVerb) proofs(Effect) []Sight      { return []Sight{SeeReplication} }

func (deleteReplicationVerb) evident(s *State, _ Effect, _ time.Time) bool {
	return !s.Facts.Replication.Exists
}
func (deleteReplicationVerb) assume(s *State, _ Effect, _ Ref) { s.Facts.Replication.Known = false }
func (deleteReplicationVerb) settle(s *State, _ Effect)        { s.spend(s.Choices.Target) }
func (deleteReplicationVerb) untouched(Effect) string          { return stillThere }

const stillThere = "It is still there; applications are as they were."

func (createFinalizationVerb) text(Effect) string       { return "start the finalization" }
func (createFinalizationVerb) requests(Effect) []string { return []string{"POST " + pathFinalization} }

func (createFinalizationVerb) invalidates(Effect) []Sight {
	return []Sight{SeeFinalization, SeeReplication}
}
func (createFinalizationVerb) proofs(Effect) []Sight { return []Sight{SeeFinalization} }

func (createFinalizationVerb) evident(s *State, _ Effect, _ time.Time) bool {
	return s.Facts.Finalization.Exists
}

func (createFinalizationVerb) assume(s *State, _ Effect, _ Ref) { s.Facts.Finalization.Known = false }
func (createFinalizationVerb) withdraw(s *State, _ Effect)      { s.Choices.Finalize = nil }

func (createFinalizationVerb) untouched(Effect) string {
	return "No finalization was started; the replication goes on."
}

func (deleteFinalizationVerb) traits() traits     { return traits{changes: true, deletes: true} }
func (deleteFinalizationVerb) text(Effect) string { return "remove the finalization" }
func (deleteFinalizationVerb) requests(Effect) []string {
	return []string{"DELETE " + pathFinalization}
}

func (deleteFinalizationVerb) invalidates(Effect) []Sight {
	return []Sight{SeeFinalization, SeeReplication}
}
func (deleteFinalizationVerb) proofs(Effect) []Sight { return []Sight{SeeFinalization} }

func (deleteFinalizationVerb) evident(s *State, _ Effect, _ time.Time) bool {
	return !s.Facts.Finalization.Exists
}

func (deleteFinalizationVerb) assume(s *State, _ Effect, _ Ref) { s.Facts.Finalization.Known = false }
func (deleteFinalizationVerb) untouched(Effect) string          { return stillThere }
