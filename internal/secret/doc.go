// Package secret has the one type for passwords, tokens and passcodes. It prints
// as ••• with fmt, encoding/json, encoding.TextMarshaler and log/slog; only
// Reveal returns the value. It does not encrypt, store or erase secrets.
package secret
