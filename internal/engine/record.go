package engine

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// record writes to the journal what the way from a state to the present one has
// brought. The journal begins with the first choice.
func (e *Engine) record(before steps.State) error {
	if e.lookOnly || steps.Follows(e.state) { // who follows has another machine's record
		return nil
	}
	now := time.Now()
	lines := changesOf(before, e.state, now)
	if len(lines) == 0 || e.state.Choices.Where == nil {
		return nil
	}
	if e.journal == nil {
		j, err := openJournal(e.cfg.StateDir, newJournalID(now))
		if err != nil {
			return err
		}
		e.journal = j
		e.own.Store(j.path)
		e.post(steps.Opened{ID: journalID(j.path)})
		opened := line{At: now, Kind: lineOpen, Program: e.cfg.Program, User: e.state.Facts.Session.User}
		// All of the state, because what came before the journal is not in it.
		lines = append([]line{opened}, changesOf(steps.New(), e.state, now)...)
	}
	e.rev.record++
	if slices.ContainsFunc(lines, func(l line) bool { return l.Kind == lineChoices }) {
		e.rev.choices++
	}
	return e.journal.append(lines)
}

// recordSight writes down what was seen last when the program ends: whoever reads the
// record without a look is told how things were then. Where the program is killed, what it
// has done tells.
func (e *Engine) recordSight() {
	seen := steps.Sight(e.state)
	if e.journal == nil || seen == nil {
		return
	}
	if err := e.journal.append([]line{{At: time.Now(), Kind: lineSeen, Seen: seen}}); err != nil {
		e.warn(err)
	}
}

func newJournalID(now time.Time) string {
	return now.UTC().Format("20060102-150405") + "-" + strings.ToLower(rand.Text()[:6])
}

// resume switches to the journal of an earlier migration.
func (e *Engine) resume(id string) (steps.Resumed, error) {
	if e.cfg.LookOnly {
		e.readFrom = journalPath(e.cfg.StateDir, id)
		e.own.Store(e.readFrom)
		rec, err := readJournal(e.readFrom)
		e.note.resumes(rec.Lead, time.Now())
		return rec.resumedAs(id), err
	}
	j, err := openJournal(e.cfg.StateDir, id)
	if err != nil {
		return steps.Resumed{}, err
	}
	rec, err := readJournal(j.path)
	if err != nil {
		return steps.Resumed{}, errors.Join(err, j.close())
	}
	if err := e.journal.close(); err != nil {
		e.warn(err)
	}
	e.journal = j
	e.own.Store(j.path)
	e.note.resumes(rec.Lead, time.Now())
	return rec.resumedAs(id), nil
}

// recorded is the state as a journal had it.
func recorded(r steps.Resumed) steps.State {
	s := steps.New()
	s.Choices, s.History = r.Choices, r.History
	s.Did, s.Work = maps.Clone(r.Did), map[string]steps.Work{}
	for _, w := range r.Dangling {
		w.Status = steps.Unclear
		s.Work[w.Effect.ID()] = w
	}
	return s
}

// changesOf lists what the journal has to keep of the way from one state to the
// next: choices that changed, moments, requests announced and settled.
func changesOf(before, after steps.State, now time.Time) []line {
	var lines []line
	add := func(l line) {
		l.At = now
		lines = append(lines, l)
	}
	// Most events change no choice, which is quicker seen than written.
	if !reflect.DeepEqual(before.Choices, after.Choices) && !bytes.Equal(choicesJSON(before), choicesJSON(after)) {
		add(line{Kind: lineChoices, Choices: &after.Choices})
	}
	for i := len(before.History); i < len(after.History); i++ {
		add(line{Kind: lineMoment, Moment: &after.History[i]})
	}
	for _, id := range slices.Sorted(maps.Keys(before.Did)) {
		if _, still := after.Did[id]; !still {
			add(line{Kind: lineOutcome, ID: id, Result: resultAgain})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(after.Did)) {
		if was, did := before.Did[id]; !did || !was.Equal(after.Did[id]) {
			add(line{Kind: lineOutcome, ID: id, Result: resultDone})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(after.Work)) {
		w, was := after.Work[id], before.Work[id]
		if !w.Effect.Changes() || was.Status == w.Status {
			continue
		}
		//exhaustive:enforce
		switch w.Status {
		case steps.InFlight:
			add(line{Kind: lineIntent, ID: id, Effect: &w.Effect})
		case steps.GoneWrong, steps.Deferred:
			if was.Status == steps.GoneWrong || was.Status == steps.Deferred {
				continue // nothing was sent between
			}
			add(line{Kind: lineOutcome, ID: id, Result: resultFailed, Says: w.Problem.Says, Request: w.Problem.RequestID})
		case steps.Unclear:
			add(line{Kind: lineOutcome, ID: id, Result: resultUnclear, Says: w.Problem.Says, Request: w.Problem.RequestID})
		case steps.PassedBy: // the answer is noted
		}
	}
	return lines
}

func choicesJSON(s steps.State) []byte {
	data, err := json.Marshal(s.Choices)
	if err != nil {
		panic(fmt.Sprintf("choices cannot be written as JSON: %v", err)) // plain data always can
	}
	return data
}
