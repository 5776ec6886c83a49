package sandbox_test

import (
	"os"
	"strings"
	"testing"

	"pg-migrate-wizard/internal/sandbox"
)

// TestTrainersKnowEveryScenario: a scenario that is not in the trainers' guide is
// one that nobody plays.
func TestTrainersKnowEveryScenario(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/trainers.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sandbox.Scenarios() {
		if !strings.Contains(string(guide), "`"+s.Name+"`") {
			t.Errorf("%s is not in docs/trainers.md", s.Name)
		}
	}
}
