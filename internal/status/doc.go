// Package status says how a migration stands: on one page, for people and for
// programs; as events, while it goes on; and in exit statuses. What it prints is a
// public interface (docs/commands.md, docs/events.md). It changes nothing, and asks
// nobody.
package status
