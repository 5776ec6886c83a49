package sandbox

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// No two real landscapes are equally quick. With a seed of its own a landscape
// takes other times than the scenario says, each within these bounds.
const (
	quickest = 0.6
	slowest  = 1.4
)

// spread is how long something takes that usually takes d: exactly d without a
// seed and for what began before the landscape was started. What names it, so
// that a seed gives each thing its times in whatever order requests come; the
// n-th of the same name has a time of its own.
func (w *world) spread(d time.Duration, what string, at time.Time) time.Duration {
	if w.seed == 0 || at.Before(w.started) {
		return d
	}
	w.spreads[what]++
	name := fnv.New64a()
	_, _ = fmt.Fprintf(name, "%s %d", what, w.spreads[what])      // a hash takes everything
	luck := rand.New(rand.NewPCG(w.seed, name.Sum64())).Float64() //nolint:gosec // a story, repeatable by design
	return time.Duration(float64(d) * (quickest + (slowest-quickest)*luck))
}

func (w *world) spreadCourse(c course, what string, at time.Time) course {
	c.waiting = w.spread(c.waiting, what+" waiting", at)
	c.running = w.spread(c.running, what+" running", at)
	return c
}
