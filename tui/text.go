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
// it can. Text from the network is sanitized here.
func wrapped(s string, width int) []string {
	s = strings.TrimSpace(sanitize.Text(s))
	if s == "" || width < 1 {
		return nil
	}
	// Names keep their hyphens on one line: Wrap would break after each.
	s = ansi.Wrap(strings.ReplaceAll(s, "-", unbreakable), width, "")
	return strings.Split(strings.ReplaceAll(s, unbreakable, "-"), "\n")
}

const unbreakable = "\u2011" // non-breaking hyphen

// paragraph wraps a text and gives every line the style.
func paragraph(style lipgloss.Style, s string, width int) []string {
	lines := wrapped(s, width)
	for i, l := range lines {
		lines[i] = style.Render(l)
	}
	return lines
}

// indent puts a margin before every line.
func indent(lines []string, margin string) []string {
	for i, l := range lines {
		lines[i] = margin + l
	}
	return lines
}

// hanging puts a mark before the first line, and as many blanks before the others.
func hanging(lines []string, mark string) []string {
	for i, l := range lines {
		lines[i] = mark + l
		if i == 0 {
			mark = strings.Repeat(" ", cells(mark))
		}
	}
	return lines
}

func cells(s string) int { return ansi.StringWidth(s) }

// clip cuts a styled line at width cells.
func (t theme) clip(s string, width int) string {
	if cells(s) <= width {
		return s
	}
	return ansi.Truncate(s, max(width, 0), t.ellipsis)
}

// pad fills a styled line with blanks up to width cells, or cuts it.
func (t theme) pad(s string, width int) string {
	s = t.clip(s, width)
	return s + strings.Repeat(" ", max(0, width-cells(s)))
}

// ends puts one text at the left and one at the right end of a line; where there
// is no room for both, the left one is cut.
func (t theme) ends(left, right string, width int) string {
	room := width - cells(right)
	if right == "" || room < 8 {
		return t.pad(left, width)
	}
	return t.pad(left, room-1) + " " + right
}

// brief is a duration in few characters: 0:41, 12:05, 3:07 h, 5 d.
func brief(d time.Duration) string {
	switch {
	case d >= 100*time.Hour:
		return fmt.Sprintf("%d d", int(d.Hours())/24)
	case d >= time.Hour:
		return fmt.Sprintf("%d:%02d h", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}
