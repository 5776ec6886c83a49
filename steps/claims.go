package steps

import (
	"cmp"
	"slices"
	"time"
)

// Claim is a statement about the world, and what it rests on. Whatever says how things
// stand is made of claims: what nobody has looked at is not known, and not "not so".
type Claim struct {
	About Subject    `json:"about"`
	Value ClaimValue `json:"value"`           // of a replication or a finalization the service's word
	Count int        `json:"count,omitempty"` // of applications: for how many it holds
	Of    int        `json:"of,omitempty"`    // how many it is about
	Basis Basis      `json:"basis"`
	At    time.Time  `json:"at,omitzero"` // of the look, or of the last entry of the record
}

// Subject is what a claim is about. The values are a public interface.
type Subject string

// What there are claims about.
const (
	AboutApplications Subject = "applications"
	AboutReplication  Subject = "replication"
	AboutFinalization Subject = "finalization"
	AboutWrites       Subject = "writes" // what going back would cost
)

// ClaimValue is what is claimed. The values are a public interface.
type ClaimValue string

// Values of claims.
const (
	ValueNotKnown  ClaimValue = "not-known"
	ValueUntouched ClaimValue = "untouched" // this migration has stopped and bound none
	ValueStopped   ClaimValue = "stopped"   // by this migration, before COMPLETED
	ValueOnSource  ClaimValue = "on-source" // as they were before
	ValueOnTarget  ClaimValue = "on-target" // after COMPLETED, in the state that they had
	ValueUnsure    ClaimValue = "unsure"    // stopped, not by this record; how they were before nobody here knows

	ValueNone  ClaimValue = "none"  // of a process: there is none
	ValueBegun ClaimValue = "begun" // of a process: it was made, and nobody has looked at it since

	ValueKept     ClaimValue = "kept" // nothing is lost
	ValueLost     ClaimValue = "lost" // what was written to the target since then
	ValueDoubtful ClaimValue = "doubtful"
)

// Basis is what a claim rests on. The values are a public interface.
type Basis string

// Bases of claims.
const (
	BasisSeen     Basis = "seen"      // a look just now
	BasisLastSeen Basis = "last-seen" // a look that is not repeated, or fails
	BasisRecord   Basis = "record"    // what this migration itself has done and seen, by its journal
	BasisNone     Basis = "not-known"
)

// lookLasts is how old a look may be and still tell how things are: the slowest look
// that is repeated comes every minute, and one that fails is tried again sooner.
const lookLasts = 2 * time.Minute

// basis says what a claim rests on that is made from an observation.
func (s *State) basis(see Observable) (Basis, time.Time) {
	seen, until := s.Seen[see], s.At
	if e := s.Choices.Ended; e != nil {
		until = e.At // nobody looks any more
	}
	switch {
	case seen.At.IsZero():
		return BasisNone, time.Time{}
	case !s.Facts.Session.SignedIn, seen.Problem != nil, until.Sub(seen.At) > lookLasts, s.unclearAbout(see):
		return BasisLastSeen, seen.At
	}
	return BasisSeen, seen.At
}

// unclearAbout reports whether a request got no answer that may have changed what an
// observation tells.
func (s *State) unclearAbout(see Observable) bool {
	for _, w := range s.Work {
		if w.Status == Unclear && slices.Contains(w.Effect.invalidates(), see) {
			return true
		}
	}
	return false
}

// Claims lists what can be said of the world now. [Standing] and [Leaving] are made of
// them.
func Claims(s State) []Claim {
	if s.Choices.Where == nil || s.Unrecorded() && !s.looked(ObserveApps) {
		return nil
	}
	list := []Claim{s.claimOfApps(), finalization.claim(&s), replication.claim(&s)}
	if s.completed() {
		list = append(list, s.claimOfWrites())
	}
	return list
}

// claim says how a process stands. What the service cannot be asked any more is known
// as it was said last.
func (p *process) claim(s *State) Claim {
	c := Claim{About: p.about, Value: ValueNotKnown, Basis: BasisNone}
	if now := p.progress(s); now.Known && !p.beyondAsking(s) {
		if c.Basis, c.At = s.basis(p.see); now.Missed > 0 { // not found by the last looks, which does not say enough
			c.Basis, c.At = BasisLastSeen, now.MissedSince
		}
		if c.Value = ValueNone; now.Exists {
			c.Value = ClaimValue(now.Word)
		}
		return c
	}
	last := s.History.Last(s.Choices.Round, func(m *Moment) bool { return m.Kind == p.moment || m.Did(p.create) || m.Did(p.remove) })
	switch {
	case last == nil:
	case last.Kind == p.moment:
		c.Value, c.Basis, c.At = ClaimValue(last.Status), BasisRecord, last.At
		if seen := s.LastSeen.of(p.see); seen.After(c.At) && !p.beyondAsking(s) {
			c.At = seen
		}
	case last.Verb == p.remove:
		c.Value, c.Basis, c.At = ValueNone, BasisRecord, last.At
	default:
		c.Value, c.Basis, c.At = ValueBegun, BasisRecord, last.At
	}
	return c
}

// beyondAsking reports whether the service cannot tell any more what it has said: it
// finds a migration by the names of instances and keys, and one of those is gone since
// COMPLETED.
func (p *process) beyondAsking(s *State) bool {
	now := p.progress(s)
	return s.completed() && !s.nameable() && !now.Exists && s.History.LastStatus(s.Choices.Round, p.moment) != ""
}

// appTally counts applications of this migration.
type appTally struct {
	all     int // that the migration is about
	ran     int // of them, those that ran before
	stopped int // of those, now
	source  int // of all, those that are on the source as they were
	target  int // of all, those that are on the target as they were on the source
}

// claimOfApps says where the applications are, as it matters at this point.
func (s *State) claimOfApps() Claim {
	if n := len(s.unsureApps()); n > 0 && !s.Unrecorded() {
		c := Claim{About: AboutApplications, Value: ValueUnsure, Count: n, Of: n}
		c.Basis, c.At = s.basis(ObserveApps)
		return c
	}
	apps := s.appsOfRecord()
	c := Claim{About: AboutApplications, Value: ValueOnSource, Of: len(apps)}
	basis, at := s.basis(ObserveApps)
	var n appTally
	switch {
	case s.Unrecorded():
		return Claim{About: AboutApplications, Value: ValueNotKnown, Basis: BasisNone}
	case basis != BasisNone:
		n = s.tallySeen(apps)
	case len(apps) > 0:
		if n, at = s.tallyRecorded(apps); s.LastSeen != nil && !s.LastSeen.At.IsZero() && !s.LastSeen.At.Before(at) {
			then := *s
			then.Facts.Apps = s.LastSeen.Applications()
			n, at = then.tallySeen(apps), s.LastSeen.At
		}
		if !at.IsZero() {
			basis = BasisRecord
		}
	}
	c.Basis, c.At, c.Of = basis, at, n.all
	over := s.Choices.Ended != nil || s.Choices.BackOut != nil
	switch {
	case s.onTarget():
		c.Value, c.Count = ValueOnTarget, n.target
		if basis == BasisNone {
			c.Value, c.Count, c.Of = ValueNotKnown, 0, 0
		}
	case len(apps) == 0, basis == BasisNone: // the record has nothing done to them
		c.Value, c.Of, c.Basis, c.At = ValueUntouched, 0, BasisRecord, time.Time{}
		if s.adopted() && !s.looked(ObserveApps) {
			c.Value, c.Basis = ValueNotKnown, BasisNone
		}
	case over || len(s.Choices.Memory) == 0 || n.stopped == 0:
		c.Count = n.source
	default:
		c.Value, c.Count, c.Of = ValueStopped, n.stopped, n.ran
	}
	return c
}

// appsOfRecord are the applications that this migration has touched, or is about to: of
// the present cut-over or, when that was taken back, of the last one.
func (s *State) appsOfRecord() []AppMemory {
	apps := s.Choices.Memory
	if s.onTarget() {
		for _, a := range s.unknownApps() {
			apps = append(apps[:len(apps):len(apps)], memoryFrom(a))
		}
	}
	for i := len(s.Choices.Former) - 1; i >= 0 && len(apps) == 0 && !s.onTarget(); i-- {
		apps = s.Choices.Former[i].Memory
	}
	return apps
}

func (s *State) tallySeen(apps []AppMemory) (n appTally) {
	for _, m := range apps {
		a := s.app(m.GUID)
		if a == nil || a.Gone || m.State == "" {
			continue
		}
		if s.counts(m) {
			n.all++
		}
		if m.State == Started {
			n.ran++
			if a.State == Stopped {
				n.stopped++
			}
		}
		if s.counts(m) && s.inPlace(m, Source) {
			n.source++
		}
		if s.counts(m) && s.inPlace(m, Target) {
			n.target++
		}
	}
	return n
}

// counts reports whether an application is one of those that are said to be on a side. Of
// one that was on the target before COMPLETED, nothing is said before it is to run there.
func (s *State) counts(m AppMemory) bool {
	return m.Side != Target || s.onTarget() && s.toRun(m, Target)
}

// tallyRecorded counts by what the record has of each application; last is when the last
// of it was noted, zero when there is nothing.
func (s *State) tallyRecorded(apps []AppMemory) (n appTally, last time.Time) {
	for _, m := range apps {
		if m.State == "" {
			continue
		}
		if s.counts(m) {
			n.all++
		}
		state, sides, healthy := m.State, map[Side]bool{m.place(Source): true}, false
		if m.Side == Both {
			sides[Target] = true
		}
		for x := range s.History.In(s.Choices.Round) {
			if x.Kind != MomentApp || x.ID != m.GUID {
				continue
			}
			last = x.At
			switch {
			case x.Verb == DoBind, x.Verb == DoUnbind:
				sides[x.Side] = x.Verb == DoBind
			case x.Status == AppStopped:
				state, healthy = Stopped, false
			case x.Status == AppStarted:
				state = Started
			case x.Status == AppHealthy:
				healthy = true
			}
		}
		if m.State == Started {
			n.ran++
			if state == Stopped {
				n.stopped++
			}
		}
		if !s.counts(m) {
			continue
		}
		if sides[Source] && (!sides[Target] || m.Side == Both) && state == m.State {
			n.source++
		}
		if sides[Target] && !sides[Source] && state == s.stateAt(m, Target) && (healthy || state == Stopped) {
			n.target++
		}
	}
	return n, last
}

// claimOfWrites says what going back would cost after COMPLETED.
func (s *State) claimOfWrites() Claim {
	c := Claim{About: AboutWrites, Value: ValueNotKnown, Basis: BasisNone}
	if since := s.writtenSince(); !since.IsZero() {
		return Claim{About: AboutWrites, Value: ValueLost, Basis: BasisRecord, At: since}
	}
	if s.looked(ObserveApps) {
		c.Basis, c.At = s.basis(ObserveApps)
		c.Value = ValueKept
		for _, a := range s.Facts.Apps {
			if a.Target != nil && !a.Gone && a.Running() { // started by somebody else
				c.Value = ValueDoubtful
			}
		}
	} else if _, at := s.tallyRecorded(s.Choices.Memory); !at.IsZero() {
		c.Value, c.Basis, c.At = ValueKept, BasisRecord, at
	}
	return c
}

// notSeen lists the claims that no look of now is behind, as people read it.
func (s *State) notSeen() []string {
	if s.Choices.Ended != nil || s.Choices.Where == nil {
		return nil // nobody looks any more, or there is nothing to look at yet
	}
	var list []string
	for _, c := range Claims(*s) {
		process := c.About == AboutReplication || c.About == AboutFinalization
		switch {
		case c.Basis == BasisSeen, c.About == AboutWrites, c.Value == ValueUntouched:
		case process && (s.completed() || !s.began() && (c.known() || !s.Names().Complete())):
		case c.known() && !c.At.IsZero():
			list = append(list, aboutWords[c.About]+" cannot be seen at the moment; last seen "+clockTime(c.At, s.At)+".")
		default:
			list = append(list, aboutWords[c.About]+" is not known: nobody has looked since the program was started.")
		}
	}
	return list
}

var aboutWords = map[Subject]string{
	AboutApplications: "Where the applications are", AboutReplication: "How the replication stands", AboutFinalization: "How the finalization stands",
}

// seenAt is when what a claim says was seen, as people read it; empty for just now.
func (c Claim) seenAt(now time.Time) string {
	if c.Basis == BasisSeen || c.At.IsZero() {
		return ""
	}
	return "last seen " + clockTime(c.At, now) + ": "
}

// all reports whether it holds for everything that it is about.
func (c Claim) all() bool { return c.Count == c.Of }

// known reports whether there is any basis for it.
func (c Claim) known() bool { return cmp.Or(c.Basis, BasisNone) != BasisNone }
