package plan

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
	"pg-migrate-wizard/steps"
)

// FromState returns the plan of what a wizard run has done: run on a landscape
// like the one before, it does the same, as far as the run came. What the state
// does not tell is left out, so [Save] may refuse it, saying what is missing.
func FromState(s steps.State) Plan {
	c := s.Choices
	p := Plan{Until: furthest(s)}
	if c.Where != nil {
		p.place(*c.Where)
	}
	if c.Source != nil {
		p.Source.Instance = c.Source.Name
	}
	if k := c.SourceKey; k != nil {
		p.Source.Key = Key{k.Name, k.Create}
	}
	if k := c.TargetKey; k != nil {
		p.Target.Key = Key{k.Name, k.Create}
	}
	if n := c.NewTarget; n != nil {
		p.Target.Instance, p.Target.Create, p.Target.Plan, p.Target.StorageGB, p.Target.MemoryGB = n.Name, true, n.Plan.Name, n.StorageGB, n.MemoryGB
	}
	if c.Target != nil {
		p.Target.Instance = c.Target.Name
	}
	for _, a := range c.Accepted {
		p.Accept.Findings = append(p.Accept.Findings, a.ID)
	}
	slices.Sort(p.Accept.Findings)
	p.Limits = limits(c)
	for _, w := range c.Prepared {
		p.Prepared = append(p.Prepared, Preparation{string(w.Item), string(w.State), w.By})
	}
	p.Waive = waivers(c.Waivers)
	if stop := c.Stop; stop != nil && stop.Limit > 0 {
		p.Stop.DecisionAfter = stop.Limit.Duration()
		if lastAnswers(s)[steps.QuestionDecision] == string(LateBackOut) {
			p.OnLate = LateBackOut
		}
	}
	p.Switch = switched(s)
	if p.Until == CleanedUp {
		p.CleanUp = cleaned(s)
	}
	return p.withDefaults()
}

// furthest is how far a run came: at least to the first end there is, because a plan
// needs one.
func furthest(s steps.State) Until {
	best := Prepared
	for _, u := range untils {
		if u.until.Reached(s) {
			best = u.until
		}
	}
	if s.Choices.Validated != nil {
		return CleanedUp // it has begun; what was not decided is left for later
	}
	return best
}

var region = lazyregexp.New(`^[a-z]{2}[0-9]{2}(-[0-9]{3})?\.`)

// place notes where the run was. What follows from the name of the
// landscape is not written: in a plan that is changed for another landscape it
// would be wrong without showing, the provider worst of all.
func (p *Plan) place(w steps.Where) {
	p.Org, p.Space = w.Org.Name, w.Space.Name
	p.Landscape = w.Landscape
	tells := strings.EqualFold(strings.TrimSuffix(w.API, "/"), "https://api.cf."+w.Landscape) && w.Landscape != ""
	if !tells {
		p.API = w.API
	}
	if w.Landscape == "" || w.MigrationURL != "https://pg-migrate.cf."+w.Landscape+"/v1" {
		p.MigrationURL = w.MigrationURL
	}
	if !tells || !region().MatchString(w.Landscape) {
		p.Provider = ProviderWord(w.Provider)
	}
}

// limits is what was stated about the source that was chosen.
func limits(c steps.Choices) Limits {
	l := c.Limits
	if l == nil || c.Source == nil || l.Source != c.Source.GUID {
		return Limits{}
	}
	return Limits{SizeGB: int(math.Ceil(l.SizeGB)), Schemas: l.Schemas, Relations: l.Relations, Sure: slices.Clone(l.Sure), Anyway: l.Anyway != nil}
}

// waivers lists the waived writers by name. A name that no plan
// can hold is left out: the next run asks about it.
func waivers(given []steps.Waiver) []Waiver {
	var list []Waiver
	for _, w := range given {
		kind, _, _ := strings.Cut(w.ID, ":")
		writer := kind + ":" + w.Name
		known := slices.ContainsFunc(list, func(x Waiver) bool { return x.Writer == writer })
		if !known && nodes()["waive[].writer"].form().MatchString(writer) {
			list = append(list, Waiver{Writer: writer, Reason: w.Reason})
		}
	}
	return list
}

// lastAnswers has the last option taken for each question of this round.
func lastAnswers(s steps.State) map[steps.QuestionID]string {
	taken := map[steps.QuestionID]string{}
	for m := range s.History.In(s.Choices.Round) {
		if m.Kind != steps.MomentAnswer {
			continue
		}
		q := steps.QuestionID(m.Object)
		taken[q] = m.Status
		if m.Status == steps.OptionKeepAll {
			taken[q], taken[steps.QuestionCleanUpSourceInstance] = steps.OptionKeep, steps.OptionKeep
		}
	}
	return taken
}

// switched is how the applications were brought over, by their names. An
// application that was restaged because it was ill has to be, the next time, too.
func switched(s steps.State) Switch {
	c := s.Choices
	var sw Switch
	if c.Switch == nil {
		return sw
	}
	names := func(guids ...string) []string {
		var list []string
		for _, guid := range guids {
			i := slices.IndexFunc(c.Memory, func(m steps.AppMemory) bool { return m.GUID == guid })
			if i >= 0 && !slices.Contains(list, c.Memory[i].Name) {
				list = append(list, c.Memory[i].Name)
			}
		}
		return list
	}
	sw.Restage, sw.Order = names(c.Switch.Restage...), names(c.Switch.Order...)
	if sw.Green = names(c.Switch.Green...); len(sw.Green) > 0 && lastAnswers(s)[steps.QuestionCanary] == steps.OptionLeave {
		sw.Blue = BlueStay
	}
	sw.Canary = strings.Join(names(c.Switch.Canary), "")
	if len(sw.Order) > 0 { // it goes first
		sw.Order = names(append([]string{c.Switch.Canary}, c.Switch.Order...)...)
	}
	return sw
}

// cleaned is what was decided at the clean-up, by the record: the machine itself
// forgets decisions about things that are gone. A plan decides for all of a kind at
// once; it deletes where all were deleted. A source that was not decided about is left
// for later.
func cleaned(s steps.State) CleanUp {
	taken := lastAnswers(s)
	c := CleanUp{NameSwap: taken[steps.QuestionCleanUpNameSwap] == steps.OptionSwap}
	for _, x := range pieces {
		fate := x.fate(&c)
		for question, option := range taken {
			switch {
			case question.Base() != x.question:
			case option == steps.OptionDelete:
				*fate = cmp.Or(*fate, Delete)
			case option == steps.OptionKeep:
				*fate = Keep
			}
		}
	}
	switch {
	case taken[steps.QuestionCleanUpCooling] == steps.OptionLeave:
		c.SourceInstance = Keep
	case c.SourceInstance == Delete:
		c.SourceKeys = Delete // there were none, or they went before it
	}
	c.SourceInstance = cmp.Or(c.SourceInstance, Later)
	return c
}

// Unrecorded lists the keys of a saved plan that the record does not tell: they have
// the default, whatever the plan of the run was.
func Unrecorded(s steps.State) []string {
	list := []string{KeyOnFailure}
	if stop := s.Choices.Stop; stop != nil && stop.Limit > 0 && lastAnswers(s)[steps.QuestionDecision] == "" {
		list = append(list, keyOnLate)
	}
	if s.Choices.Switch != nil {
		list = append(list, "switch.patience")
	}
	return list
}
