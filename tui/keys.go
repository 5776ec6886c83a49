package tui

import "charm.land/bubbles/v2/key"

// keyMap holds every key of the screen. No key acts on something destructive by
// itself: keys move, open and close; only Enter on an option answers.
type keyMap struct {
	Up, Down, Next, Choose, Back, Left, Right, Toggle, Filter key.Binding
	PageUp, PageDown, All                                     key.Binding
	Commands, Guide, Log, Help, Look, Quit, Interrupt         key.Binding
	Suspend, Copy, BackOut, Report                            key.Binding
}

func newKeyMap(ascii bool) keyMap {
	enter, updown, leftright := "↵", "↑↓", "←→"
	if ascii {
		enter, updown, leftright = "enter", "up/down", "left/right"
	}
	bind := func(help, does string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, does))
	}
	return keyMap{
		Choose:    bind(enter, "choose", "enter"),
		Up:        bind(updown, "move", "up", "k", "shift+tab"),
		Down:      bind("", "", "down", "j", "tab"),
		Next:      bind("tab", "next", "tab"),
		Left:      bind(leftright, "steps", "left"),
		Right:     bind("", "", "right"),
		Back:      bind("esc", "back", "esc"),
		Toggle:    bind("space", "mark", "space"),
		All:       bind("a", "all or none", "a"),
		Filter:    bind("/", "search", "/"),
		PageUp:    bind("pgup/pgdn", "scroll", "pgup", "ctrl+u"),
		PageDown:  bind("", "", "pgdown", "ctrl+d"),
		Commands:  bind("c", "commands", "c"),
		Guide:     bind("g", "guide", "g"),
		Log:       bind("l", "log", "l"),
		Help:      bind("?", "keys", "?"),
		Look:      bind("u", "look again", "u"),
		BackOut:   bind("b", "back out", "b"),
		Report:    bind("r", "report", "r"),
		Quit:      bind("q", "quit", "q"),
		Copy:      bind(enter, "copy", "enter"),
		Interrupt: bind("ctrl+c", "quit", "ctrl+c"),
		Suspend:   bind("ctrl+z", "suspend", "ctrl+z"),
	}
}
