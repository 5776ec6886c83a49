package report

import (
	"slices"

	"pg-migrate-wizard/steps"
)

// downtimes puts those of the record into the report's times and names.
func (b *builder) downtimes() []Downtime {
	list := []Downtime{}
	for _, x := range steps.Downtimes(b.s) {
		d := Downtime{Round: x.Round, Span: b.span(x.Begin, x.End), Applications: b.labels(x.Apps), NotUp: b.labels(x.NotUp), Phases: []Phase{}}
		for _, p := range x.Phases {
			phase := Phase{p.Name, b.span(p.Begin, p.End)}
			if p.Name == PhaseDecision && !p.End.IsZero() && phase.Seconds == 0 {
				continue // no decision, no phase
			}
			d.Phases = append(d.Phases, phase)
		}
		list = append(list, d)
	}
	return list
}

func (b *builder) labels(refs []steps.Ref) []string {
	names := []string{}
	for _, r := range refs {
		names = append(names, b.label(r))
	}
	slices.Sort(names)
	return names
}
