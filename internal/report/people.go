package report

import (
	"slices"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// people lists everybody who decided something: in the order of the steps, then of the
// record.
func (b *builder) people() []string {
	var names []string
	add := func(name string) {
		if name = sanitize.Line(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, id := range append(steps.Road(), steps.BackOut) {
		add(b.decidedBy(id))
	}
	for _, c := range b.cutOvers {
		if c.Stop != nil {
			add(c.Stop.By)
		}
		if c.BackOut != nil {
			add(c.BackOut.By)
		}
		for _, w := range c.Waivers {
			add(w.By)
		}
	}
	for _, m := range b.s.History {
		add(m.By)
	}
	for _, a := range b.s.Choices.Accepted {
		add(a.By)
	}
	return names
}

// decidedBy returns who decided a step; empty where there is nothing to decide.
func (b *builder) decidedBy(id steps.ID) string {
	c := &b.s.Choices
	consent := map[steps.ID]*steps.Consent{
		steps.OpenAccess: c.OpenAccess, steps.Replicate: c.Replicate, steps.Finalize: c.Finalize, steps.Validate: c.Validated,
	}[id]
	switch {
	case consent != nil:
		return consent.By
	case id == steps.SignIn && c.Where != nil:
		return c.Where.User
	case id == steps.Writers && c.Stop != nil:
		return c.Stop.By
	case id == steps.Switch && c.Switch != nil:
		return c.Switch.By
	case id == steps.BackOut && c.BackOut != nil:
		return c.BackOut.By
	}
	return ""
}
