package steps

import "time"

// process is something that the migration service runs by itself for the six names:
// there is one replication and one finalization.
type process struct {
	name           string // also its place below /v1
	label          string
	about          Subject
	see            Observable
	moment         MomentKind
	create, remove Verb
	left           LeftKind
	goodEnd        string // the status that ends it well
	affects        []Observable
	notCreated     string // what is as it was after a failure
	progress       func(*State) *Progress
	consent        func(*Choices) **Consent
}

var (
	replication = &process{
		name: "replication", label: "Replication", about: AboutReplication, see: ObserveReplication, moment: MomentReplication,
		create: DoCreateReplication, remove: DoDeleteReplication, left: LeftReplication, goodEnd: InSync,
		notCreated: "No replication was started; both databases are as they were.",
		progress:   func(s *State) *Progress { return &s.Facts.Replication },
		consent:    func(c *Choices) **Consent { return &c.Replicate },
	}
	finalization = &process{
		name: "finalization", label: "Finalization", about: AboutFinalization, see: ObserveFinalization, moment: MomentFinalization,
		create: DoCreateFinalization, remove: DoDeleteFinalization, left: LeftFinalization, goodEnd: Completed,
		affects:    []Observable{ObserveReplication},
		notCreated: "No finalization was started; the replication goes on.",
		progress:   func(s *State) *Progress { return &s.Facts.Finalization },
		consent:    func(c *Choices) **Consent { return &c.Finalize },
	}
)

// observed takes in what the service says, and records every change. Since when it says
// so is known of what this migration has created, or has seen change.
func (p *process) observed(s *State, o Observation, names Names, exists bool, word, requestID string) []Effect {
	if names != s.Names() {
		return nil
	}
	before := p.lookedBefore(s)
	return s.take(p.see, o, func() {
		now := p.progress(s)
		looks := now.Looks + 1
		if !exists && p.doubted(s, now) {
			now.Looks = looks
			return
		}
		now.Missed = 0
		if now.Known && now.Exists == exists && now.Word == word {
			now.Looks = looks
			return
		}
		since, notBefore := s.At, time.Time{}
		if !before.IsZero() && s.At.Sub(before) > lookLasts {
			notBefore = before
		}
		if s.Unrecorded() {
			since, notBefore = time.Time{}, time.Time{} // nobody saw it change
		}
		if exists {
			last := s.last(p.moment)
			if last != nil && last.Status == word {
				since, notBefore = last.At, last.NotBefore // from before a restart
			}
			if p.found(s) && (last == nil || last.Status == word && last == s.History.First(s.Choices.Round, func(m *Moment) bool { return m.Kind == p.moment })) {
				since, notBefore = time.Time{}, time.Time{}
			}
			if last == nil || last.Status != word {
				s.record(Moment{Kind: p.moment, Status: word, RequestID: requestID, NotBefore: notBefore})
			}
		}
		*now = Progress{Known: true, Exists: exists, Word: word, Since: since, NotBefore: notBefore, Looks: looks}
	})
}

// lookedBefore is when it was known last how it stood: by a look, in this run or an
// earlier one, or because it was made then; zero: nobody knew.
func (p *process) lookedBefore(s *State) time.Time {
	known := s.History.Last(s.Choices.Round, func(m *Moment) bool { return m.Kind == p.moment || m.Did(p.create) })
	if known == nil {
		return time.Time{} // somebody else has made it
	}
	at := known.At
	for _, look := range []time.Time{s.Seen[p.see].At, s.LastSeen.of(p.see)} {
		if look.After(at) {
			at = look
		}
	}
	return at
}

// What was there is gone only when so many looks in a row did not find it, over so long.
const (
	goneAfterLooks = 3
	goneAfter      = 10 * time.Second
)

// doubted counts a look that did not find what was there, and reports whether that does
// not say enough yet. What this migration removes, or has seen to its end, may be gone.
func (p *process) doubted(s *State, now *Progress) bool {
	there, _ := p.recorded(s)
	if now.Known {
		there = now.Exists
	}
	if _, removing := s.Work[s.identity(Effect{Do: p.remove})]; !there || removing || s.completed() || s.Unrecorded() {
		return false
	}
	if now.Missed == 0 {
		now.MissedSince = s.At
	}
	now.Missed++
	names := s.Seen[ObserveInstances].At // the service finds it by them
	return s.renamed() || names.Before(now.MissedSince) || now.Missed < goneAfterLooks || s.At.Sub(now.MissedSince) < goneAfter
}

// Doubted reports whether what was there was not found at the last look, and more looks
// will tell. Where an instance has another name, they will not.
func Doubted(s State, see Observable) bool { return s.missed(see) && s.misnamed() == nil }

// missed reports whether the last look at a process did not find what was there.
func (s *State) missed(see Observable) bool {
	for _, p := range []*process{replication, finalization} {
		if p.see == see {
			return p.progress(s).Missed > 0
		}
	}
	return false
}

// Misnamed reports whether the service cannot be asked how the migration stands, because
// an instance has another name than it knows.
func Misnamed(s State) bool {
	return s.misnamed() != nil && (s.missed(ObserveReplication) || s.missed(ObserveFinalization))
}

// lookAtNames looks at the names and at what the service says under them.
func (s *State) lookAtNames() {
	s.invalidate(ObserveInstances, ObserveReplication, ObserveFinalization)
}

// askDoubted is the question while it is not clear whether it is gone.
func (p *process) askDoubted(s *State, id QuestionID) *Question {
	if p.progress(s).Missed == 0 {
		return nil
	}
	if d := s.misnamed(); d != nil {
		return s.orBack(&Question{
			ID: QuestionMisnamed, Tone: Bad, Recommended: OptionLook,
			Title:   d.Says + " The service cannot be asked about the " + p.name + ".",
			Why:     d.Next + ". Until then it is not known how the " + p.name + " stands; the service goes on by itself.",
			Options: []Option{{ID: OptionLook, Label: "Look again", Consequence: "once the name is back, this goes on by itself"}},
		})
	}
	q := working(id, "The service did not name the "+p.name+" at the last look. The wizard looks again before it believes that.")
	q.Tone = Warn
	return s.orBack(q)
}

// found reports whether it was there without this migration's doing.
func (p *process) found(s *State) bool { return !s.did(Effect{Do: p.create}) }

// recorded says what the history knows of it in this round: whether it was made or seen
// and not removed since, and its last status.
func (p *process) recorded(s *State) (there bool, status string) {
	for m := range s.History.In(s.Choices.Round) {
		switch {
		case m.Kind == p.moment:
			there, status = true, m.Status
		case m.Did(p.create):
			there = true
		case m.Did(p.remove):
			there, status = false, ""
		}
	}
	return there, status
}

// everThere reports whether the record has anything of it in this round.
func (p *process) everThere(s *State) bool {
	return s.History.Has(s.Choices.Round, func(m *Moment) bool { return m.Kind == p.moment || m.Did(p.create) || m.Did(p.remove) })
}

// assumed is how it stands if all goes well.
func (p *process) assumed(s *State) (exists bool, status string) {
	exists, status = p.recorded(s)
	if exists && status != Failed {
		status = p.goodEnd
	}
	return exists, status
}

// states is the history of its status: "WAITING 12 s · RUNNING 1 h 58 min". How long a
// word lasted that was there already, nobody has seen.
func (p *process) states(s *State, now time.Time) Item {
	item := Item{Kind: ItemStates}
	var last *Moment
	tell := func(from, until time.Time) { // it ended between the two; from zero: at the second
		cell := last.Status
		switch known := !until.IsZero() && (len(item.Cells) > 0 || !p.found(s)); {
		case known && (!from.IsZero() || !last.NotBefore.IsZero()):
			cell += " " + lasting(earliest(from, until).Sub(last.At)) + " to " + lasting(until.Sub(earliest(last.NotBefore, last.At)))
		case known:
			cell += " " + lasting(until.Sub(last.At))
		}
		item.Cells, item.Text = append(item.Cells, cell), last.Status
	}
	for m := range s.History.In(s.Choices.Round) {
		if m.Kind != p.moment {
			continue
		}
		if last != nil {
			tell(m.NotBefore, m.At)
		}
		last = m
	}
	switch {
	case last == nil:
	case last.Status == Completed || last.Status == Failed:
		tell(time.Time{}, time.Time{})
	default:
		tell(time.Time{}, now)
	}
	return item
}

// earliest is the first of two times, or the only one.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func (p *process) commands(s *State) []Command {
	return []Command{
		{"start the " + p.name, s.curl("POST", "/"+p.name)},
		{"ask for its status", s.curl("GET", "/"+p.name)},
		{"remove it", s.curl("DELETE", "/"+p.name)},
	}
}

// askSupport is the question when it has failed and nothing of this program helps.
func (s *State) askSupport(id QuestionID, title, why string) *Question {
	q := s.orBack(&Question{
		ID: id, Kind: KindServiceFailed, Tone: Bad, Title: title, Why: why, Recommended: OptionSupport,
		Options: []Option{
			{ID: OptionSupport, Label: "Leave it as it is, for support, and end here", Consequence: "what is left of the replication stays on the source until it is removed"},
		},
	})
	if down := Down(*s); len(down) > 0 { // nobody ends with applications left down
		q.Options[0].Blocked = down[0].Name + " is stopped: start it on the source first"
		q.Recommended = OptionPostpone
	}
	return q
}
