package steps

import "time"

// CutOver is one cut-over of the record: the present one, or one that was taken
// back.
type CutOver struct {
	Former
	From  time.Time // its first word; zero: from the beginning
	Taken bool      // back
}

// CutOvers lists all of them, oldest first; the present one is the last.
func CutOvers(s State) []CutOver {
	c := &s.Choices
	var list []CutOver
	var before time.Time // when the one before was taken back
	for i, f := range append(c.Former[:len(c.Former):len(c.Former)], c.cutOver()) {
		x := CutOver{Former: f, From: before, Taken: i < len(c.Former)}
		switch {
		case f.Stop != nil && f.Stop.Forecast != nil:
			x.From = f.Stop.Forecast.At
		case f.Stop != nil:
			x.From = f.Stop.At
		}
		if f.BackOut != nil {
			before = f.BackOut.At
		}
		list = append(list, x)
	}
	return list
}

// CutOverAt returns the one of the list that a moment belongs to.
func CutOverAt(list []CutOver, at time.Time) CutOver {
	for i := len(list) - 1; i > 0; i-- {
		if !list[i].From.After(at) {
			return list[i]
		}
	}
	return list[0]
}
