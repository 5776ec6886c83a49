package cfsession

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// maxBody bounds every answer. The largest honest one is a page of service
// instances, about a megabyte.
const maxBody = 16 << 20

var (
	errTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxBody>>20)
	errRedirect = errors.New("the answer is a redirect; it is not followed, so that the token goes nowhere else")
)

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	body []byte
	cut  error // why the body is not whole; nil when it is
}

// exchange sends a request once and reads the answer, whole, within limit.
// Redirects come back as they are. The error says why there is no answer at all.
func exchange(rt http.RoundTripper, req *http.Request, limit time.Duration) (*answer, error) {
	ctx, cancel := context.WithTimeout(req.Context(), limit)
	defer cancel()
	res, err := rt.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, withTimeLimit(req.Context(), ctx, limit, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil {
		err = withTimeLimit(req.Context(), ctx, limit, err)
	} else if len(body) > maxBody {
		err, body = errTooLarge, nil
	}
	return &answer{Response: res, body: body, cut: err}, nil
}

// LimitError says that a time limit of this package was over before a whole answer
// was there. It is a context.DeadlineExceeded, and nobody's interrupt.
type LimitError struct {
	Limit time.Duration
	Err   error
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("no whole answer within %s: %v", e.Limit, e.Err)
}

// Unwrap tells the cause, and that it is a time limit, whatever the transport makes of it.
func (e *LimitError) Unwrap() []error { return []error{e.Err, context.DeadlineExceeded} }

// withTimeLimit tells our own time limit; the caller's is left as it is.
func withTimeLimit(caller, own context.Context, limit time.Duration, err error) error {
	if caller.Err() != nil || own.Err() == nil {
		return err
	}
	return &LimitError{limit, err}
}

// notSent reports whether a failure came before anything could be sent: no
// such host, no connection, no trust in the certificate.
func notSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	return untrusted(err)
}

// untrusted reports that the server could not prove who it is.
func untrusted(err error) bool {
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	return badCertificate || notTLS
}

// connections is how many idle connections are kept: as many looks go on at a time.
const connections = 8

// newTransport is the default transport's twin: proxy from the environment, its dial and
// handshake limits.
func newTransport(sslDisabled bool) http.RoundTripper {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t := base.Clone()
	t.MaxIdleConnsPerHost = connections
	if sslDisabled {
		if t.TLSClientConfig == nil {
			t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		// The person chose this with cf's --skip-ssl-validation; Identity tells
		// of it, so that it can be shown.
		t.TLSClientConfig.InsecureSkipVerify = true
	}
	return t
}
