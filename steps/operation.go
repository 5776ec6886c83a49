package steps

import (
	"cmp"
	"time"
)

// Operation is the last thing that the platform did with an instance, a key or a
// binding (CF API, last_operation). Neither half of it tells anything alone: a delete
// that failed leaves the thing there, a create that failed does not.
type Operation struct {
	Type, State, Description string
	At                       time.Time
}

// Operation types and states (CF API).
const (
	opCreate = "create"
	opUpdate = "update"
	opDelete = "delete"

	opInitial    = "initial"
	opInProgress = "in progress"
	opSucceeded  = "succeeded"
	opFailed     = "failed"
)

// Busy reports whether it is still under way.
func (o Operation) Busy() bool { return o.State == opInProgress || o.State == opInitial }

// Condition is what its last operation has made of a thing.
type Condition string

// Conditions.
const (
	ConditionThere    Condition = "there" // and nothing is under way
	ConditionMaking   Condition = "being created"
	ConditionNotMade  Condition = "not created" // its creation failed, and the platform keeps a shell of it
	ConditionChanging Condition = "being changed"
	ConditionGoing    Condition = "being deleted"
	ConditionStuck    Condition = "deletion failed" // it is still there
	ConditionUnclear  Condition = "unclear"         // the platform says what this program does not know
)

// Condition judges type and state together. Where the platform tells no operation at
// all, the thing was made at once, before operations were recorded (Cloud Controller,
// create_succeeded?).
func (o Operation) Condition() Condition {
	known := o.Busy() || o.State == opSucceeded || o.State == opFailed
	switch {
	case o.Type == "" && o.State == "":
		return ConditionThere
	case !known:
		return ConditionUnclear
	case o.Type == opCreate && o.Busy():
		return ConditionMaking
	case o.Type == opCreate && o.State == opFailed:
		return ConditionNotMade
	case o.Type == opUpdate && o.Busy():
		return ConditionChanging
	case o.Type == opDelete && o.State == opFailed:
		return ConditionStuck
	case o.Type == opDelete:
		return ConditionGoing
	case o.Type == opCreate, o.Type == opUpdate:
		return ConditionThere
	}
	return ConditionUnclear
}

// bindingCondition judges the operation of a key or a binding: those are created and
// deleted, and never updated (CF API).
func (o Operation) bindingCondition() Condition {
	if o.Type == opUpdate {
		return ConditionUnclear
	}
	return o.Condition()
}

// hindrance says why an instance or a key in this condition cannot be used; empty when
// it can.
func (o Operation) hindrance(c Condition) string {
	//exhaustive:enforce
	switch c {
	case ConditionNotMade:
		return "it could not be created: " + o.Description
	case ConditionGoing:
		return "it is being deleted"
	case ConditionMaking:
		return "it is still being created"
	case ConditionUnclear:
		return "the platform says of it what this program does not know: " + cmp.Or(o.Type, "no operation") + ", " + cmp.Or(o.State, "no state")
	case ConditionThere, ConditionChanging, ConditionStuck:
	}
	return ""
}

// remark is what is worth knowing of an instance or a key that can be used; empty:
// nothing.
func (o Operation) remark() string {
	switch {
	case o.Condition() == ConditionStuck:
		return "somebody tried to delete it, and that failed"
	case o.Condition() == ConditionChanging:
		return "it is being changed at the moment"
	case o.Type == opUpdate && o.State == opFailed:
		return "its last change failed"
	}
	return ""
}

// listed joins a fact and a remark.
func listed(fact, remark string) string {
	if remark == "" {
		return fact
	}
	return fact + "; " + remark
}
