package cfsession

import (
	"net/url"
	"strconv"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
	"pg-migrate-wizard/internal/secret"
)

// looksLikeToken matches a JSON web token, and whatever follows the word
// "bearer". Servers and proxies do quote tokens back: the UAA names a refused
// refresh token in its error text, error pages echo request headers.
var looksLikeToken = lazyregexp.New(`(?i)eyJ[\w-]{6,}(\.[\w-]*){0,2}|(bearer\s+)[\w.~+/=-]{12,}`)

// scrub takes the given secrets, in the forms they travel in, and everything that looks like a token, out of
// a text that came over the wire.
func scrub(text string, secrets ...secret.Text) string {
	for _, s := range secrets {
		if s.IsZero() {
			continue
		}
		plain := s.Reveal()
		quoted := strings.Trim(strconv.Quote(plain), `"`)
		for _, form := range []string{plain, quoted, url.QueryEscape(plain), url.PathEscape(plain)} {
			text = strings.ReplaceAll(text, form, secret.Mask)
		}
	}
	return looksLikeToken().ReplaceAllString(text, "${2}"+secret.Mask)
}
