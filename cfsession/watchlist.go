package cfsession

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
)

var (
	// hostLike finds whatever in a text could be a whole host name.
	hostLike = lazyregexp.New(`[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?`)
	// ipv6Like finds whatever could be an address of IPv6, perhaps with a port behind it.
	ipv6Like = lazyregexp.New(`(?:^|[^A-Za-z0-9_.:-])([0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)`)
	encoded  = lazyregexp.New(`%[0-9A-Fa-f]{2}`)
	escaped  = strings.NewReplacer(`\n`, " ", `\r`, " ", `\t`, " ")
)

// watchlist are the fingerprints that are looked for.
type watchlist map[string]struct{}

func watchFor(marks []HostMark) watchlist {
	w := watchlist{}
	for _, m := range marks {
		for digest := range strings.FieldsSeq(m.prints) {
			w[digest] = struct{}{}
		}
	}
	return w
}

// namedIn reports whether a value of JSON names one of the hosts, in a string or
// a key at any depth: alone, in an address, in JSON inside a string, percent
// encoded.
func (w watchlist) namedIn(value any) bool {
	switch value := value.(type) {
	case string:
		return w.namedInText(value)
	case []any:
		return slices.ContainsFunc(value, w.namedIn)
	case map[string]any:
		for key, inner := range value {
			if w.namedInText(key) || w.namedIn(inner) {
				return true
			}
		}
	}
	return false
}

func (w watchlist) names(host string) bool {
	_, found := w[printOf(host)]
	return found
}

func (w watchlist) namedInText(text string) bool {
	for _, form := range []string{text, escaped.Replace(text)} {
		for _, candidate := range hostLike().FindAllString(form, -1) {
			if w.names(candidate) {
				return true
			}
		}
		for _, candidate := range ipv6Like().FindAllStringSubmatch(form, -1) {
			address := strings.TrimRight(candidate[1], ".")
			// Without brackets the last part may be a port as well as a part of the address.
			before, _, _ := cutLast(address, ":")
			if w.names(address) || w.names(before) {
				return true
			}
		}
	}
	var inner any
	if strings.ContainsAny(firstOf(text), `{["`) && json.Unmarshal([]byte(text), &inner) == nil && w.namedIn(inner) {
		return true
	}
	plain := encoded().ReplaceAllStringFunc(text, decodePercent)
	return plain != text && w.namedInText(plain)
}

func decodePercent(code string) string {
	b, _ := hex.DecodeString(code[1:]) // two hexadecimal digits
	return string(b)
}

// firstOf is the first character that is not white space.
func firstOf(text string) string {
	text = strings.TrimSpace(text)
	return text[:min(1, len(text))]
}
