package cli

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"
)

// Below this size the whole screen is cramped; see the tui.
const (
	goodColumns = 80
	goodRows    = 24
)

// terminal looks at what the whole screen needs. Without a terminal there is
// nothing to complain of: plain lines reach every step.
func (d *doctor) terminal() {
	const check = "terminal"
	screen, person := d.p.hasTerminal()
	switch {
	case !person:
		d.ok(check, "none: the wizard speaks in plain lines")
		return
	case !screen:
		d.attention(check, "set TERM to what it is, like xterm-256color", "TERM=dumb: the wizard speaks in plain lines")
		return
	}
	columns, rows, err := term.GetSize(int(d.p.out.Fd()))
	if err != nil {
		d.attention(check, "take --"+flagPlain, "its size is not known: %v", err)
		return
	}
	seen := fmt.Sprintf("%d×%d, %s", columns, rows, colours(d.p.variables()))
	switch {
	case !utf8Locale(d.p.environment):
		d.attention(check, "set LANG to a locale with UTF-8, like C.UTF-8", "%s; the locale is not UTF-8", seen)
	case columns < goodColumns || rows < goodRows:
		d.attention(check, fmt.Sprintf("make it %d×%d or larger, or take --%s", goodColumns, goodRows, flagPlain), "%s: that is cramped", seen)
	default:
		d.ok(check, "%s, UTF-8", seen)
	}
}

// colours says how many the environment allows.
func colours(environment []string) string {
	switch colorprofile.Env(environment) {
	case colorprofile.TrueColor:
		return "true colours"
	case colorprofile.ANSI256:
		return "256 colours"
	case colorprofile.ANSI:
		return "16 colours"
	}
	return "no colours"
}

// utf8Locale goes by the variables, in the order in which they count, and without
// one by what the screen does then.
func utf8Locale(environment func(string) string) bool {
	for _, v := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := environment(v); value != "" {
			plain := strings.ToLower(strings.ReplaceAll(value, "-", ""))
			return strings.Contains(plain, "utf8")
		}
	}
	return environment("TERM") != "linux"
}
