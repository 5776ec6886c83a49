package cli_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"pg-migrate-wizard/internal/sandbox"
)

// stage is the landscape of a script, and how many of its requests were counted.
type stage struct {
	landscape *sandbox.Landscape
	counted   int
}

type stageKey struct{}

// planFile writes the plan of the script's landscape: planfile FILE UNTIL [LINE...].
func planFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: planfile FILE UNTIL [LINE...]")
	}
	text := planFor(ts.Value(stageKey{}).(*stage).landscape.Info(), args[1], args[2:]...)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func planFor(i sandbox.Info, until string, lines ...string) string {
	providers := map[string]string{"AWS": "aws", "Google Cloud": "gcp"}
	target := fmt.Sprintf("target: {instance: %s}", i.Target)
	if len(lines) > 0 && strings.HasPrefix(lines[0], "target:") {
		target, lines = lines[0], lines[1:]
	}
	return fmt.Sprintf("landscape: %s\napi: %s\nprovider: %s\nmigration-url: %s\norg: %s\nspace: %s\nsource: {instance: %s}\n%s\nuntil: %s\n%s\n",
		i.Landscape, i.API, providers[i.Provider], i.Migration, i.Org, i.Space, i.Source, target, until, strings.Join(lines, "\n"))
}

// changesSince holds the number of changing requests since it was called last to a
// number: changes N; or to be another one: ! changes N.
func changesSince(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(stageKey{}).(*stage)
	list := changing(s.landscape)
	since := list[s.counted:]
	s.counted = len(list)
	if (fmt.Sprint(len(since)) == args[0]) == neg {
		ts.Fatalf("%d changing requests, want %s: %v", len(since), args[0], since)
	}
}

// changing lists the requests that change something, as the landscape got them.
func changing(l *sandbox.Landscape) []string {
	var list []string
	for _, r := range l.Requests() {
		if r.Method != http.MethodGet && !r.Metadata && r.Service != "uaa" {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	return list
}
