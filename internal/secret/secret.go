package secret

import (
	"fmt"
	"log/slog"
	"unique"
)

// Mask is what a secret looks like to everybody.
const Mask = "•••"

// Text is a secret string. The zero value is "no secret". Two are equal (==)
// when what they hold is.
type Text struct {
	// A handle, not the string: fmt cannot call the methods of a value in an
	// unexported field and prints what is inside, which is then an address.
	held unique.Handle[string]
	set  bool
}

// New wraps a secret.
func New(value string) Text {
	if value == "" {
		return Text{}
	}
	return Text{held: unique.Make(value), set: true}
}

// Reveal returns the secret itself, for the one place that must send it.
func (t Text) Reveal() string {
	if !t.set {
		return ""
	}
	return t.held.Value()
}

// IsZero reports whether there is no secret at all.
func (t Text) IsZero() bool { return !t.set }

// String implements fmt.Stringer.
func (t Text) String() string { return Mask }

// GoString implements fmt.GoStringer.
func (t Text) GoString() string { return Mask }

// Format implements fmt.Formatter, so that no verb reaches the field inside.
func (t Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Mask)) }

// MarshalText implements encoding.TextMarshaler, and with it JSON and YAML.
func (t Text) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// LogValue implements slog.LogValuer.
func (t Text) LogValue() slog.Value { return slog.StringValue(Mask) }
