package plan_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"pg-migrate-wizard/internal/plan"
)

const docsFile = "../../docs/plan.md"

func TestTheDocumentedKeysAreTheKeys(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "go test ./plan writes it -->\n", "<!-- keys: end -->"
	head, rest, found := strings.Cut(string(text), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatal("the table has no place in docs/plan.md")
	}
	golden(t, docsFile, []byte(head+begin+plan.Table()+end+tail))
}

func TestTheDocumentedPlansAreGood(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	s := published(t)
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(examples) < 2 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, e := range examples {
		p, err := plan.Parse(e[1])
		if err != nil {
			t.Errorf("%v\n%s", err, e[1])
			continue
		}
		if err := holds(t, s, e[1]); err != nil {
			t.Errorf("%v\n%s", err, e[1])
		}
		if _, err := plan.Save(p); err != nil {
			t.Error(err)
		}
	}
}
