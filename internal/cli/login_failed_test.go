package cli

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/status"
)

func TestAFailedSignInSaysWhatHelps(t *testing.T) {
	busy := &cfsession.Error{Op: "sign in", Status: 429, RetryAfter: time.Hour}
	for _, c := range []struct {
		reason cfsession.SignInReason
		err    error
		status int
		says   string
	}{
		{cfsession.WrongCredentials, errors.New("no"), status.ExitNoRight, "password is wrong"},
		{cfsession.ServerTrouble, &cfsession.TokenError{RetryAfter: time.Hour, Err: busy}, status.ExitNotYet, "asks to wait until"},
		{cfsession.ServerTrouble, &cfsession.TokenError{Err: &cfsession.Error{Op: "sign in", Status: 503}}, status.ExitNotYet, "try again in some minutes"},
		{cfsession.Unreachable, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, status.ExitFailed, "--ca-file"},
		{cfsession.Unreachable, errors.New("no route to host"), status.ExitFailed, "cannot be reached"},
	} {
		err := signInFailed(&cfsession.SignInError{Reason: c.reason, API: "https://api.example", Err: c.err})
		if got := status.ExitStatus(err); got != c.status || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s, %v: status %d, %v", c.reason, c.err, got, err)
		}
	}
}
