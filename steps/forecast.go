package steps

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Forecast is how long the downtime will probably be, said before it begins.
type Forecast struct {
	At    time.Time      `json:"at"`
	Parts []ForecastPart `json:"parts"`
}

// ForecastPart is one phase of the downtime, as a range.
type ForecastPart struct {
	Phase string        `json:"phase"`
	Low   time.Duration `json:"low"`  // nanoseconds
	High  time.Duration `json:"high"` // nanoseconds
	Basis string        `json:"basis"`
}

// Phases of a downtime. They stand in journals and reports.
const (
	PhaseStop     = "stop"
	PhaseFinalize = "finalize"
	PhaseRebind   = "rebind"
	PhaseStart    = "start"
)

// Total is the range of the whole downtime. The parts will hardly all take
// long, but a promise that is too short is worse: they are added.
func (f Forecast) Total() (low, high time.Duration) {
	for _, p := range f.Parts {
		low += p.Low
		high += p.High
	}
	return low, high
}

// Seconds are those of the whole: no range is narrower than it was.
func (f Forecast) Seconds() (low, high int64) {
	from, to := f.Total()
	return int64(math.Floor(from.Seconds())), int64(math.Ceil(to.Seconds()))
}

// What applications take, where nothing was observed: measured on Cloud Foundry
// landscapes, from an empty page to a large Java application. A stop is an
// order; the instances have ten seconds to end (CF default). Bindings are made
// by a broker, within seconds to a minute.
var (
	usualStop   = span{time.Second, 12 * time.Second}
	usualRebind = span{3 * time.Second, 75 * time.Second}
	usualStart  = span{5 * time.Second, 3 * time.Minute}
)

type span struct{ low, high time.Duration }

// usual is a span as it is on the clock here.
func (s *State) usual(x span) span { return span{s.onClock(x.low), s.onClock(x.high)} }

func (x span) times(n int) span {
	if n == 0 {
		return span{}
	}
	rounds := time.Duration((n + maxParallel - 1) / maxParallel)
	return span{x.low * rounds, x.high * rounds}
}

// forecast says how long the downtime will be, from what was observed: how many
// applications there are and how long they took before; how long the first copy
// ran; and what the service does while they are down: it copies the tables that
// have no primary key (contract, Limitations).
func (s *State) forecast() Forecast {
	stop, move, start := 0, 0, 0
	for _, a := range s.users() {
		if a.State == "" || s.waiver(WriterApp.line(a.GUID)) != nil && a.State != Started {
			continue
		}
		if a.Source != nil {
			move++
		}
		if a.State == Started {
			stop++
			start++
		}
	}
	f := Forecast{At: s.At}
	add := func(phase string, x span, basis string, args ...any) {
		f.Parts = append(f.Parts, ForecastPart{Phase: phase, Low: x.low, High: x.high, Basis: fmt.Sprintf(basis, args...)})
	}
	each, seen := s.observed(DoStopApp, s.usual(usualStop))
	add(PhaseStop, each.times(stop), "%s, %d at once%s", plural(stop, "application", "applications"), maxParallel, seen)
	final, basis := s.finalizeTime()
	add(PhaseFinalize, final, "%s", basis)
	each, seen = s.observed(DoBind, s.usual(usualRebind))
	add(PhaseRebind, each.times(move), "%s%s", plural(move, "binding", "bindings"), seen)
	each, seen = s.observed(DoStartApp, s.usual(usualStart))
	add(PhaseStart, each.times(start), "until all instances are healthy%s", seen)
	return f
}

// observed takes the times of earlier requests of this migration, for example
// of a cut-over that was put off, with room on both sides.
func (s *State) observed(do Verb, usual span) (span, string) {
	low, high, n := math.Inf(1), 0.0, 0
	for _, m := range s.History {
		if m.Did(do) && m.Seconds > 0 {
			low, high, n = min(low, m.Seconds), max(high, m.Seconds), n+1
		}
	}
	if n == 0 || do == DoStartApp { // an order to start says nothing about health
		return usual, ""
	}
	second := float64(time.Second)
	return span{time.Duration(low / 2 * second), time.Duration(high*2*second) + time.Second}, fmt.Sprintf(", seen before: %d", n)
}

// finalizeTime is how long the service will probably take. Without a table that
// has to be copied it is bookkeeping; with some it can be a part of the first
// copy, whose time is known.
func (s *State) finalizeTime() (span, string) {
	copying := s.copyTime()
	low := max(s.onClock(time.Minute), copying/50)
	high := max(s.onClock(15*time.Minute), copying/5)
	basis := "the first copy took " + lasting(copying)
	if copying == 0 {
		basis = "the first copy was not watched"
		high = s.onClock(30 * time.Minute)
	}
	if s.hasTablesWithoutKey() {
		high = max(high, copying*3/4, s.onClock(30*time.Minute))
		basis += "; tables without a primary key are copied now"
	}
	return span{low, high}, basis
}

// copyTime is how long the replication was RUNNING; 0 where that was not watched from its
// beginning to its end: a night with the machine closed is no measure of a copy.
func (s *State) copyTime() time.Duration {
	var sum time.Duration
	var since time.Time
	for m := range s.History.In(s.Choices.Round) {
		if m.Kind != MomentReplication {
			continue
		}
		if !m.NotBefore.IsZero() && (m.Status == Running || !since.IsZero()) {
			return 0
		}
		if m.Status == Running {
			since = m.At
		} else if !since.IsZero() {
			sum += m.At.Sub(since)
			since = time.Time{}
		}
	}
	return sum
}

// hasTablesWithoutKey reports whether the preflight check found tables without a primary
// key.
func (s *State) hasTablesWithoutKey() bool {
	for _, f := range []*Findings{s.valid(), s.Choices.LastCheck} {
		if f == nil {
			continue
		}
		return slices.ContainsFunc(f.List, func(x Finding) bool { return strings.Contains(strings.ToLower(x.Text), "primary key") })
	}
	return false
}

// limit is a decision point in minutes to propose: when the forecast has been
// wrong, rounded up to five minutes.
func (s *State) limit(f Forecast) int {
	_, high := f.Total()
	return (int(s.offClock(high).Minutes())/5 + 1) * 5
}

// items show the forecast: the whole, then its parts.
func (f Forecast) items() []Item {
	low, high := f.Total()
	items := []Item{fact("Downtime", "%s to %s, probably", lasting(low), lasting(high))}
	cells := make([]string, 0, len(f.Parts))
	for _, p := range f.Parts {
		if p.High > 0 {
			cells = append(cells, p.Phase+" "+between(p.Low, p.High))
		}
	}
	return append(items, fact("Of that", "%s", strings.Join(cells, " · ")))
}

func between(low, high time.Duration) string {
	if high < time.Minute {
		return fmt.Sprintf("%d–%d s", int(low.Seconds()), int(high.Seconds()))
	}
	if low < time.Minute {
		return "up to " + fmt.Sprintf("%d min", int(math.Ceil(high.Minutes())))
	}
	return fmt.Sprintf("%d–%d min", int(low.Minutes()), int(math.Ceil(high.Minutes())))
}
