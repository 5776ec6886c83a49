// Package secret holds the one type that a password, a token or a passcode may
// travel in. It prints as ••• through every road out of a Go program: fmt,
// JSON, text, log/slog. It does not encrypt, store or erase anything: it makes
// leaking a secret take a deliberate call of Reveal, which a reader can find.
package secret
