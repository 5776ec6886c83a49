package engine

import (
	"os"
	"strings"
	"testing"

	"pg-migrate-wizard/steps"
)

// TestEveryChangeIsSentByOne: a verb that changes something has exactly one line in
// the tables of what is sent.
func TestEveryChangeIsSentByOne(t *testing.T) {
	t.Parallel()
	for _, v := range steps.Verbs() {
		_, service := serviceRequests[v]
		_, platform := platformRequests[v]
		if changes := (steps.Effect{Do: v}).Changes(); service && platform || changes != (service || platform) {
			t.Errorf("%s: changes %v, at the service %v, at the platform %v", v, changes, service, platform)
		}
	}
}

// TestTheJournalsPageKnowsEveryChange: who reads a journal looks its words up there.
func TestTheJournalsPageKnowsEveryChange(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/journal.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range steps.Verbs() {
		if (steps.Effect{Do: v}).Changes() && !strings.Contains(string(page), "`"+string(v)+"`") {
			t.Errorf("%s is not in docs/journal.md", v)
		}
	}
}
