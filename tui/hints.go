package tui

import (
	"strings"

	"pg-migrate-wizard/steps"
)

// more says which key has more about something; empty where there is no more.
func more(m steps.More) string {
	switch m {
	case steps.MoreCommands:
		return "Key c shows the command."
	case steps.MoreRequests:
		return "Key l has its text."
	}
	return ""
}

// more is the same, and empty where nobody can press a key.
func (p *Plain) more(m steps.More) string {
	if p.o.Auto {
		return ""
	}
	return more(m)
}

// withMore puts it behind a text.
func withMore(text, more string) string { return strings.TrimSpace(text + " " + more) }

// obstacle says why an option cannot be taken now, and which flag takes that away.
func obstacle(o steps.Option) string {
	if o.Blocked != "" && o.Setting != "" {
		return o.Blocked + "; --" + string(o.Setting) + " settles it"
	}
	return o.Blocked
}
