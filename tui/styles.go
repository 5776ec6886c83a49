package tui

import (
	"image/color"
	"os"
	"strings"

	"charm.land/lipgloss/v2"

	"pg-migrate-wizard/steps"
)

// styles are the looks of everything on the screen, made from few tokens. Call
// sites name a role, never a colour; and no meaning is carried by colour alone.
type styles struct {
	plain, title, quiet, accent, good, warn, bad, focus, rule lipgloss.Style
}

func newStyles(dark bool) styles {
	pick := lipgloss.LightDark(dark)
	token := func(light, darkOne string) color.Color {
		return pick(lipgloss.Color(light), lipgloss.Color(darkOne))
	}
	ink := func(c color.Color) lipgloss.Style { return lipgloss.NewStyle().Foreground(c) }
	return styles{
		plain:  lipgloss.NewStyle(),
		title:  lipgloss.NewStyle().Bold(true),
		quiet:  ink(token("#5f6570", "#8b929e")),
		accent: ink(token("#0b57b7", "#7fb4ff")),
		good:   ink(token("#14713d", "#69d391")).Bold(true),
		warn:   ink(token("#8a5300", "#f0b860")).Bold(true),
		bad:    ink(token("#b3162a", "#ff8088")).Bold(true),
		focus:  ink(token("#0b57b7", "#7fb4ff")).Bold(true),
		rule:   ink(token("#c3c8d0", "#454c58")),
	}
}

func (s styles) tone(t steps.Tone) lipgloss.Style {
	switch t {
	case steps.Good:
		return s.good
	case steps.Warn:
		return s.warn
	case steps.Bad:
		return s.bad
	case steps.Quiet:
		return s.quiet
	}
	return s.plain
}

// glyphs are the signs that stand beside words. The second set is for terminals
// that know only ASCII.
type glyphs struct {
	done, here, todo, attention, skipped, cursor, bullet, dot string
	rule, bar, line, arrow, boxOn, boxOff, more, ellipsis     string
	oneOn, oneOff                                             string
	spinner                                                   []string
}

var (
	unicodeGlyphs = glyphs{
		done: "✓", here: "▶", todo: "·", attention: "!", skipped: "–", cursor: "❯", bullet: "●", dot: "·",
		rule: "─", bar: "│", line: "━", arrow: "▶", boxOn: "[✓]", boxOff: "[ ]", oneOn: "(•)", oneOff: "( )", more: "↓", ellipsis: "…",
		spinner: []string{"⠋", "⠙", "⠸", "⠴", "⠦", "⠇"},
	}
	asciiGlyphs = glyphs{
		done: "x", here: ">", todo: ".", attention: "!", skipped: "-", cursor: ">", bullet: "*", dot: "-",
		rule: "-", bar: "|", line: "=", arrow: ">", boxOn: "[x]", boxOff: "[ ]", oneOn: "(*)", oneOff: "( )", more: "v", ellipsis: "~",
		spinner: []string{"|", "/", "-", "\\"},
	}
)

// asciiOnly reports whether the environment names a character set that lacks
// the signs.
func asciiOnly(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return env("TERM") == "linux"
}

func environment(env []string) func(string) string {
	if env == nil {
		return os.Getenv
	}
	return func(name string) string {
		for _, pair := range env {
			if v, ok := strings.CutPrefix(pair, name+"="); ok {
				return v
			}
		}
		return ""
	}
}
