package plan

import (
	"slices"

	"pg-migrate-wizard/steps"
)

// Unmatched lists the writers that the plan waives and the census does not have:
// mistyped, or gone.
func (p Plan) Unmatched(census []steps.Writer) []string {
	var list []string
	for _, w := range p.Waive {
		if !slices.ContainsFunc(census, func(l steps.Writer) bool { return l.CalledBy(w.Writer) }) {
			list = append(list, w.Writer)
		}
	}
	return list
}
