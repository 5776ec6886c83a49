package report

import (
	"strconv"

	"pg-migrate-wizard/steps"
)

// support collects what support asks for first.
func (b *builder) support() Support {
	e := steps.EvidenceOf(b.s)
	made := Support{
		Region: e.Region, OrgGUID: e.Org.GUID, SpaceGUID: e.Space.GUID, SourceGUID: e.Source.GUID, TargetGUID: e.Target.GUID,
		SourceKeyGUID: e.SourceKey.GUID, TargetKeyGUID: e.TargetKey.GUID,
	}
	for _, m := range e.Requests {
		made.Requests = append(made.Requests, RequestID{m.At, m.Round, m.Request(), m.RequestID})
	}
	return made
}

func (r Report) supportSection() section {
	s := section{ID: "support", Title: "For support"}
	for _, x := range []fact{
		{"Region", r.Support.Region},
		{"Org GUID", r.Support.OrgGUID},
		{"Space GUID", r.Support.SpaceGUID},
		{"Source instance GUID", r.Support.SourceGUID},
		{"Target instance GUID", r.Support.TargetGUID},
		{"Source service key GUID", r.Support.SourceKeyGUID},
		{"Target service key GUID", r.Support.TargetKeyGUID},
	} {
		if x.Text != "" {
			s.Facts = append(s.Facts, x)
		}
	}
	t := tabulate(r.Support.Requests, "By which identity the other side knows what was asked and seen", "What|Round|When|Request id", func(x RequestID) []string {
		return []string{x.What, strconv.Itoa(x.Round), stamp(x.At), x.ID}
	})
	if len(s.Facts) > 0 && len(t.Rows) == 0 {
		return s
	}
	return s.with("Nothing is known that support could look for.", t)
}
