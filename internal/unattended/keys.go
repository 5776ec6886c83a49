package unattended

import (
	"fmt"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// otherKeys refuses a migration that is led with other service keys than those that
// the plan names: the service would be asked about something else.
func otherKeys(s steps.State, pl plan.Plan) error {
	n, planned := s.Names(), PlannedNames(pl)
	other := func(is, want string) bool { return is != "" && want != "" && is != want }
	if !other(n.SourceKey, planned.SourceKey) && !other(n.TargetKey, planned.TargetKey) {
		return nil
	}
	return status.Exit(status.ExitOpen, line(fmt.Sprintf(
		"a migration with other service keys is open here: %s with %s, %s with %s. %s and %s are named now. Name the same keys to go on with it, or take it back first.",
		n.SourceInstance, orNotChosen(n.SourceKey), n.TargetInstance, orNotChosen(n.TargetKey), keyOrAny(planned.SourceKey), keyOrAny(planned.TargetKey))))
}

func orNotChosen(key string) string {
	if key == "" {
		return "none yet"
	}
	return key
}

func keyOrAny(key string) string {
	if key == "" {
		return "any"
	}
	return key
}

// keysWanted says why the service cannot be asked, and which keys there are to name.
func keysWanted(s steps.State, pl plan.Plan) string {
	says := []string{"It is not known: the service is asked with a service key of each side."}
	for _, side := range []struct {
		flag, instance, key string
		keys                []steps.Key
	}{
		{FlagSourceKey, pl.Source.Instance, namesOf(s, pl).SourceKey, s.Facts.SourceKeys},
		{FlagTargetKey, pl.Target.Instance, namesOf(s, pl).TargetKey, s.Facts.TargetKeys},
	} {
		var names []string
		for _, k := range side.keys {
			names = append(names, k.Name)
		}
		if slices.Contains(names, side.key) {
			continue
		}
		text := "No key of " + side.instance + " is named"
		if side.key != "" {
			text = side.instance + " has no key " + side.key
		}
		switch {
		case len(names) > 0:
			text += "; there are: " + strings.Join(names, ", ") + " (target set --" + side.flag + " NAME, or the plan, says which)."
		case side.key == "":
			text = side.instance + " has no key at all."
		default:
			text += ", nor another one."
		}
		says = append(says, text)
	}
	return line(strings.Join(says, " "))
}

// keysToUse adds to a refusal for want of a chosen key which ones there are.
func keysToUse(q *steps.Question) string {
	var names []string
	for _, o := range q.Options {
		if name, ok := steps.UsedKey(o.ID); ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	flag := FlagSourceKey
	if q.ID == steps.QuestionTargetKey {
		flag = FlagTargetKey
	}
	return " There are already: " + strings.Join(names, ", ") + "; `keys --" + flag + " NAME` takes one that somebody has begun with."
}
