package steps

// Side tells source from target.
type Side string

// The two sides of a migration.
const (
	Source Side = "source"
	Target Side = "target"
)

// other is the opposite side.
func (x Side) other() Side {
	if x == Source {
		return Target
	}
	return Source
}

// endpoint is what is chosen and known of one side.
type endpoint struct {
	side     Side
	label    string
	instance *Ref        // nil: not chosen
	choice   **KeyChoice // to nil: not chosen
	keys     *[]Key
	seeKeys  Observable
	leftKey  LeftKind
	keyItem  string
	askKey   QuestionID
}

func (s *State) endpoint(side Side) endpoint {
	c, f := &s.Choices, &s.Facts
	if side == Source {
		return endpoint{Source, "Source", c.Source, &c.SourceKey, &f.SourceKeys, ObserveSourceKeys, LeftSourceKey, itemSourceKey, QuestionSourceKey}
	}
	return endpoint{Target, "Target", c.Target, &c.TargetKey, &f.TargetKeys, ObserveTargetKeys, LeftTargetKey, itemTargetKey, QuestionTargetKey}
}

// endpoints are both, the source first.
func (s *State) endpoints() [2]endpoint { return [2]endpoint{s.endpoint(Source), s.endpoint(Target)} }

// chosen reports whether a key is the one that the migration uses.
func (x endpoint) chosen(k Key) bool { return *x.choice != nil && (*x.choice).Name == k.Name }

// key is the chosen key as it was seen; nil: none is chosen, or it is not there.
func (x endpoint) key() *Key { return find(*x.keys, x.chosen) }

// create is the request for the chosen key.
func (x endpoint) create() Effect {
	k := *x.choice
	return Effect{Do: DoCreateKey, Side: x.side, Instance: *x.instance, Key: Ref{Name: k.Name}, SessionReplication: k.SessionReplication}
}

// sideOf tells on which side an instance is.
func (s *State) sideOf(instance Ref) Side {
	if s.Choices.Source != nil && instance.GUID == s.Choices.Source.GUID {
		return Source
	}
	return Target
}

func (s *State) instanceOf(side Side) Ref {
	if r := s.endpoint(side).instance; r != nil {
		return *r
	}
	return Ref{}
}
