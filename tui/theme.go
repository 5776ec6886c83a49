package tui

import (
	"os"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"pg-migrate-wizard/steps"
)

// theme is what every drawing needs: styles and symbols.
type theme struct {
	styles
	symbols
}

// styles are named after roles. Call sites name a role, never a colour; and no
// meaning is carried by colour alone.
type styles struct {
	plain, title, quiet, accent, good, warn, bad, focus, border lipgloss.Style
}

func newStyles(dark bool) styles {
	pick := lipgloss.LightDark(dark)
	ink := func(light, darkOne string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(darkOne)))
	}
	return styles{
		plain:  lipgloss.NewStyle(),
		title:  lipgloss.NewStyle().Bold(true),
		quiet:  ink("#5f6570", "#8b929e"),
		accent: ink("#0b57b7", "#7fb4ff"),
		good:   ink("#14713d", "#69d391").Bold(true),
		warn:   ink("#8a5300", "#f0b860").Bold(true),
		bad:    ink("#b3162a", "#ff8088").Bold(true),
		focus:  ink("#0b57b7", "#7fb4ff").Bold(true),
		border: ink("#c3c8d0", "#454c58"),
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

// symbols stand beside words. The second set is for terminals that know only ASCII.
type symbols struct {
	done, here, todo, attention, skipped, cursor, bullet, dot string
	rule, bar, line, arrow, boxOn, boxOff, down, ellipsis     string
	oneOn, oneOff                                             string
	spinner                                                   []string
}

var (
	unicodeSymbols = symbols{
		done: "✓", here: "▶", todo: "·", attention: "!", skipped: "–", cursor: "❯", bullet: "●", dot: "·",
		rule: "─", bar: "│", line: "━", arrow: "▶", boxOn: "[✓]", boxOff: "[ ]", oneOn: "(•)", oneOff: "( )", down: "↓", ellipsis: "…",
		spinner: []string{"⠋", "⠙", "⠸", "⠴", "⠦", "⠇"},
	}
	asciiSymbols = symbols{
		done: "+", here: ">", todo: ".", attention: "!", skipped: "-", cursor: ">", bullet: "*", dot: "-",
		rule: "-", bar: "|", line: "=", arrow: ">", boxOn: "[x]", boxOff: "[ ]", oneOn: "(*)", oneOff: "( )", down: "v", ellipsis: "~",
		spinner: []string{"|", "/", "-", "\\"},
	}
)

// mark is the symbol that says what the colour says.
func (t theme) mark(tone steps.Tone) string {
	switch tone {
	case steps.Bad, steps.Warn:
		return t.attention
	case steps.Good:
		return t.done
	}
	return t.dot
}

// pointer is what stands before an entry of a list, and the entry's style.
func (t theme) pointer(focused bool) (string, lipgloss.Style) {
	if focused {
		return t.focus.Render(t.cursor) + " ", t.focus
	}
	return "  ", t.plain
}

// asciiOnly reports whether the environment names a character set that lacks
// the symbols; nil is the process's environment.
func asciiOnly(env []string) bool {
	if env == nil {
		env = os.Environ()
	}
	value := func(name string) string {
		i := slices.IndexFunc(env, func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
		if i < 0 {
			return ""
		}
		return env[i][len(name)+1:]
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(value(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return value("TERM") == "linux"
}
