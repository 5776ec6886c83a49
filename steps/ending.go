package steps

import (
	"cmp"
	"fmt"
	"time"
)

// dayInWords is a day as people read it.
const dayInWords = "Monday, 2 January 2006"

// Closed reports whether a migration has come to its end, or to where only the source is
// still kept, and it can be left for days: it was confirmed that the applications work.
func Closed(s State) bool {
	c := &s.Choices
	return c.Ended != nil || c.Validated != nil && c.BackOut == nil && s.completed()
}

// Closing says at the end what was reached, what the downtime was against its forecast,
// what is open, and until when the source is kept; nil before the end. Every voice says it
// from here: the screen, the lines that stay in the terminal, a run.
func Closing(s State) []Item {
	if !Closed(s) {
		return nil
	}
	return s.closing()
}

func (s *State) closing() []Item {
	items := []Item{fact("Reached", "%s", s.reached())}
	if v := s.Choices.Validated; v != nil && s.onTarget() {
		items = append(items, fact("Works", "says %s, %s", cmp.Or(v.By, "somebody"), v.At.Format(dayAndTime)))
	}
	until := s.At
	if e := s.Choices.Ended; e != nil {
		until = e.At
	}
	if sum, times := DowntimeInAll(*s, until); times > 0 {
		items = append(items, fact("Downtime", "%s", SayDowntimeInAll(sum, times)))
		if was := s.forecastWas(until, times); was != "" {
			items = append(items, fact("Forecast was", "%s", was))
		}
	}
	if len(s.History) > 0 {
		items = append(items, fact("In all", "%s", lasting(until.Sub(s.History[0].At))))
	}
	if kept := s.sourceKept(); kept != "" {
		items = append(items, fact("Source", "%s", kept))
	}
	if words := s.lossWords(); words != "" {
		items = append(items, Item{Kind: ItemFact, Tone: Bad, Label: "Open", Text: words})
	}
	open := s.holding()
	if s.Choices.Ended != nil {
		open = s.open()
	}
	for _, i := range closable(open) {
		items = append(items, Item{Kind: ItemFact, Tone: Warn, Label: "Open", Text: i.What})
	}
	return items
}

// reached is what has become of source and target.
func (s *State) reached() string {
	n, e := s.Names(), s.Choices.Ended
	switch {
	case e != nil && e.How == EndBackedOut:
		return n.SourceInstance + " stays the database; everything was taken back"
	case e != nil && e.How == EndForHelp:
		return n.SourceInstance + " stays the database; the rest is left for SAP support"
	}
	return n.TargetInstance + " has replaced " + n.SourceInstance
}

// forecastWas is what was said of the last downtime before it began; empty: nothing was.
func (s *State) forecastWas(until time.Time, times int) string {
	stop, last := s.Choices.Stop, LastDowntime(*s)
	if stop == nil || stop.Forecast == nil || last.Begin.IsZero() {
		return ""
	}
	low, high := stop.Forecast.Total()
	text := fmt.Sprintf("%s to %s", lasting(low), lasting(high))
	if times > 1 {
		text += ", for the last one, which took " + last.lasting(until)
	}
	return text
}

// sourceKept says what becomes of the source; empty: it stays the database.
func (s *State) sourceKept() string {
	c := &s.Choices
	switch {
	case c.Source == nil || !s.onTarget() || c.Ended != nil && c.Ended.How != EndCompleted:
		return ""
	case s.deleted(*c.Source):
		return c.Source.Name + " is deleted"
	}
	name := s.present(*c.Source).Name
	if c.Ended != nil {
		return name + " is kept with its data, and costs money as long as it exists"
	}
	until := c.Validated.At.Add(coolingOff)
	if s.At.Before(until) {
		return name + " is kept until " + until.Format(dayInWords) + "; nothing deletes it by itself"
	}
	return name + " was kept for a week, and costs money as long as it exists"
}

// ClosingLines are the same as lines, with where the report lies; empty before the end.
func ClosingLines(s State, report string) []string {
	var lines []string
	for _, it := range Closing(s) {
		lines = append(lines, it.Label+": "+it.Text)
	}
	if len(lines) > 0 && report != "" {
		lines = append(lines, report)
	}
	return lines
}
