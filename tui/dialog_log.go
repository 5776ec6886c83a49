package tui

import (
	"fmt"
	"math"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
)

// logDialog lists the requests, and follows their end.
type logDialog struct{ overlay }

func (m *model) openLog() { m.open(&logDialog{overlay{key: "l", scroll: math.MaxInt32}}) }

func (d *logDialog) draw(m *model, width, height int) drawn {
	requests, total := m.m.Requests()
	return m.paint.log(requests, total, width).window(d.scroll, height)
}

func (p painter) log(requests []engine.Request, total, width int) page {
	out := page{lines: []string{p.title.Render(fmt.Sprintf("Requests: %d so far, the newest last", total)), ""}}
	for _, r := range requests {
		status, style := fmt.Sprint(r.Status), p.good
		switch {
		case r.Status == 0:
			status, style = "---", p.bad
		case r.Status >= 500:
			style = p.bad
		case r.Status >= 400: // often an answer too: nothing there yet
			style = p.warn
		}
		line := fmt.Sprintf("%s %-9s %-6s %s %6s  %s", r.At.Format("15:04:05"), r.Service, r.Method, style.Render(status), brief2(r.Took), sanitize.Line(r.Path))
		if r.RequestID != "" {
			line += "  " + p.quiet.Render(sanitize.Line(r.RequestID))
		}
		if r.Failure != "" {
			line += "  " + p.bad.Render(sanitize.Line(r.Failure))
		}
		out.lines = append(out.lines, clip(line, width, p.g.ellipsis))
	}
	return out
}

// brief2 is a duration of a request: 12 ms, 1.4 s.
func brief2(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
