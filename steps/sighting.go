package steps

import (
	"encoding/json"
	"time"
)

// Sighting is what was seen last of a migration, with its time. The journal keeps it so
// that a record which is read without a look can say "last seen 21:03": nothing is ever
// decided by it. Its JSON is a public interface (docs/journal.md).
type Sighting struct {
	At           time.Time `json:"at,omitzero"` // of the look at the applications
	Apps         []SeenApp `json:"applications"`
	Replication  time.Time `json:"replication,omitzero"`  // of the last look at it
	Finalization time.Time `json:"finalization,omitzero"` // of the last look at it
}

// SeenApp is an application as it was seen.
type SeenApp struct {
	Ref
	State     string        `json:"state"`
	Processes []Process     `json:"processes,omitempty"`
	Bindings  []SeenBinding `json:"bindings,omitempty"`
	Healthy   Tri           `json:"healthy,omitempty"`
	Ailment   string        `json:"ailment,omitempty"`
	NotReady  bool          `json:"not_ready,omitempty"`
	Gone      bool          `json:"gone,omitempty"`
}

// SeenBinding is a binding without what may be secret: of its parameters only whether
// there are any.
type SeenBinding struct {
	Side       Side   `json:"side"`
	Name       string `json:"name,omitempty"`
	Parameters Tri    `json:"parameters,omitempty"`
	Operation  string `json:"operation,omitempty"` // the last one, as the platform calls it
	State      string `json:"state,omitempty"`
}

// Sight is what was seen last, for the journal; nil: nothing was.
func Sight(s State) *Sighting {
	v := &Sighting{At: s.Seen[ObserveApps].At, Replication: s.Seen[ObserveReplication].At, Finalization: s.Seen[ObserveFinalization].At}
	if v.At.IsZero() {
		if v.Replication.IsZero() && v.Finalization.IsZero() {
			return nil
		}
		if was := s.LastSeen; was != nil {
			v.At, v.Apps = was.At, was.Apps
		}
		return v
	}
	for _, a := range s.Facts.Apps {
		app := SeenApp{Ref: a.Ref, State: a.State, Processes: a.Processes, Healthy: a.Healthy, Ailment: a.Ailment, NotReady: a.NotReady, Gone: a.Gone}
		for _, side := range []Side{Source, Target} {
			for _, b := range *a.at(side) {
				seen := SeenBinding{Side: side, Name: b.Name, Operation: b.Operation.Type, State: b.Operation.State}
				switch some := len(b.Params) > 0 && string(b.Params) != "{}" && string(b.Params) != "null"; {
				case some:
					seen.Parameters = Yes
				case b.ParamsKnown:
					seen.Parameters = No
				}
				app.Bindings = append(app.Bindings, seen)
			}
		}
		v.Apps = append(v.Apps, app)
	}
	return v
}

// Applications are those of a sighting as a look has them.
func (v *Sighting) Applications() []App {
	if v == nil {
		return nil
	}
	list := make([]App, 0, len(v.Apps))
	for _, x := range v.Apps {
		a := App{Ref: x.Ref, State: x.State, Processes: x.Processes, Healthy: x.Healthy, Ailment: x.Ailment, NotReady: x.NotReady, Gone: x.Gone}
		for _, b := range x.Bindings {
			binding := Binding{Name: b.Name, ParamsKnown: b.Parameters != Unknown, Operation: Operation{Type: b.Operation, State: b.State}}
			if b.Parameters == Yes {
				binding.Params = json.RawMessage(`"withheld"`)
			}
			bindings := a.at(b.Side)
			*bindings = append(*bindings, binding)
		}
		list = append(list, a)
	}
	return list
}

// of is when a replication or a finalization was looked at before this program was
// started, as far as the journal has it.
func (v *Sighting) of(see Observable) time.Time {
	switch {
	case v == nil:
		return time.Time{}
	case see == ObserveFinalization:
		return v.Finalization
	}
	return v.Replication
}

// NowSeen are the applications as they were seen last, by a look or by the record, and
// when that was; zero: nobody has looked.
func NowSeen(s State) ([]App, time.Time) {
	if at := s.Seen[ObserveApps].At; !at.IsZero() || s.LastSeen == nil {
		return s.Facts.Apps, at
	}
	return s.LastSeen.Applications(), s.LastSeen.At
}
