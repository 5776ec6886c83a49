package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// writeNote writes the note, in place of the one with this head, and takes it off the
// target of a round before.
func (e *Engine) writeNote(ctx context.Context, p Platform, s steps.State, was *noteHead, rev revision) error {
	leads := e.note.now()
	own, since, now := leads.lead, leads.since, time.Now()
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
	if head == nil || head.Lead.Token != e.note.now().lead.token {
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
	leads := e.note.now()
	own, s := leads.lead, e.state
	if e.cfg.LookOnly || e.cfg.NoNote || own.kept == "" || s.Choices.Target == nil || own.kept != s.Choices.Target.GUID || s.Choices.Ended != nil ||
		steps.Follows(s) || e.rev.record <= leads.rev.record {
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
	own := e.note.now().lead
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
