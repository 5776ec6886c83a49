package steps

import (
	"slices"
	"time"
)

// A service key is a credential binding without an application (CF API v3).
type (
	createKeyVerb struct{ noConsent }
	deleteKeyVerb struct{ noConsent }
)

func seeKeys(e Effect) []Observable { return []Observable{(&State{}).endpoint(e.Side).seeKeys} }

func (createKeyVerb) traits() traits               { return traits{changes: true} }
func (createKeyVerb) key(e Effect) string          { return e.Instance.GUID + ":" + e.Key.Name }
func (createKeyVerb) requests(Effect) []string     { return []string{"POST " + pathBindings} }
func (createKeyVerb) proofs(e Effect) []Observable { return seeKeys(e) }

func (createKeyVerb) text(e Effect) string {
	return "create the service key " + e.Key.Name + " of " + e.Instance.Name
}

func (createKeyVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	return keyNamed(*s.endpoint(e.Side).keys, e.Key.Name) != nil
}

func (createKeyVerb) assume(s *State, e Effect, made Ref) {
	keys := s.endpoint(e.Side).keys
	if keyNamed(*keys, e.Key.Name) != nil {
		return
	}
	k := Key{Ref: Ref{GUID: made.GUID, Name: e.Key.Name}, Usable: Yes, SessionReplication: No}
	if e.SessionReplication {
		k.SessionReplication = Yes
	}
	*keys = byName(append(slices.Clone(*keys), k), func(k Key) Ref { return k.Ref })
}

func (createKeyVerb) withdraw(s *State, e Effect) {
	*s.endpoint(e.Side).choice = nil
}

func (createKeyVerb) untouched(Effect) string { return "Instances and applications are as they were." }

func (deleteKeyVerb) traits() traits      { return traits{changes: true, deletes: true} }
func (deleteKeyVerb) key(e Effect) string { return e.Key.GUID }
func (deleteKeyVerb) requests(e Effect) []string {
	return []string{"DELETE " + pathBindings + "/" + e.Key.GUID}
}
func (deleteKeyVerb) proofs(e Effect) []Observable { return seeKeys(e) }

func (deleteKeyVerb) text(e Effect) string {
	return "delete the service key " + e.Key.Name + " of " + e.Instance.Name
}

func (deleteKeyVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	keys := s.endpoint(e.Side).keys
	return !slices.ContainsFunc(*keys, func(k Key) bool { return k.GUID == e.Key.GUID })
}

func (deleteKeyVerb) assume(s *State, e Effect, _ Ref) {
	keys := s.endpoint(e.Side).keys
	*keys = slices.DeleteFunc(slices.Clone(*keys), func(k Key) bool { return k.GUID == e.Key.GUID })
}

func (deleteKeyVerb) untouched(Effect) string { return "It is still there." }
