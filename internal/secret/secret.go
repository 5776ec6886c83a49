package secret

import (
	"fmt"
	"log/slog"
	"unique"
)

// Mask is printed in place of a secret.
const Mask = "•••"

// Text is a secret string. The zero value means no secret. Texts are equal (==)
// if their values are.
type Text struct {
	// A handle rather than a string: fmt does not call methods of unexported
	// fields, and would print the string.
	handle unique.Handle[string]
	set    bool
}

// New wraps a secret.
func New(value string) Text {
	if value == "" {
		return Text{}
	}
	return Text{handle: unique.Make(value), set: true}
}

// Reveal returns the secret, for the code that sends it.
func (t Text) Reveal() string {
	if !t.set {
		return ""
	}
	return t.handle.Value()
}

// IsZero reports whether there is no secret.
func (t Text) IsZero() bool { return !t.set }

// String implements fmt.Stringer.
func (t Text) String() string { return Mask }

// GoString implements fmt.GoStringer.
func (t Text) GoString() string { return Mask }

// Format implements fmt.Formatter, so that no verb prints the field.
func (t Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Mask)) }

// MarshalText implements encoding.TextMarshaler, which covers JSON and YAML.
func (t Text) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// LogValue implements slog.LogValuer.
func (t Text) LogValue() slog.Value { return slog.StringValue(Mask) }
