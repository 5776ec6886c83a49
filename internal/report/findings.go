package report

import (
	"slices"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// checks lists the runs of the preflight check.
func (b *builder) checks() []Check {
	list := []Check{}
	for _, m := range b.s.History {
		if m.Kind == steps.MomentEffect && m.Verb == steps.DoCheck {
			list = append(list, Check{At: b.when(m.At), Round: m.Round, Result: sanitize.Line(m.Status)})
		}
	}
	return list
}

// preflight reports the last run: as it was seen, or, after a restart, as the
// record has it.
func (b *builder) preflight() *Preflight {
	c := b.s.Choices
	f := b.s.Facts.Findings
	if f == nil && c.Checked != nil && c.Checked.Names == b.s.Names() {
		f = c.Checked
	}
	if f == nil {
		return b.acceptedOnly()
	}
	n := cleanNames(f.Names)
	p := &Preflight{
		At: b.when(f.At), Source: n.SourceInstance, Target: n.TargetInstance,
		Complete: true, Findings: []Finding{}, Mended: []Finding{},
	}
	for _, critical := range []bool{true, false} {
		for _, x := range f.List {
			if x.Critical == critical {
				p.Findings = append(p.Findings, b.finding(x))
			}
		}
	}
	if c.LastCheck == nil {
		return p
	}
	d := steps.Compare(c.LastCheck.List, f.List)
	for i, x := range p.Findings {
		p.Findings[i].New = slices.ContainsFunc(d.New, func(y steps.Finding) bool { return sanitize.Line(y.ID) == x.ID })
	}
	for _, x := range d.Mended {
		p.Mended = append(p.Mended, b.finding(x))
	}
	return p
}

// acceptedOnly reports what was accepted, where the run is not known: for
// instance after other keys were chosen.
func (b *builder) acceptedOnly() *Preflight {
	if len(b.s.Choices.Accepted) == 0 {
		return nil
	}
	n := cleanNames(b.s.Names())
	p := &Preflight{Source: n.SourceInstance, Target: n.TargetInstance, Findings: []Finding{}, Mended: []Finding{}}
	for _, a := range b.s.Choices.Accepted {
		line := b.finding(steps.Finding{ID: a.ID, Text: a.Text})
		line.Severity, line.Remedy = "", ""
		p.Findings = append(p.Findings, line)
	}
	return p
}

func (b *builder) finding(x steps.Finding) Finding {
	line := Finding{
		ID: sanitize.Line(x.ID), Side: steps.Side(sanitize.Line(string(x.Side))), Severity: "warning",
		Text: sanitize.Line(x.Text), Remedy: sanitize.Line(steps.Remedy(x)),
	}
	if x.Critical {
		line.Severity = "critical"
	}
	if a, ok := b.s.Choices.Acceptance(x.ID); ok {
		line.Accepted, line.AcceptedAt, line.AcceptedBy = true, b.when(a.At), sanitize.Line(a.By)
	}
	return line
}
