package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/unattended"
)

type sandboxOptions struct {
	cfg       sandbox.Config
	requests  string
	faults    []string
	faultFile string
	list      bool
}

func (p *program) sandboxCommand() *cobra.Command {
	o := &sandboxOptions{}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serves a landscape to practise on: Cloud Controller, UAA and migration service",
		Long: `Serves a landscape on this machine until it is interrupted: a Cloud Controller, a
UAA and the migration service, with a small company that lives in it. The real cf
and the wizard work on it. The first line on standard output is a JSON object with
the addresses and the login; the lines on standard error are for people.`,
		Example: `  # a landscape that runs sixty times as fast as the real world
  pg-migrate-wizard sandbox --speed 60

  # which stories there are
  pg-migrate-wizard sandbox --list`,
		Args: noArgs,
		RunE: runE(p, o, p.sandbox),
	}
	fs := cmd.Flags()
	fs.StringVar(&o.cfg.Addr, "listen", "127.0.0.1:0", "loopback address to listen on; port 0 takes a free one")
	fs.StringVar(&o.cfg.Scenario, flagScenario, "", "story to play; --list shows them (default good-day)")
	fs.Float64Var(&o.cfg.Speed, flagSpeed, 1, "how many times faster than the real world jobs and migrations run")
	fs.StringVar(&o.requests, "requests", "", "file to append every request to, a JSON object a line")
	fs.DurationVar(&o.cfg.TokenLifetime, "token-lifetime", sandbox.DefaultTokenLifetime, "how long an access token lives, in real time")
	fs.BoolVar(&o.list, "list", false, "list the stories and end")
	fs.StringArrayVar(&o.faults, "fault", nil, "fault card that disturbs it, like 'migration GET @5 401'; can be repeated")
	fs.StringVar(&o.faultFile, "faults", "", "file of fault cards, in YAML or JSON")
	fs.BoolVar(&o.cfg.TLS, "tls", false, "serve https, with a certificate of an authority made for it")
	return cmd
}

func (o *sandboxOptions) check() error {
	if o.list {
		return nil
	}
	if err := checkStory(o.cfg.Scenario, o.cfg.Speed); err != nil {
		return err
	}
	if o.cfg.TokenLifetime < time.Second {
		return usage("--token-lifetime %v is shorter than a second", o.cfg.TokenLifetime)
	}
	for _, text := range o.faults {
		card, err := sandbox.ParseFault(text)
		if err != nil {
			return usage("--fault: %v", err)
		}
		o.cfg.Faults = append(o.cfg.Faults, card)
	}
	if o.faultFile == "" {
		return nil
	}
	var cards []sandbox.Fault
	file, err := os.Open(o.faultFile)
	if err == nil {
		defer file.Close() //nolint:errcheck // read only
		cards, err = sandbox.ReadFaults(file)
	}
	if err != nil {
		return usage("--faults: %v", err)
	}
	o.cfg.Faults = append(o.cfg.Faults, cards...)
	return nil
}

func (p *program) sandbox(ctx context.Context, o *sandboxOptions) (ended error) {
	if o.list {
		return p.listScenarios()
	}
	if o.cfg.TLS {
		folder, err := newWorkFolder("ca")
		if err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
		defer folder.remove() //nolint:errcheck // of no more use than the landscape
		o.cfg.CAFile = filepath.Join(folder.dir, "ca.pem")
	}
	if o.requests != "" {
		log, err := os.OpenFile(o.requests, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("request log: %w", err)
		}
		var broken error                            // the first one; what follows is lost
		o.cfg.OnRequest = func(r sandbox.Request) { // one at a time
			if broken == nil {
				broken = json.NewEncoder(log).Encode(r)
			}
		}
		defer func() {
			if err := errors.Join(broken, log.Close()); err != nil {
				ended = errors.Join(ended, fmt.Errorf("request log: %w", err))
			}
		}()
	}
	l, err := sandbox.Start(o.cfg)
	if wrong, ok := errors.AsType[*sandbox.AddressError](err); ok {
		return usage("--listen %s: %s", sanitize.Line(wrong.Addr), wrong.Why)
	}
	if err != nil {
		return err
	}
	if err = p.introduce(l.Info()); err == nil {
		<-ctx.Done()
	}
	return errors.Join(err, l.Close())
}

// introduce says where the landscape is: to programs on standard output, to
// people on standard error.
func (p *program) introduce(i sandbox.Info) error {
	line, err := json.Marshal(i) //nolint:gosec // these passwords protect nothing, and are there to be told
	if err != nil {
		return fmt.Errorf("landscape: %w", err)
	}
	if _, err := fmt.Fprintf(p.out, "%s\n", line); err != nil {
		return err
	}
	trust, trusting := "", ""
	if i.CAFile != "" {
		trust = "\n  export SSL_CERT_FILE=" + unattended.ShellQuoted(i.CAFile)
		trusting = " --" + flagCA + " " + unattended.ShellQuoted(i.CAFile)
	}
	fmt.Fprintf(p.err, `The landscape is up: scenario %s, at %g times the speed of the real world.
It serves until you press Ctrl-C.

In another window, so that your own cf login is left alone:
  export CF_HOME="$(mktemp -d)"%s

Point cf at it:
  cf api %s
  cf login -u %s -p %s -o %s -s %s

Point the wizard at it (without cf it asks you to sign in):
  %s%s --api-url %s --landscape %s --provider %s --migration-url %s
`, i.Scenario, i.Speed, trust, i.API, unattended.ShellQuoted(i.User), unattended.ShellQuoted(i.Password), unattended.ShellQuoted(i.Org), unattended.ShellQuoted(i.Space),
		programName, trusting, i.API, i.Landscape, unattended.ShellQuoted(i.Provider), i.Migration)
	return nil
}

func (p *program) listScenarios() error {
	for _, s := range sandbox.Scenarios() {
		if _, err := fmt.Fprintf(p.out, "%-22s %s\n", s.Name, s.Teaches); err != nil {
			return err
		}
	}
	return nil
}

// checkStory refuses a scenario or a speed that there is not.
// maxSpeed lets a month pass in some seconds; beyond it a look takes longer than anything
// that could be seen.
const maxSpeed = 1_000_000

func checkStory(scenario string, speed float64) error {
	if !(speed > 0) || speed > maxSpeed {
		return usage("--speed must be above 0, and at most %d", maxSpeed)
	}
	var names []string
	for _, s := range sandbox.Scenarios() {
		if s.Name == scenario || scenario == "" {
			return nil
		}
		names = append(names, s.Name)
	}
	return usage("there is no scenario %q; there are %s", scenario, joined(names))
}

func completeScenarios(_ *cobra.Command, _ []string, _ string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
	for _, s := range sandbox.Scenarios() {
		names = append(names, cobra.CompletionWithDesc(s.Name, s.Teaches))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
