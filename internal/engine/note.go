package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// keeper keeps the note of a migration on its target, and sees to it that a change is
// sent only by the machine that leads: it looks, then acts.
type keeper struct {
	turn sync.Mutex // held while it talks to the platform

	mu      sync.Mutex // guards what follows
	lead    ownLead
	since   time.Time // of the lead
	rev     revision  // that was written last
	looked  time.Time // when the last look began that found this machine leading
	wrote   time.Time
	writing bool
}

// revision counts what a note has to keep: all of it, and the decisions alone.
type revision struct{ record, choices uint64 }

// LeadError says that another machine leads the migration. Nothing was sent.
type LeadError struct {
	Lead *steps.Lead // nil: the note is gone
}

func (e *LeadError) Error() string {
	if e.Lead == nil {
		return "the hand-over note is gone: somebody may have ended the migration"
	}
	return e.Lead.String() + " leads the migration"
}

// noteError says why a change was not sent: the note could not be looked at, or written.
type noteError struct{ err error }

func (e *noteError) Error() string { return "the hand-over note: " + e.err.Error() }
func (e *noteError) Unwrap() error { return e.err }

// noteProblem is what helps against a note that is out of reach. The change that wanted
// it was not sent, whatever has become of the note.
func noteProblem(e *noteError) steps.Problem {
	p := problemOf(e.err)
	p.Unclear = false
	p.Says = "The hand-over note on the target could not be brought up to date first: " + p.Says
	return p
}

func machineName() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// begins gives this machine a token before its first change, on the disk first.
func (k *keeper) begins(j *journal, now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lead.token != "" || j == nil {
		return nil
	}
	token := rand.Text()
	if err := j.append([]line{{Kind: lineLead, At: now, ID: token}}); err != nil {
		return err
	}
	k.lead, k.since = ownLead{token: token}, now
	return nil
}

// resumes takes in what a journal knows of the lead.
func (k *keeper) resumes(l ownLead, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lead, k.since, k.rev, k.wrote = l, now, revision{}, time.Time{}
}

func (k *keeper) token() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lead.token
}

func (k *keeper) now() (lead ownLead, since time.Time, rev revision, looked time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lead, k.since, k.rev, k.looked
}

// before is called before a change is sent: it returns an error, and nothing is sent, where
// this machine does not lead any more, or the note cannot be brought up to date.
func (e *Engine) before(ctx context.Context, p Platform, s steps.State, effect steps.Effect, rev revision) error {
	asked := time.Now()
	e.note.turn.Lock()
	defer e.note.turn.Unlock()
	_, _, written, looked := e.note.now()
	content := rev.choices > written.choices || written.record == 0
	if effect.App.GUID == "" { // one of a kind: what was announced has to be there
		content = content || rev.record > written.record
	}
	if looked.After(asked) && !content {
		return nil // somebody else has looked since
	}
	head, there, err := e.lookBefore(ctx, p, s)
	if err != nil || !there || e.cfg.NoNote || head != nil && !content {
		return err
	}
	err = e.writeNote(ctx, p, s, head, rev)
	switch {
	case err == nil:
		return nil
	case problemOf(err).Passes() || ctx.Err() != nil, brings(effect):
		return &noteError{err}
	}
	e.warn(fmt.Errorf("the hand-over note on %s could not be written: %w", s.Choices.Target.Name, err)) // nobody is kept down for it
	return nil
}

// brings reports whether a change takes the migration a step further away from where it
// can simply be left: none of them is made that another machine could not know of.
func brings(effect steps.Effect) bool {
	switch effect.Do {
	case steps.DoCreateReplication, steps.DoStopApp, steps.DoCancelTask, steps.DoCreateFinalization:
		return true
	}
	return false
}

// lookBefore returns the head of the note where this machine leads; nil: there is none
// yet. On a target that is not there, none can be kept.
func (e *Engine) lookBefore(ctx context.Context, p Platform, s steps.State) (head *noteHead, there bool, err error) {
	begin := time.Now()
	target := s.Choices.Target.GUID
	i, err := p.Instance(ctx, target)
	if cfsession.IsNotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, &noteError{err}
	}
	head, err = noteOf(i)
	own, _, _, _ := e.note.now()
	switch {
	case head == nil && own.kept == target:
		return nil, true, &LeadError{}
	case head != nil && (err != nil || head.Lead.Token != own.token):
		lead := head.note("").Lead
		return nil, true, &LeadError{&lead}
	}
	e.note.mu.Lock()
	e.note.looked = begin
	e.note.mu.Unlock()
	return head, true, nil
}

// writeNote writes the note, in place of the one with this head, and takes it off the
// target of a round before.
func (e *Engine) writeNote(ctx context.Context, p Platform, s steps.State, was *noteHead, rev revision) error {
	own, since, _, _ := e.note.now()
	now := time.Now()
	if was != nil && !was.Lead.Since.IsZero() { // a new start is no new lead
		since = was.Lead.Since
	}
	h := headOf(s, e.noteID())
	h.Lead = noteLead{Token: own.token, User: s.Facts.Session.User, Machine: e.machine(), Since: since, Alive: now}
	change, err := h.pack(noteLines(s, e.cfg.Program))
	if err != nil {
		return err
	}
	if was != nil {
		for key := range noteKeys(was.Pieces) {
			if _, still := change[key]; !still {
				change[key] = nil
			}
		}
	}
	value := noteValue
	target := s.Choices.Target.GUID
	if err := p.SetMetadata(ctx, target, cfsession.Metadata{Labels: map[string]*string{noteKey: &value}, Annotations: change}); err != nil {
		return err
	}
	e.note.mu.Lock()
	e.note.rev, e.note.wrote, e.note.looked = rev, now, now
	e.note.lead.kept = target
	e.note.mu.Unlock()
	if own.kept == target {
		return nil
	}
	e.inbox.put(message{then: func() steps.Occurrence {
		e.keepLine(line{Kind: lineLead, At: now, ID: own.token, Target: target, Result: resultKept})
		return steps.NoteWritten{}
	}})
	if own.kept != "" {
		if err := e.takeOff(ctx, p, own.kept); err != nil {
			e.warn(fmt.Errorf("the hand-over note on the target before could not be taken off: %w", err))
		}
	}
	return nil
}

// takeOff takes this machine's note off an instance.
func (e *Engine) takeOff(ctx context.Context, p Platform, target string) error {
	i, err := p.Instance(ctx, target)
	if cfsession.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	head, _ := noteOf(i)
	if head == nil || head.Lead.Token != e.note.token() {
		return nil // somebody else's by now
	}
	return p.SetMetadata(ctx, target, cfsession.Metadata{Labels: map[string]*string{noteKey: nil}, Annotations: noteKeys(head.Pieces)})
}

func (e *Engine) machine() string {
	if e.cfg.Machine != "" {
		return e.cfg.Machine
	}
	return machineName()
}

func (e *Engine) noteID() string {
	path, _ := e.own.Load().(string)
	return journalID(path)
}

// keepLine appends a line about the lead to the journal.
func (e *Engine) keepLine(l line) {
	if e.journal == nil || e.lookOnly {
		return
	}
	if err := e.journal.append([]line{l}); err != nil {
		e.warn(err)
	}
}

// A note is written anew at each change, and for a sign of life.
const (
	noteGap       = time.Second // between two of them
	noteLife      = 10 * time.Minute
	noteLifeDown  = time.Minute // in a downtime
	noteAfterFail = 10 * time.Second
)

// keepNote brings the note up to date beside the loop, and returns when that is due next;
// zero: not known yet.
func (e *Engine) keepNote(t *tasks) time.Time {
	if e.lookOnly || e.cfg.NoNote || !steps.NoteKept(e.state) {
		return time.Time{}
	}
	k := &e.note
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.writing || k.lead.token == "" {
		return time.Time{}
	}
	life := noteLife
	if len(steps.Down(e.state)) > 0 {
		life = noteLifeDown
	}
	due := k.wrote.Add(e.cfg.pace(life))
	if e.rev.record > k.rev.record {
		due = k.wrote.Add(e.cfg.pace(noteGap))
	}
	if time.Now().Before(due) {
		return due
	}
	k.writing = true
	s, rev := e.state, e.rev
	t.spawn(t.changing, func(ctx context.Context) (steps.Occurrence, error) {
		p, err := e.session.signedIn()
		if err != nil {
			return nil, err
		}
		k.turn.Lock()
		defer k.turn.Unlock()
		head, there, err := e.lookBefore(ctx, p, s)
		if err != nil || !there {
			return nil, err
		}
		return nil, e.writeNote(ctx, p, s, head, rev)
	}, func(ctx context.Context, _ steps.Occurrence, err error) {
		k.mu.Lock()
		k.writing = false
		if err != nil {
			k.wrote = time.Now().Add(noteAgain(problemOf(err), e.cfg))
		}
		k.mu.Unlock()
		m := message{event: steps.TimeCame{}}
		if _, lost := errors.AsType[*LeadError](err); lost {
			m.event = steps.NoteWritten{} // look at it
		} else if err != nil && ctx.Err() == nil {
			e.warnOfNote(s, err)
		}
		e.inbox.put(m)
	})
	return time.Time{}
}

// noteAgain is how long to wait after the note could not be written: as long as the other
// side asks, and long where it will not be taken.
func noteAgain(p steps.Problem, cfg Config) time.Duration {
	if !p.Passes() {
		return cfg.pace(noteLife)
	}
	return max(cfg.pace(noteAfterFail), p.RetryAfter)
}

// flushNote writes what the last moments of a run have brought, for whoever comes after.
func (e *Engine) flushNote(ctx context.Context) {
	own, _, written, _ := e.note.now()
	s := e.state
	if e.cfg.LookOnly || e.cfg.NoNote || own.kept == "" || s.Choices.Target == nil || own.kept != s.Choices.Target.GUID || s.Choices.Ended != nil ||
		steps.Follows(s) || e.rev.record <= written.record {
		return
	}
	p, err := e.session.signedIn()
	if err != nil {
		return
	}
	e.note.turn.Lock()
	defer e.note.turn.Unlock()
	if head, there, err := e.lookBefore(ctx, p, s); err == nil && there && head != nil {
		err = e.writeNote(ctx, p, s, head, e.rev)
		if err != nil {
			e.warnOfNote(s, err)
		}
	}
}

// warnOfNote says that the note is not up to date, unless that passes, or is told anyway.
func (e *Engine) warnOfNote(s steps.State, err error) {
	if n, is := errors.AsType[*noteError](err); is {
		err = n.err
	}
	if p := problemOf(err); !p.Passes() && p.Kind != steps.ProblemSignedOut {
		e.warn(fmt.Errorf("the hand-over note on %s could not be brought up to date: %w", s.Choices.Target.Name, err))
	}
}

// noteTries is how often it is tried to take the note off at the end.
const noteTries = 4

// endNote takes the note off when the migration has ended.
func (e *Engine) endNote(t *tasks) {
	own, _, _, _ := e.note.now()
	if own.kept == "" || e.lookOnly {
		return
	}
	name := e.state.Names().TargetInstance
	t.spawn(t.changing, func(ctx context.Context) (_ steps.Occurrence, err error) {
		e.note.turn.Lock()
		defer e.note.turn.Unlock()
		p, err := e.session.signedIn()
		for n := 0; err == nil && n < noteTries; n++ {
			if err = e.takeOff(ctx, p, own.kept); err == nil || !problemOf(err).Passes() {
				break
			}
			select {
			case <-ctx.Done():
			case <-time.After(e.cfg.pace(time.Second)):
				if n < noteTries-1 {
					err = nil
				}
			}
		}
		return nil, err
	}, func(_ context.Context, _ steps.Occurrence, err error) {
		e.inbox.put(message{before: func() {
			if err != nil {
				e.warn(fmt.Errorf("the hand-over note on %s could not be taken off: %w", name, err))
				return
			}
			e.note.mu.Lock()
			e.note.lead.kept = ""
			e.note.mu.Unlock()
			e.keepLine(line{Kind: lineLead, At: time.Now(), ID: own.token, Target: own.kept, Result: resultRemoved})
		}})
	})
}

// lookNote looks at the note on the target. Where another machine leads this migration, its
// record is read: whoever watches follows it.
func (e *Engine) lookNote(ctx context.Context, p Platform, o steps.Observation, s steps.State) (steps.Occurrence, error) {
	target := s.Choices.Target.GUID
	seen := steps.SawNote{Observation: o, Target: target}
	i, err := p.Instance(ctx, target)
	if cfsession.IsNotFound(err) {
		return seen, nil // the look at the instances tells
	}
	if err != nil {
		return nil, err
	}
	own, _, _, _ := e.note.now()
	head, damage := noteOf(i)
	if head == nil {
		seen.Gone = own.kept == target
		return seen, nil
	}
	seen.Note = head.note(own.token)
	if seen.Note.Mine {
		return seen, nil
	}
	var rec record
	if damage == nil {
		rec, _, damage = recordOn(head, i, p.Identity().API)
	}
	switch {
	case damage != nil:
		seen.Note.Damage = truncate(damage.Error())
	case head.ID == e.noteID() || s.Unrecorded() && s.Choices.Source != nil && head.Source.GUID == s.Choices.Source.GUID:
		seen.Followed = &steps.Followed{Choices: rec.Choices, Did: rec.Did, History: rec.History, Dangling: rec.Dangling}
	}
	return seen, nil
}

var errOtherPlace = errors.New("the note belongs to another place")

// recordOn reads the record of a note, with its lines, and holds it against where it was
// found.
func recordOn(head *noteHead, i cfsession.Instance, api string) (record, []byte, error) {
	lines, err := head.unpack(i.Annotations)
	if err != nil {
		return record{}, nil, err
	}
	rec, err := recordIn(lines)
	if err != nil {
		return record{}, nil, err
	}
	if w := rec.Choices.Where; w.API != api || rec.Choices.Target.GUID != i.GUID || w.Space.GUID != i.SpaceGUID {
		return record{}, nil, errOtherPlace
	}
	return rec, lines, nil
}

// tokenOf is the token under which this machine leads a migration, or has led it, by its
// journal; empty: it has none.
func tokenOf(stateDir, id string) string {
	if !plainID(id) {
		return ""
	}
	own, _ := readJournal(journalPath(stateDir, id)) // one that cannot be read leads nothing
	return own.Lead.token
}

func lookNotes(ctx context.Context, p Platform, o steps.Observation, stateDir string) (steps.Occurrence, error) {
	seen := steps.SawNotes{Observation: o}
	err := eachNote(ctx, p, stateDir, func(n steps.Note, _ *noteHead, _ cfsession.Instance) { seen.Notes = append(seen.Notes, n) })
	return seen, err
}

// eachNote reads the heads of all notes that the login may see.
func eachNote(ctx context.Context, p Platform, stateDir string, do func(steps.Note, *noteHead, cfsession.Instance)) error {
	found, err := p.Labelled(ctx, noteKey)
	for _, i := range found {
		if head, damage := noteOf(i); head != nil {
			n := head.note(tokenOf(stateDir, head.ID))
			if damage != nil {
				n.Damage = truncate(damage.Error())
			}
			do(*n, head, i)
		}
	}
	return err
}

// handOver reads the record of a migration from its note, and with take leads it from here
// on. What it returns is carried out in the loop: the journal is written, and the machine
// goes on with that record.
func (e *Engine) handOver(ctx context.Context, s steps.State, effect steps.Effect) (func() steps.Occurrence, error) {
	take := effect.Do == steps.DoTakeOver
	p, err := e.session.signedIn()
	if err != nil {
		return nil, err
	}
	e.note.turn.Lock()
	defer e.note.turn.Unlock()
	i, err := p.Instance(ctx, effect.Instance.GUID)
	if err != nil {
		return nil, err
	}
	head, err := noteOf(i)
	if err != nil {
		return nil, err
	}
	if head == nil && (effect.Migration != "" || !take) || head != nil && head.ID != effect.Migration {
		return nil, errors.New("the note has changed since it was looked at; look again")
	}
	now, id := time.Now(), e.noteID()
	became := steps.Lead{User: s.Facts.Session.User, Machine: e.machine(), Since: now, Alive: now}
	var lines []byte
	var from *steps.Lead
	if head != nil {
		if _, lines, err = recordOn(head, i, p.Identity().API); err != nil {
			return nil, err
		}
		id = head.ID
		was := head.note("").Lead
		from = &was
	}
	lead := ownLead{}
	if take {
		lead = ownLead{token: rand.Text(), kept: effect.Instance.GUID}
		if err := e.claim(ctx, p, s, head, effect.Instance.GUID, noteLead{Token: lead.token, User: became.User, Machine: became.Machine, Since: now, Alive: now}); err != nil {
			return nil, err
		}
	}
	return func() steps.Occurrence { return e.handedOver(id, lines, lead, became, from, take) }, nil
}

// claim writes this machine into the note, and looks whether that has held: of two that
// take over at the same time, one finds the other's name.
func (e *Engine) claim(ctx context.Context, p Platform, s steps.State, head *noteHead, target string, lead noteLead) error {
	var change map[string]*string
	var err error
	if head == nil { // the note was gone: the record is that of this machine
		h := headOf(s, e.noteID())
		h.Lead = lead
		change, err = h.pack(noteLines(s, e.cfg.Program))
	} else {
		next := *head
		next.Lead = lead
		var text []byte
		text, err = json.Marshal(next)
		value := string(text)
		change = map[string]*string{noteKey: &value}
	}
	if err != nil {
		return err
	}
	value := noteValue
	if err := p.SetMetadata(ctx, target, cfsession.Metadata{Labels: map[string]*string{noteKey: &value}, Annotations: change}); err != nil {
		return err
	}
	i, err := p.Instance(ctx, target)
	if err != nil {
		return err
	}
	if now, _ := noteOf(i); now == nil || now.Lead.Token != lead.Token {
		return errors.New("somebody else has taken over at the same moment; look again")
	}
	return nil
}

// leaveJournal closes the journal. One that was begun beside a migration that is written
// down on the target, and in which nothing was done, is no record of anything.
func (e *Engine) leaveJournal() error {
	j := e.journal
	n := e.state.Facts.Note
	if j == nil || n == nil || n.Mine || n.ID == journalID(j.path) || len(e.state.Did) > 0 || len(e.state.Choices.Memory) > 0 {
		return j.close()
	}
	return errors.Join(j.close(), os.Remove(j.path), os.Remove(j.path+".lock"))
}

// handedOver puts a record that was read from a note into a journal of this machine, and
// returns what the machine goes on with.
func (e *Engine) handedOver(id string, lines []byte, lead ownLead, became steps.Lead, from *steps.Lead, take bool) steps.Occurrence {
	failed := func(err error) steps.Occurrence {
		return steps.WentWrong{Effect: steps.Effect{Do: steps.DoFollow}, Problem: problemOf(err)}
	}
	if e.journal == nil || journalID(e.journal.path) != id {
		j, err := openJournal(e.cfg.StateDir, id)
		if err != nil {
			return failed(err)
		}
		if err := e.leaveJournal(); err != nil {
			e.warn(err)
		}
		e.journal = j
		e.own.Store(j.path)
	}
	now := time.Now()
	var add []line
	if lines != nil {
		l := line{Kind: lineNote, At: now}
		for text := range bytes.SplitSeq(bytes.TrimSpace(lines), []byte("\n")) {
			l.Record = append(l.Record, json.RawMessage(text))
		}
		add = append(add, l)
	}
	if take {
		add = append(add, line{Kind: lineLead, At: now, ID: lead.token, Target: lead.kept, Result: resultKept})
	}
	if err := e.journal.append(add); err != nil {
		return failed(err)
	}
	rec, err := readJournal(e.journal.path)
	if err != nil {
		return failed(err)
	}
	e.note.resumes(rec.Lead, now)
	if !take {
		e.note.resumes(ownLead{}, now)
	}
	resumed := rec.resumed()
	resumed.ID = id
	if take {
		resumed.TookOver, resumed.From = &became, from
	}
	return resumed
}

// Noted is a migration as its note has it.
type Noted struct {
	Note  steps.Note
	State steps.State // put together from its record; empty where that cannot be read
}

// Notes lists the migrations that are written down on their targets, in all spaces that
// the login may see. It changes nothing.
func Notes(ctx context.Context, cfg Config) ([]Noted, error) {
	if err := cfg.trust(); err != nil {
		return nil, err
	}
	p, err := cfg.open(ctx, &requestLog{})
	if err != nil {
		return nil, err
	}
	if cfg.otherAPI(p.Identity()) {
		return nil, &cfsession.SignedOutError{Reason: cfsession.NoLoginFile}
	}
	var list []Noted
	err = eachNote(ctx, p, cfg.StateDir, func(n steps.Note, head *noteHead, i cfsession.Instance) {
		noted := Noted{Note: n}
		if n.Damage == "" {
			rec, _, err := recordOn(head, i, p.Identity().API)
			if err == nil {
				noted.State, _ = steps.Apply(steps.New(), steps.Event{At: head.At, Is: rec.resumedAs(head.ID)})
			} else {
				noted.Note.Damage = truncate(err.Error())
			}
		}
		list = append(list, noted)
	})
	return list, err
}
