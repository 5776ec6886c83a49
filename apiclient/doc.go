// Package apiclient is the client of the PostgreSQL migration API, /v1: preflight
// check, replication and finalization. A request passes a chain of handlers (see
// Client.assemble); responses are parsed tolerantly, and every failure is an
// *Error with its meaning. The package holds no state of a migration and makes no
// decision about one; tokens come from a TokenSource.
package apiclient
