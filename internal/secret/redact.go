package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
)

// minEncoded is the length from which an encoded form of a secret is recognised:
// a shorter text would stand in many a word that has nothing to do with it.
const minEncoded = 6

var (
	upperEscape = lazyregexp.New(`%[0-9A-F]{2}`)
	token       = lazyregexp.New(`(?i)eyJ[\w-]{6,}(?:\.[\w-]*){0,2}|(bearer\s+)[\w.~+/=-]{8,}`)
)

// Redactor returns a replacer that masks the given secrets in all forms in which
// servers, proxies and net/http quote them: see [Forms].
func Redactor(secrets ...Text) *strings.Replacer {
	var forms []string
	for _, s := range secrets {
		forms = append(forms, Forms(s.Reveal())...)
	}
	return Replacer(forms)
}

// Replacer masks the given texts, the longest first: one may begin another.
func Replacer(forms []string) *strings.Replacer {
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, Mask)
	}
	return strings.NewReplacer(pairs...)
}

// HideTokens masks JSON web tokens, and what follows "bearer".
func HideTokens(text string) string {
	return token().ReplaceAllString(text, "${1}"+Mask)
}

// Forms returns a secret as it is and encoded: in JSON, Go source, HTML, URLs,
// hexadecimal, and base64 (of a longer text too).
func Forms(s string) []string {
	if s == "" {
		return nil
	}
	inJSON, _ := json.Marshal(s) // cannot fail for a string
	var inPlainJSON bytes.Buffer
	enc := json.NewEncoder(&inPlainJSON)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	forms := []string{s, html.EscapeString(s)}
	for _, quoted := range []string{string(inJSON), strings.TrimSpace(inPlainJSON.String()), strconv.Quote(s)} {
		forms = append(forms, quoted[1:len(quoted)-1])
	}
	for _, escaped := range []string{url.QueryEscape(s), url.PathEscape(s)} {
		forms = append(forms, escaped, upperEscape().ReplaceAllStringFunc(escaped, strings.ToLower))
	}
	if digits := hex.EncodeToString([]byte(s)); len(digits) >= minEncoded {
		forms = append(forms, digits, strings.ToUpper(digits))
	}
	for shift := range 3 {
		if part := base64Part(s, shift); len(part) >= minEncoded {
			forms = append(forms, part, strings.NewReplacer("+", "-", "/", "_").Replace(part), url.QueryEscape(part))
		}
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// base64Part is what all base64 texts have in common in which s begins at a
// place that is shift bytes behind a multiple of three.
func base64Part(s string, shift int) string {
	text := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), s...))
	first := (shift*8 + 5) / 6
	last := (shift + len(s)) * 8 / 6
	return text[first:max(first, last)]
}
