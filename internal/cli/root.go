package cli

import (
	"cmp"
	"errors"
	"math"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/notify"
	"pg-migrate-wizard/internal/unattended"
)

// programName is the name of the program, as users call it.
const programName = "pg-migrate-wizard"

// flags are those that every command has.
type flags struct {
	plain     bool
	apiURL    string
	overrides cfsession.Overrides
	stateDir  string
	caFile    string
	skipCheck bool
	traceFile string
	noNote    bool
	pace      float64
	notify    []string

	trace   *engine.Trace
	origins map[string]string // flag → where its value comes from, if not the default

	remembered *remembered // nil: not read yet
}

// given reports whether a flag was given by the command line, the environment or the settings.
func (f *flags) given(flag string) bool { return f.origins[flag] != "" }

// typed reports whether a flag is on the command line.
func (f *flags) typed(flag string) bool { return strings.HasPrefix(f.origins[flag], "--") }

// origin says where the value of a flag comes from.
func (f *flags) origin(flag string) string {
	if from := f.origins[flag]; from != "" {
		return from
	}
	return "--" + flag
}

// Names of the flags.
const (
	flagPlain    = "plain"
	flagState    = "state-dir"
	flagCA       = "ca-file"
	flagSkip     = "skip-migration-check"
	flagNoNote   = "no-hand-over-note"
	flagPace     = "pace"
	flagNotify   = "notify"
	flagScenario = "scenario"
	flagSpeed    = "speed"
)

func (p *program) rootCommand() *cobra.Command {
	f := &p.flags
	root := &cobra.Command{
		Use:   programName,
		Short: "Leads through the migration from PostgreSQL to PostgreSQL, hyperscaler option",
		Long: `Leads through the migration of a database from the SAP BTP service PostgreSQL to
PostgreSQL, hyperscaler option: from signing in to cleaning up, in your own space,
with your own cf login. It asks before it changes anything, says how to get back,
and can be closed at any time: it finds the migration where it stands.`,
		Example: `  # lead through a migration in the space that cf points to
  pg-migrate-wizard

  # see a whole migration, on a landscape that the program brings along
  pg-migrate-wizard demo`,
		Args: noArgs,
		RunE: runE(p, f, p.wizard),
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if ignoresSettings(cmd) {
				return nil
			}
			return p.begin(cmd)
		},
	}
	pf := root.PersistentFlags()
	pf.BoolVar(&f.plain, flagPlain, false, "speak in lines instead of using the whole screen; by itself without a terminal")
	pf.StringVar(&f.apiURL, unattended.FlagAPI, "", "Cloud Foundry API to work at (default: the one that cf is signed in at)")
	pf.StringVar(&f.overrides.Name, cfsession.SettingLandscape, "", "landscape, like eu10-004, where the API address does not tell it")
	pf.StringVar(&f.overrides.Provider, cfsession.SettingProvider, "", "provider of the landscape: aws, azure, gcp, alibaba or sap")
	pf.StringVar(&f.overrides.MigrationURL, cfsession.SettingMigrationURL, "", "address of the migration service, ending in /v1")
	pf.StringVar(&f.stateDir, flagState, "", "where migrations are remembered (default: "+programName+" in the XDG state directory)")
	pf.BoolVar(&f.skipCheck, flagSkip, false, "leave the certificate of the migration service unchecked; cf's own setting never reaches that far")
	pf.StringVar(&f.caFile, flagCA, "", "certificates to trust beside the system's, in PEM, as of a company's proxy")
	pf.StringVar(&f.traceFile, flagTrace, "", "write every request and answer to a file, without secrets; - is standard error")
	pf.BoolVar(&f.noNote, flagNoNote, false, "keep no note on the target from which another machine could take over; that of another machine is minded all the same")
	pf.Float64Var(&f.pace, flagPace, 1, "look so many times quicker than a real landscape needs; for a sandbox whose time runs faster")
	pf.StringArrayVar(&f.notify, flagNotify, nil, "tell somebody when a person is waited for or something changes: bell, command:PROGRAM ARGS, or https://HOOK; of the wizard, run, watch and the commands that wait; can be repeated")
	_ = root.MarkPersistentFlagDirname(flagState)
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(p.statusCommand(), p.watchCommand(), p.runCommand(), p.planCommand(), p.targetCommand(), p.migrationsCommand(),
		p.demoCommand(), p.sandboxCommand(), p.reportCommand(), p.openCommand(), p.versionCommand(),
		p.loginCommand(), p.logoutCommand(), p.doctorCommand(), p.manCommand())
	for _, c := range lineCommands() {
		root.AddCommand(p.lineCommand(c))
	}
	p.registerNameCompletions(root)
	mentionVariables(root)
	addCompletionCommand(root)
	root.SetHelpCommand(p.helpCommand())
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { p.help(cmd) })
	return root
}

// withoutSettings marks the commands that work whatever the settings are, or look at
// them themselves.
const withoutSettings = "without-settings"

// ownLandscape marks the commands that bring their landscape along: what environment and
// configuration say of another is not for them.
const ownLandscape = "own-landscape"

// forgetPlace forgets the place that nobody has typed.
func (f *flags) forgetPlace() {
	for name, value := range map[string]*string{
		unattended.FlagAPI: &f.apiURL, cfsession.SettingLandscape: &f.overrides.Name,
		cfsession.SettingProvider: &f.overrides.Provider, cfsession.SettingMigrationURL: &f.overrides.MigrationURL,
	} {
		if !f.typed(name) {
			*value = ""
		}
	}
}

// ignoresSettings reports whether a command begins without the settings.
func ignoresSettings(cmd *cobra.Command) bool {
	return cmd.Annotations[withoutSettings] != "" || strings.HasPrefix(cmd.Name(), cobra.ShellCompRequestCmd) ||
		cmd.HasParent() && cmd.Parent().Name() == "completion"
}

// begin is what comes before a command: settings, their check, the trace.
func (p *program) begin(cmd *cobra.Command) error {
	if err := p.applySettings(cmd); err != nil {
		return err
	}
	if cmd.Annotations[ownLandscape] != "" {
		p.flags.forgetPlace()
	}
	if err := p.flags.checkCommon(); err != nil {
		return err
	}
	p.again = again(cmd)
	return p.startTrace()
}

// checkCommon refuses values that cannot be right, before anything begins.
func (f *flags) checkCommon() error {
	if !(f.pace > 0) || math.IsInf(f.pace, 1) {
		return usage("--%s must be above 0", flagPace)
	}
	if _, err := f.config().RoundTripper(false); err != nil {
		return usage("%s: %s", f.origin(flagCA), reasonOf(err))
	}
	for _, way := range f.notify {
		if _, err := notify.Parse(way); err != nil {
			return usage("%s: %v", f.origin(flagNotify), err)
		}
	}
	if f.apiURL != "" {
		settled := cfsession.Overrides{Provider: "aws", MigrationURL: "http://127.0.0.1/v1"}
		if _, err := cfsession.Derive(f.apiURL, settled); err != nil {
			return usage("%s: %s", f.origin(unattended.FlagAPI), reasonOf(err))
		}
	}
	// What is said is wrong by itself, or does not go together. What is not said is asked for later.
	if _, err := cfsession.Derive(cmp.Or(f.apiURL, nowhere), f.overrides); err != nil {
		wrong, ok := errors.AsType[*cfsession.LandscapeError](err)
		said := map[string]string{
			cfsession.SettingLandscape: f.overrides.Name, cfsession.SettingProvider: f.overrides.Provider, cfsession.SettingMigrationURL: f.overrides.MigrationURL,
		}
		switch {
		case !ok:
			return usage("%v", err)
		case said[wrong.Setting] != "":
			return usage("%s: %s", f.origin(wrong.Setting), wrong.Why)
		}
	}
	return nil
}

func reasonOf(err error) string {
	if wrong, ok := errors.AsType[*engine.TrustError](err); ok {
		return (&fileError{wrong.File, wrong.Err}).Error()
	}
	if wrong, ok := errors.AsType[*cfsession.LandscapeError](err); ok {
		return wrong.Why
	}
	return err.Error()
}

// stateDirectory is where journals are kept.
func (f *flags) stateDirectory() string {
	if f.stateDir != "" {
		return f.stateDir
	}
	return filepath.Join(xdg.StateHome, programName)
}

// config is the engine's, for the user's own landscape.
func (f *flags) config() engine.Config {
	return engine.Config{
		StateDir: f.stateDirectory(), API: f.apiURL, Overrides: f.overrides,
		CAFile: f.caFile, Trace: f.trace,

		SkipMigrationCheck: f.skipCheck, Pace: f.pace, NoNote: f.noNote,
		UserAgent: userAgent(), Program: programName + " " + version(),
	}
}
