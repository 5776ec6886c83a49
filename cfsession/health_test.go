package cfsession

import "testing"

func TestHealthy(t *testing.T) {
	up := func(kind string, indexes ...int) (all []InstanceHealth) {
		for _, i := range indexes {
			all = append(all, InstanceHealth{Type: kind, Index: i, State: "RUNNING"})
		}
		return all
	}
	web, worker := Process{"web", 3}, Process{"worker", 1}
	for name, c := range map[string]struct {
		health []InstanceHealth
		wanted []Process
		why    string
	}{
		"all run":            {append(up("web", 0, 1, 2), up("worker", 0)...), []Process{web, worker}, ""},
		"more than wanted":   {up("web", 0, 1, 2, 3), []Process{web}, ""},
		"none wanted":        {nil, []Process{{"web", 0}}, ""},
		"nothing wanted":     {up("web", 0), nil, ""},
		"none told":          {nil, []Process{web}, "web: 0 of 3 running"},
		"another type":       {up("worker", 0), []Process{web, worker}, "web: 0 of 3 running"},
		"one twice":          {append(up("web", 0, 1), up("web", 1)...), []Process{web}, "web: 2 of 3 running"},
		"deploying":          {append(up("web", 0, 1, 2), InstanceHealth{Type: "web", Index: 0, State: "STARTING"}), []Process{web}, ""},
		"beyond the wanted":  {append(up("web", 0, 1, 2), InstanceHealth{Type: "web", Index: 3, State: "CRASHED"}), []Process{web}, ""},
		"index out of order": {up("web", 1, 2, 3), []Process{web}, "web: 2 of 3 running"},
		"not ready": {
			[]InstanceHealth{
				{Type: "web", Index: 0, State: "RUNNING", Routable: new(false)},
				{Type: "web", Index: 1, State: "RUNNING", Routable: new(true)},
				{Type: "web", Index: 2, State: "RUNNING"},
				{Type: "worker", Index: 0, State: "RUNNING"},
			},
			[]Process{web, worker},
			"web: 2 of 3 ready (1 running, not ready)",
		},
		"not ready yet": {append(up("web", 0, 1, 2), InstanceHealth{Type: "web", Index: 1, State: "RUNNING", Routable: new(false)}), []Process{web}, ""},
		"why": {
			[]InstanceHealth{
				{Type: "web", Index: 0, State: "CRASHED"},
				{Type: "web", Index: 1, State: "DOWN", Details: "no \x1b[31mroom"},
				{Type: "web", Index: 2, State: "CRASHED"},
				{Type: "worker", Index: 0},
			},
			[]Process{web, worker},
			"web: 0 of 3 running (2 crashed, 1 down: no room); worker: 0 of 1 running (1 in no state)",
		},
	} {
		if ok, why := Healthy(c.health, c.wanted); ok != (c.why == "") || why != c.why {
			t.Errorf("%s: %v, %q, want %q", name, ok, why, c.why)
		}
	}
}
