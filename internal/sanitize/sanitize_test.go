package sanitize_test

import (
	"strings"
	"testing"
	"unicode"

	"pg-migrate-wizard/internal/sanitize"
	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "orders-db", "orders-db"},
		{"accents and wide letters stay", "Käse 数据库 ✓", "Käse 数据库 ✓"},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"title and bell", "\x1b]0;owned\x07name", "name"},
		{"cursor and clear", "a\x1b[2J\x1b[Hb", "ab"},
		{"right-to-left override", "abc\u202Etxt.exe", "abctxt.exe"},
		{"zero width", "o\u200brders\ufeff", "orders"},
		{"eight-bit control", "a\u009b31mb", "a31mb"},
		{"lines and tabs", "a\r\nb\tc", "a\nb    c"},
		{"broken bytes", "a\xffb", "a\uFFFDb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sanitize.Text(c.in); got != c.want {
				t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestLineIsOneLine(t *testing.T) {
	if got := sanitize.Line(" a\r\n\tb  c\rd "); got != "a b c d" {
		t.Errorf("got %q", got)
	}
}

func TestNothingHiddenIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := sanitize.Line(rapid.String().Draw(t, "s"))
		if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Fatalf("left in: %q", got)
		}
	})
}
