package steps

import (
	"slices"
	"time"
)

// An observation is taken in, unless something has happened since its look began
// that makes it old.

func (e SawSession) happen(s *State) []Effect {
	if s.accept(SeeSession, e.Observation) {
		s.sawSession(e.Session)
	}
	return nil
}

func (e SawPasscodeURL) happen(s *State) []Effect {
	s.Facts.Passcode = e.URL
	return nil
}

func (e SawMigrations) happen(s *State) []Effect {
	if s.accept(SeeMigrations, e.Observation) {
		s.Facts.Migrations = e.Saved
	}
	return nil
}

func (e SawOrgs) happen(s *State) []Effect {
	if s.accept(SeeOrgs, e.Observation) {
		s.Facts.Orgs = byName(e.Orgs, func(r Ref) Ref { return r })
	}
	return nil
}

func (e SawSpaces) happen(s *State) []Effect {
	if s.accept(SeeSpaces, e.Observation) {
		s.Facts.Spaces, s.Facts.SpacesOf = byName(e.Spaces, func(r Ref) Ref { return r }), e.Of
	}
	return nil
}

func (e SawInstances) happen(s *State) []Effect {
	if s.accept(SeeInstances, e.Observation) {
		s.Facts.Instances = byName(e.Instances, func(i Instance) Ref { return i.Ref })
	}
	return nil
}

func (e SawAccess) happen(s *State) []Effect {
	if s.accept(SeeAccess, e.Observation) {
		s.Facts.Access = e.Open
	}
	return nil
}

func (e SawKeys) happen(s *State) []Effect {
	keys, see := s.keys(e.Side)
	if s.accept(see, e.Observation) {
		*keys = byName(e.Keys, func(k Key) Ref { return k.Ref })
	}
	return nil
}

func (e SawApps) happen(s *State) []Effect {
	if s.accept(SeeApps, e.Observation) {
		s.sawApps(e.Apps)
		s.sawMentioned(e.Mentioned)
		s.Facts.Tasks = byName(e.Tasks, func(t Task) Ref { return t.Ref })
	}
	return nil
}

func (e SawElsewhere) happen(s *State) []Effect {
	if s.accept(SeeElsewhere, e.Observation) {
		s.Facts.Elsewhere = e.Elsewhere
	}
	return nil
}

func (e SawShares) happen(s *State) []Effect {
	if s.accept(SeeShares, e.Observation) {
		s.Facts.Shares = e.Shares
	}
	return nil
}

func (e SawReplication) happen(s *State) []Effect {
	if e.Names == s.Names() && s.accept(SeeReplication, e.Observation) {
		s.progress(&s.Facts.Replication, MomentReplication, e.Exists, e.Word)
	}
	return nil
}

func (e SawFinalization) happen(s *State) []Effect {
	if e.Names == s.Names() && s.accept(SeeFinalization, e.Observation) {
		s.progress(&s.Facts.Finalization, MomentFinalization, e.Exists, e.Word)
	}
	return nil
}

// sawSession takes a login in. One at another landscape than the migration's is
// no login for it.
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
	s.Facts.Session = f
}

// accept reports whether an observation still counts, and notes it.
func (s *State) accept(k Sight, o Observation) bool {
	seen := s.Seen[k]
	if o.Asked < seen.since {
		return false
	}
	s.Seen[k] = Seen{At: s.At, asked: o.Asked, since: seen.since}
	return true
}

// sawApps takes the applications in, notes those whose state turned without us,
// and completes memories whose parameters the journal had to leave out.
func (s *State) sawApps(apps []App) {
	apps = byName(apps, func(a App) Ref { return a.Ref })
	for i, a := range apps {
		was := s.app(a.GUID)
		if was == nil || a.State != Started {
			continue
		}
		if was.Healthy == Yes && a.Healthy == Unknown {
			apps[i].Healthy = Yes // was not asked again
		}
		if was.Crashed && a.Healthy != Yes {
			apps[i].Crashed = true // between two tries
		}
	}
	for _, a := range apps {
		if was := s.app(a.GUID); s.memoryOf(a.GUID) != nil && a.State == Started && a.Target != nil && s.healthy(&a) && (was == nil || !s.healthy(was)) && s.lastTurn(a.GUID) != AppHealthy {
			s.rememberTurn(a.Ref, AppHealthy)
		}
	}
	s.Facts.Apps = apps
	if !slices.ContainsFunc(s.Choices.Memory, func(m AppMemory) bool { return m.Binding != nil && m.Binding.Params.Withheld }) {
		return
	}
	memory := slices.Clone(s.Choices.Memory)
	for i, m := range memory {
		if a := s.app(m.GUID); a != nil && a.Source != nil && a.Source.ParamsKnown && m.Binding != nil && m.Binding.Params.Withheld {
			memory[i].Binding = &BoundMemory{Name: m.Binding.Name, Params: Params{Raw: a.Source.Params, Known: true}}
		}
	}
	s.Choices.Memory = memory
}

// sawMentioned brings the applications that know the source otherwise than by a
// binding up to date, between two looks at who those are.
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

// progress takes in what the migration service says, and notes every turn. Since
// when it says so is known of what this migration has created, or has seen turn.
func (s *State) progress(p *Progress, kind MomentKind, exists bool, word string) {
	looks := p.Looks + 1
	if p.Known && p.Exists == exists && p.Word == word {
		p.Looks = looks
		return
	}
	since := s.At
	if s.Unrecorded() {
		since = time.Time{} // it is only known since when we look
	}
	if exists {
		last := s.last(kind)
		if last != nil && last.Status == word {
			since = last.At // from before a restart
		}
		if s.found(kind) && (last == nil || last.Status == word && last == s.first(kind)) {
			since = time.Time{}
		}
		if last == nil || last.Status != word {
			s.remember(Moment{Kind: kind, Status: word})
		}
	}
	*p = Progress{Known: true, Exists: exists, Word: word, Since: since, Looks: looks}
}

// found reports whether a replication or finalization was there without this
// migration's doing.
func (s *State) found(kind MomentKind) bool {
	creates := DoCreateReplication
	if kind == MomentFinalization {
		creates = DoCreateFinalization
	}
	return !s.did(s.identity(Effect{Do: creates}))
}

// HealthWanted lists the applications of which it should be asked whether all
// their instances run: those that this migration has brought back, until they
// were seen healthy, and again while the person validates.
func HealthWanted(s State) []string {
	var guids []string
	for _, m := range s.Choices.Memory {
		if s.Choices.Switch == nil || m.State != Started {
			continue
		}
		if a := s.app(m.GUID); a == nil || !a.Gone && a.State == Started && (a.Healthy != Yes || s.Choices.Validated == nil && s.reached(Switch)) {
			guids = append(guids, m.GUID)
		}
	}
	return guids
}

// lastTurn is what was noted of an application last in this round.
func (s *State) lastTurn(app string) string {
	m := s.History.Last(s.Choices.Round, func(m Moment) bool { return m.Kind == MomentApp && m.ID == app })
	if m == nil {
		return ""
	}
	return m.Status
}

// first returns the oldest moment of a kind in this round.
func (s *State) first(kind MomentKind) *Moment {
	return s.History.First(s.Choices.Round, func(m Moment) bool { return m.Kind == kind })
}

// last returns the newest moment of a kind in this round.
func (s *State) last(kind MomentKind) *Moment {
	return s.History.Last(s.Choices.Round, func(m Moment) bool { return m.Kind == kind })
}
