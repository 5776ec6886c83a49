// Package apiclient is the client of the PostgreSQL migration API, /v1: the
// preflight check, the replication and the finalization. It sends one request
// at a time through a chain of small handlers (handler.go has their order),
// reads answers tolerantly, and says of every failure what it means. It decides
// nothing about a migration, keeps no state of one, and knows no session: it
// asks a TokenSource for the token of each request.
package apiclient
