package steps_test

import . "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words

// carefully is the way of a person who does what is proposed, and closes what is open
// before saying that all works.
func carefully(q *Question) string {
	if _, open := q.Option(OptionCloseItem); open && q.ID == QuestionValidate {
		return OptionCloseItem
	}
	return q.Alone()
}
