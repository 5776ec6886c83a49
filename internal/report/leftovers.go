package report

import (
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// leftovers lists what is still there, with the reason: the machine's inventory,
// cleaned for a page. After the end it is the one that was taken then.
func (b *builder) leftovers() []Leftover {
	list := []Leftover{}
	for _, l := range steps.Inventory(b.s) {
		list = append(list, Leftover{
			Kind: l.What, Name: sanitize.Line(l.Name), Of: sanitize.Line(l.Of), Status: sanitize.Line(l.Status),
			Why: sanitize.Line(l.Why), SeenAt: b.when(l.SeenAt),
		})
	}
	return list
}
