// Package sandbox is a whole landscape in one process: a Cloud Controller v3, a
// UAA and the migration service /v1, served over real HTTP from one listener.
// A small company lives in it, jobs and migrations take simulated time, tokens
// expire in real time. A scenario says who lives there and how it goes, and fault
// cards disturb the requests they name. It serves the demo, the trainer, the
// tests and the documentation alike.
//
// It is not a mock: nothing is scripted per test, every answer follows from the
// state of its world. And it is a toy in one respect only: its passwords are
// known to everybody, so it serves loopback unless told otherwise.
package sandbox
