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

// Line cleans s and joins it into one line; runs of white space become a space.
func Line(s string) string {
	return strings.Join(strings.Fields(Text(strings.ReplaceAll(s, "\r", "\n"))), " ")
}

// hidden reports whether a rune is a C0 or C1 control, a Unicode format character
// (bidi marks, zero-width joiners, the byte order mark), or a line or paragraph
// separator.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}
