package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"
	"time"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// TestErrorsThatPassAreKnown by what the clients say, with the server's advice kept.
func TestErrorsThatPassAreKnown(t *testing.T) {
	t.Parallel()
	minute := time.Minute
	token := &cfsession.TokenError{RetryAfter: minute, Err: &cfsession.Error{Op: "renew the token", Status: 503}}
	for _, c := range []struct {
		err    error
		kind   steps.ProblemKind
		passes bool
		advice time.Duration
	}{
		{&cfsession.Error{Status: 429, RetryAfter: minute}, steps.ProblemRateLimit, true, minute},
		{&cfsession.Error{Status: 503, RetryAfter: minute}, steps.ProblemServer, true, minute},
		{&cfsession.Error{Status: 409, Code: 60016}, steps.ProblemBusy, true, 0},
		{&cfsession.Error{Status: 404, NoRoute: true}, steps.ProblemNoRoute, true, 0},
		{&cfsession.Error{Status: 404}, steps.ProblemNotFound, false, 0},
		{&cfsession.Error{Status: 422, Code: 10008, Detail: "no"}, steps.ProblemRefused, false, 0},
		{&cfsession.Error{Err: errors.New("EOF")}, steps.ProblemNetwork, true, 0},
		{&cfsession.Error{Err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}}, steps.ProblemCertificate, false, 0},
		{&cfsession.SignInError{Reason: cfsession.Unreachable, Err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}}, steps.ProblemCertificate, false, 0},
		{&cfsession.SignInError{Reason: cfsession.Unreachable, Err: errors.New("EOF")}, steps.ProblemNetwork, true, 0},
		{token, steps.ProblemTokenServer, true, minute},
		{fmt.Errorf("bind: %w", token), steps.ProblemTokenServer, true, minute},
		{&cfsession.SignedOutError{Reason: cfsession.NoLoginFile}, steps.ProblemSignedOut, false, 0},
		{&apiclient.Error{Kind: apiclient.KindNoToken, NotSent: true, Err: token}, steps.ProblemTokenServer, true, minute},
		{&apiclient.Error{Kind: apiclient.KindNoToken, NotSent: true, Err: errors.New("EOF")}, steps.ProblemTokenServer, true, 0},
		{&apiclient.Error{Kind: apiclient.KindTooMany, Status: 429, RetryAfter: minute}, steps.ProblemRateLimit, true, minute},
		{&apiclient.Error{Kind: apiclient.KindUnavailable, Status: 502}, steps.ProblemServer, true, 0},
		{&apiclient.Error{Kind: apiclient.KindConflict, Status: 409}, steps.ProblemTaken, false, 0},
	} {
		if p := problemOf(c.err); p.Kind != c.kind || p.Passes() != c.passes || p.RetryAfter != c.advice {
			t.Errorf("%v: %+v", c.err, p)
		}
	}
}

// TestThePaceShortensNoAdvice, neither of a server nor of the token server.
func TestThePaceShortensNoAdvice(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, c := range []struct {
		p        steps.Problem
		from, to time.Duration
	}{
		{steps.Problem{Kind: steps.ProblemServer}, 0, time.Second / 2},
		{steps.Problem{Kind: steps.ProblemServer, RetryAfter: time.Minute}, time.Minute, time.Minute},
		{steps.Problem{Kind: steps.ProblemTokenServer}, time.Second, time.Minute},
	} {
		s := newSchedule(Config{Pace: 60})
		s.note(steps.LookFailed{Of: steps.ObserveApps, Problem: c.p}, now)
		due := s.due(steps.Look{Of: steps.ObserveApps, Every: time.Second}, steps.Seen{Problem: &c.p})
		if after := due.Sub(now); after < c.from || after > c.to {
			t.Errorf("%+v: again after %v", c.p, after)
		}
	}
}
