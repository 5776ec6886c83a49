package steps

import (
	"maps"
	"slices"
	"time"
)

// What is done to a service instance as a whole (CF API v3, service_instances).
type (
	shareVerb          struct{ onInstance }
	unshareVerb        struct{ onInstance } // the platform unbinds that space's applications
	renameInstanceVerb struct{ onInstance }
	deleteInstanceVerb struct{ onInstance }
	createInstanceVerb struct{ onInstance }
)

// onInstance is what these have in common.
type onInstance struct{ noConsent }

func (onInstance) traits() traits          { return traits{changes: true} }
func (onInstance) untouched(Effect) string { return "Nothing else was changed." }

func (shareVerb) key(e Effect) string { return e.Instance.GUID + ":" + e.Space.GUID }

func (shareVerb) text(e Effect) string {
	return "share " + e.Instance.Name + " with the space " + e.Space.Name
}

func (shareVerb) requests(e Effect) []string {
	return []string{"POST " + pathInstance(e) + "/relationships/shared_spaces"}
}

func (shareVerb) proofs(Effect) []Observable { return []Observable{ObserveShares} }

func (shareVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	return s.sharedWith(e.Side, e.Space.GUID)
}

func (shareVerb) assume(s *State, e Effect, _ Ref) {
	if s.sharedWith(e.Side, e.Space.GUID) {
		return
	}
	shares := maps.Clone(s.Facts.Shares)
	if shares == nil {
		shares = map[Side][]Share{}
	}
	shares[e.Side] = append(slices.Clip(shares[e.Side]), Share{Space: e.Space})
	s.Facts.Shares = shares
}

func (unshareVerb) traits() traits      { return traits{changes: true, deletes: true} }
func (unshareVerb) key(e Effect) string { return e.Instance.GUID + ":" + e.Space.GUID }

func (unshareVerb) text(e Effect) string {
	return "end the sharing of " + e.Instance.Name + " with the space " + e.Space.Name
}

func (unshareVerb) requests(e Effect) []string {
	return []string{"DELETE " + pathInstance(e) + "/relationships/shared_spaces/" + e.Space.GUID}
}

func (unshareVerb) proofs(Effect) []Observable { return []Observable{ObserveShares, ObserveApps} }

func (unshareVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	return !s.sharedWith(e.Side, e.Space.GUID)
}

func (unshareVerb) assume(s *State, e Effect, _ Ref) {
	shares := maps.Clone(s.Facts.Shares)
	if shares == nil {
		return
	}
	shares[e.Side] = slices.DeleteFunc(slices.Clone(shares[e.Side]), func(x Share) bool { return x.Space.GUID == e.Space.GUID })
	s.Facts.Shares = shares
}

func (unshareVerb) untouched(Effect) string {
	return "Applications of that space may have been unbound already; the wizard looks."
}

func (renameInstanceVerb) key(e Effect) string { return e.Instance.GUID + ":" + e.NewName }
func (renameInstanceVerb) text(e Effect) string {
	return "rename " + e.Instance.Name + " to " + e.NewName
}

func (renameInstanceVerb) requests(e Effect) []string { return []string{"PATCH " + pathInstance(e)} }
func (renameInstanceVerb) proofs(Effect) []Observable { return []Observable{ObserveInstances} }

func (renameInstanceVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	i := s.instance(&e.Instance)
	return i != nil && i.Name == e.NewName
}

func (renameInstanceVerb) assume(s *State, e Effect, _ Ref) {
	s.Facts.Instances = slices.Clone(s.Facts.Instances)
	if i := s.instance(&e.Instance); i != nil {
		i.Name = e.NewName
	}
}

func (renameInstanceVerb) untouched(Effect) string {
	return "It has its old name still; its data, keys and bindings are as they were."
}

func (deleteInstanceVerb) traits() traits      { return traits{changes: true, deletes: true} }
func (deleteInstanceVerb) key(e Effect) string { return e.Instance.GUID }
func (deleteInstanceVerb) text(e Effect) string {
	return "delete the service instance " + e.Instance.Name
}

func (deleteInstanceVerb) requests(e Effect) []string { return []string{"DELETE " + pathInstance(e)} }

func (deleteInstanceVerb) proofs(Effect) []Observable { return []Observable{ObserveInstances} }
func (deleteInstanceVerb) affects(Effect) []Observable {
	return []Observable{ObserveSourceKeys, ObserveApps}
}

func (deleteInstanceVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	return s.instance(&e.Instance) == nil
}

func (deleteInstanceVerb) assume(s *State, e Effect, _ Ref) {
	s.Facts.Instances = slices.DeleteFunc(slices.Clone(s.Facts.Instances), func(i Instance) bool { return i.GUID == e.Instance.GUID })
}

func (deleteInstanceVerb) untouched(Effect) string { return "It is still there." }

// Nothing but its name tells a new instance before there is an answer.
func (createInstanceVerb) key(e Effect) string { return e.Instance.Name }

func (createInstanceVerb) text(e Effect) string {
	return "create the service instance " + e.Instance.Name + " (" + TargetOffering + ", plan " + e.Plan.Name + ")"
}

func (createInstanceVerb) requests(Effect) []string   { return []string{"POST /v3/service_instances"} }
func (createInstanceVerb) proofs(Effect) []Observable { return []Observable{ObserveInstances} }

// confirmed: a look before it was sent showed none of that name. One whose creation has
// failed is there, and is no database.
func (createInstanceVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	i := s.instanceNamed(e.Instance.Name)
	return i != nil && i.Offering == TargetOffering && i.Operation.Condition() != ConditionNotMade
}

func (createInstanceVerb) assume(s *State, e Effect, made Ref) {
	if s.instanceNamed(e.Instance.Name) != nil {
		return
	}
	i := Instance{Ref: Ref{GUID: made.GUID, Name: e.Instance.Name}, Offering: TargetOffering, Plan: e.Plan.Name}
	s.Facts.Instances = byName(append(slices.Clone(s.Facts.Instances), i), func(i Instance) Ref { return i.Ref })
}

func (createInstanceVerb) withdraw(s *State, _ Effect) { s.Choices.NewTarget = nil }

func (createInstanceVerb) untouched(Effect) string {
	return "Source and applications are as they were."
}
