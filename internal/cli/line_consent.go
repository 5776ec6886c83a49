package cli

import (
	"bufio"
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// consent is the word without which nothing is done that cannot be undone: given
// on the command line, or typed at a terminal.
type consent struct {
	yes     bool
	confirm string // a name, typed letter by letter
	one     bool   // there is one thing to confirm: another name is wrong beside yes, too
}

const (
	flagYes     = "yes"
	flagConfirm = "confirm"
)

func (c *consent) addFlags(cmd *cobra.Command, does string) {
	cmd.Flags().BoolVar(&c.yes, flagYes, false, does)
}

func (c *consent) addConfirm(cmd *cobra.Command, says string) {
	cmd.Flags().StringVar(&c.confirm, flagConfirm, "", says)
}

// wrong refuses a name that was typed and is another one's.
func (c consent) wrong(name string) error {
	if c.confirm == "" || c.confirm == name {
		return nil
	}
	return &exit{StatusOpen, line(fmt.Sprintf("--%s %s is wrong: it is about %s. Nothing was done.", flagConfirm, quoted(c.confirm), quoted(name)))}
}

// given reports whether what has this name may be touched. At a terminal the
// name can be typed instead.
func (p *program) given(ctx context.Context, c consent, does, typed string) error {
	if err := c.wrong(typed); err != nil && c.one && typed != "" {
		return err
	}
	if c.yes || typed != "" && c.confirm == typed {
		return nil
	}
	if typed == "" {
		typed = "yes"
	} else if err := c.wrong(typed); err != nil {
		return err
	}
	if _, person := p.hasTerminal(); person {
		return p.typed(ctx, does, typed)
	}
	return &exit{StatusOpen, fmt.Sprintf("%s This needs --%s.", line(does), flagYes)}
}

// typed lets a person confirm by typing a word.
func (p *program) typed(ctx context.Context, does, want string) error {
	fmt.Fprintf(p.err, "%s\nTo confirm, type %q: ", line(does), line(want))
	if word, err := p.readLine(ctx); err == nil && word == want {
		return nil
	}
	return &exit{StatusOpen, "nothing was done: it was not confirmed"}
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
