// Package sanitize makes text from the network safe to display: without escape
// sequences, control characters, bidirectional and invisible characters. It is
// for display only: names are sent and compared unchanged. It does not redact
// secrets.
package sanitize
