package unattended

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
	"pg-migrate-wizard/tui"
)

// driver says how a migration is led.
type driver struct {
	// answer answers a question; an error leaves it open and ends the drive, but for
	// errLater.
	answer func(*steps.Question, steps.State) (steps.Answer, error)
	// interject gives an answer that is due where no question asks for it, as that to
	// go back; nil: there is none ever. It is asked before answer.
	interject func(steps.State) (steps.Answer, bool)
	// done reports whether what was asked for is reached. It is asked first, and
	// only when nothing is under way: nothing is begun that is not needed.
	done func(engine.Snapshot) bool
	// given is told what answer has given, before it is handed in; nil: nobody.
	given func(*steps.Question, steps.Answer, steps.State)
	// news is told of every new state, in order; nil: nobody.
	news func(engine.Snapshot)
	// plain is the conversation in lines in which it is led; nil: in none. A person
	// answers there in their own time, whatever answer says.
	plain *tui.Plain
	// stay goes on where only time is waited for; else the drive ends there.
	stay bool
	// brief ends where something cannot be seen, for whom only looks; else only where the
	// right to look is missing.
	brief bool
	// around is looked at in the end, when nothing is answered any more; nil: nothing is.
	around func(steps.State) []steps.Look
	// timeout bounds the waiting; 0: for ever.
	timeout time.Duration
	counts  func() bool // reports whether the waiting has begun; nil: from the start
	// heartbeat is called every so often, for signs of life; 0: never.
	heartbeat func(engine.Snapshot)
	every     time.Duration
}

// driveResult is how a drive has ended.
type driveResult struct {
	last        engine.Snapshot
	question    *steps.Question // left open, or only waited at
	open        error           // why: from the driver's answer
	done        bool
	late        bool // the time-out
	interrupted bool
	unseen      bool // something that has to be looked at could not be: open says why

	eng *engine.Engine // at rest; it can still be looked with
}

// sameAnswer bounds how often one question is answered in the same situation:
// one that changes nothing is not repeated for ever.
const sameAnswer = 5

// errRepeated says that the same answer was given again and again.
var errRepeated = errors.New("it was answered so again and again, and nothing came of it")

// errLater leaves a question open that somebody will answer by and by.
var errLater = errors.New("not now")

// drive leads a migration until what was asked for is reached, a question stays open,
// the migration ends, or time is up. When it returns, nothing is under way any more.
// The error is of an engine that cannot go on.
func drive(ctx context.Context, eng *engine.Engine, d driver) (driveResult, error) {
	r := driveResult{eng: eng}
	err := eng.During(ctx, func(ctx context.Context) {
		(&driveLoop{d: d, eng: eng, answered: map[string]int{}}).run(ctx, &r)
		if now := eng.Snapshot(); d.around != nil && !r.late && !r.interrupted && !now.Busy {
			looking, cancel := context.WithTimeout(ctx, lookTime)
			defer cancel()
			_ = eng.LookAround(looking, d.around(now.State)) // what could not be seen is left out
			r.interrupted = ctx.Err() != nil
		}
	})
	r.last = eng.Snapshot()
	if d.news != nil && err == nil {
		d.news(r.last)
	}
	return r, err
}

// driveLoop is the state of one drive.
type driveLoop struct {
	d        driver
	eng      *engine.Engine
	answered map[string]int
	last     steps.QuestionID // that was answered
	answers  int              // that had arrived before that
	waiting  bool             // for it to be taken in
	later    <-chan time.Time // when an answer is due that has to wait; nil: none has to
}

// run goes on until the drive is over.
func (l *driveLoop) run(ctx context.Context, r *driveResult) {
	var late, beat <-chan time.Time
	if l.d.every > 0 {
		ticker := time.NewTicker(l.d.every)
		defer ticker.Stop()
		beat = ticker.C
	}
	var lines <-chan tui.Line
	for over := l.d.plain != nil && l.step(ctx, r); !over; {
		if late == nil && l.d.timeout > 0 && (l.d.counts == nil || l.d.counts()) {
			late = time.After(l.d.timeout)
		}
		if l.d.plain != nil {
			lines = l.d.plain.Lines()
		}
		select {
		case <-ctx.Done():
			r.interrupted, over = true, true
			if l.d.plain != nil {
				l.d.plain.Interrupt(ctx)
			}
		case <-late:
			r.late, over = true, true
		case <-beat:
			l.d.heartbeat(l.eng.Snapshot())
			over = l.d.plain != nil && l.d.plain.Over()
		case line := <-lines:
			l.d.plain.Hold(line)
			over = l.step(ctx, r)
		case <-l.later:
			l.later = nil
			l.eng.Tick() // the machine's time is that of the last event
		case <-l.eng.Updates():
			over = l.step(ctx, r)
		}
	}
}

// step looks where the migration stands, and does the next thing; it reports
// whether the drive is over.
func (l *driveLoop) step(ctx context.Context, r *driveResult) bool {
	now := l.eng.Snapshot()
	s := now.State
	q := steps.Ask(s)
	l.waiting = l.waiting && (s.Answers() == l.answers || now.Busy && q != nil && q.ID == l.last)
	if l.d.news != nil {
		l.d.news(now)
	}
	if p := l.d.plain; p != nil {
		p.Show(now, l.waiting)
		reply, taken := p.Reply(ctx)
		if reply != nil {
			l.send(reply.Answer, reply.Secret)
		}
		if taken || p.Over() {
			return p.Over() || l.step(ctx, r)
		}
	}
	if l.waiting {
		return false
	}
	if s.Choices.Ended != nil {
		r.done = l.d.done(now)
		return true
	}
	if now.Busy {
		return false
	}
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
	if l.d.plain == nil && (q == nil || q.Waiting()) {
		if stuck := stuck(now); stuck != nil && (stuck.noRight() || l.d.brief) {
			r.question, r.open, r.unseen = q, stuck.exit(), true // nobody is there who could get the right
			return true
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
	if later, ok := errors.AsType[*plan.LaterError](err); ok {
		l.later = time.After(time.Until(later.At))
		r.question = q
		return false
	}
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
	key := fmt.Sprint(a.Question, " ", a.Option, a.Values, " ", s.Notice, " ", len(s.Did)) // what was done since is another situation
	if l.answered[key]++; err == nil && l.answered[key] > sameAnswer {
		err = fmt.Errorf("%s: %w", a.Option, errRepeated)
	}
	if err != nil {
		r.question, r.open = q, err
		return true
	}
	if l.d.given != nil && q != nil && q.ID == a.Question {
		l.d.given(q, a, s)
	}
	l.send(a, secret.Text{})
	return false
}

// send hands an answer in, and waits for it to be taken in.
func (l *driveLoop) send(a steps.Answer, word secret.Text) {
	l.last, l.answers, l.waiting = a.Question, l.eng.Snapshot().State.Answers(), true
	l.eng.Answer(a, word)
}

// looked reports whether everything that has to be seen at this step was seen:
// a drive does not answer on yesterday's facts.
func looked(s steps.State) bool {
	return !slices.ContainsFunc(steps.Looks(s), func(l steps.Look) bool { return s.Seen[l.Of].At.IsZero() && s.Seen[l.Of].Problem == nil })
}
