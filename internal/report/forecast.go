package report

import (
	"math"
	"time"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// forecasts lists what was said of the downtime before each stop, beside the
// downtime that followed it.
func (b *builder) forecasts(downtimes []Downtime) []Forecast {
	list := []Forecast{}
	all := steps.CutOvers(b.s)
	for i, c := range all {
		if c.Stop == nil || c.Stop.Forecast == nil {
			continue
		}
		f := b.forecast(c.Round, *c.Stop.Forecast)
		for _, d := range downtimes {
			if !d.Begin.Before(f.At) && (i+1 == len(all) || d.Begin.Before(b.when(all[i+1].From))) {
				f.hold(d)
				break
			}
		}
		list = append(list, f)
	}
	return list
}

func (b *builder) forecast(round int, said steps.Forecast) Forecast {
	f := Forecast{Round: round, At: b.when(said.At), Parts: []ForecastPart{}}
	low, high := said.Total()
	f.Low, f.High = wholeSeconds(low, high)
	for _, p := range said.Parts {
		part := ForecastPart{Name: phaseOf(p.Phase), Basis: sanitize.Line(p.Basis)}
		part.Low, part.High = wholeSeconds(p.Low, p.High)
		f.Parts = append(f.Parts, part)
	}
	return f
}

// wholeSeconds makes no range narrower than it was.
func wholeSeconds(low, high time.Duration) (int64, int64) {
	return int64(math.Floor(low.Seconds())), int64(math.Ceil(high.Seconds()))
}

func phaseOf(part string) PhaseName {
	switch part {
	case steps.PhaseStop:
		return PhaseStopping
	case steps.PhaseFinalize:
		return PhaseFinalization
	case steps.PhaseRebind:
		return PhaseRebinding
	case steps.PhaseStart:
		return PhaseStarting
	}
	return PhaseName(sanitize.Line(part))
}

// hold puts the downtime beside the forecast. It is judged where it took the way
// that was forecast: over, and on the target.
func (f *Forecast) hold(d Downtime) {
	took := map[PhaseName]int64{}
	for _, p := range d.Phases {
		took[p.Name] += p.Seconds
	}
	_, bound := took[PhaseRebinding]
	_, started := took[PhaseStarting]
	_, returned := took[PhaseReturning]
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
	actual := d.Seconds
	f.Begin, f.Actual, f.Decision = d.Begin, &actual, took[PhaseDecision]
	f.Verdict = judge(f.Low, f.High, actual)
	for i, p := range f.Parts {
		seconds, came := took[p.Name]
		if came || asForecast {
			f.Parts[i].Actual, f.Parts[i].Verdict = &seconds, judge(p.Low, p.High, seconds)
		}
	}
}
