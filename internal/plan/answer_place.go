package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"pg-migrate-wizard/steps"
)

// signIn leaves the question open: a login is never in a plan.
func signIn(p Plan, _ *steps.Question, s *steps.State) (reply, error) {
	at := ""
	if to := cmp.Or(p.API, p.Landscape); to != "" {
		at = " at " + to
	}
	why := ""
	if r := s.Facts.Session.Reason; r != "" {
		why = " (" + strings.TrimSuffix(r, ".") + ")"
	}
	return reply{}, open("", NotSignedIn, at, why)
}

// elsewhere refuses a migration that is not the plan's: one taken up from a
// journal, or a login at another landscape.
func (p Plan) elsewhere(s *steps.State) error {
	if err := p.otherLandscape(s); err != nil {
		return err
	}
	n := s.Names()
	for _, x := range []struct{ key, plan, is string }{
		{KeyOrg, p.Org, n.Org},
		{KeySpace, p.Space, n.Space},
		{KeySourceInstance, p.Source.Instance, n.SourceInstance},
		{KeyTargetInstance, p.Target.Instance, n.TargetInstance},
		{KeySourceKeyName, cmp.Or(p.Source.Key.Name, n.SourceKey), n.SourceKey},
		{KeyTargetKeyName, cmp.Or(p.Target.Key.Name, n.TargetKey), n.TargetKey},
	} {
		if x.is != "" && x.is != x.plan {
			return open(x.key, OtherMigration, x.is, x.plan)
		}
	}
	return nil
}

func (p Plan) otherLandscape(s *steps.State) error {
	f := s.Facts.Session
	is := func(address string) string { return strings.ToLower(strings.TrimSuffix(address, "/")) }
	switch {
	case p.API != "" && f.API != "" && is(p.API) != is(f.API):
		return open(KeyAPI, OtherLogin, f.API, p.API)
	case p.Landscape != "" && f.Landscape != "" && !sameLandscape(p.Landscape, f.Landscape):
		return open(KeyLandscape, OtherLogin, f.Landscape, p.Landscape)
	}
	return nil
}

func answerOrg(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if err := p.otherLandscape(s); err != nil {
		return reply{}, err
	}
	return byLabel(q, KeyOrg, p.Org)
}

func answerSpace(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if s.Choices.Org != nil && s.Choices.Org.Name != p.Org {
		return reply{option: steps.OptionElsewhere}, nil
	}
	return byLabel(q, KeySpace, p.Space)
}

// byLabel takes the option of that name.
func byLabel(q *steps.Question, key, name string) (reply, error) {
	i := slices.IndexFunc(q.Options, func(o steps.Option) bool { return o.Label == name })
	if i < 0 {
		return reply{}, open(key, NotHere, name)
	}
	if why := q.Options[i].Blocked; why != "" {
		return reply{}, open(key, NotUsable, name, why)
	}
	return reply{option: q.Options[i].ID}, nil
}

// answerWhere goes on with the plan's own migration where this machine has its
// journal, and else begins it in the plan's space.
func answerWhere(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if err := p.otherLandscape(s); err != nil {
		return reply{}, err
	}
	var mine *steps.JournalSummary
	for _, m := range s.Facts.Migrations {
		if _, offered := q.Option(steps.ContinueMigration(m.ID)); !offered {
			continue // of another landscape
		}
		if m.Org == p.Org && m.Space == p.Space && m.Source == p.Source.Instance &&
			(m.Target == p.Target.Instance || m.Target == "") && (mine == nil || m.At.After(mine.At)) {
			mine = &m
		}
	}
	if mine != nil {
		return reply{option: steps.ContinueMigration(mine.ID)}, nil
	}
	f := s.Facts.Session
	if f.Org.Name != p.Org || f.Space.Name != p.Space {
		return reply{option: steps.OptionElsewhere}, nil
	}
	if o, ok := q.Option(steps.OptionHere); ok && o.Blocked != "" {
		return reply{}, open(string(o.Setting), Unfit, o.Blocked) // a key of each name
	}
	return reply{option: steps.OptionHere}, nil
}

func answerSource(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	return answerInstance(q, s, KeySourceInstance, p.Source.Instance, steps.SourceOffering)
}

// answerTarget takes the target that is there, whether the plan says to create it or not.
func answerTarget(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	t := p.Target
	if !t.Create || slices.ContainsFunc(s.Facts.Instances, func(i steps.Instance) bool { return i.Name == t.Instance }) {
		return answerInstance(q, s, KeyTargetInstance, t.Instance, steps.TargetOffering)
	}
	o, _ := q.Option(steps.OptionCreate)
	if t.Plan != "" && o.Blocked == "" && !hasPlan(o, t.Plan) {
		return reply{}, open("target.plan", NoSuchPlan, t.Plan, steps.TargetOffering)
	}
	r := reply{option: steps.OptionCreate, values: map[string][]string{steps.FieldName: {t.Instance}}}
	if t.Plan != "" {
		r.values[steps.FieldPlan] = []string{t.Plan}
	}
	storage := t.StorageGB
	if storage == 0 && p.Limits.SizeGB > 0 {
		storage = steps.StorageFor(float64(p.Limits.SizeGB))
	}
	for field, gb := range map[string]int{steps.FieldStorage: storage, steps.FieldMemory: t.MemoryGB} {
		if gb > 0 {
			r.values[field] = []string{strconv.Itoa(gb)}
		}
	}
	return r, nil
}

// hasPlan reports whether a plan of the service can be picked.
func hasPlan(o steps.Option, plan string) bool {
	for _, f := range o.Fields {
		if f.ID == steps.FieldPlan {
			return slices.ContainsFunc(f.Choices, func(c steps.Choice) bool { return c.ID == plan })
		}
	}
	return false
}

func answerInstance(q *steps.Question, s *steps.State, key, name, offering string) (reply, error) {
	for _, i := range s.Facts.Instances {
		if i.Name == name && i.Offering != offering {
			return reply{}, open(key, OtherOffering, name, i.Offering, offering)
		}
	}
	return byLabel(q, key, name)
}

// answerLead takes over only where the plan says so.
func answerLead(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	if p.TakeOver {
		if o, ok := q.Option(steps.OptionTakeOver); ok && o.Blocked == "" {
			return reply{option: o.ID}, nil
		}
	}
	return reply{}, open(KeyTakeOver, LedElsewhere, q.Title, q.Why)
}

// answerUnfitKey says which side's key it is that cannot be used.
func answerUnfitKey(_ Plan, q *steps.Question, s *steps.State) (reply, error) {
	key := KeySourceKey
	if steps.UnfitKey(*s) == steps.Target {
		key = KeyTargetKey
	}
	return reply{}, open(key, Unfit, q.Why)
}

func answerKey(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	path, k, instance := KeySourceKey, p.Source.Key, p.Source.Instance
	if q.ID == steps.QuestionTargetKey {
		path, k, instance = KeyTargetKey, p.Target.Key, p.Target.Instance
	}
	if k.Name == "" {
		return reply{option: q.Alone()}, nil
	}
	if o, there := q.Option(steps.UseKey(k.Name)); there {
		if o.Blocked != "" {
			return reply{}, open(path+".name", KeyNotUsable, k.Name, instance, o.Blocked)
		}
		return reply{option: o.ID}, nil
	}
	if !k.Create {
		return reply{}, open(path+".create", KeyNotThere, instance, k.Name)
	}
	return reply{option: steps.OptionCreate, values: map[string][]string{"name": {k.Name}}}, nil
}
