package steps

import "time"

// What the migration service is asked for (contract, Quick Start of the REST API).
type (
	createProcessVerb struct{ onService }
	deleteProcessVerb struct{ onService }
)

// onService is what these have in common. There is one process of a kind for six names.
type onService struct {
	noConsent
	*process
}

func (onService) key(Effect) string                  { return "" }
func (v onService) proofs(Effect) []Observable       { return []Observable{v.see} }
func (v onService) affects(Effect) []Observable      { return v.process.affects }
func (v onService) assume(s *State, _ Effect, _ Ref) { v.progress(s).Known = false }

func (createProcessVerb) traits() traits             { return traits{changes: true} }
func (v createProcessVerb) text(Effect) string       { return "start the " + v.name }
func (v createProcessVerb) requests(Effect) []string { return []string{"POST /v1/" + v.name} }

func (v createProcessVerb) confirmed(s *State, _ Effect, _ time.Time) bool {
	return v.progress(s).Exists
}

func (v createProcessVerb) withdraw(s *State, _ Effect) { *v.consent(&s.Choices) = nil }
func (v createProcessVerb) untouched(Effect) string     { return v.notCreated }

func (deleteProcessVerb) traits() traits             { return traits{changes: true, deletes: true} }
func (v deleteProcessVerb) text(Effect) string       { return "remove the " + v.name }
func (v deleteProcessVerb) requests(Effect) []string { return []string{"DELETE /v1/" + v.name} }

func (v deleteProcessVerb) confirmed(s *State, _ Effect, _ time.Time) bool {
	return !v.progress(s).Exists
}

// settle: the contract wants a new target after a replication.
func (v deleteProcessVerb) settle(s *State, _ Effect) {
	if v.process == replication {
		s.markUsed(s.Choices.Target)
	}
}

func (deleteProcessVerb) untouched(Effect) string {
	return "It is still there; applications are as they were."
}
