package plan

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"pg-migrate-wizard/internal/lazyregexp"
)

// Messages about a secret. They never repeat it.
const (
	noSecretKey   = "no secret belongs in a plan, and this key looks like one; sign in with `pg-migrate-wizard login` or `cf login`, and leave it out"
	noSecretValue = "no secret belongs in a plan, and here is something that looks like one; take it out, and change it if others have seen this file"
)

var (
	secretKey = lazyregexp.New(`pass(word|wd|code|phrase)|^pass$|^pwd$|token|secret|credential|apikey|accesskey|privatekey|authorization|bearer|^jwt$`)

	// The same in a comment, where there are no keys to tell it by.
	secretComment = lazyregexp.New(`(?i:(pass(word|wd|code|phrase)|token|secret|credentials?|api[-_]?key)["']?\s*[:=]\s*\S)`)
	commentMarks  = []string{"pass", "token", "secret", "credential", "api"} // one of them is in every such comment
)

// secretInComment reports whether a comment names a secret and gives its value.
func secretInComment(text string) bool {
	small := strings.ToLower(text)
	marked := slices.ContainsFunc(commentMarks, func(m string) bool { return strings.Contains(small, m) })
	return marked && secretComment().MatchString(text)
}

// secretForms are the forms of secrets: an address with a user and a password, a JSON
// web token, a PEM block, an Authorization header, an access key of AWS. The mark, in
// small letters, is in every text of that form, and is cheap to look for.
var secretForms = []struct {
	mark string
	form func() *regexp.Regexp
}{
	{"://", lazyregexp.New(`[A-Za-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@`)},
	{"eyj", lazyregexp.New(`eyJ[A-Za-z0-9_-]{8,}`)},
	{"-----begin", lazyregexp.New(`-----BEGIN [A-Z0-9 ]+-----`)},
	{"bearer", lazyregexp.New(`(?i:\bbearer\s+[a-z0-9._~+/=-]{8,})`)},
	{"authorization", lazyregexp.New(`(?i:\bauthorization\s*[:=]\s*\S)`)},
	{"akia", lazyregexp.New(`\bAKIA[0-9A-Z]{16}\b`)},
	{"asia", lazyregexp.New(`\bASIA[0-9A-Z]{16}\b`)},
}

// secretIn returns where something begins that looks like a secret; -1 for none.
func secretIn(text string) int {
	small := strings.ToLower(text)
	for _, f := range secretForms {
		if !strings.Contains(small, f.mark) {
			continue
		}
		if at := f.form().FindStringIndex(text); at != nil {
			return at[0]
		}
	}
	return -1
}

// isSecretKey reports whether a key is named like a secret.
func isSecretKey(name string) bool {
	return secretKey().MatchString(strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(strings.ToLower(name)))
}

// findSecrets refuses what looks like a secret anywhere in the text, also in comments.
// It returns the lines on which it found one.
func findSecrets(text string, tokens token.Tokens, problems *CheckError) map[int]bool {
	lines := map[int]bool{}
	for i, line := range strings.Split(text, "\n") {
		if at := secretIn(line); at >= 0 {
			lines[i+1] = true
			problems.add(position{i + 1, utf8.RuneCountInString(line[:at]) + 1}, "", noSecretValue)
		}
	}
	for _, t := range tokens {
		if t.Type != token.CommentType || lines[t.Position.Line] || !secretInComment(t.Value) {
			continue
		}
		lines[t.Position.Line] = true
		problems.add(position{t.Position.Line, t.Position.Column}, "", noSecretValue)
	}
	return lines
}
