// Package enginetest sets the stage for the tests of several packages: a landscape
// in memory, a signed-in home, and engines on it, one after the other. All of it
// lives in the bubble of testing/synctest, where hours pass at once. It is no mock:
// landscape, HTTP and engine are those of the program. Nothing but tests imports it.
package enginetest
