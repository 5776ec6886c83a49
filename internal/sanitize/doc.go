// Package sanitize makes text that came over the wire harmless to show: no
// escape sequence, no control character, no mark that turns the reading
// direction or hides. It changes what is shown, never what is sent or compared:
// names keep their bytes in the state, and are cleaned where they are drawn.
package sanitize
