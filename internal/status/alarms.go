package status

import (
	"time"

	"pg-migrate-wizard/steps"
)

// withMeaning adds to the event of an alarm since when, until when, and what that
// means for the data.
func withMeaning(e Event, m steps.Moment, s steps.State) Event {
	for _, a := range steps.Alarms(s) {
		if a.ID == m.ID && (a.Since.Equal(m.At) || a.Until.Equal(m.At)) {
			if a.Since.Equal(m.At) {
				a.Until = time.Time{} // as it was then
			}
			e.Since, e.EndedAt, e.What = timeOrNil(a.Since), timeOrNil(a.Until), line(a.Meaning(s))
			return e
		}
	}
	return e
}

// AlarmsWithPossibleLoss are the alarms that may have cost writes, in words, for the end.
func AlarmsWithPossibleLoss(s steps.State) []string {
	var list []string
	for _, a := range steps.LossAlarms(s) {
		list = append(list, line(a.Meaning(s)))
	}
	return list
}
