package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// shellOf writes the shell lines of a page of docs, in order, as one script:
// shell-of PAGE FILE.
func shellOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: shell-of PAGE FILE")
	}
	page, err := os.ReadFile(filepath.Join(docs, args[0]))
	ts.Check(err)
	var script strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(string(page), -1) {
		script.WriteString(block[1])
	}
	if script.Len() == 0 {
		ts.Fatalf("%s has no shell lines", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(script.String()), 0o600))
}

// planOf writes the whole plan of docs/plan.md, for the script's landscape instead
// of the one that it names: plan-of FILE.
func planOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: plan-of FILE")
	}
	page, err := os.ReadFile(filepath.Join(docs, "plan.md"))
	ts.Check(err)
	for _, block := range yamlBlock.FindAllStringSubmatch(string(page), -1) {
		if head, rest, ok := strings.Cut(block[1], "landscape: eu10-004\norg: acme\nspace: prod\n"); ok {
			i := ts.Value(stageKey{}).(*stage).landscape.Info()
			here := fmt.Sprintf("landscape: %s\napi: %s\nprovider: aws\nmigration-url: %s\norg: %s\nspace: %s\n", i.Landscape, i.API, i.Migration, i.Org, i.Space)
			ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(head+here+rest), 0o600))
			return
		}
	}
	ts.Fatalf("the page has no plan that names its landscape")
}

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// docs is where the pages are; a script has another working directory.
var docs = func() string {
	dir, err := filepath.Abs("../../docs")
	if err != nil {
		panic(err)
	}
	return dir
}()
