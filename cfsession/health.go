package cfsession

import (
	"fmt"
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
		running := map[int]bool{}
		var others []string
		for _, h := range health {
			if h.Type != p.Type || h.Index < 0 || h.Index >= p.Instances {
				continue
			}
			if h.State == "RUNNING" {
				running[h.Index] = true
			}
		}
		for _, h := range health {
			if h.Type == p.Type && h.Index >= 0 && h.Index < p.Instances && !running[h.Index] {
				others = append(others, inWords(h))
			}
		}
		if len(running) >= p.Instances {
			continue
		}
		text := fmt.Sprintf("%s: %d of %d running", p.Type, len(running), p.Instances)
		if len(others) > 0 {
			text += " (" + strings.Join(counted(others), ", ") + ")"
		}
		troubles = append(troubles, text)
	}
	return len(troubles) == 0, sanitize.Line(strings.Join(troubles, "; "))
}

func inWords(h InstanceHealth) string {
	words := strings.ToLower(h.State)
	if words == "" {
		words = "in no state"
	}
	if h.Details != "" {
		words += ": " + h.Details
	}
	return words
}

// counted says each text once, with how often it is there.
func counted(texts []string) []string {
	slices.Sort(texts)
	var out []string
	for len(texts) > 0 {
		n := 1
		for n < len(texts) && texts[n] == texts[0] {
			n++
		}
		out = append(out, fmt.Sprintf("%d %s", n, texts[0]))
		texts = texts[n:]
	}
	return out
}
