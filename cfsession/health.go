package cfsession

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/sanitize"
)

// Healthy reports whether all wanted instances of an application's processes are
// RUNNING, and if not, why, in words. An application of which no instance is
// wanted is healthy. During a rolling deployment an index may be there twice: one
// that runs is enough.
func Healthy(health []InstanceHealth, wanted []Process) (bool, string) {
	var troubles []string
	for _, p := range wanted {
		running, others := map[int]bool{}, map[string]int{}
		of := slices.DeleteFunc(slices.Clone(health), func(h InstanceHealth) bool {
			return h.Type != p.Type || h.Index < 0 || h.Index >= p.Instances
		})
		for _, h := range of {
			running[h.Index] = running[h.Index] || h.State == "RUNNING"
		}
		maps.DeleteFunc(running, func(_ int, runs bool) bool { return !runs })
		if len(running) >= p.Instances {
			continue
		}
		for _, h := range of {
			if !running[h.Index] {
				others[inWords(h)]++
			}
		}
		text := fmt.Sprintf("%s: %d of %d running", p.Type, len(running), p.Instances)
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

// inWords is the state of an instance that does not run.
func inWords(h InstanceHealth) string {
	words := cmp.Or(strings.ToLower(h.State), "in no state")
	if h.Details != "" {
		words += ": " + h.Details
	}
	return words
}
