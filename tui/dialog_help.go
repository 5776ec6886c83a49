package tui

import "charm.land/bubbles/v2/key"

// helpDialog lists the keys that work on the step.
type helpDialog struct{ overlay }

func (m *model) openHelp() { m.open(&helpDialog{overlay{key: "?"}}) }

func (d *helpDialog) draw(m *model, width, height int) drawn {
	return m.paint.help(m.stepBindings(), width).window(d.scroll, height)
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
