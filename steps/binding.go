package steps

import (
	"encoding/json"
	"slices"
	"time"
)

// Binding binds an application to an instance.
type Binding struct {
	GUID        string
	Name        string // empty: unnamed
	Params      json.RawMessage
	ParamsKnown bool // the broker tells the parameters
	Operation   Operation
	Made        time.Time // when it was created; zero: not known
}

func (b Binding) ref() Ref { return Ref{GUID: b.GUID, Name: b.Name} }

// Condition is what its last operation has made of it.
func (b Binding) Condition() Condition { return b.Operation.bindingCondition() }

// Bindings are those of one application to one instance, the newest first; nil: none.
// The platform allows several (CF API, strategy "multiple").
type Bindings []Binding

// InForce is the one that the application gets when it starts, in VCAP_SERVICES: the
// newest whose creation succeeded and whose deletion was not begun (Cloud Controller,
// active_per_instance). Nil: it gets none.
func (b Bindings) InForce() *Binding {
	return find(b, func(x Binding) bool { return x.Condition() == ConditionThere })
}

// used is the one that an application has the credentials of, as far as can be told.
func (b Bindings) used() *Binding {
	if x := b.InForce(); x != nil || len(b) == 0 {
		return x
	}
	return &b[0]
}

// lost reports whether an application cannot get this one when it starts. What the
// platform says in words that are not known may well be in force.
func (b Binding) lost() bool {
	c := b.Condition()
	return c == ConditionStuck || c == ConditionNotMade
}

// settling reports whether it is not known yet what becomes of one of them.
func (b Bindings) settling() bool {
	return slices.ContainsFunc(b, func(x Binding) bool {
		return x.Condition() != ConditionThere && !x.lost()
	})
}

func (b Bindings) has(r Ref) bool {
	return slices.ContainsFunc(b, func(x Binding) bool { return x.GUID == r.GUID })
}

// without are the others; nil when none is left.
func (b Bindings) without(is func(Binding) bool) Bindings {
	var left Bindings
	for _, x := range b {
		if !is(x) {
			left = append(left, x)
		}
	}
	return left
}

// at is where an application's bindings to a side are kept.
func (a *App) at(side Side) *Bindings {
	if side == Source {
		return &a.Source
	}
	return &a.Target
}
