package engine

import (
	"slices"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// scrubbed takes secrets out of what others have written, before it enters the state: a
// service, a broker or a proxy may quote credentials anywhere. Names and guids stay as they
// are, since requests are made of them; so do parameters, which are bound again as they
// were.
func (e *Engine) scrubbed(o steps.Occurrence) steps.Occurrence {
	hide := e.hide
	switch o := o.(type) {
	case steps.WentWrong:
		o.Problem = hiddenIn(o.Problem, hide)
		return o
	case steps.LookFailed:
		o.Problem = hiddenIn(o.Problem, hide)
		return o
	case steps.SawReplication:
		o.Word = hide(o.Word)
		return o
	case steps.SawFinalization:
		o.Word = hide(o.Word)
		return o
	case steps.SawInstances:
		o.Instances = slices.Clone(o.Instances)
		for i := range o.Instances {
			o.Instances[i].Operation.Description = hide(o.Instances[i].Operation.Description)
		}
		return o
	case steps.SawKeys:
		o.Keys = slices.Clone(o.Keys)
		for i := range o.Keys {
			o.Keys[i].Operation.Description = hide(o.Keys[i].Operation.Description)
		}
		return o
	case steps.SawApps:
		o.Apps = slices.Clone(o.Apps)
		for i := range o.Apps {
			o.Apps[i].Ailment = hide(o.Apps[i].Ailment)
			for _, list := range []*steps.Bindings{&o.Apps[i].Source, &o.Apps[i].Target} {
				*list = slices.Clone(*list)
				for n := range *list {
					(*list)[n].Operation.Description = hide((*list)[n].Operation.Description)
				}
			}
		}
		return o
	case steps.SawElsewhere:
		o.Elsewhere.Unseen = slices.Clone(o.Elsewhere.Unseen)
		for i := range o.Elsewhere.Unseen {
			o.Elsewhere.Unseen[i].Why = hide(o.Elsewhere.Unseen[i].Why)
		}
		return o
	}
	return o
}

func hiddenIn(p steps.Problem, hide func(string) string) steps.Problem {
	p.Says, p.Raw = hide(p.Says), hide(p.Raw)
	return p
}

// hide masks what looks like a secret, and what the session has seen in credentials.
func (e *Engine) hide(text string) string {
	if text == "" {
		return ""
	}
	if p := e.session.Load(); p != nil {
		return p.Hide(text)
	}
	return secret.Scrub(text)
}
