// Package tui is what a person sees and says: the full-screen program, and its
// plain twin that speaks in lines. Both show what package steps says of a running
// Migration and ask the same questions; neither holds a rule of a migration. No
// network and no files here: the engine acts, cli composes.
package tui
