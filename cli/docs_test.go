package cli_test

import (
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

// docs is where the pages are; a script has another working directory.
var docs = func() string {
	dir, err := filepath.Abs("../docs")
	if err != nil {
		panic(err)
	}
	return dir
}()
