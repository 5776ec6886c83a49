package tui

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// PlainOptions say where lines come from and where they go.
type PlainOptions struct {
	In  io.Reader
	Out io.Writer
	// Terminal says that a person types into In. What was typed before a question
	// was printed is then no answer to it. Lines of a pipe wait for their question.
	Terminal bool
	// ReadSecret reads a secret without echo; nil: it is a line of In.
	ReadSecret func(prompt string) (secret.Text, error)
	// Auto takes what is recommended, and reads nothing from In.
	Auto bool
	// SaveReport writes the report of a state and says where; nil: there is none.
	SaveReport func(steps.State) ([]string, error)
	// Leaving says what goes on without the wizard; nil: as on a real landscape.
	Leaving func(steps.State) []string
}

// PlainResult is how a conversation in lines ended.
type PlainResult struct {
	Ended       *steps.Ending   // nil: the migration has not ended
	Question    *steps.Question // what was left open, if anything
	Interrupted bool            // the context ended
	Quit        bool            // on the person's word
	Last        engine.Snapshot
}

const (
	// plainHeartbeat is how often a wait says that it is still one.
	plainHeartbeat = time.Minute
	// autoPatience is how long an unattended run waits for something to happen.
	autoPatience = 10 * time.Minute
	// autoAttempts is how often an unattended run answers the same question.
	autoAttempts = 6
)

// RunPlain leads through a migration in lines: no escape codes, no cursor, one
// fact a line. It returns when the migration has ended, the person quits, the
// input ends with a question open, or the context ends; an error only when
// nothing can be written any more.
func RunPlain(ctx context.Context, m Migration, o PlainOptions) (PlainResult, error) {
	if o.Leaving == nil {
		o.Leaving = steps.Leaving
	}
	p := &plain{m: m, o: o, out: &lineWriter{w: o.Out}, said: map[string]bool{}, asked: map[string]int{}}
	if o.Auto {
		p.out.say("Every question is answered with what is recommended.")
	} else {
		p.in = readLines(o.In, o.Terminal)
		defer p.in.close()
		p.out.say("The wizard speaks in plain lines. Type ? for help at any time.")
	}
	beat := time.NewTicker(plainHeartbeat)
	defer beat.Stop()
	p.progress = time.Now()
	for !p.over {
		p.refresh()
		if p.over {
			break
		}
		if l := p.held; l != nil && p.mayTake(*l) {
			p.held = nil
			p.take(ctx, *l)
			continue
		}
		select {
		case <-ctx.Done():
			p.interrupt(ctx)
		case <-m.Updates():
		case <-beat.C:
			p.heartbeat()
		case l := <-p.listen():
			p.heard()
			p.held = &l
		}
	}
	p.result.Last = m.Snapshot()
	return p.result, p.out.err
}

// plain is a conversation under way. It belongs to one goroutine.
type plain struct {
	m   Migration
	o   PlainOptions
	in  *lineInput
	out *lineWriter

	now      engine.Snapshot
	question *steps.Question // what can be answered now: the current one, or a revision
	shown    *steps.Question // what was printed last
	revising steps.ID        // the step whose revision is asked; empty: none
	backing  bool            // it is asked whether to back out
	sent     *sentAnswer     // an answer that the engine has not taken in yet
	held     *inputLine      // a line whose time has not come

	step     steps.ID
	said     map[string]bool // what was said of the step, without its durations
	standing string
	notice   string
	warning  string
	endTold  bool // that the input has ended

	asked    map[string]int // unattended: how often a question was answered
	progress time.Time      // unattended: when something last happened
	moments  int

	over   bool
	result PlainResult
}

// sentAnswer is what is needed to see that an answer has arrived.
type sentAnswer struct {
	question steps.QuestionID
	answers  int  // that had arrived before
	told     bool // that it takes its time
}

func (p *plain) end() { p.over = true }

// interrupt ends because the context has ended, by a signal or because the
// engine cannot work.
func (p *plain) interrupt(ctx context.Context) {
	p.result.Interrupted, p.result.Question = true, p.question
	if errors.Is(context.Cause(ctx), context.Canceled) {
		p.out.say("Interrupted.")
	} else {
		p.out.say("The wizard cannot work: %v", context.Cause(ctx))
	}
	p.leave()
}

// leave says what goes on without the wizard.
func (p *plain) leave() {
	for _, l := range p.o.Leaving(p.now.State) {
		p.out.say("%s", l)
	}
	p.end()
}

// refresh looks at the engine and says what is new.
func (p *plain) refresh() {
	p.now = p.m.Snapshot()
	s := p.now.State
	if p.out.err != nil {
		p.end()
		return
	}
	if w := p.now.Warning; w != p.warning {
		p.warning = w
		if w != "" {
			p.out.say("Attention: %s", w)
		}
	}
	p.sayStep(steps.Current(s))
	p.sayItems(steps.Show(s, p.step, time.Now()))
	if s.Choices.Ended != nil {
		p.finish()
		return
	}
	p.settleSent()
	p.sayNotice()
	if p.sent != nil {
		p.question = nil
		return
	}
	p.question = p.current()
	if p.question != nil && p.isNews(p.question) {
		p.sayStanding()
		p.sayQuestion(p.question)
	}
	if p.o.Auto {
		p.answerAlone()
	}
}

// isNews reports whether a question is another one than the one printed last.
// Nobody chooses anything while an unattended run waits.
func (p *plain) isNews(q *steps.Question) bool {
	if p.o.Auto && q.Waiting() && p.shown != nil && p.shown.Title == q.Title {
		return false
	}
	return !reflect.DeepEqual(q, p.shown)
}

// current is what is asked: what the person has opened beside the road, as long
// as there is such a question, else what the migration asks.
func (p *plain) current() *steps.Question {
	if p.backing {
		if q := steps.AskBackOut(p.now.State); q != nil {
			return q
		}
		p.out.say("Backing out is not possible any more.")
		p.stayHere()
	}
	if p.revising != "" {
		if q := steps.Revise(p.now.State, p.revising); q != nil {
			return q
		}
		p.out.say("That step cannot be changed any more.")
		p.stayHere()
	}
	return steps.Ask(p.now.State)
}

// beside reports whether the question is one beside the road: a revision, or
// whether to back out.
func (p *plain) beside() bool { return p.revising != "" || p.backing }

// settleSent finds out whether the engine has taken the last answer in.
func (p *plain) settleSent() {
	if p.sent == nil {
		return
	}
	s := p.now.State
	q := steps.Ask(s)
	same := q != nil && q.ID == p.sent.question
	if same && p.now.Busy && !p.sent.told {
		p.sent.told = true
		p.out.say("One moment: this is being done.")
	}
	if s.Answers() != p.sent.answers && !(same && p.now.Busy) {
		p.sent, p.shown, p.notice = nil, nil, ""
	}
}

// send hands an answer to the engine, unless the world has moved while the
// person was typing: an answer belongs to the question that was read.
func (p *plain) send(q *steps.Question, a steps.Answer, word secret.Text) {
	p.now = p.m.Snapshot()
	if !reflect.DeepEqual(p.current(), q) {
		p.out.say("The situation has changed meanwhile. Nothing was done; please read again.")
		p.shown = nil
		return
	}
	p.sent = &sentAnswer{question: q.ID, answers: p.now.State.Answers()}
	p.stayHere()
	p.m.Answer(a, word)
}

// mayTake reports whether the time of a line has come.
func (p *plain) mayTake(l inputLine) bool {
	q := p.question
	switch {
	case p.sent != nil:
		_, _, word := wordOf(l.text)
		return word && p.o.Terminal
	case l.end != nil:
		if q == nil || q.Waiting() {
			p.tellEnd()
			return false
		}
		return true
	case q == nil:
		return p.o.Terminal // a pipe's line has its question still to come
	case q.Waiting():
		return p.o.Terminal || !p.in.early(l)
	}
	return true
}

func (p *plain) tellEnd() {
	if !p.endTold {
		p.endTold = true
		p.out.say("The input has ended. The wizard goes on watching, and ends when it needs an answer.")
	}
}

// take does what a line says.
func (p *plain) take(ctx context.Context, l inputLine) {
	if l.end != nil {
		p.inputEnded()
		return
	}
	if name, arg, ok := wordOf(l.text); ok {
		p.word(name, arg)
		return
	}
	text := strings.TrimSpace(l.text)
	switch q := p.question; {
	case l.long:
		p.out.say("That line is too long to be an answer.")
	case text == "":
		p.sayPrompt(q)
	case q == nil:
		p.out.say("Nothing is asked at the moment: the wizard is looking. Type ? for help.")
	case p.o.Terminal && p.in.early(l):
		p.out.say("%q was typed before this question was there, and is not taken for an answer to it.", text)
		p.sayPrompt(q)
	default:
		p.choose(ctx, q, text)
	}
}

// inputEnded: the end of the input is never consent.
func (p *plain) inputEnded() {
	p.out.say("The input has ended, and that is no answer. Nothing was done; the question stays open.")
	p.result.Question = p.question
	p.leave()
}

// finish says how the migration ended.
func (p *plain) finish() {
	s := p.now.State
	p.result.Ended = s.Choices.Ended
	p.out.blank()
	p.out.say("%s", steps.Standing(s))
	p.end()
}

// heartbeat says, now and then, that a wait is still one.
func (p *plain) heartbeat() {
	now := time.Now()
	if p.o.Auto && now.Sub(p.progress) >= autoPatience {
		p.out.say("Nothing has happened for %s.", steps.Lasting(autoPatience))
		p.giveUp()
		return
	}
	if q := p.question; q != nil && !q.Waiting() {
		return
	}
	what := "waiting"
	items := steps.Show(p.now.State, p.step, now)
	if i := slices.IndexFunc(items, func(it steps.Item) bool { return it.Kind == steps.ItemHeadline }); i >= 0 {
		what = headline(items[i])
	}
	look := "no look yet"
	if !p.now.LastLook.IsZero() {
		look = "last look " + steps.Lasting(now.Sub(p.now.LastLook)) + " ago"
	}
	if n := p.now.Failures; n > 0 {
		look += ", failed in a row: " + strconv.Itoa(n)
	}
	p.out.say("%s: %s, %s.", p.step.Title(), what, look)
}
