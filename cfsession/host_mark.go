package cfsession

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// HostMark stands for the address of a database without holding it: fingerprints
// of its host names. Two are equal (==) when the names are, upper and lower case
// alike. It prints as a short fingerprint. The zero value stands for no host.
type HostMark struct {
	prints string // SHA-256 of each name in hexadecimal, in order, each once, parted by spaces
}

// HostOf marks the address that the credentials of a service key or binding
// name: hostname (or host), and the hosts of uri. The mark is zero where they name
// none that is understood. The credentials do not leave this function. [IsNotFound]
// while the key is still being made, or when the login may not see credentials.
func (s *Session) HostOf(ctx context.Context, keyOrBindingGUID string) (HostMark, error) {
	r := newRequest("mark the address of the database", bindingsPath+"/:guid/details", keyOrBindingGUID)
	body, err := s.getHidden(ctx, r)
	if err != nil {
		return HostMark{}, err
	}
	return markOf(hostsIn(member(body, "credentials"))), nil
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
	sum := sha256.Sum256([]byte(plainHost(host)))
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
