package report

import (
	"slices"
	"strings"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// waivers lists all that were given, oldest first: of the present cut-over, of
// those that were taken back, and those that the person took back.
func (b *builder) waivers() []Waiver {
	list := []Waiver{}
	type given struct {
		id string
		at int64
	}
	kept := map[given]bool{}
	add := func(w steps.Waiver, round int, former, withdrawn bool) {
		kind, _, _ := strings.Cut(w.ID, ":")
		list = append(list, Waiver{
			Round: round, Kind: sanitize.Line(kind), Writer: sanitize.Line(w.Name), Reason: sanitize.Line(w.Reason),
			At: b.when(w.At), By: sanitize.Line(w.By), Former: former, Withdrawn: withdrawn,
		})
	}
	for _, c := range steps.CutOvers(b.s) {
		for _, w := range c.Waivers {
			add(w, c.Round, c.Taken, false)
			kept[given{w.ID, w.At.UnixNano()}] = true
		}
	}
	for _, m := range b.s.History {
		if m.Kind == steps.MomentWaiver && !kept[given{m.ID, m.At.UnixNano()}] {
			add(steps.Waiver{ID: m.ID, Name: m.Object, Reason: m.Says, At: m.At, By: m.By}, m.Round, false, true)
		}
	}
	slices.SortStableFunc(list, func(a, b Waiver) int { return a.At.Compare(b.At) })
	return list
}
