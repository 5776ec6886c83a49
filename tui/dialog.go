package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// dialog is a page laid over the step: the guide, the commands, the log, the
// keys, the back-out card, or the question whether to quit. Esc closes the topmost.
type dialog struct {
	kind   dialogKind
	step   steps.ID
	at     int // the entry under the cursor, where there are entries
	scroll int
	// decision is where the person stands in the dialog's question, if it has one.
	decision decision
}

type dialogKind int

const (
	guideDialog dialogKind = iota
	commandsDialog
	logDialog
	helpDialog
	quitDialog
	backOutDialog
)

// page is a dialog drawn: its lines, and the line that must be in sight.
type page struct {
	lines []string
	keep  int
}

func (p painter) guide(id steps.ID, width int) page {
	g := id.Guide()
	lines := []string{p.title.Render("Guide: " + id.Title()), ""}
	lines = append(lines, paint(p.plain, g.What, width)...)
	lines = append(lines, "")
	lines = append(lines, paint(p.plain, g.Why, width)...)
	for _, tip := range g.Tips {
		lines = append(lines, "")
		drawn := paint(p.plain, tip, width-2)
		for i := range drawn {
			if i == 0 {
				drawn[i] = p.accent.Render(p.g.dot) + " " + drawn[i]
			} else {
				drawn[i] = "  " + drawn[i]
			}
		}
		lines = append(lines, drawn...)
	}
	return page{lines: lines}
}

// commands shows the lines that do the same by hand. The one under the cursor
// can be sent to the clipboard.
func (p painter) commands(s steps.State, d *dialog, width int) page {
	list := steps.Commands(s, d.step)
	out := page{lines: []string{p.title.Render("By hand: " + d.step.Title()), ""}}
	if len(list) == 0 {
		out.lines = append(out.lines, p.quiet.Render("Nothing is done here that a command could do."))
		return out
	}
	d.at = min(max(d.at, 0), len(list)-1)
	for i, c := range list {
		cursor, style := "  ", p.plain
		if i == d.at {
			cursor, style, out.keep = p.focus.Render(p.g.cursor)+" ", p.focus, len(out.lines)
		}
		out.lines = append(out.lines, clip(cursor+style.Render(sanitize.Line(c.Does)), width, p.g.ellipsis))
		out.lines = append(out.lines, indent(paint(p.accent, c.Line, width-4), "    ")...)
		out.lines = append(out.lines, "")
	}
	return out
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
	out.keep = len(out.lines) - 1
	return out
}

// brief2 is a duration of a request: 12 ms, 1.4 s.
func brief2(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// help lists the keys that work now; it is made from the bindings themselves.
func (p painter) help(bindings []key.Binding, width int) page {
	lines := []string{p.title.Render("Keys that work here"), ""}
	for _, b := range bindings {
		h := b.Help()
		if h.Key == "" || !b.Enabled() {
			continue
		}
		lines = append(lines, clip(pad(p.accent.Render(h.Key), 12, p.g.ellipsis)+h.Desc, width, p.g.ellipsis))
	}
	lines = append(lines, "")
	lines = append(lines, paint(p.quiet, "No key does anything to a database or an application by itself: only an option that you choose with Enter does.", width)...)
	return page{lines: lines}
}

// quit asks whether to leave while a migration stands open. Where the
// applications are, every screen says.
func (m *model) quit(d *dialog, width int) page {
	p, s := m.paint, m.snap.State
	lines := []string{p.title.Render("Quit the wizard?"), ""}
	for _, l := range m.o.Leaving(s) {
		if l != steps.Standing(s) {
			lines = append(lines, paint(p.plain, l, width)...)
		}
	}
	leave := "Quit; nothing is stopped or undone by it"
	switch {
	case m.o.Passing:
		leave = "Quit; the landscape ends with the program"
	case s.Choices.Where != nil:
		lines = append(lines, paint(p.plain, "To come back, start the wizard again: it finds this migration and looks where it stands.", width)...)
	}
	lines = append(lines, "")
	d.at = min(max(d.at, 0), 1)
	for i, label := range []string{"Stay here", leave} {
		cursor, style := "  ", p.plain
		if i == d.at {
			cursor, style = p.focus.Render(p.g.cursor)+" ", p.focus
		}
		lines = append(lines, cursor+style.Render(label))
	}
	return page{lines: lines, keep: len(lines) - 2 + d.at}
}

// scrolled is the part of a page that fits, with its cursor in sight.
func (pg page) scrolled(d *dialog, height int) []string {
	if len(pg.lines) <= height {
		d.scroll = 0
		return pg.lines
	}
	if d.kind == commandsDialog || d.kind == quitDialog {
		if pg.keep < d.scroll+1 {
			d.scroll = pg.keep - 1
		}
		if pg.keep > d.scroll+height-4 {
			d.scroll = pg.keep - height + 4
		}
	}
	d.scroll = min(max(d.scroll, 0), len(pg.lines)-height)
	return pg.lines[d.scroll : d.scroll+height]
}

// joinHelp is the line of keys: as many as there is room for, and always the
// last two, which lead to all the others and out.
func joinHelp(p painter, bindings []key.Binding, width int) string {
	var parts []string
	room := width - 1
	for _, b := range bindings {
		h := b.Help()
		if h.Key == "" || !b.Enabled() {
			continue
		}
		part := p.accent.Render(h.Key) + " " + p.quiet.Render(h.Desc)
		parts = append(parts, part)
		room -= cells(part) + 2
	}
	for len(parts) > 3 && room < -2 {
		cut := len(parts) - 3
		room += cells(parts[cut]) + 2
		parts = slices.Delete(parts, cut, cut+1)
	}
	return " " + strings.Join(parts, "  ")
}
