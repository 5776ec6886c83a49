// Package notify tells somebody who is not at the screen that a migration waits for a
// person or has changed: by the bell of the terminal, by a program of theirs, or by a web
// hook. What it tells is made of events; it decides nothing, and nothing that goes wrong
// with it reaches the migration. It has no token, and sends none.
package notify
