package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/internal/status"
)

// confirm lets a person confirm by typing a word.
func (p *program) confirm(ctx context.Context, does, want string) error {
	fmt.Fprintf(p.err, "%s\nTo confirm, type %q: ", sanitize.Line(does), sanitize.Line(want))
	if typed, err := interruptible(ctx, p.readLine); err == nil && strings.TrimRight(typed, "\r\n") == want {
		return nil
	}
	return status.Exit(status.ExitOpen, "nothing was done: it was not confirmed")
}

// askSecret has a secret typed without showing it. Where nobody can type, the
// question is open, and flag would answer it.
func (p *program) askSecret(ctx context.Context, what, flag string) (secret.Text, error) {
	fd := int(p.in.Fd())
	if !term.IsTerminal(fd) {
		return secret.Text{}, status.Exit(status.ExitOpen, fmt.Sprintf("%s? Nobody is there to type it: give it on standard input, with --%s", what, flag))
	}
	before, err := term.GetState(fd)
	if err != nil {
		return secret.Text{}, fmt.Errorf("terminal: %w", err)
	}
	prompt := what + " (not shown): "
	fmt.Fprint(p.err, prompt)
	defer p.signals.holdPrompt(fd, p.err, prompt)()
	typed, err := interruptible(ctx, func() (string, error) {
		typed, err := term.ReadPassword(fd)
		return string(typed), err
	})
	fmt.Fprintln(p.err)
	if ctx.Err() != nil {
		_ = term.Restore(fd, before) // the reading goes on, and with it no echo
	}
	if err == nil && typed == "" {
		err = status.Exit(status.ExitOpen, "nothing was typed")
	}
	return secret.New(typed), err
}

func (p *program) askLine(ctx context.Context, what, flag string) (string, error) {
	if !term.IsTerminal(int(p.in.Fd())) {
		return "", status.Exit(status.ExitOpen, fmt.Sprintf("%s? Nobody is there to type it: give --%s", what, flag))
	}
	fmt.Fprintf(p.err, "%s: ", what)
	typed, err := interruptible(ctx, p.readLine)
	if typed = strings.TrimSpace(typed); typed == "" && (err == nil || errors.Is(err, io.EOF)) {
		return "", status.Exit(status.ExitOpen, "nothing was typed")
	}
	return typed, err
}

// readLine reads one line of standard input.
func (p *program) readLine() (string, error) { return bufio.NewReader(p.in).ReadString('\n') }

// interruptible reads what a person types, until they interrupt.
func interruptible(ctx context.Context, read func() (string, error)) (string, error) {
	type outcome struct {
		text string
		err  error
	}
	got := make(chan outcome, 1)
	go func() {
		text, err := read()
		got <- outcome{text, err}
	}()
	select {
	case o := <-got:
		return o.text, o.err
	case <-ctx.Done():
		return "", status.Exit(status.ExitInterrupted, "interrupted: nothing was sent")
	}
}
