// Package status says how a migration stands: on one page, for people and for
// programs; as events, while it goes on; in the results of commands; and in exit
// statuses. All of that is a public interface (docs/commands.md, docs/events.md):
// fields are added, and not changed. It reads states and snapshots that others hand
// it: it looks at nothing, changes nothing, and asks nobody.
package status
