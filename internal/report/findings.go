package report

import (
	"slices"

	"pg-migrate-wizard/steps"
)

// checks lists the runs of the preflight check.
func (b *builder) checks() []Check {
	var list []Check
	for _, m := range b.s.History {
		if m.Kind == steps.MomentEffect && m.Verb == steps.DoCheck {
			list = append(list, Check{At: m.At, Round: m.Round, Result: m.Status})
		}
	}
	return list
}

// preflight reports the last run: as it was seen, or, after a restart, as the
// record has it. Where the run is not known, for instance after other keys were
// chosen, it reports what was accepted.
func (b *builder) preflight() *Preflight {
	c := b.s.Choices
	f := b.s.Facts.Findings
	if f == nil && c.Checked != nil && c.Checked.Names == b.s.Names() {
		f = c.Checked
	}
	p := &Preflight{Source: b.s.Names().SourceInstance, Target: b.s.Names().TargetInstance}
	switch {
	case f != nil:
		p.At, p.Complete, p.Source, p.Target = f.At, true, f.Names.SourceInstance, f.Names.TargetInstance
	case len(c.Accepted) == 0:
		return nil
	default:
		for _, a := range c.Accepted {
			line := b.finding(steps.Finding{ID: a.ID, Text: a.Text})
			line.Severity, line.Remedy = "", ""
			p.Findings = append(p.Findings, line)
		}
		return p
	}
	var change steps.Difference
	if c.LastCheck != nil {
		change = steps.Compare(c.LastCheck.List, f.List)
	}
	for _, critical := range []bool{true, false} {
		for _, x := range f.List {
			if x.Critical == critical {
				line := b.finding(x)
				line.New = slices.ContainsFunc(change.New, func(y steps.Finding) bool { return y.ID == x.ID })
				p.Findings = append(p.Findings, line)
			}
		}
	}
	for _, x := range change.Mended {
		p.Mended = append(p.Mended, b.finding(x))
	}
	return p
}

func (b *builder) finding(x steps.Finding) Finding {
	line := Finding{ID: x.ID, Side: x.Side, Severity: "warning", Text: x.Text, Remedy: steps.Remedy(x)}
	if x.Critical {
		line.Severity = "critical"
	}
	if a, ok := b.s.Choices.Acceptance(x.ID); ok {
		line.Accepted, line.AcceptedAt, line.AcceptedBy = true, a.At, a.By
	}
	return line
}
