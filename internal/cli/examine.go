package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

// check is one statement about a landscape, and whether it holds.
type check struct {
	says  string
	holds bool
	found string // instead, if it does not hold
}

// String says it in one line.
func (c check) String() string {
	if c.holds {
		return "Checked: " + c.says + "."
	}
	return "NOT SO: " + c.says + ". Found: " + c.found
}

// examine compares the landscape after a migration with the one before it, for
// what must be true after such an end. It takes from the wizard which databases
// it was about, and trusts nothing else that it says.
func examine(n steps.Names, how string, before, after sandbox.Truth) []check {
	was, _ := before.Space(n.Org, n.Space)
	is, _ := after.Space(n.Org, n.Space)
	var checks []check
	for _, a := range was.Apps {
		if boundTo(a, n.SourceInstance) == nil {
			continue
		}
		now, _ := is.App(a.Name)
		if how == steps.EndCompleted {
			checks = append(checks, switched(n, a, now))
		} else {
			checks = append(checks, unmoved(n, a, now))
		}
	}
	if len(checks) == 0 {
		checks = append(checks, check{says: "no application was bound to " + n.SourceInstance + " before", holds: true})
	}
	if how == steps.EndCompleted {
		return append(checks, cleaned(n, was, is, after)...)
	}
	_, there := is.Instance(n.SourceInstance)
	return append(checks, check{
		says:  fmt.Sprintf("the source %s is still there", n.SourceInstance),
		holds: there, found: "it is gone",
	})
}

func boundTo(a sandbox.AppTruth, instance string) *sandbox.BindingTruth {
	for i := range a.Bindings {
		if a.Bindings[i].Instance == instance {
			return &a.Bindings[i]
		}
	}
	return nil
}

// switched: bound to the target as it was to the source, and in its old state.
func switched(n steps.Names, was, is sandbox.AppTruth) check {
	want := was
	want.Bindings = nil
	for _, b := range was.Bindings {
		if b.Instance == n.SourceInstance {
			b.Instance = n.TargetInstance
		}
		want.Bindings = append(want.Bindings, b)
	}
	want.UsesNow = slices.Clone(was.UsesNow)
	for i, name := range want.UsesNow {
		if name == n.SourceInstance {
			want.UsesNow[i] = n.TargetInstance
		}
	}
	return compare(fmt.Sprintf("%s is bound to %s as it was to %s, and is %s with %s as before",
		was.Name, n.TargetInstance, n.SourceInstance, was.State, instances(was.Instances)), want, is)
}

// unmoved: bound as it was, and in its old state.
func unmoved(n steps.Names, was, is sandbox.AppTruth) check {
	return compare(fmt.Sprintf("%s is bound to %s as before, not to %s, and is %s with %s as before",
		was.Name, n.SourceInstance, n.TargetInstance, was.State, instances(was.Instances)), was, is)
}

func instances(n int) string {
	if n == 1 {
		return "1 instance"
	}
	return fmt.Sprintf("%d instances", n)
}

func compare(says string, want, is sandbox.AppTruth) check {
	c := check{says: says, found: fmt.Sprintf("%+v", is)}
	c.holds = want.Name == is.Name && want.State == is.State && want.Instances == is.Instances &&
		sameBindings(want.Bindings, is.Bindings)
	if is.State == steps.Started { // what it runs with, not only what it is bound to
		slices.Sort(want.UsesNow)
		c.holds = c.holds && slices.Equal(want.UsesNow, is.UsesNow)
	}
	return c
}

func sameBindings(want, is []sandbox.BindingTruth) bool {
	if len(want) != len(is) {
		return false
	}
	for _, w := range want {
		if !slices.ContainsFunc(is, func(b sandbox.BindingTruth) bool {
			return b.Instance == w.Instance && b.Name == w.Name && sameParameters(b.Parameters, w.Parameters)
		}) {
			return false
		}
	}
	return true
}

// sameParameters compares as JSON, in which a number has no type.
func sameParameters(a, b map[string]any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// cleaned: what the migration needed and what it left behind is gone.
func cleaned(n steps.Names, was, is sandbox.SpaceTruth, after sandbox.Truth) []check {
	var bound []string
	for _, a := range is.Apps {
		if boundTo(a, n.SourceInstance) != nil {
			bound = append(bound, a.Name)
		}
	}
	_, there := is.Instance(n.SourceInstance)
	before, _ := was.Instance(n.TargetInstance)
	now, _ := is.Instance(n.TargetInstance)
	checks := []check{
		{fmt.Sprintf("no application is bound to %s", n.SourceInstance), len(bound) == 0, joined(bound)},
		{fmt.Sprintf("the source %s is deleted, and its keys with it", n.SourceInstance), !there, "it is still there"},
		{fmt.Sprintf("the migration's key of %s is deleted", n.TargetInstance), len(now.Keys) == len(before.Keys), fmt.Sprintf("%+v", now.Keys)},
	}
	m := after.Migrations
	done := check{says: "the service has finalized one migration, and no write was lost", found: fmt.Sprintf("%+v", m)}
	done.holds = len(m) == 1 && m[0].Finalization != nil && m[0].Finalization.Status == steps.Completed && len(m[0].LostWrites) == 0
	return append(checks, done)
}
