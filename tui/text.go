package tui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/internal/sanitize"
)

// wrapped breaks a text into lines of at most width cells, between words where
// it can. What came over the wire is cleaned here, so that nothing reaches the
// screen another way.
func wrapped(s string, width int) []string {
	s = strings.TrimSpace(sanitize.Text(s))
	if s == "" || width < 1 {
		return nil
	}
	// Names keep their hyphens on one line: Wrap would break after each.
	s = ansi.Wrap(strings.ReplaceAll(s, "-", unbreakable), width, "")
	return strings.Split(strings.ReplaceAll(s, unbreakable, "-"), "\n")
}

const unbreakable = "\u2011" // a hyphen that is no place to break a line

// paint wraps a text and gives every line the style.
func paint(style lipgloss.Style, s string, width int) []string {
	lines := wrapped(s, width)
	for i, l := range lines {
		lines[i] = style.Render(l)
	}
	return lines
}

// indent puts a margin before lines.
func indent(lines []string, margin string) []string {
	for i, l := range lines {
		lines[i] = margin + l
	}
	return lines
}

// clip cuts a styled line at width cells.
func clip(s string, width int, ellipsis string) string {
	if ansi.StringWidth(s) <= width {
		return s
	}
	return ansi.Truncate(s, max(width, 0), ellipsis)
}

// pad fills a styled line with blanks up to width cells, or cuts it.
func pad(s string, width int, ellipsis string) string {
	s = clip(s, width, ellipsis)
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// ends puts one text at the left and one at the right end of a line; where there
// is no room for both, the left one is cut.
func ends(left, right string, width int, ellipsis string) string {
	room := width - ansi.StringWidth(right)
	if right == "" || room < 8 {
		return pad(left, width, ellipsis)
	}
	return pad(left, room-1, ellipsis) + " " + right
}

// brief is a duration in the fewest signs that keep a column: 0:41, 12:05, 3 h.
func brief(d time.Duration) string {
	switch {
	case d >= 100*time.Hour:
		return fmt.Sprintf("%d d", int(d.Hours())/24)
	case d >= time.Hour:
		return fmt.Sprintf("%d:%02d h", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}
