package cfsession

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
)

// HostMark stands for the address of a database without holding it: fingerprints
// of its host names. Two are equal (==) when the names are, upper and lower case
// alike. It prints as a short fingerprint. The zero value stands for no host.
type HostMark struct {
	prints string // SHA-256 of each name in hexadecimal, in order, each once, parted by spaces
}

var errNoHost = errors.New("its credentials name no host")

// HostOf marks the address that the credentials of a service key or binding
// name: hostname (or host), and the hosts of uri. The credentials do not leave
// this function. [IsNotFound] while the key is still being made, or when the
// login may not see credentials.
func (s *Session) HostOf(ctx context.Context, keyOrBindingGUID string) (HostMark, error) {
	r := newRequest("mark the address of the database", bindingsPath+"/:guid/details", keyOrBindingGUID)
	body, err := s.getHidden(ctx, r)
	if err != nil {
		return HostMark{}, err
	}
	mark := markOf(hostsIn(member(body, "credentials")))
	if mark.IsZero() {
		return HostMark{}, &Error{Op: r.op, Err: errNoHost}
	}
	return mark, nil
}

// getHidden reads a resource that holds secrets. Of a refusal the status and the
// code are kept, and nothing that the body says.
func (s *Session) getHidden(ctx context.Context, r request) (any, error) {
	var body any
	err := s.get(ctx, r, &body)
	if e, ok := errors.AsType[*Error](err); ok {
		e.Title, e.Detail, e.Raw = "", "", ""
	}
	return body, err
}

// member is a field of a JSON object; nil when it is none, or has none.
func member(value any, name string) any {
	object, _ := value.(map[string]any)
	return object[name]
}

func markOf(hosts []string) HostMark {
	prints := make([]string, 0, len(hosts))
	for _, host := range hosts {
		prints = append(prints, printOf(host))
	}
	slices.Sort(prints)
	return HostMark{strings.Join(slices.Compact(prints), " ")}
}

func printOf(host string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimRight(host, "."))))
	return hex.EncodeToString(sum[:])
}

// IsZero reports whether the mark stands for no host.
func (m HostMark) IsZero() bool { return m.prints == "" }

// String implements fmt.Stringer.
func (m HostMark) String() string {
	if m.IsZero() {
		return "no host"
	}
	var short []string
	for digest := range strings.SplitSeq(m.prints, " ") {
		short = append(short, digest[:8])
	}
	return "host #" + strings.Join(short, "+")
}

// Format implements fmt.Formatter, so that every verb prints the same.
func (m HostMark) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(m.String())) }

// MarshalText implements encoding.TextMarshaler, and with it JSON and YAML. There
// is no way back: a mark is made anew from a key.
func (m HostMark) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// hostPort is one host of an address, with or without its port.
var hostPort = lazyregexp.New(`^([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?)(?::[0-9]+)?$`)

// hostsIn are the hosts that credentials name where credentials name them. An
// address may list several (libpq: host1:5432,host2:5432).
func hostsIn(credentials any) []string {
	field := func(name string) string {
		text, _ := member(credentials, name).(string)
		return text
	}
	_, address, _ := strings.Cut(field("uri"), "://")
	_, afterAt, _ := cutLast(address, "@") // a password may hold a slash that nobody encoded
	var hosts []string
	for _, list := range []string{field("hostname"), field("host"), authority(address), authority(afterAt)} {
		for one := range strings.SplitSeq(list, ",") {
			if parts := hostPort().FindStringSubmatch(strings.TrimSpace(one)); parts != nil {
				hosts = append(hosts, parts[1])
			}
		}
	}
	return hosts
}

// authority is what stands between user and path of an address.
func authority(address string) string {
	if end := strings.IndexAny(address, "/?#"); end >= 0 {
		address = address[:end]
	}
	if _, hosts, found := cutLast(address, "@"); found {
		return hosts
	}
	return address
}

var (
	// hostLike finds whatever in a text could be a whole host name.
	hostLike = lazyregexp.New(`[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?`)
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

func (w watchlist) namedInText(text string) bool {
	for _, form := range []string{text, escaped.Replace(text)} {
		for _, candidate := range hostLike().FindAllString(form, -1) {
			if _, found := w[printOf(candidate)]; found {
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
