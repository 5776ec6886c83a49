package cli

import (
	"encoding/json"
	"fmt"
	"slices"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

// statement is one statement about a landscape, and whether it holds.
type statement struct {
	text  string
	holds bool
	found string // instead, if it does not hold
}

// String says it in one line.
func (c statement) String() string {
	if c.holds {
		return "Checked: " + c.text + "."
	}
	return "NOT SO: " + c.text + ". Found: " + c.found
}

// examine compares the landscape after a migration with the one before it, for
// what must be true after such an end. It takes from the wizard which databases
// it was about, and trusts nothing else that it says.
func examine(n steps.Names, how string, before, after sandbox.Truth) (list []statement) {
	was, _ := before.Space(n.Org, n.Space)
	is, _ := after.Space(n.Org, n.Space)
	for _, a := range was.Apps {
		if !boundTo(a, n.SourceInstance) {
			continue
		}
		now, _ := is.App(a.Name)
		form, on := "%s is bound to %s as before, not to %s, and is %s with %s as before", n.SourceInstance
		other := n.TargetInstance
		if how == steps.EndCompleted {
			form, on, other = "%s is bound to %s as it was to %s, and is %s with %s as before", n.TargetInstance, n.SourceInstance
		}
		list = append(list, statement{
			text:  fmt.Sprintf(form, a.Name, on, other, a.State, instances(a.Instances)),
			holds: formOfApp(a, n.SourceInstance, on) == formOfApp(now, "", ""), found: fmt.Sprintf("%+v", now),
		})
	}
	if len(list) == 0 {
		list = append(list, statement{text: "no application was bound to " + n.SourceInstance + " before", holds: true})
	}
	_, there := is.Instance(n.SourceInstance)
	if how != steps.EndCompleted {
		return append(list, statement{fmt.Sprintf("the source %s is still there", n.SourceInstance), there, "it is gone"})
	}
	// What the migration needed and what it left behind is gone.
	var bound []string
	for _, a := range is.Apps {
		if boundTo(a, n.SourceInstance) {
			bound = append(bound, a.Name)
		}
	}
	target, _ := was.Instance(n.TargetInstance)
	now, _ := is.Instance(n.TargetInstance)
	m := after.Migrations
	return append(list,
		statement{fmt.Sprintf("no application is bound to %s", n.SourceInstance), len(bound) == 0, joined(bound)},
		statement{fmt.Sprintf("the source %s is deleted, and its keys with it", n.SourceInstance), !there, "it is still there"},
		statement{fmt.Sprintf("the migration's key of %s is deleted", n.TargetInstance), len(now.Keys) == len(target.Keys), fmt.Sprintf("%+v", now.Keys)},
		statement{
			"the service has finalized one migration, and no write was lost",
			len(m) == 1 && m[0].Finalization != nil && m[0].Finalization.Status == steps.Completed && len(m[0].LostWrites) == 0, fmt.Sprintf("%+v", m),
		})
}

func boundTo(a sandbox.AppTruth, instance string) bool {
	return slices.ContainsFunc(a.Bindings, func(b sandbox.BindingTruth) bool { return b.Instance == instance })
}

func instances(n int) string {
	if n == 1 {
		return "1 instance"
	}
	return fmt.Sprintf("%d instances", n)
}

// formOfApp is what has to be equal of an application: its state, its bindings with
// their parameters and, where it runs, what it runs with. One database stands for
// another.
func formOfApp(a sandbox.AppTruth, database, other string) string {
	moved := func(instance string) string {
		if instance == database {
			return other
		}
		return instance
	}
	var bindings, uses []string
	for _, b := range a.Bindings {
		parameters, _ := json.Marshal(b.Parameters) // it came as JSON
		bindings = append(bindings, fmt.Sprintf("%q %q %s", moved(b.Instance), b.Name, parameters))
	}
	if a.State == steps.Started {
		for _, u := range a.UsesNow {
			uses = append(uses, moved(u))
		}
	}
	slices.Sort(bindings)
	slices.Sort(uses)
	return fmt.Sprintf("%s %s %d %q %q", a.Name, a.State, a.Instances, bindings, uses)
}
