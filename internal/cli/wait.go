package cli

import (
	"cmp"
	"fmt"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/status"
)

// passes reports whether what stood in a request's way goes away by itself: too many
// requests, a server in trouble, a token server that gives no token at the moment, a time
// limit of our own. It says nothing of a login or a right.
func passes(err error) bool { return err != nil && engine.ProblemOf(err).Passes() }

// whenAgain says when to try again, as the server asks, or in general.
func whenAgain(err error, now time.Time) string {
	advice := cmp.Or(cfsession.RetryAfter(err), engine.ProblemOf(err).RetryAfter)
	if advice == 0 {
		return "try again in some minutes"
	}
	at := now.Add(advice)
	form := "15:04"
	if y, m, d := at.Date(); advice >= time.Hour*12 || now.Day() != d || now.Month() != m || now.Year() != y {
		form = "2006-01-02 15:04"
	}
	return "the platform asks to wait until " + at.Add(time.Minute-1).Format(form) // rounded up: not a moment too early
}

// notYet gives a failure that passes its exit status, and says when to come back.
func notYet(err error) error {
	if !passes(err) {
		return err
	}
	return status.Exit(status.ExitNotYet, fmt.Sprintf("%v\nNothing was changed; %s.", err, whenAgain(err, time.Now())))
}
