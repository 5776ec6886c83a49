package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// Config says where files and servers are, how often to look, and what is allowed.
type Config struct {
	StateDir  string              // where journals are kept
	CFHome    string              // directory that holds .cf; empty: as for cf
	API       string              // the only API to work at; empty: the one that cf is signed in at
	Overrides cfsession.Overrides // what the API address does not tell
	Transport http.RoundTripper   // for tests; nil: the system's network and proxy
	UserAgent string
	// CAFile holds certificates to trust beside the system's, for a company's
	// proxy or a landscape of one's own.
	CAFile string
	// SkipMigrationCheck leaves the certificate of the migration API unchecked.
	// The cf login's own setting never reaches that far.
	SkipMigrationCheck bool
	Program            string // name and version, for the journal
	Trace              *Trace // writes every request and answer; nil: none
	// Pace is how many times quicker than on a real landscape the engine looks;
	// 0 means 1. For landscapes in which time runs faster.
	Pace float64
	// Speed is how many times faster time runs on the landscape, for forecasts and
	// decision points in a demo; 0 means 1.
	Speed float64
	// Resume is the identity of a migration in StateDir that is taken up at once,
	// without asking; empty: the machine asks where to work.
	Resume string
	// Reopen takes up a migration that has ended well, for what was left of it. Its
	// journal is as it was until something is said anew.
	Reopen bool
	// LookOnly keeps the engine from changing anything: no changing request is
	// sent, no journal is written or locked. What would be done is withheld.
	LookOnly bool
	// Looks are wanted beside those of the step, each as soon as it can be made.
	Looks []steps.Look
	// LookTries is how often a look is tried before it is given up: it is repeated for
	// all that, but Snapshot.Looked counts it as made. 0 means 1. One that lacks the
	// right is given up at once, or after another try where it had it before.
	LookTries int
	// Lasting bears failures for long where there was something to be seen before: for
	// whom waits for hours.
	Lasting bool
	// WithoutRecord is what is known of a migration whose journal is not here, for an
	// engine that only looks; nil: nothing is.
	WithoutRecord *steps.WithoutRecord

	// Published is told of every new state, in order, beside who is told by Updates. It
	// must not wait; nil: nobody is.
	Published func(Snapshot)
	// NoNote keeps no note on the target. That of another machine is minded all the same.
	NoNote bool
	// Machine is the name by which a note says where a migration is led from; empty: the
	// host's.
	Machine string

	roots *x509.CertPool // nil: the system's
}

// Roots are the certificates to trust; nil: the system's. The error is a *TrustError.
func (c Config) Roots() (*x509.CertPool, error) {
	err := c.trust()
	return c.roots, err
}

// otherAPI reports whether a login belongs to another API than the one that
// was asked for.
func (c Config) otherAPI(id cfsession.Identity) bool {
	return c.API != "" && id.API != c.address()
}

// address is API in the form in which sessions have it.
func (c Config) address() string {
	l, _ := cfsession.Derive(c.API, cfsession.Overrides{}) // the address is there, whatever cannot be told from it
	return l.API
}

func (c Config) pace(d time.Duration) time.Duration {
	if c.Pace > 0 {
		d = max(time.Duration(float64(d)/c.Pace), 50*time.Millisecond)
	}
	return d
}

// RoundTripper is the way that the engine's requests take, for those that are
// sent without one: certificates, trace. With skipVerify the server's certificate
// is not checked. The error is a *TrustError.
func (c Config) RoundTripper(skipVerify bool) (http.RoundTripper, error) {
	if err := c.trust(); err != nil {
		return nil, err
	}
	return c.wire(&requestLog{}, skipVerify), nil
}

// connections is how many idle connections to a server are kept: as many looks go on at a
// time, and the next ones need no handshake.
const connections = 8

// wire puts the request log and the trace around a transport.
func (c Config) wire(log *requestLog, skipVerify bool) http.RoundTripper {
	next := c.Transport
	if next == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // as net/http makes it
		t.MaxIdleConnsPerHost = connections
		t.TLSClientConfig = &tls.Config{
			MinVersion: tls.VersionTLS12, RootCAs: c.roots,
			InsecureSkipVerify: skipVerify, //nolint:gosec // only where the user's own login or a flag asks for it
		}
		next = t
	}
	if c.Trace != nil {
		next = tracer{c.Trace, next}
	}
	return &requestLogger{log: log, next: next}
}

// TrustError says why a file of certificates cannot be used.
type TrustError struct {
	File string
	Err  error
}

func (e *TrustError) Error() string { return fmt.Sprintf("certificates in %s: %v", e.File, e.Err) }

func (e *TrustError) Unwrap() error { return e.Err }

// trust adds the certificates of CAFile to the system's.
func (c *Config) trust() error {
	if c.CAFile == "" {
		return nil
	}
	pem, err := readCertificates(c.CAFile)
	if err != nil {
		return &TrustError{c.CAFile, err}
	}
	c.roots, err = x509.SystemCertPool()
	if err != nil {
		c.roots = x509.NewCertPool()
	}
	if !c.roots.AppendCertsFromPEM(pem) {
		return &TrustError{c.CAFile, errors.New("there is no certificate in PEM form in it")}
	}
	return nil
}

// mostCertificates bounds a file of certificates. Those of all public authorities are a
// quarter of a megabyte.
const mostCertificates = 8 << 20

// readCertificates reads a file, or a pipe from a command that prints one, within bounds.
func readCertificates(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	pem, err := io.ReadAll(io.LimitReader(file, mostCertificates+1))
	if err == nil && len(pem) > mostCertificates {
		err = fmt.Errorf("it is larger than %d MiB", mostCertificates>>20)
	}
	return pem, err
}

func (c Config) options(log *requestLog, skipVerify bool) cfsession.Options {
	return cfsession.Options{
		Home: c.CFHome, Transport: c.wire(log, skipVerify), UserAgent: c.UserAgent,
		PollEvery: c.pace(time.Second), SSLDisabled: skipVerify,
	}
}

// open uses the login that cf keeps, with its own setting for certificates.
func (c Config) open(ctx context.Context, log *requestLog) (Platform, error) {
	s, err := cfsession.Open(ctx, c.options(log, false))
	if err != nil {
		return nil, err
	}
	if s.Identity().SSLDisabled {
		if s, err = cfsession.Open(ctx, c.options(log, true)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (c Config) signIn(ctx context.Context, log *requestLog, how *steps.Access, credential secret.Text, skipVerify bool) (Platform, error) {
	in := cfsession.SignIn{API: how.API, User: how.User, Origin: how.Origin, Persist: how.Keep}
	switch how.How {
	case steps.OptionPasscode:
		in.Passcode = credential
	case steps.OptionClientCredentials:
		in.ClientID, in.ClientSecret, in.User = how.User, credential, ""
	default:
		in.Password = credential
	}
	s, err := cfsession.SignInWith(ctx, c.options(log, skipVerify), in)
	if s == nil {
		return nil, err
	}
	return s, nil // a session that could not be written for cf still serves here
}

func (c Config) service(url string, tokens apiclient.TokenSource, log *requestLog) (Service, error) {
	opts := []apiclient.Option{apiclient.WithTransport(c.wire(log, c.SkipMigrationCheck))}
	if c.UserAgent != "" {
		opts = append(opts, apiclient.WithUserAgent(c.UserAgent))
	}
	return apiclient.New(url, tokens, opts...)
}

// loginStamp changes when somebody writes the file of the cf login.
func (c Config) loginStamp() string { return cfsession.LoginStamp(c.CFHome) }
