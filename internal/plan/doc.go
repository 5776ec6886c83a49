// Package plan is the plan of a migration: a file that somebody reviews and then
// runs unattended. It reads such a file strictly and reports all problems at once,
// writes one from what a wizard run has done, and answers the machine's questions
// from it. It opens no files, knows no landscape and no commands, and whether a run
// may begin is not decided here.
package plan
