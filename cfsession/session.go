package cfsession

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"sync"
	"time"

	"pg-migrate-wizard/internal/origin"
	"pg-migrate-wizard/internal/secret"
)

// Options say where a session lives and how it reaches the network.
type Options struct {
	// Home is the directory that holds .cf; "" means $CF_HOME, else the home
	// directory, as for cf.
	Home string
	// Transport carries all requests. nil: a clone of the default transport
	// (proxy from the environment), which honours SSLDisabled of the login.
	Transport http.RoundTripper
	UserAgent string
	// PollEvery is the first wait between two looks at a job; it grows to 5 s.
	// 0 means 1 s.
	PollEvery time.Duration
	// PersistTarget lets Target write org and space to the login file, as cf
	// target would. Off, they are remembered in this session only.
	PersistTarget bool
	// SSLDisabled skips the check of server certificates for a new sign-in, as
	// cf api --skip-ssl-validation. An opened login brings its own setting.
	SSLDisabled bool
}

// Session is a login at one landscape: the source of tokens, and the platform's
// operations. It is safe for concurrent use.
type Session struct {
	requester     requester
	api           *url.URL
	pollEvery     time.Duration
	file          *loginFile // nil: lives in memory only
	persistTarget bool
	setAside      string // see SetAside
	credentials   knownSecrets

	mu        sync.Mutex
	login     login
	tokenPair tokenPair
	skew      time.Duration // how far the server's clock is ahead of ours
	ended     secret.Text   // an access token that was refused and cannot be replaced
	renewal   *renewal      // the renewal under way
	notYet    time.Time     // no renewal ahead of time before this, after one failed
	busy      *TokenError   // with what the token server asked to wait until busyUntil
	busyUntil time.Time
	held      map[fingerprint]struct{} // access tokens this session has had
	refused   map[fingerprint]error    // what the UAA said no to; never asked again
	saveErr   error
}

// login is who and where.
type login struct {
	authURL      string // links.login: where tokens are fetched, as cf does
	uaaURL       string
	clientID     string
	clientSecret secret.Text
	grant        string // as in config.json: "" (password), client_credentials, ...
	sslDisabled  bool
	org, space   Ref
}

// Identity is what may be shown of a session.
type Identity struct {
	API         string
	User        string // user name, or the client id of a technical login
	Org, Space  Ref
	SSLDisabled bool
	Expiry      time.Time // of the present token, by this machine's clock; zero: unknown
	Grant       string    // "" for password and passcode, else as in the cf configuration
	File        string    // the login file that is kept up to date; "" for none
}

const grantClientCredentials = "client_credentials"

// Open uses the login that cf keeps. It sends nothing unless the file lacks the
// addresses of the UAA (cf always writes them). The error is a
// *[SignedOutError] when there is no usable login, and says what is wrong.
func Open(ctx context.Context, o Options) (*Session, error) {
	file, err := newLoginFile(o.Home)
	if err != nil {
		return nil, &SignedOutError{Reason: NoLoginFile, Err: err}
	}
	rec, err := file.read()
	if err != nil {
		return nil, &SignedOutError{unreadable(err), file.path, err}
	}
	out := func(reason SignedOutReason, why string) (*Session, error) {
		return nil, &SignedOutError{reason, file.path, errors.New(why)}
	}
	switch {
	case rec.CFOnK8s.Enabled:
		return out(Unsupported, "it belongs to a Cloud Foundry on Kubernetes")
	case rec.Target == "":
		return out(LoggedOut, "no API address is set")
	case rec.AccessToken == "" && rec.RefreshToken == "":
		return out(LoggedOut, "it holds no token")
	}
	api, err := parseBase(rec.Target)
	if err != nil {
		return nil, &SignedOutError{MalformedFile, file.path, err}
	}
	for _, address := range []string{rec.Target, rec.AuthorizationEndpoint, rec.UaaEndpoint} {
		if _, err := privateBase(address); address != "" && err != nil {
			return nil, &SignedOutError{reasonOfAddress(err), file.path, err}
		}
	}
	s := &Session{
		api: api, file: file, tokenPair: newTokenPair(rec.access(), rec.refresh(), 0),
		login: login{
			authURL: rec.AuthorizationEndpoint, uaaURL: rec.UaaEndpoint,
			clientID: rec.UAAOAuthClient, clientSecret: secret.New(rec.UAAOAuthClientSecret),
			grant: rec.UAAGrantType, sslDisabled: rec.SSLDisabled,
			org: rec.OrganizationFields, space: rec.SpaceFields,
		},
	}
	if _, err := parseClaims(s.tokenPair.access); err != nil && !s.renewable(s.tokenPair) {
		return nil, &SignedOutError{MalformedFile, file.path, err}
	}
	if s.tokenPair.left() <= 0 && !s.renewable(s.tokenPair) {
		return out(Expired, "the token has run out and there is nothing to renew it with")
	}
	s.start(o)
	if s.login.authURL == "" && s.login.uaaURL == "" {
		root, err := discover(ctx, s.requester, api)
		if err != nil {
			return nil, err
		}
		for _, address := range []string{root.Login.Href, root.Uaa.Href} {
			if _, err := privateBase(address); err != nil {
				return nil, &SignedOutError{reasonOfAddress(err), file.path, err}
			}
		}
		s.login.authURL, s.login.uaaURL = root.Login.Href, root.Uaa.Href
	}
	return s, nil
}

// reasonOfAddress tells an address that must not be used from one that is none.
func reasonOfAddress(err error) SignedOutReason {
	if errors.Is(err, errNotPrivate) {
		return Unprotected
	}
	return MalformedFile
}

func unreadable(err error) SignedOutReason {
	if errors.Is(err, fs.ErrNotExist) {
		return NoLoginFile
	}
	if _, ok := errors.AsType[*DamagedFileError](err); ok {
		return MalformedFile
	}
	return UnreadableFile
}

// start initialises the transport and what is remembered of tokens.
func (s *Session) start(o Options) {
	s.requester = newRequester(o, s.login.sslDisabled)
	s.pollEvery = o.PollEvery
	if s.pollEvery <= 0 {
		s.pollEvery = time.Second
	}
	s.persistTarget = o.PersistTarget
	s.held = map[fingerprint]struct{}{fingerprintOf(s.tokenPair.access): {}}
	s.refused = map[fingerprint]error{}
}

// Identity tells who is signed in, and where.
func (s *Session) Identity() Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := Identity{
		API: s.api.String(), User: s.tokenPair.claims.who(), Org: s.login.org, Space: s.login.space,
		SSLDisabled: s.login.sslDisabled, Expiry: s.tokenPair.expiry, Grant: s.login.grant,
	}
	if s.file != nil {
		id.File = s.file.path
	}
	return id
}

// Renews reports whether there is anything to renew the token with. Without it a login
// ends with its token.
func (s *Session) Renews() bool { return s.renewable(s.current()) }

// SetAside is where the login file was moved that signing in found damaged; "" for none.
func (s *Session) SetAside() string { return s.setAside }

// CFTarget reads from the login file what the cf CLI would work with now:
// another program may have signed in as somebody else or chosen another space
// since this session was opened, which goes on as it was. It sends nothing. A
// session that lives in memory has no file, and answers with its own.
func (s *Session) CFTarget() (Kept, error) {
	if s.file == nil {
		id := s.Identity()
		return Kept{API: id.API, User: id.User, Org: id.Org, Space: id.Space, SSLDisabled: id.SSLDisabled, SignedIn: true}, nil
	}
	return s.file.kept()
}

// Target chooses org and space for this session. With Options.PersistTarget or
// SignIn.Persist they are written to the login file too, unless the file has
// meanwhile been turned to another API: then, as with any failure to write, the
// session has its target all the same and the error says what was not saved.
func (s *Session) Target(ctx context.Context, org, space Ref) error {
	s.mu.Lock()
	s.login.org, s.login.space = org, space
	s.mu.Unlock()
	if !s.persistTarget || s.file == nil {
		return nil
	}
	defer s.file.lock(ctx)()
	elsewhere := false
	err := s.file.change(func(now loginRecord) map[string]any {
		if elsewhere = !s.sameAPI(now); elsewhere {
			return nil
		}
		return withTarget(map[string]any{}, org, space)
	})
	if err == nil && elsewhere {
		err = errors.New("cf has been turned to another API")
	}
	if err != nil {
		return &Error{Op: "save the target org and space in " + s.file.path, Err: err}
	}
	return nil
}

// withTarget adds org and space to keys of the login file, as cf writes them.
func withTarget(keys map[string]any, org, space Ref) map[string]any {
	keys["OrganizationFields"] = org
	keys["SpaceFields"] = struct {
		GUID, Name string
		AllowSSH   bool
	}{space.GUID, space.Name, space.GUID != ""}
	return keys
}

func (s *Session) sameAPI(rec loginRecord) bool {
	u, err := parseBase(rec.Target)
	return err == nil && origin.Same(u, s.api)
}

// Format keeps every verb of fmt away from the tokens inside: fmt does not ask
// unexported fields how they want to be printed.
func (s *Session) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "session of %s at %s", s.Identity().User, s.api)
}
