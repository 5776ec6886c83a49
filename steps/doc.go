// Package steps is the migration itself as a pure state machine: what each step
// needs, asks, does, and when it is done. Apply takes a State and an Event and
// returns the next State and the Effects to carry out; Looks says what should be
// observed and how often. Nothing here does I/O, reads a clock or draws: the
// engine acts, the tui shows, and every rule of a migration stands in this folder.
package steps
