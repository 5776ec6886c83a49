package steps

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Names that the wizard gives to keys it creates. The one with session
// replication says what it is, so that nobody uses it for an application.
const (
	NewKeyName    = "pg-migrate-wizard"
	NewGCPKeyName = "pg-migrate-session-replication"
)

type keysStep struct{ stepDefaults }

func (keysStep) revise(*State) *Question {
	return &Question{
		ID: QuestionKeysRevise, Title: "Use other service keys?", Why: "The preflight check has to run again then.",
		Options: []Option{{ID: OptionAgain, Label: "Choose the keys again", Consequence: "keys that were made stay"}},
	}
}

func (keysStep) looks(*State) []Look {
	return []Look{{ObserveInstances, paceIdle}, {ObserveSourceKeys, paceIdle}, {ObserveTargetKeys, paceIdle}, {ObserveApps, paceIdle}, {ObserveMigrations, 0}}
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
	return s.keyProblem(Source) == "" && s.keyProblem(Target) == ""
}

// UnfitKey returns the side whose chosen key cannot be used; the source's first.
func UnfitKey(s State) Side {
	if s.keyProblem(Source) != "" {
		return Source
	}
	return Target
}

// keyProblem returns why a chosen key cannot be used; empty when it can.
func (s *State) keyProblem(side Side) string {
	x := s.endpoint(side)
	if !s.looked(x.seeKeys) {
		return "not looked at yet"
	}
	k := x.key()
	if k == nil {
		return fmt.Sprintf("the key %s of the %s does not exist", (*x.choice).Name, side)
	}
	if why := whyUnusable(*k, side == Target && s.googleCloud()); why != "" {
		return fmt.Sprintf("the key %s of the %s: %s", k.Name, side, why)
	}
	return ""
}

func whyUnusable(k Key, needsSession bool) string {
	c := k.Operation.bindingCondition()
	if why := k.Operation.hindrance(c); why != "" {
		return why
	}
	switch {
	case c == ConditionStuck && k.Usable != Yes:
		return "somebody tried to delete it, that failed, and the platform does not show its credentials any more"
	case k.Usable == No:
		return "it has no host or no user in it"
	case needsSession && k.SessionReplication == No:
		return "it was made without enable_session_replication, which Google Cloud needs"
	}
	return ""
}

// standing says in a few words how a chosen key is.
func (k Key) standing(needsSession bool) string {
	//exhaustive:enforce
	switch k.Operation.bindingCondition() {
	case ConditionNotMade:
		return "failed: " + k.Operation.Description
	case ConditionMaking:
		return "being created"
	case ConditionGoing:
		return "being deleted"
	case ConditionThere, ConditionStuck, ConditionChanging, ConditionUnclear:
	}
	if why := whyUnusable(k, needsSession); why != "" {
		return "cannot be used: " + why
	}
	return listed("ready", k.Operation.remark())
}

func (keysStep) ask(s *State) *Question {
	if !s.looked(ObserveSourceKeys, ObserveTargetKeys) {
		return nil
	}
	for _, x := range s.endpoints() {
		if *x.choice == nil {
			return s.askKey(x, x.side == Target && s.googleCloud())
		}
	}
	if s.creating() {
		if !s.looked(ObserveApps) {
			return nil
		}
		if q := s.askTaken(); q != nil {
			return q
		}
	}
	coming := func(x endpoint) bool { return s.keyProblem(x.side) == "" || (*x.choice).Create && x.key() == nil }
	if (coming(s.endpoint(Source)) || coming(s.endpoint(Target))) &&
		(len((keysStep{}).want(s)) > 0 || s.busy() || !s.fresh(ObserveSourceKeys, ObserveTargetKeys)) {
		return working(QuestionKeysWorking, "The platform is creating the keys.")
	}
	return s.askUnusable(&Question{ID: QuestionKeysUnfit, Title: "A chosen key cannot be used.", Why: cmp.Or(s.keyProblem(Source), s.keyProblem(Target)) + "."})
}

// askKey asks for the key of one side; session: one with session replication.
func (s *State) askKey(x endpoint, session bool) *Question {
	name, keys := NewKeyName, *x.keys
	if session {
		name = NewGCPKeyName
	}
	q := &Question{
		ID:    x.askKey,
		Title: fmt.Sprintf("Which service key of %s shall the migration use?", x.instance.Name),
		Why:   "The migration service signs in to the " + string(x.side) + " with it.",
	}
	if session {
		q.Why += " On Google Cloud it must be made with session replication, and no application may use it."
	}
	there := false // one that this program has not named
	for _, k := range keys {
		o := Option{ID: UseKey(k.Name), Label: "Use " + k.Name, Blocked: whyUnusable(k, session), Consequence: listed("exists already", k.Operation.remark())}
		switch {
		case session && k.SessionReplication == Unknown:
			o.Consequence += "; whether it has session replication, the service does not tell"
		case session:
			o.Consequence += ", with session replication"
		}
		if k.Name == name && o.Blocked == "" && (!session || k.SessionReplication == Yes) {
			q.Recommended = o.ID
		}
		there = there || o.Blocked == ""
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
	switch {
	case q.Recommended != "":
	case there && s.prepared():
		q.Unattended = create.ID
		q.Why += " " + s.Choices.Target.Name + " has a key already: a colleague may have begun this migration. Its keys are the only ones by which the service finds it."
	default:
		q.Recommended = create.ID
	}
	q.Search = len(q.Options) > 9
	return q
}

// prepared reports whether the target has a key that can be used: a new database has none.
func (s *State) prepared() bool {
	return slices.ContainsFunc(s.Facts.TargetKeys, func(k Key) bool { return whyUnusable(k, s.googleCloud()) == "" })
}

// creating reports whether a chosen key is still to be made. Where both are there already,
// the service is asked first whose migration this is.
func (s *State) creating() bool {
	for _, x := range s.endpoints() {
		if (*x.choice).Create && x.key() == nil && !s.did(x.create()) {
			return true
		}
	}
	return false
}

func (keysStep) decide(s *State, a Answer) {
	if s.decideTaken(a) {
		return
	}
	switch a.Option {
	case OptionAgain:
		s.Choices.SourceKey, s.Choices.TargetKey = nil, nil
		s.forgetNames()
		s.invalidate(ObserveSourceKeys, ObserveTargetKeys)
		return
	case OptionLook:
		s.invalidate(ObserveSourceKeys, ObserveTargetKeys)
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
	if s.Choices.SourceKey == nil || s.Choices.TargetKey == nil || s.replicating() || s.creating() && (!s.looked(ObserveApps) || len(s.taken()) > 0) {
		return nil
	}
	var want []Effect
	for _, x := range s.endpoints() {
		if e := x.create(); (*x.choice).Create && s.fresh(x.seeKeys) && x.key() == nil && !s.did(e) {
			want = append(want, e)
		}
	}
	return want
}

func (keysStep) show(s *State, _ time.Time) []Item {
	var items []Item
	for _, x := range s.endpoints() {
		choice := *x.choice
		if choice == nil {
			continue
		}
		state := "to be created"
		switch k := x.key(); {
		case k == nil && s.completed():
			state = "deleted"
		case k == nil:
		default:
			state = k.standing(choice.SessionReplication)
		}
		if choice.SessionReplication {
			state += ", with session replication: not for applications"
		}
		items = append(items, fact(x.label+" key", "%s (%s)", choice.Name, state))
	}
	if len(items) == 0 {
		items = append(items, quiet("A key for each side, so that the migration service can sign in to both."))
	}
	return items
}

func (keysStep) commands(s *State) []Command {
	n := s.Names()
	target := cf("create-service-key", cmp.Or(n.TargetInstance, "TARGET"), cmp.Or(n.TargetKey, NewKeyName))
	if s.googleCloud() {
		target += ` -c '{"enable_session_replication": true}'`
	}
	return []Command{
		{"a key of the source", cf("create-service-key", cmp.Or(n.SourceInstance, "SOURCE"), cmp.Or(n.SourceKey, NewKeyName))},
		{"a key of the target", target},
		{"list the keys of an instance", cf("service-keys", cmp.Or(n.SourceInstance, "SOURCE"))},
	}
}
