package engine

import (
	"context"
	"errors"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

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
	own := e.note.now().lead
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
