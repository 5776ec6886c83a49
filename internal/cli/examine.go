package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

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
// it was about, and whether the source was left on purpose, and trusts nothing else that
// it says.
func examine(n steps.Names, how string, kept bool, before, after sandbox.Truth) (list []statement) {
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
			holds: formOfApp(a, n.SourceInstance, on) == formOfApp(now, "", ""), found: foundApp(now),
		})
	}
	for _, a := range was.Apps {
		if now, _ := is.App(a.Name); boundTo(a, n.TargetInstance) {
			list = append(list, statement{fmt.Sprintf("%s, bound to %s from the beginning, is bound to it still", a.Name, n.TargetInstance), boundTo(now, n.TargetInstance), foundApp(now)})
		}
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
	source := statement{fmt.Sprintf("the source %s is deleted, and its keys with it", n.SourceInstance), !there, "it is still there"}
	if kept {
		source = statement{fmt.Sprintf("the source %s is still there, as it was left", n.SourceInstance), there, "it is gone"}
	}
	target, _ := was.Instance(n.TargetInstance)
	now, _ := is.Instance(n.TargetInstance)
	m := after.Migrations
	return append(list,
		statement{fmt.Sprintf("no application is bound to %s", n.SourceInstance), len(bound) == 0, joined(bound)},
		source,
		statement{fmt.Sprintf("the migration's key of %s is deleted", n.TargetInstance), len(now.Keys) == len(target.Keys), foundKeys(now.Keys)},
		statement{
			"the service has finalized one migration, and no write was lost",
			len(m) == 1 && m[0].Finalization != nil && m[0].Finalization.Status == steps.Completed && len(m[0].LostWrites)+len(m[0].TargetWrites) == 0, foundMigrations(m),
		})
}

// foundApp says how an application is, where it is not as it should be.
func foundApp(a sandbox.AppTruth) string {
	if a.Name == "" {
		return "it is gone"
	}
	text := fmt.Sprintf("it is %s, %d of %s running", a.State, a.Running, instances(a.Instances))
	for _, b := range a.Bindings {
		text += ", bound to " + b.Instance
		if b.Name != "" {
			text += " as " + b.Name
		}
	}
	if len(a.Bindings) == 0 {
		text += ", bound to nothing"
	}
	if a.State == steps.Started && len(a.UsesNow) > 0 {
		text += ", and uses " + joined(a.UsesNow) + " since its last start"
	}
	return text
}

func foundKeys(keys []sandbox.KeyTruth) string {
	var names []string
	for _, k := range keys {
		names = append(names, k.Name)
	}
	if len(names) == 0 {
		return "no key at all"
	}
	return "the keys " + joined(names)
}

// foundMigrations says what the service did, and who wrote meanwhile.
func foundMigrations(list []sandbox.MigrationTruth) string {
	if len(list) == 0 {
		return "no migration"
	}
	var found []string
	for _, m := range list {
		text := m.Source + " to " + m.Target + ": the replication " + m.Replication.Status
		switch {
		case m.Finalization == nil:
			text += ", no finalization"
		default:
			text += ", the finalization " + m.Finalization.Status
		}
		text += foundWrites("lost are writes of", m.LostWrites) + foundWrites("the target was written to before COMPLETED by", m.TargetWrites)
		found = append(found, text)
	}
	return strings.Join(found, ". ")
}

func foundWrites(what string, list []sandbox.LostWrites) string {
	text := ""
	for _, w := range list {
		text += fmt.Sprintf("; %s %s (%s) since %s", what, cmp.Or(w.App, "a client outside the platform"), w.Via, w.Since.Format(time.TimeOnly))
		if !w.Until.IsZero() {
			text += " until " + w.Until.Format(time.TimeOnly)
		}
	}
	return text
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
