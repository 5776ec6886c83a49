package secret

import (
	"regexp"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
)

// looks are how a secret can be told by its look. The patterns are slow, and
// most texts have none of the signs that each of them needs.
var looks = []struct {
	signs   []string
	pattern func() *regexp.Regexp
	instead string
}{
	{[]string{"basic"}, lazyregexp.New(`(?i)(basic\s+)[\w.~+/=-]{8,}`), "${1}" + Mask},
	{[]string{"://"}, lazyregexp.New(`(://[^/\s:@"'<>]*:)[^/\s@"'<>]+@`), "${1}" + Mask + "@"},
	{
		[]string{"pass", "pwd", "secret", "assertion", "key", "token"},
		lazyregexp.New(`(?i)((?:password|passwd|pwd|passphrase|passcode|secret|assertion|api[_-]?key|access[_-]?key|private[_-]?key|(?:access|refresh|id|auth)[_-]?token)[\w.-]*\\?["']?\s*(?:=|:)\s*\\?["']?)[^\s"'&,;}<>\\\[•]+`), "${1}" + Mask,
	},
}

// Scrub masks what looks like a secret in a text that somebody else has written: tokens,
// addresses with a password, name=value of what is called like a secret. A server, a
// broker or a proxy may quote anything.
func Scrub(text string) string {
	text = HideTokens(text)
	for _, look := range looks {
		if plain := strings.ToLower(text); slices.ContainsFunc(look.signs, func(sign string) bool { return strings.Contains(plain, sign) }) {
			text = look.pattern().ReplaceAllString(text, look.instead)
		}
	}
	return text
}
