package steps

import (
	"fmt"
	"time"
)

// Names that the wizard gives to keys it creates. The one with session
// replication says what it is, so that nobody uses it for an application.
const (
	NewKeyName    = "pg-migrate-wizard"
	NewGCPKeyName = "pg-migrate-session-replication"
)

type keysStep struct{ stepDefaults }

func (keysStep) title() string { return "Service keys" }

func (keysStep) revise(s *State) *Question {
	if s.begun() {
		return nil
	}
	return &Question{
		ID: QuestionKeysRevise, Title: "Use other service keys?", Why: "The preflight check has to run again then.",
		Options: []Option{{ID: OptionAgain, Label: "Choose the keys again", Consequence: "keys that were made stay"}},
	}
}

func (keysStep) looks(*State) []Look {
	return []Look{{SeeInstances, paceIdle}, {SeeSourceKeys, paceIdle}, {SeeTargetKeys, paceIdle}}
}

func (keysStep) guide() Guide {
	return Guide{
		What: "The migration service signs in to both databases with a service key each. Pick one that exists, or let the wizard create it.",
		Why:  "A key of its own for the migration can be deleted afterwards without hurting anybody.",
		Tips: []string{
			"On Google Cloud the target's key must be made with enable_session_replication. No application may use that key, and it has to go after the migration.",
			"The wizard never shows or keeps what is in a key.",
		},
	}
}

func (s *State) googleCloud() bool { return s.Choices.Where != nil && s.Choices.Where.GoogleCloud }

func (keysStep) done(s *State) bool {
	if s.Choices.SourceKey == nil || s.Choices.TargetKey == nil {
		return false
	}
	if s.replicating() {
		return true
	}
	return s.keyTrouble(Source) == "" && s.keyTrouble(Target) == ""
}

// keyTrouble returns why a chosen key cannot be used; empty when it can.
func (s *State) keyTrouble(side Side) string {
	choice, keys, see := s.Choices.SourceKey, s.Facts.SourceKeys, SeeSourceKeys
	if side == Target {
		choice, keys, see = s.Choices.TargetKey, s.Facts.TargetKeys, SeeTargetKeys
	}
	if !s.looked(see) {
		return "not looked at yet"
	}
	k := keyNamed(keys, choice.Name)
	if k == nil {
		return fmt.Sprintf("the key %s of the %s does not exist", choice.Name, side)
	}
	if why := unusable(*k, side == Target && s.googleCloud()); why != "" {
		return fmt.Sprintf("the key %s of the %s: %s", k.Name, side, why)
	}
	return ""
}

func unusable(k Key, needsSession bool) string {
	switch {
	case k.Operation.State == opFailed && k.Operation.Type == "create":
		return "it could not be created: " + k.Operation.Description
	case k.Operation.Type == "delete":
		return "it is being deleted"
	case k.Operation.Busy():
		return "it is still being created"
	case k.Usable == No:
		return "it has no host or no user in it"
	case needsSession && k.SessionReplication == No:
		return "it was made without enable_session_replication, which Google Cloud needs"
	}
	return ""
}

func (keysStep) ask(s *State) *Question {
	c := s.Choices
	switch {
	case !s.looked(SeeSourceKeys, SeeTargetKeys):
		return nil
	case c.SourceKey == nil:
		return s.askKey(Source, s.Facts.SourceKeys, false)
	case c.TargetKey == nil:
		return s.askKey(Target, s.Facts.TargetKeys, s.googleCloud())
	case s.keyTrouble(Source) == "" || c.SourceKey.Create && keyNamed(s.Facts.SourceKeys, c.SourceKey.Name) == nil,
		s.keyTrouble(Target) == "" || c.TargetKey.Create && keyNamed(s.Facts.TargetKeys, c.TargetKey.Name) == nil:
		if len((keysStep{}).want(s)) > 0 || s.busy() || !s.fresh(SeeSourceKeys, SeeTargetKeys) {
			return working(QuestionKeysWorking, "The platform is creating the keys.")
		}
	}
	return s.askUnfit(&Question{ID: QuestionKeysUnfit, Title: "A chosen key cannot be used.", Why: s.firstTrouble() + "."})
}

func (s *State) firstTrouble() string {
	if t := s.keyTrouble(Source); t != "" {
		return t
	}
	return s.keyTrouble(Target)
}

func (s *State) askKey(side Side, keys []Key, session bool) *Question {
	name, instance := NewKeyName, s.Choices.Source
	if side == Target {
		instance = s.Choices.Target
	}
	if session {
		name = NewGCPKeyName
	}
	q := &Question{
		ID:    keyQuestion(side),
		Title: fmt.Sprintf("Which service key of %s shall the migration use?", instance.Name),
		Why:   "The migration service signs in to the " + string(side) + " with it.",
	}
	if session {
		q.Why += " On Google Cloud it must be made with session replication, and no application may use it."
	}
	for _, k := range keys {
		o := Option{ID: UseKey(k.Name), Label: "Use " + k.Name, Blocked: unusable(k, session), Consequence: "exists already"}
		switch {
		case session && k.SessionReplication == Unknown:
			o.Consequence = "exists already; whether it has session replication, the service does not tell"
		case session:
			o.Consequence = "exists already, with session replication"
		}
		if k.Name == name && o.Blocked == "" && (!session || k.SessionReplication == Yes) {
			q.Recommended = o.ID
		}
		q.Options = append(q.Options, o)
	}
	fresh := name
	for n := 2; keyNamed(keys, fresh) != nil; n++ {
		fresh = fmt.Sprintf("%s-%d", name, n)
	}
	create := Option{
		ID: OptionCreate, Label: "Create a new key", Consequence: "takes under a minute; can be deleted afterwards",
		Fields: []Field{{ID: "name", Label: "Name of the key", Kind: FieldText, Default: fresh}},
	}
	q.Options = append(q.Options, create)
	if q.Recommended == "" {
		q.Recommended = create.ID
	}
	q.Search = len(q.Options) > 9
	return q
}

func keyQuestion(side Side) QuestionID {
	if side == Target {
		return QuestionTargetKey
	}
	return QuestionSourceKey
}

func (keysStep) decide(s *State, a Answer) {
	switch a.Option {
	case OptionAgain:
		s.Choices.SourceKey, s.Choices.TargetKey = nil, nil
		s.forgetNames()
		s.overtake(SeeSourceKeys, SeeTargetKeys)
		return
	case OptionLook:
		s.overtake(SeeSourceKeys, SeeTargetKeys)
		return
	case OptionWait:
		return
	}
	k := &KeyChoice{}
	if name, ok := UsedKey(a.Option); ok {
		k.Name = name
	} else {
		k.Name, k.Create = a.Value("name"), true
	}
	if a.Question == QuestionSourceKey {
		s.Choices.SourceKey = k
	} else {
		k.SessionReplication = s.googleCloud()
		s.Choices.TargetKey = k
	}
	s.forgetNames()
}

func (keysStep) want(s *State) []Effect {
	if s.Choices.SourceKey == nil || s.Choices.TargetKey == nil || s.replicating() {
		return nil
	}
	var want []Effect
	for _, side := range []Side{Source, Target} {
		choice, keys, see, instance := s.Choices.SourceKey, s.Facts.SourceKeys, SeeSourceKeys, *s.Choices.Source
		if side == Target {
			choice, keys, see, instance = s.Choices.TargetKey, s.Facts.TargetKeys, SeeTargetKeys, *s.Choices.Target
		}
		e := Effect{Do: DoCreateKey, Side: side, Instance: instance, Key: Ref{Name: choice.Name}, SessionReplication: choice.SessionReplication, Round: s.Choices.Round}
		if choice.Create && s.fresh(see) && keyNamed(keys, choice.Name) == nil && !s.did(e) {
			want = append(want, e)
		}
	}
	return want
}

func (keysStep) show(s *State, _ time.Time) []Item {
	var items []Item
	for _, side := range []struct {
		label  string
		choice *KeyChoice
		keys   []Key
	}{{"Source key", s.Choices.SourceKey, s.Facts.SourceKeys}, {"Target key", s.Choices.TargetKey, s.Facts.TargetKeys}} {
		if side.choice == nil {
			continue
		}
		state := "to be created"
		if k := keyNamed(side.keys, side.choice.Name); k != nil {
			state = "ready"
			if k.Operation.Busy() {
				state = "being created"
			}
			if k.Operation.State == opFailed {
				state = "failed: " + k.Operation.Description
			}
		} else if s.completed() {
			state = "deleted"
		}
		if side.choice.SessionReplication {
			state += ", with session replication: not for applications"
		}
		items = append(items, fact(side.label, "%s (%s)", side.choice.Name, state))
	}
	if len(items) == 0 {
		items = append(items, quiet("A key for each side, so that the migration service can sign in to both."))
	}
	return items
}

func (keysStep) commands(s *State) []Command {
	n := s.Names()
	target := "cf create-service-key " + shell(orWord(n.TargetInstance, "TARGET")) + " " + shell(orWord(n.TargetKey, NewKeyName))
	if s.googleCloud() {
		target += ` -c '{"enable_session_replication": true}'`
	}
	return []Command{
		{"a key of the source", "cf create-service-key " + shell(orWord(n.SourceInstance, "SOURCE")) + " " + shell(orWord(n.SourceKey, NewKeyName))},
		{"a key of the target", target},
		{"list the keys of an instance", "cf service-keys " + shell(orWord(n.SourceInstance, "SOURCE"))},
	}
}
