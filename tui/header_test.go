package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

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
