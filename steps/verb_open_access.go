package steps

import "time"

// openAccessVerb updates the source with prepare_migration (contract, Quick Start).
type openAccessVerb struct{ noConsent }

// clockSkew is how far a server's clock may be behind ours.
const clockSkew = 2 * time.Minute

func (openAccessVerb) traits() traits             { return traits{changes: true} }
func (openAccessVerb) key(e Effect) string        { return e.Instance.GUID }
func (openAccessVerb) requests(e Effect) []string { return []string{"PATCH " + pathInstance(e)} }

func (openAccessVerb) text(e Effect) string {
	return "open " + e.Instance.Name + " for the migration service"
}

func (openAccessVerb) proofs(Effect) []Observable {
	return []Observable{ObserveAccess, ObserveInstances}
}

func (openAccessVerb) confirmed(s *State, e Effect, since time.Time) bool {
	if s.Facts.Access != Unknown {
		return s.Facts.Access == Yes
	}
	i := s.instance(&e.Instance)
	return i != nil && i.Operation.Type == opUpdate && i.Operation.State == opSucceeded &&
		i.Operation.At.After(since.Add(-clockSkew))
}

// Some brokers do not tell whether it is open: nothing is assumed.
func (openAccessVerb) assume(s *State, _ Effect, _ Ref) { s.Facts.Access = Unknown }
func (openAccessVerb) withdraw(s *State, _ Effect)      { s.Choices.OpenAccess = nil }

func (openAccessVerb) untouched(Effect) string {
	return "The source instance and its data are as they were."
}
