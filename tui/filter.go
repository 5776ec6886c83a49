package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/sanitize"
)

// filter narrows a long list to the entries that contain a text.
type filter struct {
	text   string
	typing bool
}

// press takes a key while the text is being typed.
func (f *filter) press(k tea.KeyPressMsg) {
	switch k.String() {
	case "esc":
		*f = filter{}
	case "enter", "up", "down":
		f.typing = false
	case "backspace":
		if r := []rune(f.text); len(r) > 0 {
			f.text = string(r[:len(r)-1])
		}
	default:
		f.text += k.Text
	}
}

// leaves ends the typing with a key that is none of the text. It reports whether that
// key is still to be done: the first one behind the text counts, too.
func (f *filter) leaves(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "enter", "up", "down", "tab", "shift+tab":
		f.typing = false
	}
	return !f.typing
}

func (f *filter) shown() bool { return f.typing || f.text != "" }

// prompt is the filter as the person sees it.
func (f *filter) prompt() string { return "/" + sanitize.Line(f.text) }

// narrowed are the entries that the filter leaves.
func narrowed[T any](f filter, list []T, text func(T) string) []T {
	if f.text == "" {
		return list
	}
	wanted := strings.ToLower(f.text)
	return slices.DeleteFunc(slices.Clone(list), func(entry T) bool {
		return !strings.Contains(strings.ToLower(text(entry)), wanted)
	})
}
