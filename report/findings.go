package report

import (
	"slices"
	"time"

	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/steps"
)

// checks lists the runs of the preflight check.
func (b *builder) checks() []Check {
	list := []Check{}
	request := steps.Effect{Do: steps.DoCheck}.String()
	for _, m := range b.s.History {
		if m.Kind == steps.MomentEffect && m.Subject == request {
			list = append(list, Check{At: b.when(m.At), Round: m.Round, Result: sanitize.Line(m.Word)})
		}
	}
	return list
}

// preflight reports the last run. Findings are facts, which a restart forgets;
// what was accepted stays known, by its identity.
func (b *builder) preflight() *Preflight {
	f, last := b.s.Facts.Findings, b.s.Choices.LastCheck
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
				p.Findings = append(p.Findings, b.finding(x, f.At))
			}
		}
	}
	if last == nil {
		return p
	}
	for i, x := range p.Findings {
		p.Findings[i].New = !slices.ContainsFunc(last.List, func(y steps.Finding) bool { return sanitize.Line(y.ID) == x.ID })
	}
	for _, x := range last.List {
		if !slices.ContainsFunc(f.List, func(y steps.Finding) bool { return y.ID == x.ID }) {
			p.Mended = append(p.Mended, b.finding(x, f.At))
		}
	}
	return p
}

func (b *builder) acceptedOnly() *Preflight {
	if len(b.s.Choices.Accepted) == 0 {
		return nil
	}
	n := cleanNames(b.s.Names())
	p := &Preflight{Source: n.SourceInstance, Target: n.TargetInstance, Findings: []Finding{}, Mended: []Finding{}}
	for _, id := range b.s.Choices.Accepted {
		x := steps.Finding{ID: id}
		known := false
		if last := b.s.Choices.LastCheck; last != nil {
			if i := slices.IndexFunc(last.List, func(y steps.Finding) bool { return y.ID == id }); i >= 0 {
				x, known = last.List[i], true
			}
		}
		line := b.finding(x, time.Time{})
		if !known {
			line.Severity = ""
		}
		p.Findings = append(p.Findings, line)
	}
	return p
}

func (b *builder) finding(x steps.Finding, checked time.Time) Finding {
	line := Finding{
		ID: sanitize.Line(x.ID), Side: steps.Side(sanitize.Line(string(x.Side))), Severity: "warning",
		Text: sanitize.Line(x.Text), Remedy: sanitize.Line(steps.Remedy(x)),
	}
	if x.Critical {
		line.Severity = "critical"
	}
	if slices.Contains(b.s.Choices.Accepted, x.ID) {
		line.Accepted, line.AcceptedAt = true, b.when(b.acceptedAt(checked))
		if people := b.people(); len(people) == 1 {
			line.AcceptedBy = people[0] // an answer does not say whose it is
		}
	}
	return line
}

// acceptedAt returns when warnings were accepted: the first such answer after a
// run, else the last one before it.
func (b *builder) acceptedAt(checked time.Time) time.Time {
	var at time.Time
	for _, m := range b.s.History {
		if m.Kind != steps.MomentAnswer || m.Subject != "preflight.warnings" || m.Word != "accept" || m.Round != b.s.Choices.Round {
			continue
		}
		at = m.At
		if !checked.IsZero() && !m.At.Before(checked) {
			break
		}
	}
	return at
}
