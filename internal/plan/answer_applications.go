package plan

import (
	"fmt"
	"slices"
	"strings"

	"pg-migrate-wizard/steps"
)

// answerApplications says which of the stopped applications ran before the migration:
// all of them have to stand in the plan, for none of it is to be guessed.
func answerApplications(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	var ran, unknown []string
	apps := steps.Unsure(*s)
	for _, a := range apps {
		i := slices.IndexFunc(p.Applications, func(w WasApp) bool { return w.Name == a.Name })
		switch {
		case i < 0:
			unknown = append(unknown, a.Name)
		case p.Applications[i].Was == WasStarted:
			ran = append(ran, a.GUID)
		}
	}
	switch {
	case len(unknown) > 0:
		return reply{}, open(KeyApplications, NotKnownBefore, strings.Join(unknown, ", "), suggestApplications(unknown))
	case len(ran) == 0:
		return reply{option: steps.OptionNoneRan}, nil
	case len(ran) == len(apps):
		return reply{option: steps.OptionAllRan}, nil
	}
	return reply{option: steps.OptionSomeRan, values: map[string][]string{"ran": ran}}, nil
}

// suggestApplications is what could stand in the plan, but for how each was.
func suggestApplications(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = fmt.Sprintf("{name: %q, was: started or stopped}", n)
	}
	return strings.Join(list, ", ")
}
