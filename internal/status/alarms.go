package status

import (
	"fmt"
	"slices"
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
			e.Since, e.EndedAt, e.What = timeOrNil(a.Since), timeOrNil(a.Until), meaning(a, s)
			return e
		}
	}
	return e
}

// meaning says what an alarm means for the data.
func meaning(a steps.Alarm, s steps.State) string {
	const stamp = "2006-01-02 15:04:05"
	switch {
	case a.Drift():
		return line(a.What)
	case a.Until.IsZero():
		return line(fmt.Sprintf("%s can write to the source since %s: what it writes may be missing on the target. Find out who has started it, and stop it.",
			a.Name, a.Since.Format(stamp)))
	}
	could := line(fmt.Sprintf("%s could write to the source from %s to %s (%s)", a.Name, a.Since.Format(stamp), a.Until.Format(stamp), lasting(a.Until.Sub(a.Since))))
	if begun := finalizing(s); begun.IsZero() || a.Until.Before(begun) {
		return could + ": the databases were still kept in sync then, so it should be on the target."
	}
	return could + ": what it wrote then may be missing on the target. Compare the databases before the source is deleted."
}

// finalizing is when the finalization was begun; zero when it was not.
func finalizing(s steps.State) time.Time {
	m := s.History.First(s.Choices.Round, func(m steps.Moment) bool {
		return m.Did(steps.DoCreateFinalization) || m.Kind == steps.MomentFinalization
	})
	if m == nil {
		return time.Time{}
	}
	return m.SentAt()
}

// AlarmsWithPossibleLoss are the alarms of this cut-over that may have cost writes, for the end. A
// migration that went back has its writes on the source.
func AlarmsWithPossibleLoss(s steps.State) []string {
	if s.Choices.BackOut != nil {
		return nil
	}
	var list []string
	for _, a := range slices.DeleteFunc(steps.Alarms(s), steps.Alarm.Drift) {
		if a.Round == s.Choices.Round {
			list = append(list, meaning(a, s))
		}
	}
	return list
}
