package engine

import (
	"context"
	"crypto/rand"
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

	mu sync.Mutex // guards what follows
	leading
	wrote   time.Time
	writing bool
}

// leading is how this machine leads.
type leading struct {
	lead   ownLead
	since  time.Time
	rev    revision  // that was written last
	looked time.Time // when the last look began that found this machine leading
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
	k.leading, k.wrote = leading{lead: l, since: now}, time.Time{}
}

func (k *keeper) now() leading {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.leading
}

// before is called before a change is sent: it returns an error, and nothing is sent, where
// this machine does not lead any more, or the note cannot be brought up to date.
func (e *Engine) before(ctx context.Context, p Platform, s steps.State, effect steps.Effect, rev revision) error {
	asked := time.Now()
	e.note.turn.Lock()
	defer e.note.turn.Unlock()
	now := e.note.now()
	content := rev.choices > now.rev.choices || now.rev.record == 0
	if effect.App.GUID == "" { // one of a kind: what was announced has to be there
		content = content || rev.record > now.rev.record
	}
	if now.looked.After(asked) && !content {
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
	own := e.note.now().lead
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
