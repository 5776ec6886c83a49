package cli_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"pg-migrate-wizard/internal/cli"
	"pg-migrate-wizard/internal/sandbox"
)

// TestMain has several scripts under way for each processor: most of
// the time they wait for a landscape. A command line goes before.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", strconv.Itoa(6*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	testscript.Main(tidy{m}, map[string]func(){
		"pg-migrate-wizard": func() { os.Exit(cli.Main()) },
	})
}

// tidy removes what the tests of this package have built.
type tidy struct{ *testing.M }

func (m tidy) Run() int {
	defer func() { _ = os.RemoveAll(built.dir) }()
	return m.M.Run()
}

// TestCommands calls every command as a user does.
func TestCommands(t *testing.T) {
	t.Parallel()
	plain := build(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Deadline:            time.Now().Add(5 * time.Minute), // what hangs is said
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			for _, dir := range []string{"home", "state", "tmp"} {
				if err := os.MkdirAll(filepath.Join(e.WorkDir, dir), 0o700); err != nil {
					return err
				}
			}
			e.Values[stageKey{}] = &stage{}
			e.Setenv("GORACE", "atexit_sleep_ms=0")               // a second for each command otherwise
			if !strings.HasSuffix(e.WorkDir, "script-demo-gcp") { // one with the race detector, where there is one
				e.Setenv("PATH", plain+string(filepath.ListSeparator)+e.Getenv("PATH"))
			}
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("CF_HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			e.Setenv("TMPDIR", filepath.Join(e.WorkDir, "tmp"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    status,
			"plain":     plainOutput,
			"landscape": landscape,
			"waitfor":   waitFor,
			"timed":     timed,
			"request":   request,
			"empty":     empty,
			"reports":   reports,
			"planfile":  planFile,
			"changes":   changesSince,
			"shell-of":  shellOf,
			"plan-of":   planOf,
		},
	})
}

// status runs a command and holds it to an exit status: status 2 COMMAND...
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command...")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		coded, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = coded.ExitCode()
	}
	if want := args[0]; fmt.Sprint(got) != want {
		ts.Fatalf("exit status %d, want %s", got, want)
	}
}

// timed runs a command that ends by its time-out, which stands as TIME in its
// arguments. How far it comes until then depends on the machine: it gets more time
// until it has said what it is to say: timed N TEXT COMMAND...
func timed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: timed N text command...")
	}
	said, err := regexp.Compile(`(?m)` + args[1])
	ts.Check(err)
	for wait := 500 * time.Millisecond; wait <= time.Minute; wait *= 2 {
		command := slices.Clone(args[2:])
		for i := range command {
			command[i] = strings.ReplaceAll(command[i], "TIME", wait.String())
		}
		status(ts, false, append([]string{args[0]}, command...))
		if said.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("it never said %q", args[1])
}

// reports counts the files of reports, which only their owner may read: reports
// DIR N.
func reports(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: reports dir N")
	}
	entries, err := os.ReadDir(args[0])
	ts.Check(err)
	if fmt.Sprint(len(entries)) != args[1] {
		ts.Fatalf("%d files, want %s: %v", len(entries), args[1], entries)
	}
	for _, e := range entries {
		info, err := e.Info()
		ts.Check(err)
		if info.Mode().Perm() != 0o600 || info.Size() == 0 {
			ts.Fatalf("%s: %v, %d bytes", e.Name(), info.Mode(), info.Size())
		}
	}
}

// plainOutput holds the last outputs to plain lines: no escape codes.
func plainOutput(ts *testscript.TestScript, _ bool, _ []string) {
	for _, name := range []string{"stdout", "stderr"} {
		if text := ts.ReadFile(name); strings.ContainsAny(text, "\x1b\r\a\b") {
			ts.Fatalf("%s has control characters: %q", name, text)
		}
	}
}

// landscape starts one for the script, signs cf in on it, and puts its addresses
// into the environment: landscape [scenario [speed]].
func landscape(ts *testscript.TestScript, _ bool, args []string) {
	cfg := sandbox.Config{Speed: 500}
	if len(args) > 0 {
		cfg.Scenario = args[0]
	}
	if len(args) > 1 {
		speed, err := strconv.ParseFloat(args[1], 64)
		ts.Check(err)
		cfg.Speed = speed
	}
	for _, card := range args[min(len(args), 2):] {
		fault, err := sandbox.ParseFault(card)
		ts.Check(err)
		cfg.Faults = append(cfg.Faults, fault)
	}
	l, err := sandbox.Start(cfg)
	ts.Check(err)
	ts.Defer(func() { ts.Check(l.Close()) })
	ts.Check(l.WriteCFHome(ts.Getenv("CF_HOME")))
	*ts.Value(stageKey{}).(*stage) = stage{landscape: l}
	ts.Setenv("API", l.Info().API)
	ts.Setenv("MIGRATION", l.Info().Migration)
	ts.Setenv("PASSCODE", l.Info().Passcode)
	ts.Setenv("CLIENT_ID", l.Info().ClientID)
	ts.Setenv("CLIENT_SECRET", l.Info().ClientSecret)
}

// waitFor waits until a file has a line with a text: waitfor FILE TEXT.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	for range 3000 { // a minute: less only on a machine that is busy, and more is a fault
		if data, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.Contains(string(data), args[1]) {
			return
		}
		time.Sleep(20 * time.Millisecond) // another process: there is no bubble around it
	}
	ts.Fatalf("%s never had %q", args[0], args[1])
}

// request reads the first line of a file as the sandbox's introduction, checks
// its fields, and asks the landscape for its root: request FILE.
func request(ts *testscript.TestScript, _ bool, args []string) {
	file, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close() //nolint:errcheck // read only
	line, err := bufio.NewReader(file).ReadBytes('\n')
	ts.Check(err)
	var info map[string]any
	ts.Check(json.Unmarshal(line, &info))
	for _, field := range []string{"api", "migration", "user", "password", "passcode", "org", "space", "source", "target"} {
		if s, ok := info[field].(string); !ok || s == "" {
			ts.Fatalf("no %q in %s", field, line)
		}
	}
	if m := info["migration"].(string); !strings.HasSuffix(m, "/v1") {
		ts.Fatalf("migration %s", m)
	}
	res, err := http.Get(info["api"].(string) + "/?passcode=abc")
	ts.Check(err)
	defer res.Body.Close() //nolint:errcheck // read whole
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), "cloud_controller_v3") {
		ts.Fatalf("%s: %s", res.Status, body)
	}
}

// empty holds directories to be empty, or not there: empty DIR.
func empty(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		ts.Fatalf("%v", err)
	}
	if (len(entries) == 0) == neg {
		ts.Fatalf("%s holds %v", args[0], entries)
	}
}
