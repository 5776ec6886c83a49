package report

import (
	"strings"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// alarms lists what somebody else did while nobody should: writers that came
// back, and changes of what the migration stands on.
func (b *builder) alarms() []Alarm {
	list := []Alarm{}
	for _, a := range steps.Alarms(b.s) {
		word, guid, _ := strings.Cut(a.ID, ":") // docs/journal.md
		kind := AlarmKind(word)
		switch word {
		case "instance":
			kind = ChangedInstance
		case "chosen-key":
			kind, guid = ChangedKey, "" // known by its side
		case "space":
			kind = ChangedSpace
		case "cf-user":
			kind = ChangedUser
		}
		list = append(list, Alarm{
			Round: a.Round, Kind: AlarmKind(sanitize.Line(string(kind))), Writer: !a.Drift(), GUID: sanitize.Line(guid),
			Name: sanitize.Line(a.Name), What: sanitize.Line(a.What), Span: b.span(a.Since, a.Until),
		})
	}
	return list
}
