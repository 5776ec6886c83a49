package cfsession

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/sanitize"
)

// Two states of an instance (CF API, processes/stats). The others are STARTING,
// STOPPING, DOWN and CRASHED; a state that is not known is not running.
const (
	instanceRunning = "RUNNING"
	instanceCrashed = "CRASHED"
)

// Crashed reports an instance whose process has ended by itself.
func (h InstanceHealth) Crashed() bool { return h.State == instanceCrashed }

// Healthy reports whether all wanted instances of an application's processes are
// RUNNING and not known to be out of reach of requests, and if not, why, in words. An
// application of which no instance is wanted is healthy. During a rolling deployment an
// index may be there twice: one that is well is enough.
func Healthy(health []InstanceHealth, wanted []Process) (bool, string) {
	var troubles []string
	for _, p := range wanted {
		well, others := map[int]bool{}, map[string]int{}
		of := slices.DeleteFunc(slices.Clone(health), func(h InstanceHealth) bool {
			return h.Type != p.Type || h.Index < 0 || h.Index >= p.Instances
		})
		for _, h := range of {
			well[h.Index] = well[h.Index] || h.State == instanceRunning && !h.NotReady()
		}
		maps.DeleteFunc(well, func(_ int, is bool) bool { return !is })
		if len(well) >= p.Instances {
			continue
		}
		word := "running"
		for _, h := range of {
			if h.NotReady() {
				word = "ready"
			}
			if !well[h.Index] {
				others[inWords(h)]++
			}
		}
		text := fmt.Sprintf("%s: %d of %d %s", p.Type, len(well), p.Instances, word)
		if len(others) > 0 {
			var counted []string
			for _, words := range slices.Sorted(maps.Keys(others)) {
				counted = append(counted, fmt.Sprintf("%d %s", others[words], words))
			}
			text += " (" + strings.Join(counted, ", ") + ")"
		}
		troubles = append(troubles, text)
	}
	return len(troubles) == 0, sanitize.Line(strings.Join(troubles, "; "))
}

// inWords is the state of an instance that is not well.
func inWords(h InstanceHealth) string {
	words := cmp.Or(strings.ToLower(h.State), "in no state")
	if h.NotReady() {
		words += ", not ready"
	}
	if h.Details != "" {
		words += ": " + h.Details
	}
	return words
}
