package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
)

// helpDialog lists the keys that work on the step, made from the bindings themselves.
type helpDialog struct{ dialog }

func (d *helpDialog) draw(m *model, width, height int) drawing {
	t := m.theme
	lines := []string{t.title.Render("Keys that work here"), ""}
	for _, h := range named(m.pages[0].bindings(m)) {
		lines = append(lines, t.clip(t.pad(t.accent.Render(h.Key), 12)+h.Desc, width))
	}
	lines = append(lines, "")
	lines = append(lines, paragraph(t.quiet, "No key does anything to a database or an application by itself: only an option that you choose with Enter does.", width)...)
	return scrolled(lines, d.scroll, height)
}

// named are the helps of bindings that are enabled and have one.
func named(bindings []key.Binding) []key.Help {
	var list []key.Help
	for _, b := range bindings {
		if b.Enabled() && b.Help().Key != "" {
			list = append(list, b.Help())
		}
	}
	return list
}

// keyLine is the line of keys: as many as there is room for, and always the
// first and the last two, which lead to all the others and out.
func (t theme) keyLine(bindings []key.Binding, width int) string {
	var parts []string
	room := width - 1
	for _, h := range named(bindings) {
		part := t.accent.Render(h.Key) + " " + t.quiet.Render(h.Desc)
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
