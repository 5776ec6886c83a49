// Package unattended leads migrations, and looks at them, without a person at a screen:
// by a plan, by one-line commands, or only watching. A Runner carries out what a command
// asks for; it knows of no command line beside the names of the flags that its refusals
// point at.
package unattended
