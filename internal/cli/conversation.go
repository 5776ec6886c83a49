package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/notify"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
	"pg-migrate-wizard/tui"
)

// manner is how a migration is talked about.
type manner struct {
	screen bool // on the whole screen; else in plain lines
	auto   bool // nobody is asked
	// leaving says what goes on without the program.
	leaving func(steps.State) []string
	reports bool                // the report is written by itself at the end
	passing bool                // the landscape ends with the program
	command func(string) string // how a line is run by hand; nil: as it is
	// save writes the report of a state; set while a migration is talked about.
	save func(steps.State) ([]string, error)
}

// talk is how a conversation ended.
type talk struct {
	last        engine.Snapshot
	question    *steps.Question // left open
	interrupted bool
}

func (t talk) status() int {
	switch e := t.last.State.Choices.Ended; {
	case e != nil:
		return status.ExitOfEnding(*e)
	case t.interrupted:
		return status.ExitInterrupted
	case t.question != nil:
		return status.ExitOfQuestion(t.question)
	}
	return status.ExitDone // quit, as asked
}

// converse runs a migration with a voice in front of it, until one of them
// ends. When it returns, nothing is under way any more.
func (p *program) converse(ctx context.Context, cfg engine.Config, how manner) (talk, error) {
	if how.screen && p.traceOnScreen(&p.flags) {
		return talk{}, usage("%s: a trace would be written over the screen: name a file, or take --%s", p.flags.origin(flagTrace), flagPlain)
	}
	var person *notify.Person
	if len(p.flags.notify) > 0 {
		cfg.Published = func(now engine.Snapshot) { person.Saw(now) }
	}
	eng := engine.New(cfg)
	watcher, end := p.notifying(cfg, eng.Warn)
	defer end()
	person = watcher.Person()
	how.save = func(s steps.State) ([]string, error) {
		return saveReport(cfg.StateDir, eng.Snapshot().Journal, s, time.Now())
	}
	if !how.screen {
		t, err := p.speak(ctx, eng, how)
		if t.last.State.Choices.Ended == nil { // else it has said so
			p.sayReport(t, how)
		}
		return t, err
	}
	var err error
	cannot := eng.During(ctx, func(ctx context.Context) { err = p.showScreen(ctx, eng, how) })
	t := talk{last: eng.Snapshot(), interrupted: errors.Is(err, context.Canceled) || ctx.Err() != nil} // it ends on a signal as on a word
	if errors.Is(err, tui.ErrTerminal) {
		return t, cannot // nothing can be said on it
	}
	if t.interrupted {
		err = nil
	}
	lines := append([]string{steps.Standing(t.last.State)}, steps.ClosingLines(t.last.State, "")...)
	if t.last.State.Choices.Ended == nil {
		lines = how.leaving(t.last.State)
	}
	for _, line := range lines { // what the screen has said stays in the terminal
		p.say(line)
	}
	p.sayReport(t, how)
	return t, errors.Join(err, cannot)
}

// sayReport writes the report of a migration that can be left for days, and says where.
func (p *program) sayReport(t talk, how manner) {
	if how.reports && steps.Closed(t.last.State) {
		p.say(tui.SavedWords(how.save(t.last.State)))
	}
}

// showScreen is the conversation on the whole screen. The terminal is as before
// when it returns.
func (p *program) showScreen(ctx context.Context, eng *engine.Engine, how manner) error {
	pause, restore, release := p.signals.holdScreen(p.in, p.out)
	defer release()
	o := tui.ScreenOptions{SaveReport: how.save, Reports: how.reports, Leaving: how.leaving, Passing: how.passing, Command: how.command}
	if canPause {
		o.Pause, o.Stop = pause, p.signals.stop
	}
	err := tui.RunScreen(ctx, eng, o)
	if errors.Is(err, tui.ErrTerminal) {
		restore()
	}
	return err
}

// speak is the conversation in plain lines.
func (p *program) speak(ctx context.Context, eng *engine.Engine, how manner) (talk, error) {
	o := tui.PlainOptions{In: p.in, Out: p.out, Auto: how.auto, Leaving: how.leaving, SaveReport: how.save, Reports: how.reports, Command: how.command, Width: p.width}
	if fd := int(p.in.Fd()); term.IsTerminal(fd) && !how.auto {
		o.Terminal = true
		o.ReadSecret = func(prompt string) (secret.Text, error) { return p.readSecret(fd, prompt) }
		if before, err := term.GetState(fd); err == nil {
			defer term.Restore(fd, before) //nolint:errcheck // a terminal that is gone needs no echo
		}
	}
	r, err := unattended.Converse(ctx, eng, o)
	t := talk{last: r.Last, interrupted: r.Interrupted || ctx.Err() != nil, question: r.Question}
	if r.Quit {
		t.question = nil
	}
	if ctx.Err() != nil && errors.Is(err, syscall.EIO) {
		err = nil // the terminal was closed: that is the interruption
	}
	return t, err
}

// say writes a sentence for people, whose lines break between words.
func (p *program) say(sentence string) {
	if width := p.width(); width > 0 {
		sentence = wrapped("", sentence, width, 0)
	}
	fmt.Fprintln(p.out, sentence)
}

// sayCommand writes a command line behind what it is for. Broken over lines it can still
// be copied.
func (p *program) sayCommand(what, command string) {
	if width := p.width(); width > 0 && ansi.StringWidth(what+" "+command) > width {
		fmt.Fprintf(p.out, "%s\n%s\n", what, wrappedCommand("  "+command, width))
		return
	}
	fmt.Fprintln(p.out, what, command)
}

// sayPath writes a path behind what it is of, on a line of its own where there is no room:
// it can be copied.
func (p *program) sayPath(what, path string) {
	if width := p.width(); width > 0 && ansi.StringWidth(what+" "+path) > width {
		what += "\n "
	}
	fmt.Fprintln(p.out, what, path)
}

// width is how many cells a line of the terminal has; 0: there is none.
func (p *program) width() int {
	width, _, err := term.GetSize(int(p.out.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// readSecret reads a line from a terminal without echo.
func (p *program) readSecret(fd int, prompt string) (secret.Text, error) {
	if _, err := io.WriteString(p.out, prompt); err != nil {
		return secret.Text{}, err
	}
	defer p.signals.holdPrompt(fd, p.out, prompt)()
	word, err := term.ReadPassword(fd)
	_, _ = io.WriteString(p.out, "\n")
	return secret.New(string(word)), err
}
