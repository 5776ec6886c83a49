package unattended

import (
	"fmt"
	"strings"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// settles says what is missing where a migration stands at a question, and which
// command settles it; %s is the source. Questions that are not here say it
// themselves, see inTheWay. A test holds that each has its place.
var settles = map[steps.QuestionID]string{
	steps.QuestionTargetCreating:       "The target is being created. `pg-migrate-wizard watch` tells how that stands; then the same command again.",
	steps.QuestionOpenAccess:           "%s is not seen to be open to the migration service. `prepare` opens it; to do it again does no harm.",
	steps.QuestionOpenAccessWorking:    "%s is being updated. `prepare` waits for it.",
	steps.QuestionSourceKey:            "There is no service key chosen for %s. `keys` uses or creates it.",
	steps.QuestionTargetKey:            "There is no service key chosen for the target. `keys` uses or creates it.",
	steps.QuestionKeysWorking:          "The service keys are being created. `keys` waits for them.",
	steps.QuestionPreflight:            "There is no replication. `preflight-check`, then `create-replication --wait`.",
	steps.QuestionPreflightRunning:     "The preflight check is running.",
	steps.QuestionPreflightWarnings:    "There are warnings that nobody has accepted. `preflight-check --accept all`, or --accept ID,ID.",
	steps.QuestionPreflightCritical:    "The preflight check has critical findings. Mend them, then `preflight-check`.",
	steps.QuestionReplicate:            "There is no replication. `create-replication --wait` starts it.",
	steps.QuestionReplicationStarting:  "The replication is being started. `replication --wait` waits until the databases are in sync.",
	steps.QuestionReplicating:          "The databases are not in sync. `replication --wait` waits for it.",
	steps.QuestionInSync:               "The writers are not stopped. `stop-apps --yes` stops the applications; `apps` lists who can write.",
	steps.QuestionApplications:         "Applications are stopped that this record has not stopped, and nobody here knows whether they ran before. `stop-apps --was NAME=started`, or NAME=stopped, says how each was.",
	steps.QuestionBeside:               "Another downtime runs in this space. `stop-apps --downtime-beside --yes` begins this one beside it.",
	steps.QuestionWritersStopping:      "The applications are being stopped. `stop-apps --yes` waits for them.",
	steps.QuestionFinalize:             "The migration is not finalized. `create-finalization --wait --yes` does it.",
	steps.QuestionFinalizationStarting: "The finalization is being started. `finalization --wait` waits for its end.",
	steps.QuestionFinalizing:           "The finalization is not COMPLETED. `finalization --wait` waits for it.",
	steps.QuestionLead:                 "Another machine leads this migration. Agree with whoever works there; then say --take-over, or `pg-migrate-wizard` asks for a word.",
	steps.QuestionAdopted:              "This migration was not begun from here, and no note says who leads it. Ask; then say --take-over with the name of the source.",
	steps.QuestionSwitch:               "The applications are not on the target. `switch` brings them there.",
	steps.QuestionSwitching:            "The applications are on their way to the target. `switch` waits for them.",
	steps.QuestionCanary:               "The applications are not all on the target. `switch` brings the others.",
	steps.QuestionSwitchIll:            "An application does not run on the target. Read its log; then `switch` again.",
	steps.QuestionNotUp:                "An application that ran before is not up. Start it on the target, or lead on with `pg-migrate-wizard`, where it can be left by its name.",
	steps.QuestionAlarm:                "Writes may be missing on the target. Compare the databases; `pg-migrate-wizard` takes your word on it.",
	steps.QuestionBackingOut:           "The migration is on its way back to the source. `back-out --yes` waits for it.",
	steps.QuestionBackedOut:            "The migration was taken back. `back-out --yes` ends it; then it can be started anew, with a new target.",
}

// inTheWay says why a command goes no further than a question, and what settles
// it. Its status is the question's.
func inTheWay(q *steps.Question, s steps.State) error {
	switch {
	case q.ID == steps.QuestionStopWriters:
		return status.Exit(status.ExitOpen, unsettledWriters(s))
	case q.Kind == steps.KindServiceFailed:
		return serviceFailed(q.Step, s)
	}
	says, known := settles[q.ID]
	says = strings.ReplaceAll(says, "%s", s.Names().SourceInstance)
	if !known {
		says = q.Title + " " + q.Why + " `pg-migrate-wizard` leads on from here."
		if t := troubles(s); t != "" {
			says = t
		}
	}
	if q.ID == steps.QuestionSourceKey || q.ID == steps.QuestionTargetKey {
		says += keysToUse(q)
	}
	if p := s.Facts.Replication; q.ID == steps.QuestionReplicating {
		says = fmt.Sprintf("The replication is %s. ", p.Word) + says
	}
	return status.Exit(status.ExitOfQuestion(q), line(says))
}

// serviceFailed says what to do when the service says FAILED.
func serviceFailed(at steps.ID, s steps.State) error {
	says := "The migration service says that the replication has FAILED. " + steps.WhereApplications(s)
	if at == steps.Finalize {
		says = "The migration service says that the finalization has FAILED."
		if len(steps.Down(s)) > 0 {
			says += " `back-out --keep-replication --yes` starts the applications on the source again at once, and leaves the rest for support."
		}
	}
	return status.Exit(status.ExitService, says+" Contact SAP support (component BC-CP-BSB-POSTGRESQL); `back-out --yes` takes everything back, and a next try needs a new target.")
}

// ShellQuoted is a word for a POSIX shell.
func ShellQuoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
