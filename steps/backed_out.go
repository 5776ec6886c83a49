package steps

import "strings"

// BackedOut says what the back-out did with which a migration has ended, by its record;
// empty: it has not ended so.
func BackedOut(s State) string {
	e, b := s.Choices.Ended, s.Choices.BackOut
	if e == nil || e.How != EndBackedOut {
		return ""
	}
	var did []string
	for m := range s.History.In(s.Choices.Round) {
		if m.Done() && (b == nil || !m.At.Before(b.At)) {
			did = append(did, m.Object)
		}
	}
	says := "It was backed out at " + e.At.Format(dayAndTime) + ", by the record"
	if len(did) > 0 {
		says += ": " + strings.Join(did, "; ")
	}
	return says + "."
}
