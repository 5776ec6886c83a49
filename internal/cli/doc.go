// Package cli is the commands: flags in, exit status out. It puts the other
// packages together: the engine on the user's own landscape, or on one that the
// program brings along, and a voice in front of it. It knows no step and no
// request; everything that is printed beside the migration itself is printed here.
package cli
