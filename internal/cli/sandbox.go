package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/unattended"
)

// sandboxFlags are those of the command sandbox.
type sandboxFlags struct {
	cfg       sandbox.Config
	requests  string
	faults    []string
	faultFile string
	list      bool
}

func (p *program) sandboxCommand() *cobra.Command {
	f := &sandboxFlags{}
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
		RunE: func(cmd *cobra.Command, _ []string) error { return p.sandbox(cmd, f) },
	}
	cmd.Flags().StringVar(&f.cfg.Addr, "listen", "127.0.0.1:0", "loopback address to listen on; port 0 takes a free one")
	cmd.Flags().StringVar(&f.cfg.Scenario, flagScenario, "", "story to play; --list shows them (default good-day)")
	cmd.Flags().Float64Var(&f.cfg.Speed, flagSpeed, 1, "how many times faster than the real world jobs and migrations run")
	cmd.Flags().StringVar(&f.requests, "requests", "", "file to append every request to, a JSON object a line")
	cmd.Flags().DurationVar(&f.cfg.TokenLifetime, "token-lifetime", sandbox.DefaultTokenLifetime, "how long an access token lives, in real time")
	cmd.Flags().BoolVar(&f.list, "list", false, "list the stories and end")
	cmd.Flags().StringArrayVar(&f.faults, "fault", nil, "fault card that disturbs it, like 'migration GET @5 401'; can be repeated")
	cmd.Flags().StringVar(&f.faultFile, "faults", "", "file of fault cards, in YAML or JSON")
	cmd.Flags().BoolVar(&f.cfg.TLS, "tls", false, "serve https, with a certificate of an authority made for it")
	completeScenario(cmd)
	return cmd
}

func (p *program) sandbox(cmd *cobra.Command, f *sandboxFlags) error {
	if f.list {
		return p.listScenarios()
	}
	if err := checkStory(f.cfg.Scenario, f.cfg.Speed); err != nil {
		return err
	}
	if f.cfg.TokenLifetime < time.Second {
		return usage("--token-lifetime %v is shorter than a second", f.cfg.TokenLifetime)
	}
	if err := f.readFaults(); err != nil {
		return err
	}
	if f.cfg.TLS {
		dir, err := os.MkdirTemp("", name+"-ca-")
		if err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // of no more use than the landscape
		f.cfg.CAFile = filepath.Join(dir, "ca.pem")
	}
	var log *requestFile
	if f.requests != "" {
		var err error
		if log, err = openRequestFile(f.requests); err != nil {
			return err
		}
		f.cfg.OnRequest = log.append
	}
	l, err := sandbox.Start(f.cfg)
	if err != nil {
		return errors.Join(err, log.close())
	}
	if err := p.introduce(l.Info()); err != nil {
		return errors.Join(err, l.Close(), log.close())
	}
	<-cmd.Context().Done()
	return errors.Join(l.Close(), log.close())
}

// readFaults reads the cards of the command line and of the file.
func (f *sandboxFlags) readFaults() error {
	for _, line := range f.faults {
		card, err := sandbox.ParseFault(line)
		if err != nil {
			return usage("--fault: %v", err)
		}
		f.cfg.Faults = append(f.cfg.Faults, card)
	}
	if f.faultFile == "" {
		return nil
	}
	file, err := os.Open(f.faultFile)
	if err != nil {
		return usage("--faults: %v", err)
	}
	defer file.Close() //nolint:errcheck // read only
	cards, err := sandbox.ReadFaults(file)
	if err != nil {
		return usage("--faults: %v", err)
	}
	f.cfg.Faults = append(f.cfg.Faults, cards...)
	return nil
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
		name, trusting, i.API, i.Landscape, unattended.ShellQuoted(i.Provider), i.Migration)
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
func checkStory(scenario string, speed float64) error {
	if speed <= 0 {
		return usage("--speed %g: time runs forwards, so the speed is above 0", speed)
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

func completeScenario(cmd *cobra.Command) {
	var names []cobra.Completion
	for _, s := range sandbox.Scenarios() {
		names = append(names, cobra.CompletionWithDesc(s.Name, s.Teaches))
	}
	_ = cmd.RegisterFlagCompletionFunc(flagScenario, cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

// requestFile takes down requests, a JSON object a line.
type requestFile struct {
	file *os.File
	err  error // the first one; what follows is lost
}

func openRequestFile(path string) (*requestFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // the user names the file
	if err != nil {
		return nil, fmt.Errorf("request log: %w", err)
	}
	return &requestFile{file: file}, nil
}

// append is called by the landscape, one request at a time.
func (f *requestFile) append(r sandbox.Request) {
	if f.err == nil {
		f.err = json.NewEncoder(f.file).Encode(r)
	}
}

func (f *requestFile) close() error {
	if f == nil {
		return nil
	}
	if err := errors.Join(f.err, f.file.Close()); err != nil {
		return fmt.Errorf("request log: %w", err)
	}
	return nil
}
