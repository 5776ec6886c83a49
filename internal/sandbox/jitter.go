package sandbox

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Bounds of the factor by which durations vary if there is a seed.
const (
	minJitter = 0.6
	maxJitter = 1.4
)

// jitter varies a duration. It returns d itself if there is no seed, and for
// what began before the landscape was started. The factor depends on the seed,
// the name of the action and how often the action occurred before, but not on
// the order of requests.
func (w *world) jitter(d time.Duration, what string, at time.Time) time.Duration {
	if w.seed == 0 || at.Before(w.started) {
		return d
	}
	w.jittered[what]++
	name := fnv.New64a()
	_, _ = fmt.Fprintf(name, "%s %d", what, w.jittered[what])       // never fails
	random := rand.New(rand.NewPCG(w.seed, name.Sum64())).Float64() //nolint:gosec // repeatable by design
	return time.Duration(float64(d) * (minJitter + (maxJitter-minJitter)*random))
}

func (w *world) jitterCourse(c course, what string, at time.Time) course {
	c.waiting = w.jitter(c.waiting, what+" waiting", at)
	c.running = w.jitter(c.running, what+" running", at)
	return c
}
