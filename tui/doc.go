// Package tui is the interface for people: the full-screen program, and its plain
// twin that writes lines. Both show what package steps says of a running Migration
// and ask the same questions; neither holds a rule of a migration. It does no I/O on
// the network or on files: the engine acts, cli composes.
//
// The screen is one Bubble Tea model with a stack of pages: the step, and the dialogs
// laid over it. Update handles messages and keeps the pages up to date; View draws the
// topmost page from the model and changes nothing.
package tui
