package steps

import (
	"fmt"
	"time"
)

// setLimit sets the time after which the person wants to be asked. On a landscape that is
// played they are minutes of its time while it is finalizing, and real ones before that:
// nobody reads faster there.
func (s *State) setLimit(c *StopChoice, minutes int) {
	c.Limit = Minutes(minutes)
	wait := c.Limit.Duration()
	if s.Choices.Finalize != nil {
		wait = s.onClock(wait)
	}
	c.AskAfter = s.At.Add(wait)
}

// limitAnew sets that time anew on a landscape that is played: its clock begins to count, or
// ends to.
func (s *State) limitAnew() {
	if c := s.Choices.Stop; c != nil && s.speed > 0 {
		c := *c
		s.setLimit(&c, int(c.Limit))
		s.Choices.Stop = &c
	}
}

// onClock is how long something takes on the clock here that takes so long on a real
// landscape: time runs faster on one that is played.
func (s *State) onClock(d time.Duration) time.Duration {
	if s.speed <= 0 {
		return d
	}
	return time.Duration(float64(d) / s.speed)
}

// offClock is the reverse.
func (s *State) offClock(d time.Duration) time.Duration {
	if s.speed <= 0 {
		return d
	}
	return time.Duration(float64(d) * s.speed)
}

// late reports whether the downtime lasts longer than the person wanted and is to be
// decided about.
func (s *State) late() bool {
	c := s.Choices.Stop
	return c != nil && c.Limit > 0 && !s.At.Before(c.AskAfter) && !s.completed() && s.Choices.BackOut == nil && s.downtime()
}

// askLate asks whether to go on or back out.
func askLate(s *State) *Question {
	c := s.Choices.Stop
	lasts, clock := "The downtime has lasted", ""
	limit := c.AskAfter.Sub(LastDowntime(*s).Begin)
	if f := s.Choices.Finalize; f != nil && s.speed > 0 { // the clock of the downtime runs here
		lasts, clock = "The finalization has taken", " of the landscape's time"
		limit = s.offClock(c.AskAfter.Sub(f.At))
	}
	q := &Question{
		ID: QuestionDecision, Tone: Warn, Recommended: OptionGoOn,
		Title: fmt.Sprintf("%s more than %s%s. Go on, or back out?", lasts, plural(int(limit.Round(time.Minute).Minutes()), "minute", "minutes"), clock),
		Why:   "You wanted to be asked now. The service can go on for long without being wrong; nothing is lost either way.",
		Options: []Option{{
			ID: OptionGoOn, Label: "Go on", Consequence: "the applications stay stopped until it is COMPLETED",
			Fields: []Field{{ID: "limit", Label: "Ask me again after (minutes)", Kind: FieldText, Number: true, Optional: true, Default: fmt.Sprint(int(c.Limit)), Help: "0: never"}},
		}},
	}
	if words := s.lossWords(); words != "" {
		q.Tone, q.Why = Bad, "You wanted to be asked now. ALARM: "+words+". Backing out keeps it."
	}
	return s.orBack(q)
}

func decideLate(s *State, a Answer) {
	if a.Option != OptionGoOn {
		return
	}
	c := *s.Choices.Stop
	asked := &s.History[len(s.History)-1] // this answer
	asked.Says = fmt.Sprintf("asked at %s, after %d minutes; to be asked again after %d", c.AskAfter.Format(time.RFC3339), c.Limit, a.number("limit"))
	s.setLimit(&c, a.number("limit"))
	s.Choices.Stop = &c
}
