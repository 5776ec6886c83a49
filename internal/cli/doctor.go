package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// Findings of the doctor.
const (
	findOK        = "ok"
	findAttention = "attention"
	findFail      = "fail"
)

// Finding is one line of doctor: what was looked at, how it is, and what helps.
type Finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // ok, attention, fail
	Found  string `json:"found"`
	Remedy string `json:"remedy"` // empty when ok
}

type doctorOptions struct {
	selection
	output *wordFlag
}

func (p *program) doctorCommand() *cobra.Command {
	o := &doctorOptions{}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Looks whether everything is there that a migration needs",
		Long: `Looks whether everything is there that a migration needs: settings, state directory,
login, network, clock, rights, migration service, terminal; one line each, with what
helps. Nothing is changed, but that a token that has run out is renewed, as by every
command of cf.

With a target, or a migration that has begun, the migration service is asked about it,
and what is open of what to prepare before its downtime is listed; otherwise the service
only has to be there. Exit status 0: nothing fails; 1: something does;
4: something could not be looked at, and may be later; 5: it is the login or a right.`,
		Example: `  pg-migrate-wizard doctor

  # for a pipeline
  pg-migrate-wizard doctor -o json`,
		Args:        noArgs,
		Annotations: map[string]string{withoutSettings: "yes"},
	}
	o.output = addOutputFlag(cmd)
	o.addFlags(cmd)
	cmd.RunE = runE(p, o, func(ctx context.Context, o *doctorOptions) error {
		examining, stop := context.WithTimeout(ctx, doctorTimeout)
		defer stop()
		d := doctor{p: p, f: &p.flags, findings: []Finding{}}
		d.settings(cmd)
		d.which = o.selection // only now: the settings fill it in, too
		d.examine(examining)
		if err := p.print(o.output, d.findings, d.table); err != nil {
			return err
		}
		return d.verdict(ctx)
	})
	return cmd
}

// doctorTimeout bounds the whole of it: a network that swallows everything would
// keep each look waiting for its own time-outs and repeats.
const doctorTimeout = 45 * time.Second

// doctor is one run of the command.
type doctor struct {
	p        *program
	f        *flags
	which    selection
	findings []Finding
	noRight  bool
	notYet   bool // something could not be looked at now, and may be later
}

func (d *doctor) ok(check, format string, args ...any) {
	d.add(check, findOK, "", format, args)
}

func (d *doctor) add(check, state, remedy, format string, args []any) {
	d.findings = append(d.findings, Finding{check, state, sanitize.Line(fmt.Sprintf(format, args...)), remedy})
}

func (d *doctor) attention(check, remedy, format string, args ...any) {
	d.add(check, findAttention, remedy, format, args)
}

// unseen notes what could not be looked at for a reason that passes: that is no fault of
// the login, and no missing right.
func (d *doctor) unseen(check string, err error) {
	d.notYet = true
	d.attention(check, whenAgain(err, time.Now()), "could not be looked at: %v", err)
}

func (d *doctor) fail(check, remedy, format string, args ...any) {
	d.add(check, findFail, remedy, format, args)
}

func (d *doctor) table(w io.Writer) {
	signs := map[string]string{findOK: "OK", findAttention: "attention", findFail: "FAIL"}
	rows := [][]string{}
	for _, f := range d.findings {
		text := f.Found
		if f.Remedy != "" {
			text += "  → " + f.Remedy
		}
		rows = append(rows, []string{signs[f.State], f.Check, text})
	}
	status.Columns(w, rows)
}

// verdict is the exit status. What was said line by line is not said again.
func (d *doctor) verdict(ctx context.Context) error {
	switch failed := slices.ContainsFunc(d.findings, func(f Finding) bool { return f.State == findFail }); {
	case ctx.Err() != nil:
		return status.Exit(status.ExitInterrupted, "")
	case !failed && d.notYet:
		return status.Exit(status.ExitNotYet, "")
	case !failed:
		return nil
	case d.noRight:
		return status.Exit(status.ExitNoRight, "")
	}
	return status.Exit(status.ExitFailed, "")
}

// settings are taken in here, so that what is wrong with them is a finding.
func (d *doctor) settings(cmd *cobra.Command) {
	if err := d.p.begin(cmd); err != nil {
		d.fail("settings", "mend it in the file, the environment or the command line", "%v", err)
		return
	}
	d.ok("settings", "%s", configSays())
}

func (d *doctor) examine(ctx context.Context) {
	d.state()
	about := d.about()
	kept, s := d.login(ctx, about)
	about.place.apiURL = cmp.Or(about.place.apiURL, kept.API)
	there := d.network(ctx, about.place.apiURL, kept.SSLDisabled)
	if s != nil && there {
		d.session(ctx, s, about.names)
	}
	d.migration(ctx, about, s)
	if there {
		d.prepare(ctx, about, s)
	}
	d.terminal()
}

func (d *doctor) state() {
	dir := d.f.stateDirectory()
	if err := writable(dir); err != nil {
		d.fail("state directory", "make it writable, or name another with --"+flagState, "%s: %v", dir, err)
		return
	}
	d.ok("state directory", "%s can be written", dir)
}

// writable reports why files could not be made in a directory that may not be
// there yet. Nothing is written for it.
func writable(dir string) error {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at):
			continue
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is no directory", at)
		}
		return mayWrite(at)
	}
}

// login looks at the file of the cf login, and opens the session in it. One for
// another API than the migration's is none: its token is sent nowhere.
func (d *doctor) login(ctx context.Context, about subject) (cfsession.Kept, *cfsession.Session) {
	const check = "cf login"
	kept, err := cfsession.ReadKept("")
	if _, damaged := errors.AsType[*cfsession.DamagedFileError](err); damaged {
		d.fail(check, toSignIn(about.place.apiURL, kept, about.names)+"; it sets the file aside and writes a new one", "%v", err)
		d.noRight = true
		return kept, nil
	}
	if err != nil {
		d.fail(check, "make the file readable, or point CF_HOME to where cf keeps its login", "%v", err)
		d.noRight = true
		return kept, nil
	}
	opts, err := d.f.options(kept.SSLDisabled)
	if err != nil {
		d.fail(check, "name a file of certificates in PEM form with --"+flagCA, "%v", err)
		return kept, nil
	}
	asked := about.place.apiURL
	s, err := cfsession.Open(ctx, opts)
	if err == nil && asked != "" && sameAPI(asked) != s.Identity().API {
		err = fmt.Errorf("it is for %s, and not for %s", s.Identity().API, asked)
	}
	if err != nil {
		d.noRight = true
		d.fail(check, toSignIn(asked, kept, about.names), "%v", err)
		return kept, nil
	}
	d.ok(check, "%s (%s)", kept.User, kept.File)
	return kept, s
}

// toSignIn is the command that signs in at an API. Without --api-url it is the one
// where cf was last, and where there is none it is asked for.
func toSignIn(api string, kept cfsession.Kept, names steps.Names) string {
	command := "run: " + programName + " login"
	switch {
	case api == "" && kept.API == "":
		command += ", which asks for the landscape, or takes it with --" + cfsession.SettingLandscape
	case api != "" && sameAPI(api) != kept.API:
		command += " --" + unattended.FlagAPI + " " + unattended.ShellQuoted(api)
	}
	return command + inSpace(names)
}

// inSpace are the flags that choose the migration's org and space, if they are known.
func inSpace(names steps.Names) string {
	if names.Org == "" || names.Space == "" {
		return ""
	}
	return " --" + flagOrg + " " + unattended.ShellQuoted(names.Org) + " --" + flagSpace + " " + unattended.ShellQuoted(names.Space)
}

// sameAPI is an address in the form in which sessions have it.
func sameAPI(address string) string {
	l, _ := cfsession.Derive(address, cfsession.Overrides{}) // the address is there, whatever cannot be told from it
	return l.API
}

// Of the clock, what is worth a word. A token lives ten minutes.
const (
	askew     = 30 * time.Second
	verySlow  = 3 * time.Second
	shortLife = time.Minute
)

// network asks the API, without a token, and looks at its clock.
func (d *doctor) network(ctx context.Context, api string, skipVerify bool) bool {
	if api == "" {
		d.attention("network", "sign in, or name the API with --"+unattended.FlagAPI, "no API address is known")
		return false
	}
	r, err := d.f.config().Reach(ctx, sameAPI(api)+"/", skipVerify)
	switch {
	case err != nil:
		d.fail("network", "check the address, the network, the proxy (HTTPS_PROXY, NO_PROXY) and --"+flagCA, "%s cannot be reached: %v", sameAPI(api), err)
		return false
	case r.Status >= 500 || r.Status == http.StatusTooManyRequests:
		d.attention("network", "try again later", "%s answers with HTTP %d", sameAPI(api), r.Status)
	case r.Status != 200:
		d.fail("network", "check the address: --"+unattended.FlagAPI, "%s answers with HTTP %d: this is no Cloud Foundry API", sameAPI(api), r.Status)
		return false
	case r.Took > verySlow:
		d.attention("network", "expect waiting", "%s took %s to answer", sameAPI(api), r.Took.Round(time.Millisecond))
	default:
		d.ok("network", "%s answers in %s", sameAPI(api), r.Took.Round(time.Millisecond))
	}
	switch {
	case !r.Dated:
		d.attention("clock", "", "the server does not say what time it is")
	case r.Ahead > askew || r.Ahead < -askew:
		d.attention("clock", "set this machine's clock; times in the record would be off", "the server's clock is off by %s from this machine's", r.Ahead.Round(time.Second))
	default:
		d.ok("clock", "as the server's, to within %s", max(time.Second, r.Ahead.Abs().Round(time.Second)))
	}
	return true
}

// session asks for a token, and looks what may be done with it: in the migration's
// space, or without one where cf points.
func (d *doctor) session(ctx context.Context, s *cfsession.Session, names steps.Names) {
	if _, err := s.Token(ctx); err != nil {
		if passes(err) {
			d.unseen("session", err)
			return
		}
		_, out := errors.AsType[*cfsession.SignedOutError](err)
		d.noRight = d.noRight || out
		d.fail("session", "run: "+programName+" login", "%v", err)
		return
	}
	id := s.Identity()
	switch left := time.Until(id.Expiry); {
	case id.Expiry.IsZero():
		d.ok("session", "the token does not say how long it lives")
	case !s.Renews():
		d.attention("session", "sign in anew right before a run, or with user and password or a passcode for a long one",
			"the token lives for %s more, and cannot be renewed: the login ends with it", left.Round(time.Second))
	case left < shortLife:
		d.attention("session", "run: "+programName+" login", "the token lives for %s and was not renewed", left.Round(time.Second))
	default:
		d.ok("session", "the token lives for %s more, and is renewed", left.Round(time.Second))
	}
	org, space := id.Org, id.Space
	var err error
	if names.Org != "" && names.Space != "" {
		if org, err = s.FindOrg(ctx, names.Org); err == nil {
			space, err = s.FindSpace(ctx, org.GUID, names.Space)
		}
		switch {
		case err == nil:
		case passes(err):
			d.unseen("rights", err)
			return
		case !cfsession.IsNotFound(err) && !cfsession.IsForbidden(err) && !cfsession.IsUnauthorized(err):
			d.attention("rights", "try again", "they could not be read: %v", err)
			return
		default:
			d.noRight = true
			d.fail("rights", "sign in as somebody who may work there, or name another place", "%s does not see %s / %s: %v", id.User, names.Org, names.Space, err)
			return
		}
	}
	if org.GUID == "" || space.GUID == "" {
		d.attention("rights", "choose: "+programName+" login --"+flagOrg+" ORG --"+flagSpace+" SPACE, or cf target", "no org and space are chosen")
		return
	}
	where := org.Name + " / " + space.Name
	roles, err := s.Roles(ctx, space.GUID)
	switch {
	case cfsession.IsForbidden(err) || cfsession.IsUnauthorized(err):
		d.noRight = true
		d.fail("rights", "ask for the role space developer", "%s may not look at %s: %v", id.User, where, err)
	case err != nil && passes(err):
		d.unseen("rights", err)
	case err != nil:
		d.attention("rights", "try again", "they could not be read: %v", err)
	case slices.Contains(roles, "space_developer"):
		d.ok("rights", "%s is space developer in %s", id.User, where)
	case len(roles) == 0:
		d.attention("rights", "if a step is refused, ask for the role space developer", "%s has no role of its own in %s", id.User, where)
	default:
		d.noRight = true
		d.fail("rights", "ask for the role space developer", "in %s %s has only: %s", where, id.User, strings.ReplaceAll(joined(roles), "_", " "))
	}
}
