package cli_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"pg-migrate-wizard/internal/sandbox"
)

// linesSpeed is how quick the landscapes of these scripts are: a migration takes
// about a second.
const linesSpeed = 4000

// TestLines calls the one-line commands as a script does.
func TestLines(t *testing.T) {
	t.Parallel()
	plain := build(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/lines",
		Deadline:            time.Now().Add(5 * time.Minute),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			for _, dir := range []string{"home", "state", "config"} {
				if err := os.MkdirAll(filepath.Join(e.WorkDir, dir), 0o700); err != nil {
					return err
				}
			}
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("CF_HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			if !strings.HasSuffix(e.WorkDir, "script-gcp") { // the whole of that one with the race detector, if there is one
				e.Setenv("PATH", plain+string(filepath.ListSeparator)+e.Getenv("PATH"))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":  quickly,
			"plain":   plainOutput,
			"company": company,
			"changes": changes,
			"field":   field,
			"fields":  fields,
			"truth":   truth,
			// unreachable ends the landscape: nothing answers any more.
			"unreachable": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(stageOf(ts).Close()) },
		},
	})
}

// build makes the program as users have it. The scripts start it so often that
// what the race detector adds to each start would be most of their time.
func build(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		built.dir, built.err = os.MkdirTemp("", "pg-migrate-wizard-*")
		if built.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", built.dir, "../..").CombinedOutput() //nolint:gosec,noctx // a directory of these tests
		if err != nil {
			built.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

var built struct {
	once sync.Once
	dir  string
	err  error
}

// quickly is status for a program that looks as quickly as time runs here.
func quickly(ts *testscript.TestScript, neg bool, args []string) {
	status(ts, neg, append(slices.Clone(args), "--pace", strconv.Itoa(linesSpeed/10)))
}

// landscapes and the changing requests counted on them so far, by the script's
// directory.
var landscapes, counted sync.Map

// company starts a landscape, signs cf in, and keeps its migration as the target
// home: company [scenario [speed]].
func company(ts *testscript.TestScript, _ bool, args []string) {
	cfg := sandbox.Config{Speed: linesSpeed}
	if len(args) > 0 {
		cfg.Scenario = args[0]
	}
	if len(args) > 1 {
		var err error
		cfg.Speed, err = strconv.ParseFloat(args[1], 64)
		ts.Check(err)
	}
	l, err := sandbox.Start(cfg)
	ts.Check(err)
	ts.Defer(func() { ts.Check(l.Close()) })
	ts.Check(l.WriteCFHome(ts.Getenv("CF_HOME")))
	i := l.Info()
	ts.Setenv("API", i.API)
	ts.Setenv("MIGRATION", i.Migration)
	landscapes.Store(ts.Getenv("WORK"), l)
	provider := map[string]string{"AWS": "aws", "Google Cloud": "gcp"}[i.Provider]
	ts.Check(ts.Exec("pg-migrate-wizard", "target", "set", "home", "--org", i.Org, "--space", i.Space, "--source-instance", i.Source, "--target-instance", i.Target,
		"--landscape", i.Landscape, "--api-url", i.API, "--provider", provider, "--migration-url", i.Migration))
}

func stageOf(ts *testscript.TestScript) *sandbox.Landscape {
	l, ok := landscapes.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no landscape: company")
	}
	return l.(*sandbox.Landscape)
}

// changes holds the number of changing requests since the last call: changes N,
// or changes any.
func changes(ts *testscript.TestScript, _ bool, args []string) {
	n := 0
	for _, r := range stageOf(ts).Requests() {
		if r.Method != "GET" && !r.Metadata && r.Service != "uaa" && !strings.HasSuffix(r.Path, "/preflight-check") {
			n++
		}
	}
	was, _ := counted.Swap(ts.Getenv("WORK"), n)
	before, _ := was.(int)
	if want := strings.Join(args, ""); want != "any" && want != strconv.Itoa(n-before) {
		ts.Fatalf("%d changing requests, want %s", n-before, want)
	}
}

// field holds a field of the JSON on standard output to a value: field PATH VALUE.
func field(ts *testscript.TestScript, neg bool, args []string) {
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	for part := range strings.SplitSeq(args[0], ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			n, err := strconv.Atoi(part)
			if part == "len" {
				v = float64(len(x))
				continue
			}
			if err != nil || n >= len(x) {
				ts.Fatalf("no %s in %s", args[0], ts.ReadFile("stdout"))
			}
			v = x[n]
		default:
			ts.Fatalf("no %s in %s", args[0], ts.ReadFile("stdout"))
		}
	}
	if got := fmt.Sprint(v); (got == args[1]) == neg {
		ts.Fatalf("%s is %q, want %q", args[0], got, args[1])
	}
}

// fields holds the names of all fields of the JSON on standard output, those of
// the first entry of each list included, to a file: fields FILE.
func fields(ts *testscript.TestScript, _ bool, args []string) {
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	var list []string
	walkFields("", v, &list)
	got, want := strings.Join(list, "\n"), strings.TrimSpace(ts.ReadFile(args[0]))
	if got != want {
		ts.Fatalf("fields:\n%s\n\nwant:\n%s", got, want)
	}
}

func walkFields(path string, v any, list *[]string) {
	switch x := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			*list = append(*list, path+name)
			walkFields(path+name+".", x[name], list)
		}
	case []any:
		if len(x) > 0 {
			walkFields(strings.TrimSuffix(path, ".")+"[].", x[0], list)
		}
	}
}

// truth holds an application to a state and to the database that it is bound to,
// by what the landscape itself says: truth APP STATE INSTANCE.
func truth(ts *testscript.TestScript, _ bool, args []string) {
	l := stageOf(ts)
	space, _ := l.Truth().Space(l.Info().Org, l.Info().Space)
	app, ok := space.App(args[0])
	if !ok {
		ts.Fatalf("no application %s", args[0])
	}
	bound := ""
	for _, b := range app.Bindings {
		if strings.HasPrefix(b.Instance, "orders-") {
			bound = b.Instance
		}
	}
	if app.State != args[1] || bound != args[2] {
		ts.Fatalf("%s is %s and bound to %s, want %s and %s", args[0], app.State, bound, args[1], args[2])
	}
}
