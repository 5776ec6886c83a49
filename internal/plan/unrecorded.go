package plan

import "pg-migrate-wizard/steps"

// Unrecorded lists the keys of a saved plan that no record tells: what stands there
// is the default, whatever the run before was told.
func Unrecorded(s steps.State) []string {
	list := []string{"on-failure"}
	if stop := s.Choices.Stop; stop != nil && stop.Limit > 0 && lastWords(s)[steps.QuestionDecision] == "" {
		list = append(list, "on-late")
	}
	if s.Choices.Switch != nil {
		list = append(list, "switch.patience")
	}
	return list
}
