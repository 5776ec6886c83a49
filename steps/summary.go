package steps

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Summarize says in short what a migration is about and where it stood, by what is kept
// of it: its choices and its history. Whoever keeps them, and where, says the same of it;
// identity, path and time of the last line are the keeper's to add.
func Summarize(c Choices, h History) JournalSummary {
	m := JournalSummary{
		Step: cmp.Or(h.LastStep(), SignIn), Ended: c.Ended, UsedTargets: slices.Clone(c.UsedTargets),
		Begun: c.Replicate != nil || len(c.Memory) > 0 || slices.ContainsFunc(h, func(m Moment) bool { return m.Kind == MomentReplication }),
	}
	if c.Where != nil {
		m.API, m.Org, m.Space, m.By = c.Where.API, c.Where.Org.Name, c.Where.Space.Name, c.Where.User
	}
	if c.Source != nil {
		m.Source, m.SourceGUID = c.Source.Name, c.Source.GUID
	}
	if c.Target != nil {
		m.Target, m.TargetGUID = c.Target.Name, c.Target.GUID
	}
	m.Of, m.Status, m.Since = h.lastProgress(max(1, c.Round))
	if c.Ended == nil {
		m.GoesBack = c.BackOut != nil
		s := New()
		s.Choices, s.History = c, h
		if list, _ := downtimes(&s); len(list) > 0 && list[len(list)-1].End.IsZero() {
			m.DownSince = list[len(list)-1].Begin
		}
	}
	return m
}

// lastProgress is what the service has said last in a round, of what, and since when it
// says so.
func (h History) lastProgress(round int) (of MomentKind, status string, since time.Time) {
	for _, m := range slices.Backward(h) {
		if m.Round != round || m.Kind != MomentReplication && m.Kind != MomentFinalization {
			continue
		}
		switch {
		case of == "":
			of, status, since = m.Kind, m.Status, m.At
		case m.Kind == of && m.Status == status: // seen anew by who took it up
			since = m.At
		default:
			return of, status, since
		}
	}
	return of, status, since
}

// Summary says of a note what a record says: it is the newer one, where another machine
// leads.
func (n Note) Summary() JournalSummary {
	m := JournalSummary{
		ID: n.ID, API: n.API, Org: n.Org, Space: n.Space, Source: n.Source.Name, SourceGUID: n.Source.GUID, Target: n.Target.Name, TargetGUID: n.Target.GUID,
		By: n.Lead.User, Begun: true, Step: n.Step, Status: n.Status, DownSince: n.Down, At: n.At,
	}
	if n.Step.Number() <= Writers.Number() {
		m.Of = MomentReplication
	} else {
		m.Of = MomentFinalization
	}
	if n.Status == "" {
		m.Of = ""
	}
	if !n.Mine {
		m.Lead = n.Lead.String()
	}
	return m
}

// WithNotes joins the migrations that this machine remembers with those that are written
// down on their targets. Of one that another machine leads, the note says how it stands.
func WithNotes(records []JournalSummary, notes []Note) []JournalSummary {
	list := slices.Clone(records)
	for _, n := range notes {
		if n.ID == "" || n.Mine {
			continue
		}
		m := n.Summary()
		i := slices.IndexFunc(list, func(r JournalSummary) bool { return r.ID == n.ID })
		if i < 0 {
			list = append(list, m)
			continue
		}
		m.Path, m.InUse, m.Damage, m.UsedTargets = list[i].Path, list[i].InUse, list[i].Damage, list[i].UsedTargets
		list[i] = m
	}
	return list
}

// UnderWay reports whether it is known and has not ended.
func (m JournalSummary) UnderWay() bool { return m.Damage == nil && m.Ended == nil }

// Parked reports whether its databases were in sync, and nothing was down for it: it can
// stay so until its downtime fits.
func (m JournalSummary) Parked() bool {
	return m.UnderWay() && !m.GoesBack && m.DownSince.IsZero() && m.Of == MomentReplication && m.Status == InSync
}

// Stands says in short where it stood when it was last seen.
func (m JournalSummary) Stands() string {
	at := "at " + m.Step.Title()
	switch {
	case m.Damage != nil:
		return "cannot be read"
	case m.Ended != nil:
		return "ended: " + m.Ended.How
	case !m.DownSince.IsZero():
		return "DOWNTIME since " + m.DownSince.Format(dayAndTime) + ", " + at
	case m.GoesBack:
		return "going back to the source"
	case m.Parked() && m.Since.IsZero():
		return "parked IN-SYNC, " + at
	case m.Parked():
		return "parked IN-SYNC since " + m.Since.Format(dayAndTime) + ", " + at
	case m.Status != "":
		return string(m.Of) + " " + m.Status + ", " + at
	}
	return at
}

// Foremost sorts migrations: what is down comes first, then what is under way, the newest
// first in each; what has ended comes last.
func Foremost(list []JournalSummary) []JournalSummary {
	rank := func(m JournalSummary) int {
		switch {
		case !m.DownSince.IsZero():
			return 0
		case m.UnderWay():
			return 1
		}
		return 2
	}
	list = slices.Clone(list)
	sort.SliceStable(list, func(i, j int) bool { return rank(list[i]) < rank(list[j]) })
	return list
}

// SayParked says of several migrations what becomes of them without a program.
const SayParked = "What is IN-SYNC is kept so by the service, for as long as you like, and no application has noticed. Lead one at a time through its downtime."
