package report

import (
	"math"
	"slices"

	"pg-migrate-wizard/steps"
)

// downtimes lists those of the record.
func (b *builder) downtimes() []Downtime {
	var list []Downtime
	for _, x := range steps.Downtimes(b.s) {
		d := Downtime{Round: x.Round, Span: b.span(x.Begin, x.End), Applications: b.labels(x.Apps), NotUp: b.labels(x.NotUp)}
		for _, p := range x.Phases {
			phase := Phase{p.Name, p.NotBefore, b.span(p.Begin, p.End)}
			if p.Name == steps.PhaseDecision && !p.End.IsZero() && phase.Seconds == 0 {
				continue // no decision, no phase
			}
			d.Phases = append(d.Phases, phase)
		}
		list = append(list, d)
	}
	return list
}

func (b *builder) labels(refs []steps.Ref) []string {
	var names []string
	for _, r := range refs {
		names = append(names, b.label(r))
	}
	slices.Sort(names)
	return names
}

// forecasts lists the forecast before each stop, beside the downtime that followed it.
func (b *builder) forecasts(downtimes []Downtime) []Forecast {
	var list []Forecast
	for i, c := range b.cutOvers {
		if c.Stop == nil || c.Stop.Forecast == nil {
			continue
		}
		f := b.forecast(c.Round, *c.Stop.Forecast)
		for _, d := range downtimes {
			if !d.Begin.Before(f.At) && (i+1 == len(b.cutOvers) || d.Begin.Before(b.when(b.cutOvers[i+1].From))) {
				f.compare(d)
				break
			}
		}
		list = append(list, f)
	}
	return list
}

func (b *builder) forecast(round int, said steps.Forecast) Forecast {
	f := Forecast{Round: round, At: b.when(said.At)}
	f.Low, f.High = said.Seconds()
	for _, p := range said.Parts {
		name, known := phases[p.Phase]
		if !known {
			name = steps.PhaseName(p.Phase)
		}
		f.Parts = append(f.Parts, ForecastPart{
			Name: name, Basis: p.Basis, Low: int64(math.Floor(p.Low.Seconds())), High: int64(math.Ceil(p.High.Seconds())),
		})
	}
	return f
}

// phases are those that a forecast has parts for.
var phases = map[string]steps.PhaseName{
	steps.PhaseStop: steps.PhaseStopping, steps.PhaseFinalize: steps.PhaseFinalization, steps.PhaseRebind: steps.PhaseRebinding, steps.PhaseStart: steps.PhaseStarting,
}

// compare puts the downtime beside the forecast. It is judged where it went the way
// that was forecast: over, and on the target.
func (f *Forecast) compare(d Downtime) {
	took := map[steps.PhaseName]int64{}
	unseen := map[steps.PhaseName]bool{} // nobody saw it begin, or end
	for i, p := range d.Phases {
		took[p.Name] += p.Seconds
		if !p.NotBefore.IsZero() {
			unseen[p.Name] = true
			unseen[d.Phases[max(0, i-1)].Name] = true
		}
	}
	_, bound := took[steps.PhaseRebinding]
	_, started := took[steps.PhaseStarting]
	_, returned := took[steps.PhaseReturning]
	asForecast := !d.End.IsZero() && (bound || started) && !returned
	judge := func(low, high, actual int64) Verdict {
		switch {
		case !asForecast:
			return ""
		case actual < low:
			return Shorter
		case actual > high:
			return Longer
		}
		return Inside
	}
	f.Begin, f.Actual = d.Begin, &d.Seconds
	if !unseen[steps.PhaseDecision] {
		f.Decision = took[steps.PhaseDecision]
	}
	f.Verdict = judge(f.Low, f.High, d.Seconds)
	for i, p := range f.Parts {
		seconds, came := took[p.Name]
		if (came || asForecast) && !unseen[p.Name] {
			f.Parts[i].Actual, f.Parts[i].Verdict = &seconds, judge(p.Low, p.High, seconds)
		}
	}
}
