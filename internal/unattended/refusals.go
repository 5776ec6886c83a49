package unattended

import (
	"fmt"
	"strings"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// settles says what is missing where a migration stands at a question, and which
// command settles it. The questions are those that stand before a command's own
// step; %s is the source.
var settles = map[string]string{
	"open-access":           "%s is not seen to be open to the migration service. `prepare` opens it; to do it again does no harm.",
	"open-access.working":   "%s is being updated. `prepare` waits for it.",
	"source-key":            "There is no service key chosen for %s. `keys` uses or creates it.",
	"target-key":            "There is no service key chosen for the target. `keys` uses or creates it.",
	"keys.working":          "The service keys are being created. `keys` waits for them.",
	"preflight":             "There is no replication. `preflight-check`, then `create-replication --wait`.",
	"preflight.running":     "The preflight check is running.",
	"preflight.warnings":    "There are warnings that nobody has accepted. `preflight-check --accept all`, or --accept ID,ID.",
	"preflight.critical":    "The preflight check has critical findings. Mend them, then `preflight-check`.",
	"replicate":             "There is no replication. `create-replication --wait` starts it.",
	"replication.starting":  "The replication is being started. `replication --wait` waits until the databases are in sync.",
	"replicating":           "The databases are not in sync. `replication --wait` waits for it.",
	"in-sync":               "The writers are not stopped. `stop-apps --yes` stops the applications; `apps` lists who can write.",
	"writers.stopping":      "The applications are being stopped. `stop-apps --yes` waits for them.",
	"finalize":              "The migration is not finalized. `create-finalization --wait --yes` does it.",
	"finalization.starting": "The finalization is being started. `finalization --wait` waits for its end.",
	"finalizing":            "The finalization is not COMPLETED. `finalization --wait` waits for it.",
	"switch":                "The applications are not on the target. `switch` brings them there.",
	"switching":             "The applications are on their way to the target. `switch` waits for them.",
	"canary":                "The applications are not all on the target. `switch` brings the others.",
	"switch.ill":            "An application does not run on the target. Read its log; then `switch` again.",
	"backing-out":           "The migration is on its way back to the source. `back-out --yes` waits for it.",
	"backed-out":            "The migration was taken back. `back-out --yes` ends it; then it can be started anew, with a new target.",
}

// inTheWay says why a command goes no further than a question, and what settles
// it. Its status is the question's.
func inTheWay(q *steps.Question, s steps.State) error {
	switch q.ID {
	case "stop-writers":
		return status.Exit(status.ExitOpen, unsettledWriters(s))
	case "replication.failed":
		return serviceFailed(steps.Replicate, s)
	case "finalization.failed", "finalization.support":
		return serviceFailed(steps.Finalize, s)
	}
	says, known := settles[q.ID]
	if !known {
		says = q.Title + " " + q.Why + " `pg-migrate-wizard` leads on from here."
		if t := troubles(s); t != "" {
			says = t
		}
	}
	if strings.Contains(says, "%s") {
		says = fmt.Sprintf(says, s.Names().SourceInstance)
	}
	if q.ID == "source-key" || q.ID == "target-key" {
		says += keysToUse(q)
	}
	if p := s.Facts.Replication; q.ID == "replicating" {
		says = fmt.Sprintf("The replication is %s. ", p.Word) + says
	}
	return status.Exit(status.ExitOfQuestion(q), line(says))
}

// serviceFailed says what to do when the service says FAILED.
func serviceFailed(at steps.ID, s steps.State) error {
	says := "The migration service says that the replication has FAILED. Applications and source are as they were."
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
