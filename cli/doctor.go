package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/engine"
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

func (p *program) doctorCommand(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Looks whether everything is there that a migration needs",
		Long: `Looks whether everything is there that a migration needs: settings, state directory,
login, network, clock, rights, migration service, terminal; one line each, with what
helps. Nothing is changed, but that a token that has run out is renewed, as by every
command of cf.

With a target, or a migration that has begun, the migration service is asked about it;
otherwise it only has to be there. Exit status 0: nothing fails; 1: something does;
5: it is the login or a right.`,
		Example: `  pg-migrate-wizard doctor

  # for a pipeline
  pg-migrate-wizard doctor -o json`,
		Args:        noArgs,
		Annotations: map[string]string{ownSettings: "yes"},
	}
	output := addOutputFlag(cmd)
	var which selection
	which.addFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx, stop := context.WithTimeout(cmd.Context(), examination)
		defer stop()
		d := doctor{p: p, f: f, which: which, findings: []Finding{}}
		d.settings(cmd)
		d.examine(ctx)
		if err := p.print(output, d.findings, d.table); err != nil {
			return err
		}
		return d.verdict(cmd.Context())
	}
	return cmd
}

// examination bounds the whole of it: a network that swallows everything would
// keep each look waiting for its own time-outs and repeats.
const examination = 45 * time.Second

// doctor is an examination under way.
type doctor struct {
	p        *program
	f        *flags
	which    selection
	findings []Finding
	noRight  bool
}

func (d *doctor) ok(check, format string, args ...any) {
	d.findings = append(d.findings, Finding{check, findOK, line(fmt.Sprintf(format, args...)), ""})
}

func (d *doctor) attention(check, remedy, format string, args ...any) {
	d.findings = append(d.findings, Finding{check, findAttention, line(fmt.Sprintf(format, args...)), remedy})
}

func (d *doctor) fail(check, remedy, format string, args ...any) {
	d.findings = append(d.findings, Finding{check, findFail, line(fmt.Sprintf(format, args...)), remedy})
}

func (d *doctor) table(w io.Writer) {
	signs := map[string]string{findOK: "OK", findAttention: "attention", findFail: "FAIL"}
	rows := [][]string{}
	for _, f := range d.findings {
		says := f.Found
		if f.Remedy != "" {
			says += "  → " + f.Remedy
		}
		rows = append(rows, []string{signs[f.State], f.Check, says})
	}
	columns(w, rows)
}

// verdict is the exit status. What was said line by line is not said again.
func (d *doctor) verdict(ctx context.Context) error {
	switch failed := slices.ContainsFunc(d.findings, func(f Finding) bool { return f.State == findFail }); {
	case ctx.Err() != nil:
		return &exit{StatusInterrupted, ""}
	case !failed:
		return nil
	case d.noRight:
		return &exit{StatusNoRight, ""}
	}
	return &exit{StatusFailed, ""}
}

// settings are taken in here, so that what is wrong with them is a finding.
func (d *doctor) settings(cmd *cobra.Command) {
	err := d.p.settle(cmd, d.f)
	if err == nil {
		err = d.f.check()
	}
	if err == nil {
		err = d.p.startTrace(d.f)
	}
	if err != nil {
		d.fail("settings", "mend it in the file, the environment or the command line", "%v", err)
		return
	}
	d.ok("settings", "%s", configSays())
}

func (d *doctor) examine(ctx context.Context) {
	d.state()
	kept, s := d.login(ctx)
	api := d.f.apiURL
	if api == "" {
		api = kept.API
	}
	there := d.network(ctx, api, kept.SSLDisabled)
	if s != nil && there {
		d.session(ctx, s)
	}
	d.migration(ctx, api, s)
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

// login looks at the file of the cf login, and opens the session in it.
func (d *doctor) login(ctx context.Context) (cfsession.Kept, *cfsession.Session) {
	const check = "cf login"
	remedy := "run: " + name + " login"
	kept, err := cfsession.ReadKept("")
	if err != nil {
		d.fail(check, "sign in anew, or point CF_HOME to where cf keeps its login", "%v", err)
		d.noRight = true
		return kept, nil
	}
	opts, err := d.f.options(kept.SSLDisabled)
	if err != nil {
		d.fail(check, "name a file of certificates in PEM form with --"+flagCA, "%v", err)
		return kept, nil
	}
	s, err := cfsession.Open(ctx, opts)
	if err != nil {
		d.noRight = true
		d.fail(check, remedy, "%v", err)
		return kept, nil
	}
	if asked := d.f.config(); asked.API != "" && sameAPI(asked.API) != s.Identity().API {
		d.noRight = true
		d.fail(check, remedy+" --"+flagAPI+" "+asked.API, "it is for %s, and not for %s", s.Identity().API, asked.API)
		return kept, nil
	}
	d.ok(check, "%s (%s)", kept.User, kept.File)
	return kept, s
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
		d.attention("network", "sign in, or name the API with --"+flagAPI, "no API address is known")
		return false
	}
	r, err := d.f.config().Reach(ctx, sameAPI(api)+"/", skipVerify)
	switch {
	case err != nil:
		d.fail("network", "check the address, the network, the proxy (HTTPS_PROXY, NO_PROXY) and --"+flagCA, "%s cannot be reached: %v", sameAPI(api), err)
		return false
	case r.Status >= 500:
		d.attention("network", "try again later", "%s answers with HTTP %d", sameAPI(api), r.Status)
	case r.Status != 200:
		d.fail("network", "check the address: --"+flagAPI, "%s answers with HTTP %d: this is no Cloud Foundry API", sameAPI(api), r.Status)
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

// session asks for a token, and looks what may be done with it.
func (d *doctor) session(ctx context.Context, s *cfsession.Session) {
	if _, err := s.Token(ctx); err != nil {
		_, out := errors.AsType[*cfsession.SignedOutError](err)
		d.noRight = d.noRight || out
		d.fail("session", "run: "+name+" login", "%v", err)
		return
	}
	id := s.Identity()
	switch left := time.Until(id.Expiry); {
	case id.Expiry.IsZero():
		d.ok("session", "the token does not say how long it lives")
	case left < shortLife:
		d.attention("session", "run: "+name+" login", "the token lives for %s and was not renewed", left.Round(time.Second))
	default:
		d.ok("session", "the token lives for %s more, and is renewed", left.Round(time.Second))
	}
	if id.Org.GUID == "" || id.Space.GUID == "" {
		d.attention("rights", "choose: "+name+" login --"+flagOrg+" ORG --"+flagSpace+" SPACE, or cf target", "no org and space are chosen")
		return
	}
	where := id.Org.Name + " / " + id.Space.Name
	roles, err := s.Roles(ctx, id.Space.GUID)
	switch {
	case cfsession.IsForbidden(err) || cfsession.IsUnauthorized(err):
		d.noRight = true
		d.fail("rights", "ask for the role space developer", "%s may not look at %s: %v", id.User, where, err)
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

// migration asks the migration service, about a migration where one is known.
func (d *doctor) migration(ctx context.Context, api string, s *cfsession.Session) {
	const check = "migration service"
	names, at, err := d.names()
	if err != nil {
		d.attention("target", "mend it, or name another with --target or -f", "%v", err)
	}
	api = cmp.Or(at.apiURL, api)
	if s != nil && sameAPI(api) != s.Identity().API { // its token goes nowhere else
		d.noRight = true
		d.fail(check, "run: "+name+" login --"+flagAPI+" "+api, "the migration is at %s, and the login is for %s", sameAPI(api), s.Identity().API)
		return
	}
	l, err := cfsession.Derive(api, at.overrides)
	if l.MigrationURL == "" {
		d.fail(check, "say it with "+cfsession.FlagLandscape+" or "+cfsession.FlagMigrationURL, "its address is not known: %v", err)
		return
	}
	if err != nil { // the provider: it decides on the rules for Google Cloud
		d.fail("landscape", "say it with "+cfsession.FlagProvider, "%v", err)
	}
	cfg := at.config()
	if s == nil || !names.Complete() {
		r, err := cfg.Reach(ctx, l.MigrationURL+"/replication", cfg.SkipMigrationCheck)
		switch {
		case err != nil:
			d.fail(check, "check the network and "+cfsession.FlagMigrationURL, "%s cannot be reached: %v", l.MigrationURL, err)
		case r.Status >= 500:
			d.fail(check, "try again later", "%s answers with HTTP %d", l.MigrationURL, r.Status)
		default:
			d.ok(check, "%s is there (HTTP %d)", l.MigrationURL, r.Status)
		}
		return
	}
	word, err := cfg.AskReplication(ctx, l.MigrationURL, s, names)
	if no, refused := errors.AsType[*engine.NoRightError](err); refused {
		d.noRight = true
		d.fail(check, "ask for the role space developer in "+names.Org+" / "+names.Space, "%v", no)
		return
	}
	about := names.SourceInstance + " → " + names.TargetInstance
	switch {
	case err != nil:
		d.attention(check, "look at the names, or try again", "%s, about %s: %v", l.MigrationURL, about, err)
	case word == "":
		d.ok(check, "%s knows no replication for %s yet", l.MigrationURL, about)
	default:
		d.ok(check, "%s says %s of %s", l.MigrationURL, word, about)
	}
}

// names are those of the migration that the service is asked about: of the target
// that is named, of the only one that is kept, else of the newest migration here;
// incomplete, if there is none. It returns where that one works, too.
func (d *doctor) names() (steps.Names, *flags, error) {
	list, err := d.p.targetStore(d.which.dir).names()
	if err != nil || d.which.name != "" || d.which.file != "" || len(list) == 1 {
		if err != nil {
			return steps.Names{}, d.f, err
		}
		pl, err := d.p.readSelection(d.which)
		if err != nil {
			return steps.Names{}, d.f, err
		}
		return steps.Names{
			Org: pl.Org, Space: pl.Space, SourceInstance: pl.Source.Instance, TargetInstance: pl.Target.Instance,
			SourceKey: pl.Source.Key.Name, TargetKey: pl.Target.Key.Name,
		}, d.f.place(pl), nil
	}
	s, err := engine.Load(d.f.stateDirectory())
	if errors.Is(err, engine.ErrNoMigration) {
		err = nil
	}
	return s.Names(), d.f, err
}
