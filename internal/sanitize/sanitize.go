package sanitize

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Text cleans s and keeps its line breaks; tabs become four spaces.
func Text(s string) string {
	s = ansi.Strip(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.NewReplacer("\r\n", "\n", "\t", "    ").Replace(s)
	return strings.Map(func(r rune) rune {
		if r == '\n' || !hidden(r) {
			return r
		}
		return -1
	}, s)
}

// Line cleans s and puts it on one line: runs of white space become one space.
func Line(s string) string {
	return strings.Join(strings.Fields(Text(strings.ReplaceAll(s, "\r", "\n"))), " ")
}

// hidden reports whether a rune moves the cursor, changes the reading direction
// or takes no room: C0 and C1 controls, Unicode format characters (bidi marks,
// zero-width joiners, the byte order mark), line and paragraph separators.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}
