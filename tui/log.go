package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
)

// bottom scrolls to the end, however far that is.
const bottom = 1 << 20

// logDialog lists the requests made, and begins with the newest in sight.
type logDialog struct {
	dialog
	requests []engine.Request
	total    int
}

func (d *logDialog) follow(m *model) tea.Cmd {
	d.requests, d.total = m.m.Requests()
	return nil
}

func (d *logDialog) draw(m *model, width, height int) drawing {
	t := m.theme
	lines := []string{t.title.Render(fmt.Sprintf("Requests: %d so far, the newest last", d.total)), ""}
	for _, r := range d.requests {
		status, style := fmt.Sprint(r.Status), t.good
		switch {
		case r.Status == 0:
			status, style = "---", t.bad
		case r.Status >= 500:
			style = t.bad
		case r.Status >= 400: // often an answer too: nothing there yet
			style = t.warn
		}
		line := fmt.Sprintf("%s %-9s %-6s %s %6s  %s", r.At.Format("15:04:05"), r.Service, r.Method, style.Render(status), took(r.Took), sanitize.Line(r.Path))
		if r.RequestID != "" {
			line += "  " + t.quiet.Render(sanitize.Line(r.RequestID))
		}
		if r.Failure != "" {
			line += "  " + t.bad.Render(sanitize.Line(r.Failure))
		}
		lines = append(lines, t.clip(line, width))
	}
	return scrolled(lines, d.scroll, height)
}

// took is the duration of a request: 12 ms, 1.4 s.
func took(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
