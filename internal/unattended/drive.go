package unattended

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// driver says how a migration is led without a person.
type driver struct {
	// answer has the word on a question; an error leaves it open and ends the
	// drive.
	answer func(*steps.Question, steps.State) (steps.Answer, error)
	// interject has a word that is due where no question asks for it, as that to go
	// back; nil: none ever. It is asked before answer.
	interject func(steps.State) (steps.Answer, bool)
	// done reports whether what was asked for is reached. It is asked first, and
	// only when nothing is under way: nothing is begun that is not needed.
	done func(engine.Snapshot) bool
	// news is told of every new state, in order; nil: nobody.
	news func(engine.Snapshot)
	// stay goes on where only time is waited for; else the drive ends there.
	stay bool
	// timeout bounds the waiting; 0: for ever.
	timeout time.Duration
	// pulse is called every so often, for signs of life; 0: never.
	pulse func(engine.Snapshot)
	every time.Duration
}

// Ways in which a drive comes to an end.
type driveResult struct {
	last        engine.Snapshot
	question    *steps.Question // left open, or only waited at
	open        error           // why: from the driver's answer
	done        bool
	late        bool // the time-out
	interrupted bool

	eng     *engine.Engine // at rest; it can still be looked with
	unknown []string       // what is not known for want of a record; nil: there is one
}

// sameAnswer bounds how often one question is answered in the same situation:
// a word that changes nothing is not repeated for ever.
const sameAnswer = 5

// errRepeated says that a word was given again and again.
var errRepeated = errors.New("it was answered so again and again, and nothing came of it")

// errLater is a driver's word on a question that somebody else will answer.
var errLater = errors.New("not now")

// drive leads a migration without a person, until what was asked for is reached,
// a question stays open, the migration ends, or time is up. When it returns,
// nothing is under way any more.
func drive(ctx context.Context, eng *engine.Engine, d driver) (driveResult, error) {
	eng.Start()
	var late, pulse <-chan time.Time
	if d.timeout > 0 {
		timer := time.NewTimer(d.timeout)
		defer timer.Stop()
		late = timer.C
	}
	if d.every > 0 {
		ticker := time.NewTicker(d.every)
		defer ticker.Stop()
		pulse = ticker.C
	}
	r := driveResult{eng: eng}
	l := driveLoop{d: d, eng: eng, answered: map[string]int{}}
	for over := false; !over; {
		select {
		case <-ctx.Done():
			r.interrupted, over = true, true
		case <-late:
			r.late, over = true, true
		case <-eng.Done():
			r.last = eng.Snapshot()
			return r, eng.Stop()
		case <-pulse:
			d.pulse(eng.Snapshot())
		case <-eng.Updates():
			over = l.step(&r)
		}
	}
	err := eng.Stop()
	r.last = eng.Snapshot()
	if d.news != nil {
		d.news(r.last)
	}
	return r, err
}

// driveLoop is the state of one drive.
type driveLoop struct {
	d        driver
	eng      *engine.Engine
	answered map[string]int
	answers  int // that had arrived when the last one was sent
	waiting  bool
}

// step looks where the migration stands, and does the next thing; it reports
// whether the drive is over.
func (l *driveLoop) step(r *driveResult) bool {
	now := l.eng.Snapshot()
	s := now.State
	if l.d.news != nil {
		l.d.news(now)
	}
	if l.waiting { // for the last answer to be taken in
		if s.Answers() == l.answers {
			return false
		}
		l.waiting = false
	}
	if s.Choices.Ended != nil {
		r.done = l.d.done(now)
		return true
	}
	if now.Busy {
		return false
	}
	q := steps.Ask(s)
	if l.d.done(now) {
		r.done = true
		return true
	}
	if !looked(s) {
		return false
	}
	if l.d.interject != nil {
		if a, ok := l.d.interject(s); ok {
			return l.submit(r, q, a, s, nil)
		}
	}
	if q == nil {
		return false
	}
	if q.Waiting() {
		r.question = q
		return !l.d.stay
	}
	a, err := l.d.answer(q, s)
	if errors.Is(err, errLater) {
		r.question = q
		return !l.d.stay
	}
	if err == nil {
		if o, _ := q.Option(a.Option); o.Wait {
			r.question = q
			return !l.d.stay
		}
	}
	return l.submit(r, q, a, s, err)
}

// submit hands an answer in, unless there is none or it was given too often; it
// reports whether the drive is over.
func (l *driveLoop) submit(r *driveResult, q *steps.Question, a steps.Answer, s steps.State, err error) bool {
	key := string(a.Question) + " " + a.Option + " " + s.Notice
	if l.answered[key]++; err == nil && l.answered[key] > sameAnswer {
		err = fmt.Errorf("%s: %w", a.Option, errRepeated)
	}
	if err != nil {
		r.question, r.open = q, err
		return true
	}
	l.answers, l.waiting = s.Answers(), true
	l.eng.Answer(a, secret.Text{})
	return false
}

// looked reports whether everything that has to be seen at this step was seen:
// a drive does not answer on yesterday's facts.
func looked(s steps.State) bool {
	return !slices.ContainsFunc(steps.Looks(s), func(l steps.Look) bool { return s.Seen[l.See].At.IsZero() && s.Seen[l.See].Problem == nil })
}
