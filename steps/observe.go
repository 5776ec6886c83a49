package steps

import (
	"slices"
)

// take records an observation, unless something has happened since it was begun that
// makes it old.
func (s *State) take(see Observable, o Observation, put func()) []Effect {
	seen := s.Seen[see]
	if o.Asked >= seen.since {
		s.Seen[see] = Seen{At: s.At, asked: o.Asked, since: seen.since}
		put()
	}
	return nil
}

func (e SawSession) happen(s *State) []Effect {
	return s.take(ObserveSession, e.Observation, func() { s.sawSession(e.Session) })
}

func (e SawPasscodeURL) happen(s *State) []Effect {
	s.Facts.Passcode = e.URL
	return nil
}

func (e SawMigrations) happen(s *State) []Effect {
	return s.take(ObserveMigrations, e.Observation, func() {
		s.Facts.Others = e.Others
		// Where nothing was chosen there is nothing to go on with.
		s.Facts.Migrations = slices.DeleteFunc(Foremost(e.Saved), func(m JournalSummary) bool { return m.Source == "" })
	})
}

func (e SawOrgs) happen(s *State) []Effect {
	return s.take(ObserveOrgs, e.Observation, func() { s.Facts.Orgs = byName(e.Orgs, func(r Ref) Ref { return r }) })
}

func (e SawSpaces) happen(s *State) []Effect {
	return s.take(ObserveSpaces, e.Observation, func() { s.Facts.Spaces, s.Facts.SpacesOf = byName(e.Spaces, func(r Ref) Ref { return r }), e.Of })
}

func (e SawInstances) happen(s *State) []Effect {
	return s.take(ObserveInstances, e.Observation, func() { s.Facts.Instances = byName(e.Instances, func(i Instance) Ref { return i.Ref }) })
}

func (e SawAccess) happen(s *State) []Effect {
	return s.take(ObserveAccess, e.Observation, func() { s.Facts.Access = e.Open })
}

func (e SawKeys) happen(s *State) []Effect {
	x := s.endpoint(e.Side)
	return s.take(x.seeKeys, e.Observation, func() { *x.keys = byName(e.Keys, func(k Key) Ref { return k.Ref }) })
}

func (e SawApps) happen(s *State) []Effect {
	return s.take(ObserveApps, e.Observation, func() {
		s.sawApps(e.Apps)
		s.forgetStarted()
		s.sawMentioned(e.Mentioned)
		s.Facts.Tasks = byName(e.Tasks, func(t Task) Ref { return t.Ref })
	})
}

func (e SawElsewhere) happen(s *State) []Effect {
	return s.take(ObserveElsewhere, e.Observation, func() { s.Facts.Elsewhere = e.Elsewhere })
}

func (e SawShares) happen(s *State) []Effect {
	return s.take(ObserveShares, e.Observation, func() { s.Facts.Shares = e.Shares })
}

func (e SawReplication) happen(s *State) []Effect {
	return replication.observed(s, e.Observation, e.Names, e.Exists, e.Word, e.RequestID)
}

func (e SawFinalization) happen(s *State) []Effect {
	return finalization.observed(s, e.Observation, e.Names, e.Exists, e.Word, e.RequestID)
}

// sawSession takes in a login. One at another landscape than the migration's counts as
// none.
func (s *State) sawSession(f Session) {
	if w := s.Choices.Where; w != nil && f.SignedIn && f.API != w.API {
		f.SignedIn = false
		f.Reason = "cf is signed in at " + f.API + ", and this migration runs at " + w.API + "."
	}
	if old := s.Facts.Session; s.Choices.Where == nil && old.SignedIn && old.API == f.API && old.Space.GUID == "" {
		f.Org, f.Space = old.Org, old.Space // the person is picking another one
	}
	if f.SignedIn {
		s.Facts.Passcode = ""
	}
	if old := s.Facts.Session; old.SignedIn != f.SignedIn || old.API != f.API { // the migrations there are others
		s.invalidate(ObserveMigrations)
	}
	s.Facts.Session = f
}

// sawApps takes in the applications, records those that have become healthy, and
// completes memories whose parameters the journal had to leave out.
func (s *State) sawApps(apps []App) {
	apps = byName(apps, func(a App) Ref { return a.Ref })
	for i, a := range apps {
		was := s.app(a.GUID)
		if was == nil || a.State != Started {
			continue
		}
		if was.Healthy == Yes && a.Healthy == Unknown && a.Ailment == "" {
			apps[i].Healthy = Yes // was not asked again
		}
		if was.Crashed && a.Healthy != Yes {
			apps[i].Crashed = true // between two tries
		}
	}
	for _, a := range apps {
		if was := s.app(a.GUID); s.memoryOf(a.GUID) != nil && a.State == Started && a.Target != nil && a.Healthy == Yes && (was == nil || was.Healthy != Yes) && s.lastAppStatus(a.GUID) != AppHealthy {
			s.recordApp(a.Ref, AppHealthy)
		}
	}
	s.Facts.Apps = apps
	if !slices.ContainsFunc(s.Choices.Memory, func(m AppMemory) bool { return m.Binding != nil && m.Binding.Params.Withheld }) {
		return
	}
	memory := slices.Clone(s.Choices.Memory)
	for i, m := range memory {
		if m.Binding == nil || !m.Binding.Params.Withheld {
			continue
		}
		a := s.app(m.GUID)
		if a == nil {
			continue
		}
		if was := a.at(m.place(Source)).used(); was != nil && was.ParamsKnown {
			memory[i].Binding = &BoundMemory{Name: m.Binding.Name, Params: Params{Raw: was.Params, Known: true}}
		}
	}
	s.Choices.Memory = memory
}

// sawMentioned updates the applications that know the source otherwise than by a
// binding, between two looks at which those are.
func (s *State) sawMentioned(apps []App) {
	if len(apps) == 0 {
		return
	}
	mentions := slices.Clone(s.Facts.Elsewhere.Mentions)
	for i, m := range mentions {
		mentions[i].Apps = slices.Clone(m.Apps)
		for j, known := range m.Apps {
			if now := slices.IndexFunc(apps, func(a App) bool { return a.GUID == known.GUID }); now >= 0 {
				mentions[i].Apps[j] = apps[now]
			}
		}
	}
	s.Facts.Elsewhere.Mentions = mentions
}

// HealthWanted lists the applications whose instances should be looked at: those that
// this migration has started, until they were healthy, and again during validation and
// before something is deleted.
func HealthWanted(s State) []string {
	var guids []string
	for _, m := range s.Choices.Memory {
		if s.Choices.Switch == nil || !s.toRun(m, Target) {
			continue
		}
		if a := s.app(m.GUID); a == nil || !a.Gone && a.State == Started && (a.Healthy != Yes || s.wasSwitched() && (s.Choices.Validated == nil || !s.fresh(ObserveApps))) {
			guids = append(guids, m.GUID)
		}
	}
	return guids
}

// lastAppStatus is what was recorded last of an application in this round.
func (s *State) lastAppStatus(app string) string {
	return s.History.lastStatus(s.Choices.Round, func(m *Moment) bool { return m.Kind == MomentApp && m.ID == app })
}

// last returns the newest moment of a kind in this round.
func (s *State) last(kind MomentKind) *Moment {
	return s.History.Last(s.Choices.Round, func(m *Moment) bool { return m.Kind == kind })
}
