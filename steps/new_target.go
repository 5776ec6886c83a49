package steps

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// NewTarget is a target that the person wants created. It is kept when it is there: what
// it was made with is told by nothing else.
type NewTarget struct {
	Consent
	Name      string `json:"name"`
	Plan      Ref    `json:"plan"`
	StorageGB int    `json:"storage_gb,omitempty"` // 0: what the service gives
	MemoryGB  int    `json:"memory_gb,omitempty"`  // 0: what the service gives
}

// ServicePlan is a plan of the target's offering, as the platform's catalogue has it.
type ServicePlan struct {
	Ref
	Text string // what it says of itself
	Free bool
}

// Fields of the option that creates a target.
const (
	FieldName    = "name"
	FieldPlan    = "plan"
	FieldStorage = "storage"
	FieldMemory  = "memory"
)

// targetSuffix is what the wizard proposes behind the source's name.
const targetSuffix = "-hyperscaler"

// usualPlan is proposed where it is offered: a database in use needs more than the plans
// for tries and development promise.
const usualPlan = "standard"

// createTarget is the option that creates a target.
func (s *State) createTarget() Option {
	o := Option{
		ID: OptionCreate, Label: "Create a new one…", Undo: UndoWork,
		Consequence: "takes minutes, and costs what its plan costs; can be deleted again",
	}
	name := s.Choices.Source.Name + targetSuffix
	for n := 2; s.instanceNamed(name) != nil; n++ {
		name = fmt.Sprintf("%s%s-%d", s.Choices.Source.Name, targetSuffix, n)
	}
	plan := Field{ID: FieldPlan, Label: "Plan of " + TargetOffering, Kind: FieldOne}
	for _, p := range s.Facts.Plans {
		if strings.Contains(p.Name, trialPlan) {
			continue
		}
		plan.Choices = append(plan.Choices, Choice{p.Name, p.Name, p.Text})
		if p.Name == usualPlan {
			plan.Default = p.Name
		}
	}
	storage := Field{ID: FieldStorage, Label: "Storage in GB (optional)", Kind: FieldText, Number: true, Optional: true, Help: "30 % or 10 GB more than the source uses, whichever is more; empty: what the plan gives"}
	if l := s.limits(); l != nil && l.SizeGB > 0 {
		storage.Default = fmt.Sprint(StorageFor(l.SizeGB))
		storage.Help = SayStorage(l.SizeGB)
	}
	memory := Field{ID: FieldMemory, Label: "Memory in GB (optional)", Kind: FieldText, Number: true, Optional: true, Help: "empty: what the plan gives"}
	o.Fields = []Field{{ID: FieldName, Label: "Name of the new database", Kind: FieldText, Default: name}, plan, storage, memory}
	switch problem := s.Seen[ObservePlans].Problem; {
	case len(plan.Choices) > 0:
	case !s.looked(ObservePlans) && problem != nil:
		o.Blocked = "the plans of " + TargetOffering + " could not be read: " + problem.Says
	default:
		o.Blocked = "no plan of " + TargetOffering + " is offered here: whoever administers the subaccount gives it an entitlement"
	}
	return o
}

// decideCreateTarget takes the order for a new target in.
func (s *State) decideCreateTarget(a Answer) {
	n := &NewTarget{Consent: *s.consent(), Name: strings.TrimSpace(a.Value(FieldName)), StorageGB: a.number(FieldStorage), MemoryGB: a.number(FieldMemory)}
	if i := s.instanceNamed(n.Name); i != nil {
		s.Notice = fmt.Sprintf("There is an instance %s already (%s). Take another name, or choose it from the list. Nothing was done.", i.Name, cmp.Or(i.Offering, "user-provided"))
		return
	}
	plan := find(s.Facts.Plans, func(p ServicePlan) bool { return p.Name == a.Value(FieldPlan) })
	if plan == nil {
		s.Notice = "There is no such plan any more. Nothing was done."
		return
	}
	n.Plan = plan.Ref
	s.Choices.NewTarget = n
	delete(s.Did, s.identity(s.toCreate(n))) // of this name there was one before, and it is gone
	s.invalidate(ObserveInstances)
}

// toCreate is the request for a new target.
func (s *State) toCreate(n *NewTarget) Effect {
	size := map[string]int{} // the broker's own names (SAP, parameters of PostgreSQL, hyperscaler option)
	if n.StorageGB > 0 {
		size["storage"] = n.StorageGB
	}
	if n.MemoryGB > 0 {
		size["memory"] = n.MemoryGB
	}
	e := Effect{Do: DoCreateInstance, Side: Target, Instance: Ref{Name: n.Name}, Plan: n.Plan}
	if s.Choices.Where != nil {
		e.Space = s.Choices.Where.Space
	}
	if len(size) > 0 {
		raw, _ := json.Marshal(size) // numbers by name: cannot fail
		e.Params = Params{Raw: raw, Known: true}
	}
	return e
}

// wantTarget asks for a new target, after a look that shows nothing of its name.
func (s *State) wantTarget() []Effect {
	n := s.Choices.NewTarget
	if n == nil || s.Choices.Target != nil || !s.freshSince(ObserveInstances, &n.Consent) || s.instanceNamed(n.Name) != nil {
		return nil
	}
	if e := s.toCreate(n); !s.did(e) {
		return []Effect{e}
	}
	return nil
}

// settleNewTarget takes a target that was created for the target, and lets the order go
// where somebody else has made one of that name.
func settleNewTarget(s *State) {
	n := s.Choices.NewTarget
	if n == nil || s.Choices.Target != nil {
		return
	}
	i := s.instanceNamed(n.Name)
	if i == nil || !s.freshSince(ObserveInstances, &n.Consent) {
		return
	}
	e := s.toCreate(n)
	w, sent := s.Work[s.identity(e)]
	switch {
	case s.did(e):
		s.Choices.Target = &Ref{GUID: i.GUID, Name: i.Name}
		s.forgetTarget()
	case sent && w.Status != GoneWrong:
	case i.Offering != TargetOffering || i.Operation.Condition() != ConditionNotMade:
		s.Choices.NewTarget = nil
		s.Notice = fmt.Sprintf("Somebody else has made an instance %s meanwhile. Take another name, or choose it from the list. Nothing was done.", n.Name)
	}
}

// newTarget is the instance that was ordered here, in whatever condition; nil: none is
// there.
func (s *State) newTarget() *Instance {
	n := s.Choices.NewTarget
	if n == nil {
		return nil
	}
	if t := s.Choices.Target; t != nil {
		return s.instance(t)
	}
	return s.instanceNamed(n.Name)
}

// askNewTarget is the question while a target is created, and when it could not be.
func (s *State) askNewTarget() *Question {
	n := s.Choices.NewTarget
	if n == nil {
		return nil
	}
	i := s.newTarget()
	switch {
	case i != nil && i.Operation.Condition() == ConditionNotMade:
		return &Question{
			ID: QuestionTargetNotMade, Tone: Bad, Recommended: OptionAgain,
			Title: i.Name + " could not be created: " + cmp.Or(i.Operation.Description, "the platform does not say why"),
			Why:   "What is left of it cannot be used, and may count against the quota. Delete it when nobody needs to see it: " + cf("delete-service", i.Name) + ". The source is untouched.",
			Options: []Option{
				{ID: OptionAgain, Label: "Choose or create another target", Consequence: "what is left of " + i.Name + " stays until somebody deletes it"},
				{ID: OptionLook, Label: "Look again", Consequence: "nothing is changed"},
			},
		}
	case s.Choices.Target == nil, i != nil && i.Operation.Condition() == ConditionMaking:
		q := working(QuestionTargetCreating, n.Name+" is being created.")
		q.Why = "This takes minutes. You can quit: the platform goes on without you."
		return q
	}
	return nil
}

// newTargetItems say how the creation stands.
func (s *State) newTargetItems(now time.Time) []Item {
	n := s.Choices.NewTarget
	if n == nil || s.Choices.Target != nil && s.instanceProblem(s.Choices.Target) == "" {
		return nil
	}
	var items []Item
	for _, w := range s.Work {
		if w.Effect.Do == DoCreateInstance && w.Status == InFlight {
			items = append(items, running("CREATING", w.At, now))
		}
	}
	return append(items, fact("New target", "%s", n.says()))
}

// says is what was ordered, in a few words.
func (n *NewTarget) says() string {
	parts := []string{n.Name, "plan " + n.Plan.Name}
	if n.StorageGB > 0 {
		parts = append(parts, fmt.Sprintf("%d GB of storage", n.StorageGB))
	}
	if n.MemoryGB > 0 {
		parts = append(parts, fmt.Sprintf("%d GB of memory", n.MemoryGB))
	}
	return strings.Join(parts, ", ")
}

func (s *State) instanceNamed(name string) *Instance {
	return find(s.Facts.Instances, func(i Instance) bool { return i.Name == name })
}

// plansAsked reports whether it is known, or known not to be known, which plans there are.
func (s *State) plansAsked() bool {
	return s.looked(ObservePlans) || s.Seen[ObservePlans].Problem != nil
}

func (e SawPlans) happen(s *State) []Effect {
	return s.take(ObservePlans, e.Observation, func() {
		s.Facts.Plans = slices.Clone(e.Plans)
	})
}
