// Package sandbox is an embedded Cloud Foundry landscape: Cloud Controller v3,
// UAA and the migration service /v1, served over real HTTP from one listener. A
// scenario defines its contents and how a migration goes; fault cards disturb
// requests. Every response follows from the state of its world: it is a
// simulation, not a mock, and nothing is scripted per test. Jobs and migrations
// take simulated time, tokens expire in real time. Its passwords are public, so
// it serves loopback unless told otherwise.
package sandbox
