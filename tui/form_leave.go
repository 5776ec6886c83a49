package tui

import (
	"maps"

	"pg-migrate-wizard/steps"
)

// stays reports whether Esc leaves the form open: where something is filled in it
// takes two, so that nobody loses it by a reflex, or by what a terminal sends.
func (f *form) stays() bool {
	if f.leaving || !f.filledIn() {
		return false
	}
	f.leaving, f.wrong = true, "Press Esc once more to leave: what you have filled in is gone then."
	return true
}

// filledIn reports whether the form differs from one that nobody has touched.
func (f *form) filledIn() bool {
	fresh := newForm(&steps.Question{ID: f.question}, f.option)
	for i, in := range f.inputs {
		if in.typed {
			continue // a confirmation is typed anew each time
		}
		if in.text.Value() != fresh.inputs[i].text.Value() || !maps.Equal(marked(in), marked(fresh.inputs[i])) {
			return true
		}
	}
	return false
}

// marked are the choices that are picked, without those that were and are not.
func marked(in input) map[string]bool {
	list := map[string]bool{}
	for id, on := range in.picked {
		if on {
			list[id] = true
		}
	}
	return list
}
