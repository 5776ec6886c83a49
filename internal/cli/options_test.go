package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
)

// commandLine runs the program up to the seam: it returns the options that came out of
// a command line, its exit status, and what was said about it. Nothing of a landscape,
// and no engine, is there.
func commandLine(t *testing.T, line []string, variables map[string]string) (options any, code int, said string) {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close() //nolint:errcheck // nothing is written
	var out bytes.Buffer
	p := &program{
		in: null, out: null, err: &out,
		environment: func(name string) string { return variables[name] },
		variables:   func() []string { return nil },
		runF:        func(o any) error { options = o; return nil },
	}
	code = p.run(context.Background(), line)
	return options, code, out.String()
}

// ownConfig keeps the settings of whoever runs the tests out of them.
func ownConfig(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(xdg.Reload) // after the variable is what it was
	t.Setenv("XDG_CONFIG_HOME", dir)
	xdg.Reload()
	return dir
}

func formOf(word string, more ...string) *wordFlag {
	return &wordFlag{word, append([]string{status.FormatTable, status.FormatJSON, status.FormatYAML}, more...)}
}

// TestOptions feeds command lines to every command, and checks the options that come
// out of them.
func TestOptions(t *testing.T) {
	ownConfig(t)
	table, asJSON := formOf("table"), formOf("json")
	until := func(word string) *wordFlag { return &wordFlag{word, unattended.Untils} }
	targetDir := ""
	keptIn := "kept"
	seen := map[string]bool{}
	for _, c := range []struct {
		line string
		want any
	}{
		{"", &flags{pace: 1}},
		{"--plain --pace 2.5 --state-dir here", &flags{plain: true, pace: 2.5, stateDir: "here"}},
		{"status", &statusOptions{output: table}},
		{"status --all", &statusOptions{all: true, output: table}},
		{"status -f plan.yaml -o json", &statusOptions{choice: choice{selection{file: "plan.yaml"}, ""}, output: asJSON}},
		{"status --target orders --target-dir kept --migration 2026", &statusOptions{choice: choice{selection{"orders", "", "kept"}, "2026"}, output: table}},
		{"watch", &watchOptions{waiting: waiting{0, time.Minute}, until: until("ended"), output: table}},
		{"watch --until in-sync --timeout 12h --heartbeat 0", &watchOptions{waiting: waiting{12 * time.Hour, 0}, until: until("in-sync"), output: table}},
		{"report -o html", &reportOptions{output: formOf("html", formatMarkdown, formatHTML)}},
		{"run -f plan.yaml --yes --dry-run -o json --timeout 1m", &runOptions{waiting: waiting{time.Minute, time.Minute}, files: []string{"plan.yaml"}, yes: true, dryRun: true, output: asJSON}},
		{"run --file -", &runOptions{waiting: waiting{0, time.Minute}, files: []string{"-"}, output: table}},
		{"plan save", &planSaveOptions{file: "-"}},
		{"plan save plan.yaml --force --migration 2026", &planSaveOptions{"2026", "plan.yaml", true}},
		{"plan check a.yaml b.yaml", &planCheckOptions{[]string{"a.yaml", "b.yaml"}, table}},
		{"target set orders --org acme --space prod --source-instance a --target-instance b --source-key k --target-key l", &targetSetOptions{
			targetOptions: targetOptions{&targetDir, "orders", table}, org: "acme", space: "prod", source: "a", target: "b", sourceKey: "k", targetKey: "l",
		}},
		{"target set orders -f plan.yaml --target-dir kept", &targetSetOptions{targetOptions: targetOptions{&keptIn, "orders", table}, file: "plan.yaml"}},
		{"target list -o json", &targetOptions{&targetDir, "", asJSON}},
		{"target show orders", &targetOptions{&targetDir, "orders", table}},
		{"target delete orders --target-dir kept", &targetOptions{&keptIn, "orders", table}},
		{"migrations list -o json", &migrationsOptions{output: asJSON}},
		{"migrations archive 2026 --confirm orders-db", &migrationsOptions{"2026", unattended.Consent{Confirm: "orders-db"}, table}},
		{"open --migration 2026 -o json", &openOptions{choice: choice{selection{}, "2026"}, output: asJSON}},
		{"open close task:a --by Dana --note done", &openOptions{output: table, item: "task:a", by: "Dana", note: "done"}},
		{"login", &loginOptions{output: table}},
		{"login -u dana --password-stdin --origin sap --org acme --space prod --skip-ssl-validation", &loginOptions{
			user: "dana", origin: "sap", passwordStdin: true, org: "acme", space: "prod", skipVerify: true, output: table,
		}},
		{"login --sso", &loginOptions{sso: true, output: table}},
		{"login --passcode-stdin", &loginOptions{passcodeStdin: true, output: table}},
		{"login --client-id robot --client-secret-stdin", &loginOptions{clientID: "robot", clientIn: true, output: table}},
		{"logout -o json", &logoutOptions{asJSON}},
		{"doctor --target orders", &doctorOptions{selection{target: "orders"}, table}},
		{"demo", &demoOptions{flags: &flags{pace: 1}, speed: demoSpeed}},
		{"demo --auto --scenario gcp --speed 4000", &demoOptions{&flags{pace: 1}, "gcp", 4000, true}},
		{"sandbox", &sandboxOptions{cfg: sandbox.Config{Addr: "127.0.0.1:0", Speed: 1, TokenLifetime: sandbox.DefaultTokenLifetime}}},
		{"sandbox --list", &sandboxOptions{list: true, cfg: sandbox.Config{Addr: "127.0.0.1:0", Speed: 1, TokenLifetime: sandbox.DefaultTokenLifetime}}},
		{"sandbox --listen localhost:8080 --scenario gcp --speed 60 --requests log --token-lifetime 1m --tls", &sandboxOptions{
			cfg: sandbox.Config{Addr: "localhost:8080", Scenario: "gcp", Speed: 60, TokenLifetime: time.Minute, TLS: true}, requests: "log",
		}},
		{"man run", &manOptions{words: []string{"run"}}},
		{"man --dir here", &manOptions{words: []string{}, dir: "here"}},

		{"prepare --target orders", &lineOptions{choice: choice{selection: selection{target: "orders"}}, output: table}},
		{"prepare -f plan.yaml -o json", &lineOptions{choice: choice{selection: selection{file: "plan.yaml"}}, output: asJSON}},
		{"keys --source-key a --target-key b", &lineOptions{sourceKey: "a", targetKey: "b", output: table}},
		{"apps", &lineOptions{output: table}},
		{"preflight-check --accept a,b --accept c --timeout 5m", &lineOptions{accept: []string{"a,b", "c"}, timeout: 5 * time.Minute, output: table}},
		{"create-replication --accept all --wait --timeout 12h", &lineOptions{accept: []string{"all"}, wait: true, timeout: 12 * time.Hour, output: table}},
		{"replication --wait", &lineOptions{wait: true, output: table}},
		{"finalization", &lineOptions{output: table}},
		{"stop-apps --yes --waive app:a=reads=only --waive key:b=off --decision-after 30m", &lineOptions{
			consent: unattended.Consent{Yes: true}, waive: []string{"app:a=reads=only", "key:b=off"}, decisionAfter: 30 * time.Minute, output: table,
		}},
		{"create-finalization --confirm orders-db --wait", &lineOptions{consent: unattended.Consent{Confirm: "orders-db", Single: true}, wait: true, output: table}},
		{"switch --canary a --restage b,c --order d --order e", &lineOptions{canary: "a", restage: []string{"b,c"}, order: []string{"d", "e"}, output: table}},
		{"clean-up --later", &lineOptions{later: true, output: table}},
		{"clean-up --delete source-keys,source-instance --keep shares --name-swap --yes", &lineOptions{
			deletePieces: []string{"source-keys,source-instance"}, keepPieces: []string{"shares"}, nameSwap: true, consent: unattended.Consent{Yes: true}, output: table,
		}},
		{"back-out --dry-run --keep-replication", &lineOptions{dryRun: true, keepReplication: true, output: table}},
		{"back-out --delete-keys --yes --confirm orders-db", &lineOptions{deleteKeys: true, consent: unattended.Consent{Yes: true, Confirm: "orders-db"}, output: table}},
		{"delete-replication --yes --timeout 1m", &lineOptions{consent: unattended.Consent{Yes: true}, timeout: time.Minute, output: table}},
		{"delete-finalization --yes", &lineOptions{consent: unattended.Consent{Yes: true}, output: table}},
	} {
		words := strings.Fields(c.line)
		if want, ok := c.want.(*lineOptions); ok {
			want.beat = time.Minute // of all of them
		}
		got, code, said := commandLine(t, words, nil)
		if code != 0 || said != "" {
			t.Errorf("%s: status %d, %s", c.line, code, said)
			continue
		}
		if diff := cmp.Diff(c.want, got, cmp.Exporter(func(reflect.Type) bool { return true }),
			cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".origins" || p.Last().String() == ".events" }, cmp.Ignore())); diff != "" {
			t.Errorf("%s: %s", c.line, diff)
		}
		cmd, _, _ := (&program{}).rootCommand().Find(words)
		seen[cmd.CommandPath()] = true
	}
	walk((&program{}).rootCommand(), func(cmd *cobra.Command) {
		groups := cmd.HasSubCommands() && cmd.HasParent()
		takesNone := cmd.Name() == "version" || cmd.Name() == "schema" || cmd.Name() == "help" || strings.Contains(cmd.CommandPath(), " completion")
		if !groups && !takesNone && !seen[cmd.CommandPath()] {
			t.Errorf("no command line of %s is tried", cmd.CommandPath())
		}
	})
}

// TestUsageErrors feeds command lines that cannot be meant: each is status 2, and says
// what is wrong.
func TestUsageErrors(t *testing.T) {
	ownConfig(t)
	there := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ line, says string }{
		{"stauts", `"stauts" is no command of pg-migrate-wizard; did you mean "status"?`},
		{"--pace 0", "--pace must be above 0"},
		{"--provider hal", `--provider: "hal" is no provider`},
		{"--api-url ftp://api.example", "--api-url: ftp://api.example is not an https address"},
		{"status orders", "a target is named with --target orders"},
		{"status -o markdown", `--output: "markdown": must be table, json or yaml`},
		{"watch --until tomorrow", `--until: "tomorrow": must be prepared, `},
		{"watch --heartbeat -1s", "--heartbeat must not be negative"},
		{"run", "run takes a plan: -f FILE"},
		{"run plan.yaml", "a plan is named with -f plan.yaml"},
		{"run -f plan.yaml --timeout -1s", "--timeout must not be negative"},
		{"run -f plan.yaml --timeout soon", `--timeout: "soon" is no length of time, like 90s, 45m or 12h`},
		{"plan", "plan does what: save, check or schema?"},
		{"plan save a b", "takes one file"},
		{"plan save " + there, "is there already: --force replaces it"},
		{"plan save --force " + filepath.Dir(there), "is a directory"},
		{"plan check", "takes one file or more"},
		{"target", "target does what: set, list, show or delete?"},
		{"target set", "target set takes one name"},
		{"target show ../plan", `"../plan" is no name for a target`},
		{"migrations", "migrations does what: list or archive?"},
		{"migrations archive", "takes one identity"},
		{"open close", "takes one open thing"},
		{"login --password-stdin", "--password-stdin needs --user"},
		{"login --passcode-stdin -u dana", "--passcode-stdin goes without --user"},
		{"login --sso --password-stdin -u dana", "there is one way to sign in"},
		{"login --client-secret-stdin", "--client-secret-stdin needs --client-id"},
		{"login --client-id robot --sso", "a client signs in with its secret"},
		{"demo --api-url https://api.cf.eu10.hana.ondemand.com", "the demo brings its own landscape"},
		{"watch --heartbeat 1ns", "--heartbeat must be 0, for never, or at least 10ms"},
		{"run -f plan.yaml --heartbeat 9ms", "--heartbeat must be 0"},
		{"keys --source-key=", "--source-key: "},
		{"keys --target-key=", "must be a name"},
		{"demo --speed NaN", "--speed must be above 0"},
		{"sandbox --speed Inf", "at most 1000000"},
		{"sandbox --speed -Inf", "--speed must be above 0"},
		{"demo --speed 0", "--speed must be above 0"},
		{"demo --scenario rainy-day", `there is no scenario "rainy-day"; there are good-day, `},
		{"sandbox --speed -1", "--speed must be above 0"},
		{"sandbox --token-lifetime 1ms", "shorter than a second"},
		{"sandbox --fault nonsense", "--fault: "},
		{"sandbox --faults nowhere.yaml", "--faults: "},
		{"man nonsense", `"nonsense" is no command of pg-migrate-wizard`},
		{"man run --dir here", "--dir is for the pages of all commands"},
		{"prepare --wait", "there is no flag --wait of pg-migrate-wizard prepare"},
		{"prepare --yes", "--yes is one of "},
		{"replication --wait --timeout -1s", "--timeout must not be negative"},
		{"stop-apps --waive app:a", `--waive "app:a": it is WRITER=REASON`},
		{"stop-apps --waive a=off", `--waive "a=off": it is WRITER=REASON`},
		{"stop-apps --decision-after -1m", "--decision-after must not be negative"},
		{"clean-up --delete everything", "--delete everything: there is no such piece; there are target-key, "},
		{"clean-up --delete shares --keep shares", "--keep shares: the same piece is said"},
		{"clean-up --later --delete source-instance", "--delete source-instance: the same piece is said"},
		{"clean-up --delete source-instance --keep source-keys", "takes the keys of the source with it"},
		{"back-out --keep-replication --delete-keys", "--keep-replication needs the keys"},
	} {
		options, code, said := commandLine(t, strings.Fields(c.line), nil)
		if options != nil || code != status.ExitUsage || !strings.Contains(said, c.says) {
			t.Errorf("%s: status %d, %q; %+v", c.line, code, said, options)
		}
	}
}

// TestWhatCounts: the command line counts before the environment, and that before the
// configuration file.
func TestWhatCounts(t *testing.T) {
	dir := filepath.Join(ownConfig(t), programName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte("pace: 3\nstate-dir: of-the-file\nplain: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{variableOf(flagState): "of-the-environment", variableOf(flagPace): "4"}
	got, code, said := commandLine(t, []string{"--pace", "5"}, variables)
	f, ok := got.(*flags)
	if !ok || code != 0 {
		t.Fatalf("status %d: %s", code, said)
	}
	if f.pace != 5 || f.stateDir != "of-the-environment" || !f.plain {
		t.Errorf("%+v", f)
	}
	if from := f.origin(flagState); from != "PG_MIGRATE_WIZARD_STATE_DIR" {
		t.Errorf("--state-dir is said to come from %s", from)
	}
}
