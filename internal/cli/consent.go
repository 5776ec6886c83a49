package cli

import (
	"bufio"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
)

func (f *lineFlags) addYes(cmd *cobra.Command, does string) {
	cmd.Flags().BoolVar(&f.consent.Yes, unattended.FlagYes, false, does)
}

func (f *lineFlags) addConfirm(cmd *cobra.Command, says string) {
	cmd.Flags().StringVar(&f.consent.Confirm, unattended.FlagConfirm, "", says)
}

// runner carries out commands that ask nobody but for a confirmation.
func (p *program) runner(cfg engine.Config) unattended.Runner {
	u := unattended.Runner{Config: cfg, Err: p.err, PlanFile: p.planFile}
	if _, person := p.hasTerminal(); person {
		u.Confirm = p.typed
	}
	return u
}

// typed lets a person confirm by typing a word.
func (p *program) typed(ctx context.Context, does, want string) error {
	fmt.Fprintf(p.err, "%s\nTo confirm, type %q: ", sanitize.Line(does), sanitize.Line(want))
	if word, err := p.readLine(ctx); err == nil && word == want {
		return nil
	}
	return status.Exit(status.ExitOpen, "nothing was done: it was not confirmed")
}

// readLine reads one line of standard input, or gives up when it is interrupted.
func (p *program) readLine(ctx context.Context) (string, error) {
	type read struct {
		text string
		err  error
	}
	got := make(chan read, 1)
	go func() {
		in := bufio.NewScanner(p.in)
		if in.Scan() {
			got <- read{text: in.Text()}
			return
		}
		got <- read{err: fmt.Errorf("standard input has ended: %w", in.Err())}
	}()
	select {
	case r := <-got:
		return r.text, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
