// Package cli is the commands, one file each and named after it: flags in, exit
// status out. A command reads its flags into options, which are checked and then
// carried out (see runE); what it does is done by unattended, tui and engine, and
// what it prints by status and report. It makes no request of its own but for the
// login, completions and the doctor, and holds no rule about migrations.
package cli
