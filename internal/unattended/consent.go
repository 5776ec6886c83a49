package unattended

import (
	"context"
	"fmt"

	"pg-migrate-wizard/internal/status"
)

// Consent is the word without which nothing is done that cannot be undone: given
// on the command line, or typed at a terminal.
type Consent struct {
	Yes     bool
	Confirm string // a name, typed letter by letter
	Single  bool   // there is one thing to confirm: another name is wrong beside yes, too
}

// wrong refuses a name that was typed and is another one's.
func (c Consent) wrong(name string) error {
	if c.Confirm == "" || c.Confirm == name {
		return nil
	}
	return status.Exit(status.ExitOpen, line(fmt.Sprintf("--%s %s is wrong: it is about %s. Nothing was done.", FlagConfirm, ShellQuoted(c.Confirm), ShellQuoted(name))))
}

// given reports whether what has this name may be touched. At a terminal the word that
// stands for it can be typed instead.
func (u Runner) given(ctx context.Context, c Consent, does, name, word string) error {
	if err := c.wrong(name); err != nil && c.Single && name != "" {
		return err
	}
	if c.Yes || name != "" && c.Confirm == name {
		return nil
	}
	if name == "" {
		word = "yes"
	} else if err := c.wrong(name); err != nil {
		return err
	}
	if u.Confirm != nil {
		return u.Confirm(ctx, does, word)
	}
	return status.Exit(status.ExitOpen, fmt.Sprintf("%s This needs --%s.", line(does), FlagYes))
}
