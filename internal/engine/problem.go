package engine

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// ProblemOf sorts an error of Look by what helps against it.
func ProblemOf(err error) steps.Problem { return problemOf(err) }

// problemOf sorts an error by what helps against it.
func problemOf(err error) steps.Problem {
	if _, lost := errors.AsType[*LeadError](err); lost {
		return steps.Problem{Kind: steps.ProblemLead, Says: err.Error()}
	}
	if e, ok := errors.AsType[*noteError](err); ok {
		return noteProblem(e)
	}
	if out, ok := errors.AsType[*cfsession.SignedOutError](err); ok {
		// A job may have been accepted before the login died.
		return steps.Problem{Kind: steps.ProblemSignedOut, Says: out.Error(), Unclear: cfsession.Unclear(err)}
	}
	if e, ok := errors.AsType[*cfsession.TokenError](err); ok {
		return steps.Problem{
			Kind: steps.ProblemTokenServer, Says: truncate(e.Error()), Status: e.Err.Status, RequestID: e.Err.RequestID,
			Unclear: cfsession.Unclear(err), RetryAfter: e.RetryAfter, // a job may have been accepted before
		}
	}
	if e, ok := errors.AsType[*cfsession.SignInError](err); ok {
		p := steps.Problem{Kind: signInKind(e.Reason), Says: sentence(string(e.Reason))}
		if untrusted(err) {
			return steps.Problem{Kind: steps.ProblemCertificate, Says: p.Says + " Address: " + e.API}
		}
		if p.Kind == steps.ProblemAddress || p.Kind == steps.ProblemNetwork {
			p.Says += " Address: " + e.API
		}
		return p
	}
	if e, ok := errors.AsType[*apiclient.Error](err); ok {
		return serviceProblem(e)
	}
	if e, ok := errors.AsType[*cfsession.JobError](err); ok {
		return steps.Problem{Kind: steps.ProblemJob, Says: detailed(e.Detail, e.Title, e.Code)}
	}
	if e, ok := errors.AsType[*cfsession.StagingError](err); ok {
		return steps.Problem{Kind: steps.ProblemJob, Says: truncate(cmp.Or(e.Reason, e.Error()))}
	}
	if e, ok := errors.AsType[*cfsession.UnseenError](err); ok {
		return steps.Problem{Kind: steps.ProblemForbidden, Says: truncate(e.Error())}
	}
	if e, ok := errors.AsType[*cfsession.Error](err); ok {
		return platformProblem(e, err)
	}
	if errors.Is(err, context.Canceled) {
		return steps.Problem{Kind: steps.ProblemCancelled, Says: "cancelled"}
	}
	return steps.Problem{Kind: steps.ProblemLocal, Says: err.Error()}
}

var serviceKinds = map[apiclient.Kind]steps.ProblemKind{
	apiclient.KindNoToken:      steps.ProblemTokenServer, // the end of a login is told by its own error
	apiclient.KindUnauthorized: steps.ProblemForbidden,
	apiclient.KindForbidden:    steps.ProblemForbidden,
	apiclient.KindInvalid:      steps.ProblemRefused,
	apiclient.KindNotFound:     steps.ProblemNotFound,
	apiclient.KindConflict:     steps.ProblemTaken,
	apiclient.KindTooMany:      steps.ProblemRateLimit,
	apiclient.KindTimeout:      steps.ProblemTimeout,
	apiclient.KindNetwork:      steps.ProblemNetwork,
	apiclient.KindCancelled:    steps.ProblemCancelled,
	apiclient.KindRedirect:     steps.ProblemAnswer,
	apiclient.KindUnreadable:   steps.ProblemAnswer,
}

func serviceProblem(e *apiclient.Error) steps.Problem {
	kind := cmp.Or(serviceKinds[e.Kind], steps.ProblemServer)
	says := e.Message
	if says == "" || kind == steps.ProblemNetwork || kind == steps.ProblemAnswer {
		says = strings.TrimPrefix(e.Error(), "could not "+e.Op+": ") // a broken answer's text says nothing
	}
	if untrusted(e) {
		kind = steps.ProblemCertificate
	}
	return steps.Problem{
		Kind: kind, Says: truncate(says), Status: e.Status, RequestID: e.RequestID, Raw: e.Raw,
		Unclear: e.Unclear(), RetryAfter: e.RetryAfter,
	}
}

func platformProblem(e *cfsession.Error, err error) steps.Problem {
	p := steps.Problem{
		Says: truncate(detailed(e.Detail, e.Title, e.Code)), Status: e.Status, RequestID: e.RequestID, Raw: e.Raw,
		Unclear: cfsession.Unclear(err), RetryAfter: cfsession.RetryAfter(err),
	}
	if p.Says == "" {
		p.Says = e.Error()
	}
	switch {
	case e.Status == http.StatusTooManyRequests:
		p.Kind = steps.ProblemRateLimit
	case e.NoRoute:
		p.Kind = steps.ProblemNoRoute
	case untrusted(err):
		p.Kind = steps.ProblemCertificate
	case cfsession.IsOperationInProgress(err):
		p.Kind = steps.ProblemBusy
	case cfsession.IsNameTaken(err):
		p.Kind = steps.ProblemTaken
	case cfsession.IsNotFound(err):
		p.Kind = steps.ProblemNotFound
	case cfsession.IsForbidden(err), cfsession.IsUnauthorized(err):
		p.Kind = steps.ProblemForbidden
	case errors.Is(err, context.DeadlineExceeded):
		p.Kind = steps.ProblemTimeout
	case errors.Is(err, context.Canceled):
		p.Kind = steps.ProblemCancelled
	case e.Status >= 500:
		p.Kind = steps.ProblemServer
	case e.Status >= 400:
		p.Kind = steps.ProblemRefused
	case e.Status >= 200:
		p.Kind = steps.ProblemAnswer
	default:
		p.Kind = steps.ProblemNetwork
	}
	return p
}

// untrusted reports whether the server's certificate is not trusted here: to ask again
// is of no use.
func untrusted(err error) bool {
	_, is := errors.AsType[*tls.CertificateVerificationError](err)
	return is
}

func detailed(detail, title string, code int) string {
	switch {
	case detail != "" && code != 0:
		return fmt.Sprintf("%s (%s, %d)", detail, title, code)
	case detail != "":
		return detail
	}
	return title
}

// sentence makes a sentence of a reason.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func signInKind(r cfsession.SignInReason) steps.ProblemKind {
	//exhaustive:enforce
	switch r {
	case cfsession.WrongCredentials, cfsession.WrongClient:
		return steps.ProblemPassword
	case cfsession.AccountLocked:
		return steps.ProblemLocked
	case cfsession.PasscodeRefused:
		return steps.ProblemPasscode
	case cfsession.NotCloudFoundry, cfsession.InsecureAddress:
		return steps.ProblemAddress
	case cfsession.Unreachable:
		return steps.ProblemNetwork
	case cfsession.ServerTrouble:
	}
	return steps.ProblemServer
}

// maxProblemText bounds what is shown of the other side's words; the whole text
// is in Raw.
const maxProblemText = 400

func truncate(s string) string {
	if r := []rune(s); len(r) > maxProblemText {
		return string(r[:maxProblemText]) + "…"
	}
	return s
}
