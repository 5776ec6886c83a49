package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

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
