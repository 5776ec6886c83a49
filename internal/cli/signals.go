package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/tui"
)

// signals is the one owner of the signals that end or pause the program: nothing
// else handles any of them. The first that ends it ends the context, and everything
// comes to its own end; the second ends the program at once, with the terminal as it
// was before.
type signals struct {
	mu   sync.Mutex
	held *hold
}

// hold is a terminal that is not as the person left it, by the screen or by a prompt
// that does not show what is typed.
type hold struct {
	back  func()        // puts the terminal back; at any time, and more than once
	again func()        // takes it again after a pause
	pause chan struct{} // the holder pauses by itself when told to; nil: back and again do it
}

// watch ends the context that it returns with the first signal that ends the program.
func (s *signals) watch() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	ending := make(chan os.Signal, 4)
	signal.Notify(ending, os.Interrupt, syscall.SIGTERM)
	for _, sig := range []os.Signal{syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(sig) { // nohup means what it says
			signal.Notify(ending, sig)
		}
	}
	pausing := make(chan os.Signal, 1)
	notifyPause(pausing)
	go func() {
		for {
			select {
			case <-ending:
				if ctx.Err() != nil {
					s.restore()
					os.Exit(status.ExitInterrupted)
				}
				cancel()
			case <-pausing:
				s.pause()
			}
		}
	}()
	return ctx
}

// hold says how the terminal is put back, until release. There is one at a time.
func (s *signals) hold(h *hold) (release func()) {
	set := func(h *hold) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held = h
	}
	set(h)
	return func() { set(nil) }
}

func (s *signals) holding() *hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// restorePatience is how long a terminal that takes nothing more is waited for.
const restorePatience = 300 * time.Millisecond

func (s *signals) restore() {
	h := s.holding()
	if h == nil {
		return
	}
	done := make(chan struct{})
	go func() { h.back(); close(done) }()
	select {
	case <-done:
	case <-time.After(restorePatience):
	}
}

// pause stops the process for a while, as the signal asks.
func (s *signals) pause() {
	h := s.holding()
	switch {
	case h == nil:
		s.stop(false)
	case h.pause != nil:
		select {
		case h.pause <- struct{}{}:
		default: // it has been told already
		}
	default:
		h.back()
		s.stop(false)
		h.again()
	}
}

// holdScreen is the hold of the whole screen, and what restores a terminal after it
// that could not do so itself.
func (s *signals) holdScreen(in *os.File, out io.Writer) (pause <-chan struct{}, restore, release func()) {
	fd := int(in.Fd())
	before, err := term.GetState(fd)
	back := func() {
		if err == nil {
			_ = term.Restore(fd, before) // first: it waits for nobody
		}
		_, _ = io.WriteString(out, tui.Restore)
	}
	h := &hold{back: back, pause: make(chan struct{}, 1)}
	release = s.hold(h)
	return h.pause, s.restore, release
}

// holdPrompt is the hold of a prompt that does not show what is typed. What is
// typed is hidden only once it is being read, so that the state to come back to is
// taken when it is left.
func (s *signals) holdPrompt(fd int, out io.Writer, prompt string) (release func()) {
	before, err := term.GetState(fd)
	if err != nil {
		return func() {}
	}
	hidden := before
	return s.hold(&hold{
		back: func() {
			if now, err := term.GetState(fd); err == nil {
				hidden = now
			}
			_ = term.Restore(fd, before)
		},
		again: func() {
			_ = term.Restore(fd, hidden)
			_, _ = io.WriteString(out, "\n"+prompt)
		},
	})
}
