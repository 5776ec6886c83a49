// Package plan is the plan of a migration: a file that somebody reviews and then
// runs unattended. It reads such a file strictly and says all that is wrong with
// it at once, writes one from what a wizard run has done, and answers the
// machine's questions from it. It knows no files, no landscape and no commands,
// and it never decides how far a run goes or that it may begin.
package plan
