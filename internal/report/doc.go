// Package report turns what is known of a migration into a record that can be
// handed over: a Report value, and from it Markdown, JSON and one HTML page that
// needs nothing else. It is made from a steps.State alone, does no I/O, reads no
// clock and decides nothing. Text from the wire is cleaned when the value is made,
// and no secret is in it: of a binding's parameters only that there are some.
package report
