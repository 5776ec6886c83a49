package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
)

type loginOptions struct {
	user, origin, clientID                 string
	org, space                             string
	sso                                    bool
	passwordStdin, passcodeStdin, clientIn bool
	skipVerify                             bool
	output                                 *wordFlag
}

// Names of flags that completion and documentation share.
const (
	flagOrg           = "org"
	flagSpace         = "space"
	flagPasswordStdin = "password-stdin"
	flagPasscodeStdin = "passcode-stdin" //nolint:gosec // a flag's name
	flagClientStdin   = "client-secret-stdin"
	flagClientID      = "client-id"
	flagSkipVerify    = "skip-ssl-validation"
)

func (p *program) loginCommand() *cobra.Command {
	o := &loginOptions{}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Signs in to Cloud Foundry, as cf login does, and for cf too",
		Long: `Signs in to Cloud Foundry and writes the login where cf keeps it, so that both have
it: with user and password, with a one-time passcode (--sso), or as a client.

A secret is typed without being shown, or comes on standard input. It is never an
argument, which other users of the machine can read, nor an environment variable,
which every program that is started inherits.

Without --api-url it signs in at the API of --landscape, or where cf last was, or asks.
Without --org and --space it takes the only ones there are, and otherwise none.`,
		Example: `  # with a one-time passcode from the browser
  pg-migrate-wizard login --sso --org acme --space prod

  # in a pipeline, as a client
  printf %s "$SECRET" | pg-migrate-wizard login --landscape eu10-004 \
    --client-id robot --client-secret-stdin --org acme --space prod`,
		Args: noArgs,
		RunE: runE(p, o, p.login),
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.user, "user", "u", "", "user name, usually an e-mail address")
	fs.StringVar(&o.origin, "origin", "", "identity provider, where it is not the default one")
	fs.BoolVar(&o.sso, "sso", false, "sign in with a one-time passcode; its address is shown")
	fs.BoolVar(&o.passwordStdin, flagPasswordStdin, false, "read the password from standard input")
	fs.BoolVar(&o.passcodeStdin, flagPasscodeStdin, false, "read the passcode from standard input")
	fs.StringVar(&o.clientID, flagClientID, "", "sign in as this client, with client credentials")
	fs.BoolVar(&o.clientIn, flagClientStdin, false, "read the client's secret from standard input")
	fs.StringVar(&o.org, flagOrg, "", "org to work in")
	fs.StringVar(&o.space, flagSpace, "", "space to work in")
	fs.BoolVar(&o.skipVerify, flagSkipVerify, false, "leave the certificate of the API unchecked, as cf does with the same flag")
	o.output = addOutputFlag(cmd)
	return cmd
}

// loginView is what login and logout print.
type loginView struct {
	API      string    `json:"api"`
	SignedIn bool      `json:"signed_in"`
	User     string    `json:"user"`
	Org      string    `json:"org"`
	Space    string    `json:"space"`
	Expires  time.Time `json:"expires,omitzero"`
	File     string    `json:"file"`
	SetAside string    `json:"set_aside,omitempty"` // where a damaged login file was moved
}

// check refuses what contradicts itself.
func (o *loginOptions) check() error {
	switch stdin := o.passwordStdin || o.passcodeStdin; {
	case o.passwordStdin && (o.passcodeStdin || o.sso) || o.clientIn && (stdin || o.sso):
		return usage("there is one way to sign in: --%s, --%s (or --sso) or --%s", flagPasswordStdin, flagPasscodeStdin, flagClientStdin)
	case o.clientIn && o.clientID == "":
		return usage("--%s needs --%s", flagClientStdin, flagClientID)
	case o.clientID != "" && (o.sso || stdin || o.user != ""):
		return usage("a client signs in with its secret: --%s goes with --%s alone", flagClientID, flagClientStdin)
	case o.passwordStdin && o.user == "":
		return usage("--%s needs --user", flagPasswordStdin)
	case o.passcodeStdin && o.user != "":
		return usage("a passcode says who you are: --%s goes without --user", flagPasscodeStdin)
	}
	return nil
}

func (p *program) login(ctx context.Context, o *loginOptions) error {
	kept, err := cfsession.ReadKept("")
	if _, damaged := errors.AsType[*cfsession.DamagedFileError](err); err != nil && !damaged { // signing in sets it aside
		return err
	}
	in := cfsession.SignIn{User: o.user, Origin: o.origin, ClientID: o.clientID, Persist: true}
	if in.API, err = p.whereToSignIn(ctx, kept); err != nil {
		return err
	}
	skip := o.skipVerify
	if l, _ := cfsession.Derive(in.API, cfsession.Overrides{}); l.API == kept.API && !p.flags.given(flagSkipVerify) {
		skip = kept.SSLDisabled // as cf does at the same API
	}
	opts, err := p.flags.options(skip)
	if err != nil {
		return err
	}
	if err := p.askWho(ctx, o, opts, &in); err != nil {
		return err
	}
	s, err := cfsession.SignInWith(ctx, opts, in)
	if err != nil {
		return signInFailed(err)
	}
	aside := s.SetAside()
	if aside != "" {
		fmt.Fprintf(p.err, "%s was damaged. It lies in %s now, and a new one was written.\n", s.Identity().File, aside)
	}
	note, err := chooseSpace(ctx, s, o.org, o.space)
	if passes(err) {
		return status.Exit(status.ExitNotYet, fmt.Sprintf("signed in, but no org and space are chosen: %v; %s", err, whenAgain(err, time.Now())))
	}
	if err != nil {
		return err
	}
	if note != "" {
		fmt.Fprintln(p.err, note)
	}
	id := s.Identity()
	v := loginView{id.API, true, id.User, id.Org.Name, id.Space.Name, id.Expiry.UTC().Truncate(time.Second), id.File, aside}
	return p.print(o.output, v, func(w io.Writer) {
		fmt.Fprintf(w, "Signed in as %s at %s, %s.\n", v.User, v.API, place(v.Org, v.Space))
	})
}

func place(org, space string) string {
	switch {
	case org == "":
		return "no org and space chosen"
	case space == "":
		return "org " + org + ", no space chosen"
	}
	return "in " + org + " / " + space
}

// whereToSignIn is the address of the API: said, that of cf's last login, or typed.
func (p *program) whereToSignIn(ctx context.Context, kept cfsession.Kept) (string, error) {
	f := p.flags
	switch {
	case f.apiURL != "":
		return f.apiURL, nil
	case f.overrides.Name != "":
		return apiOf(f.overrides), nil
	case kept.API != "":
		return kept.API, nil
	}
	where, err := p.askLine(ctx, "Landscape, like eu10-004, or address of the API", unattended.FlagAPI+" or --"+cfsession.SettingLandscape)
	if err != nil || strings.Contains(where, "://") {
		return where, err
	}
	f.overrides.Name = where
	return apiOf(f.overrides), f.checkCommon()
}

// apiOf is the API of a landscape that has a name.
func apiOf(o cfsession.Overrides) string {
	l, _ := cfsession.Derive(nowhere, o) // the name is there, whatever cannot be told
	return "https://api.cf." + l.Name
}

// options are those of a session that takes the way of the engine's requests.
func (f *flags) options(skipVerify bool) (cfsession.Options, error) {
	rt, err := f.config().RoundTripper(skipVerify)
	return cfsession.Options{Transport: rt, UserAgent: userAgent(), SSLDisabled: skipVerify}, err
}

// askWho completes what the flags say with what is on standard input, or what a
// person types.
func (p *program) askWho(ctx context.Context, o *loginOptions, opts cfsession.Options, in *cfsession.SignIn) (err error) {
	switch {
	case o.clientIn:
		in.ClientSecret, err = p.secretOfInput()
	case o.passcodeStdin:
		in.Passcode, err = p.secretOfInput()
	case o.passwordStdin:
		in.Password, err = p.secretOfInput()
	case o.clientID != "":
		in.ClientSecret, err = p.askSecret(ctx, "Secret of "+o.clientID, flagClientStdin)
	case o.sso:
		var address string
		if address, err = cfsession.PasscodeURL(ctx, opts, in.API); err != nil {
			return signInFailed(err)
		}
		in.User = ""
		in.Passcode, err = p.askSecret(ctx, "Passcode, from "+sanitize.Line(address), flagPasscodeStdin)
	default:
		if in.User == "" {
			if in.User, err = p.askLine(ctx, "User", "user"); err != nil {
				return err
			}
		}
		in.Password, err = p.askSecret(ctx, "Password of "+sanitize.Line(in.User), flagPasswordStdin)
	}
	return err
}

// maxSecret bounds a secret on standard input.
const maxSecret = 64 << 10

// secretOfInput reads standard input to its end: one secret, with or without a
// line break behind it.
func (p *program) secretOfInput() (secret.Text, error) {
	data, err := io.ReadAll(io.LimitReader(p.in, maxSecret+1))
	if err != nil {
		return secret.Text{}, fmt.Errorf("standard input: %w", err)
	}
	input := strings.TrimRight(string(data), "\r\n")
	switch {
	case len(data) > maxSecret:
		return secret.Text{}, usage("standard input is longer than any secret")
	case input == "":
		return secret.Text{}, usage("there is no secret on standard input")
	case strings.ContainsAny(input, "\r\n"):
		return secret.Text{}, usage("there is more than one line on standard input")
	}
	return secret.New(input), nil
}

// signInFailed gives a failed sign-in its exit status.
func signInFailed(err error) error {
	failed, ok := errors.AsType[*cfsession.SignInError](err)
	if !ok {
		return err
	}
	switch failed.Reason {
	case cfsession.WrongCredentials, cfsession.WrongClient, cfsession.PasscodeRefused, cfsession.AccountLocked:
		return status.Exit(status.ExitNoRight, err.Error())
	case cfsession.InsecureAddress:
		return status.Exit(status.ExitUsage, err.Error())
	case cfsession.ServerTrouble:
		return notYet(err)
	case cfsession.Unreachable:
		if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
			return fmt.Errorf("%w\nNothing was changed. This machine does not trust the certificate: name those of the landscape, or of the proxy between, with --%s", err, flagCA)
		}
	}
	return err
}

// chooseSpace targets org and space by name; where no name is given, the only
// one there is, as cf does. The note says what was left open.
func chooseSpace(ctx context.Context, s *cfsession.Session, orgName, spaceName string) (note string, err error) {
	missing := func(kind, name string, err error) error {
		if cfsession.IsNotFound(err) {
			return status.Exit(status.ExitNoRight, fmt.Sprintf("signed in, but %s sees no %s %q", s.Identity().User, kind, name))
		}
		return err
	}
	var org, space cfsession.Ref
	if orgName != "" {
		if org, err = s.FindOrg(ctx, orgName); err != nil {
			return "", missing("org", orgName, err)
		}
	} else {
		page, err := s.Orgs(ctx, cfsession.Page{Size: 2})
		switch {
		case err != nil:
			return "", err
		case len(page.Items) != 1 && spaceName != "":
			return "", usage("the space %s is in which org? Give --%s", spaceName, flagOrg)
		case len(page.Items) != 1:
			return fmt.Sprintf("There are %d orgs to work in: choose with --%s and --%s, or with cf target.", page.Total, flagOrg, flagSpace), nil
		}
		org = page.Items[0]
	}
	if spaceName != "" {
		if space, err = s.FindSpace(ctx, org.GUID, spaceName); err != nil {
			return "", missing("space", spaceName, err)
		}
		return "", s.Target(ctx, org, space)
	}
	page, err := s.Spaces(ctx, org.GUID, cfsession.Page{Size: 2})
	if err != nil {
		return "", err
	}
	if len(page.Items) == 1 {
		space = page.Items[0]
	} else {
		note = fmt.Sprintf("There are %d spaces to work in: choose with --%s, or with cf target.", page.Total, flagSpace)
	}
	return note, s.Target(ctx, org, space)
}
