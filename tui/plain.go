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
	// Auto takes what is recommended, or what a demonstration takes instead, and reads
	// nothing from In.
	Auto bool
	// SaveReport writes the report of a state and says where; nil: there is none.
	SaveReport func(steps.State) ([]string, error)
	// Reports says that the report is written by itself when the migration ends.
	Reports bool
	// Command is how a line is run by hand here; nil: as it is.
	Command func(line string) string
	// Width is how many cells a line has, as far as known; nil or 0: endless.
	Width func() int
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

// PlainHeartbeat is how often a wait should say that it is still one.
const PlainHeartbeat = time.Minute

// Plain is a conversation in lines: no escape codes, no cursor, one fact a line. It
// says what is new and reads what the person decides; who leads the migration shows it
// every state, and hands its answers in. It belongs to one goroutine.
type Plain struct {
	m   Migration
	o   PlainOptions
	in  *lineInput
	out *lineWriter

	now      engine.Snapshot
	question *steps.Question // what can be answered now: the current one, or a revision
	shown    *steps.Question // what was printed last
	revising steps.ID        // the step whose revision is asked; empty: none
	backing  bool            // it is asked whether to back out
	quitting bool            // it is asked whether to leave in the downtime
	pending  bool            // an answer was not taken in yet
	answered steps.QuestionID
	told     bool   // that it takes its time
	held     *Line  // a line whose time has not come
	reply    *Reply // what came of it

	step     steps.ID
	said     map[string]bool // what was said of the step
	standing string
	notice   string
	warning  string
	endTold  bool // that the input has ended

	progress time.Time // unattended: when something last happened
	moments  int

	over   bool
	result PlainResult
}

// Reply is an answer that the person has given.
type Reply struct {
	Answer steps.Answer
	Secret secret.Text
}

// NewPlain begins a conversation about a migration.
func NewPlain(m Migration, o PlainOptions) *Plain {
	if o.Leaving == nil {
		o.Leaving = steps.Leaving
	}
	if o.Command == nil {
		o.Command = asItIs
	}
	p := &Plain{m: m, o: o, out: &lineWriter{w: o.Out, width: o.Width}, said: map[string]bool{}, progress: time.Now()}
	if o.Auto {
		p.out.say("Nobody is asked: each question gets the answer that is recommended, or, where that waits for somebody or nothing is recommended, one that goes on. That is said then.")
		return p
	}
	p.in = readLines(o.In, o.Terminal)
	p.out.say("The wizard speaks in plain lines. Type ? for help at any time.")
	return p
}

// Close ends the reading. The error is of writing.
func (p *Plain) Close() (PlainResult, error) {
	if p.in != nil {
		p.in.close()
	}
	p.result.Last = p.m.Snapshot()
	return p.result, p.out.err
}

// Over reports whether the conversation has come to its end: the migration has, the
// person has quit, the input has ended with a question open, or nothing can be written
// any more.
func (p *Plain) Over() bool { return p.over }

func (p *Plain) end() { p.over = true }

// Interrupt ends because the context has ended, by a signal or because the
// engine cannot work.
func (p *Plain) Interrupt(ctx context.Context) {
	if p.over {
		return
	}
	p.result.Interrupted, p.result.Question = true, p.question
	if errors.Is(context.Cause(ctx), context.Canceled) {
		p.out.say("Interrupted.")
	} else {
		p.out.say("The wizard cannot work: %v", context.Cause(ctx))
	}
	p.leave()
}

// leave says what goes on without the wizard.
func (p *Plain) leave() {
	for _, l := range p.o.Leaving(p.now.State) {
		p.out.say("%s", l)
	}
	p.end()
}

// Show says what is new. While an answer is pending nothing is asked.
func (p *Plain) Show(now engine.Snapshot, pending bool) {
	p.now = now
	s := now.State
	if n := len(s.History); n != p.moments {
		p.moments, p.progress = n, time.Now()
	}
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
	p.settle(pending)
	p.sayNotice()
	if p.pending {
		p.question = nil
		return
	}
	p.question = p.current()
	if p.question != nil && p.isNews(p.question) {
		p.sayStanding()
		p.sayQuestion(p.question)
	}
}

// isNews reports whether a question is another one than the one printed last.
// Nobody chooses anything while an unattended run waits.
func (p *Plain) isNews(q *steps.Question) bool {
	if p.o.Auto && q.Waiting() && p.shown != nil && p.shown.Title == q.Title {
		return false
	}
	return !reflect.DeepEqual(q, p.shown)
}

// current is what is asked: what the person has opened beside the road, as long
// as there is such a question, else what the migration asks.
func (p *Plain) current() *steps.Question {
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
func (p *Plain) beside() bool { return p.revising != "" || p.backing }

// settle says that an answer takes its time, and forgets what was printed before it.
func (p *Plain) settle(pending bool) {
	if q := steps.Ask(p.now.State); pending && p.now.Busy && !p.told && q != nil && q.ID == p.answered {
		p.told = true
		p.out.say("One moment: this is being done.")
	}
	if p.pending && !pending {
		p.shown, p.notice, p.told = nil, "", false
	}
	p.pending = pending
}

// send makes the reply, unless the world has moved while the person was typing: an
// answer belongs to the question that was read.
func (p *Plain) send(q *steps.Question, a steps.Answer, word secret.Text) {
	p.now = p.m.Snapshot()
	if !reflect.DeepEqual(p.current(), q) {
		p.out.say("The situation has changed meanwhile. Nothing was done; please read again.")
		p.shown = nil
		return
	}
	p.answered = q.ID
	p.stayHere()
	p.reply = &Reply{a, word}
}

// Hold keeps a line until its time has come.
func (p *Plain) Hold(l Line) {
	p.in.waiting = false
	p.held = &l
}

// Reply does what the line says that is held, if its time has come; it reports whether
// there was one. The reply is nil where the line was no answer.
func (p *Plain) Reply(ctx context.Context) (reply *Reply, taken bool) {
	if p.held == nil || !p.mayTake(*p.held) {
		return nil, false
	}
	l := *p.held
	p.held, p.reply = nil, nil
	p.take(ctx, l)
	return p.reply, true
}

// mayTake reports whether the time of a line has come.
func (p *Plain) mayTake(l Line) bool {
	q := p.question
	switch {
	case p.pending:
		_, _, word := wordOf(l.text)
		return (word || p.quitting) && p.o.Terminal
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

func (p *Plain) tellEnd() {
	if !p.endTold {
		p.endTold = true
		p.out.say("The input has ended. The wizard goes on watching, and ends when it needs an answer.")
	}
}

// take does what a line says.
func (p *Plain) take(ctx context.Context, l Line) {
	if l.end != nil {
		p.inputEnded()
		return
	}
	name, arg, ok := wordOf(l.text)
	if p.staying(name) {
		p.sayPrompt(p.question)
		return
	}
	if ok {
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
		p.out.say("What was typed before this question was there is not taken for an answer to it.")
		p.sayPrompt(q)
	default:
		p.choose(ctx, q, text)
	}
}

// inputEnded: the end of the input is never consent.
func (p *Plain) inputEnded() {
	p.out.say("The input has ended, and that is no answer. Nothing was done; the question stays open.")
	p.result.Question = p.question
	p.leave()
}

// finish says how the migration ended.
func (p *Plain) finish() {
	s := p.now.State
	p.result.Ended = s.Choices.Ended
	p.out.blank()
	p.out.say("%s", steps.Standing(s))
	if p.o.Reports && p.o.SaveReport != nil {
		p.saveReport()
	}
	p.end()
}

// Heartbeat says that a wait is still one.
func (p *Plain) Heartbeat(state engine.Snapshot) {
	now := time.Now()
	if p.o.Auto && now.Sub(p.progress) >= autoPatience {
		p.GiveUp("Nothing has happened for " + steps.Lasting(autoPatience) + ".")
		return
	}
	p.now = state
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
