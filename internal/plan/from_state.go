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
	p.Source = database(c.Source, c.SourceKey)
	p.Target = database(c.Target, c.TargetKey)
	for _, a := range c.Accepted {
		p.Accept.Findings = append(p.Accept.Findings, a.ID)
	}
	slices.Sort(p.Accept.Findings)
	p.Limits = limits(c)
	p.Waive = waivers(c.Waivers)
	p.downtime(s)
	p.Switch = switched(c)
	if p.Until == CleanedUp {
		p.CleanUp = cleaned(s)
	}
	return p.withDefaults()
}

// furthest is how far a run came: at least the first word there is, because a
// plan has to say one.
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

// place takes down where the run was. What follows from the name of the
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

func database(instance *steps.Ref, key *steps.KeyChoice) Database {
	var d Database
	if instance != nil {
		d.Instance = instance.Name
	}
	if key != nil {
		d.Key = Key{Name: key.Name, Create: key.Create}
	}
	return d
}

// limits is what was said of the source that was chosen.
func limits(c steps.Choices) Limits {
	l := c.Limits
	if l == nil || c.Source == nil || l.Source != c.Source.GUID {
		return Limits{}
	}
	return Limits{SizeGB: int(math.Ceil(l.SizeGB)), Schemas: l.Schemas, Relations: l.Relations, Sure: slices.Clone(l.Sure), Anyway: l.Anyway != nil}
}

// waivers lists the writers that were let go on, by name. A name that no plan
// can hold is left out: the next run asks about it.
func waivers(given []steps.Waiver) []Waiver {
	var list []Waiver
	for _, w := range given {
		kind, _, _ := strings.Cut(w.ID, ":")
		writer := kind + ":" + w.Name
		known := slices.ContainsFunc(list, func(x Waiver) bool { return x.Writer == writer })
		if !known && compiled()["waive[].writer"].MatchString(writer) {
			list = append(list, Waiver{Writer: writer, Reason: w.Reason})
		}
	}
	return list
}

// downtime takes down the decision point, and what was decided there.
func (p *Plan) downtime(s steps.State) {
	stop := s.Choices.Stop
	if stop == nil || stop.Limit <= 0 {
		return
	}
	p.Stop.DecisionAfter = stop.Limit.Duration()
	if lastWords(s)[steps.QuestionDecision] == string(LateBackOut) {
		p.OnLate = LateBackOut
	}
}

// lastWords has the last word on each question of this round.
func lastWords(s steps.State) map[steps.QuestionID]string {
	words := map[steps.QuestionID]string{}
	for m := range s.History.In(s.Choices.Round) {
		if m.Kind == steps.MomentAnswer {
			q := steps.QuestionID(m.Object)
			words[q] = m.Status
			if m.Status == steps.OptionKeepAll {
				words[q], words[steps.QuestionCleanUpSourceInstance] = steps.OptionKeep, steps.OptionKeep
			}
		}
	}
	return words
}

// switched is how the applications were brought over, by their names. An
// application that was restaged because it was ill has to be, the next time, too.
func switched(c steps.Choices) Switch {
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
	if first := names(c.Switch.Canary); len(first) > 0 {
		sw.Canary = first[0]
		if len(sw.Order) > 0 {
			sw.Order = names(append([]string{c.Switch.Canary}, c.Switch.Order...)...)
		}
	}
	return sw
}

// cleaned is what was said at the clean-up, by the record: the machine itself
// forgets its words on what is gone. One word of the plan is for many things; it
// deletes where all were deleted. A source that is still to be decided about
// stays so.
func cleaned(s steps.State) CleanUp {
	said := lastWords(s)
	words := CleanUp{
		TargetKey: verdict(said, steps.QuestionCleanUpTargetKey), SourceKeys: verdict(said, steps.QuestionCleanUpSourceKey),
		Bindings: verdict(said, steps.QuestionCleanUpBinding), Shares: verdict(said, steps.QuestionCleanUpShare),
		SourceInstance: cmp.Or(verdict(said, steps.QuestionCleanUpSourceInstance), Later),
		NameSwap:       said[steps.QuestionCleanUpNameSwap] == steps.OptionSwap,
	}
	if said[steps.QuestionCleanUpCooling] == steps.OptionLeave {
		words.SourceInstance = Keep
	}
	if words.SourceInstance == Delete {
		words.SourceKeys = Delete // there were none, or they went before it
	}
	return words
}

// verdict is the word on everything of a kind; empty when nothing was said.
func verdict(said map[steps.QuestionID]string, kind steps.QuestionID) Fate {
	var all Fate
	for question, word := range said {
		if question.Base() != kind {
			continue
		}
		switch word {
		case steps.OptionDelete:
			all = cmp.Or(all, Delete)
		case steps.OptionKeep:
			all = Keep
		}
	}
	return all
}
