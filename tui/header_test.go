package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

// TestTheDowntimeSaysWhere holds what the first line says while applications are down:
// which space, from where to where, and for how long, at every width.
func TestTheDowntimeSaysWhere(t *testing.T) {
	t.Parallel()
	long := "a-database-with-a-name-that-nobody-would-want-to-type"
	for _, tt := range []struct {
		source, target string
		width          int
		want           string
	}{
		{"orders-db", "orders-hyperscaler", 160, "eu10 · acme / prod · dana@acme.example orders-db → orders-hyperscaler ● DOWNTIME 00:04 of 1–20 min · your applications are down"},
		{"orders-db", "orders-hyperscaler", 100, "eu10 · acme / prod orders-db → orders-hyperscaler ● DOWNTIME 00:04 of 1–20 min"},
		{"orders-db", "orders-hyperscaler", 80, "acme / prod orders-db → orders-hyperscaler ● DOWNTIME 00:04 of 1–20 min"},
		{"orders-db", "orders-hyperscaler", 60, "acme / prod orders-db → orders-hyperscaler ● DOWN 00:04"},
		{"orders-db", "orders-hyperscaler", 41, "acme / prod ord… → ord… ● DOWN 00:04"},
		{long, long + "-2", 80, "acme / prod a-database-with-a-name-… → a-database-with-a-name-… ● DOWN 00:04"},
		{long, long + "-2", 60, "acme / prod a-database-wi… → a-database-wi… ● DOWN 00:04"},
		{"", "", 60, "eu10 · acme / prod ● DOWNTIME 00:04 of 1–20 min"},
	} {
		clocks := []string{"● DOWNTIME 00:04 of 1–20 min · your applications are down", "● DOWNTIME 00:04 of 1–20 min", "● DOWN 00:04"}
		n := steps.Names{SourceInstance: tt.source, TargetInstance: tt.target}
		line := ansi.Strip(theme{newStyles(true), unicodeSymbols}.downtime([]string{"eu10", "acme / prod", "dana@acme.example"}, "acme / prod", n, clocks, tt.width))
		if got := strings.Join(strings.Fields(line), " "); got != tt.want || cells(line) != tt.width {
			t.Errorf("at %d: %q with %d cells, want %q", tt.width, got, cells(line), tt.want)
		}
	}
}

// TestTheFirstLineStandsStill: while a request is under way nothing in it moves or is cut,
// and before a name is cut the program's own goes.
func TestTheFirstLineStandsStill(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 8, 1, 21, 14, 0, 0, time.UTC)
	snap := engine.Snapshot{Expiry: now.Add(9*time.Minute + 20*time.Second)}
	snap.State.Facts.Session = steps.Session{SignedIn: true, User: "dana@acme.example"}
	snap.State.Choices.Where = &steps.Where{Landscape: "eu10.hana.ondemand.com", Org: steps.Ref{Name: "acme"}, Space: steps.Ref{Name: "production"}}
	th := theme{newStyles(true), unicodeSymbols}
	for width, want := range map[int]string{
		120: "pg-migrate-wizard eu10 · acme / production · dana@acme.example token: 9 min left",
		80:  "eu10 · acme / production · dana@acme.example token: 9 min left",
		60:  "eu10 · acme / production token: 9 min left",
	} {
		still := ansi.Strip(th.header(snap, now, width, ""))
		if got := strings.Join(strings.Fields(still), " "); got != want {
			t.Errorf("at %d: %q, want %q", width, got, want)
		}
		spinning := ansi.Strip(th.header(snap, now, width, "/"))
		if strings.Replace(spinning, "/ token", "  token", 1) != still {
			t.Errorf("at %d it moves:\n%s\n%s", width, still, spinning)
		}
	}
}
