// Package report turns what is known of a migration into a record that can be
// handed over: a Report value, and from it Markdown, JSON and one self-contained HTML
// page. It is made from a steps.State alone, does no I/O, reads no clock and decides
// nothing. Text from the network is sanitized when the value is made, and no secret is
// in it: of a binding's parameters only that there are some.
package report
