package plan

import (
	"fmt"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// Keys that answer questions.
const (
	KeyAPI            = "api"
	KeyOrg            = "org"
	KeySpace          = "space"
	KeyLandscape      = "landscape"
	KeyProvider       = "provider"
	KeyMigrationURL   = "migration-url"
	KeySourceInstance = "source.instance"
	KeyTargetInstance = "target.instance"
	KeySourceKey      = "source.key"
	KeySourceKeyName  = KeySourceKey + ".name"
	KeyTargetKey      = "target.key"
	KeyTargetKeyName  = KeyTargetKey + ".name"
	KeyUntil          = "until"
	KeyAccept         = "accept"
	KeyAnyway         = "limits.anyway"
	KeyBeside         = "stop.downtime-beside"
	KeyWaive          = "waive"
	KeyApplications   = "applications"
	KeyTakeOver       = "take-over"
	KeyOnFailure      = "on-failure"
	KeyCanary         = "switch.canary"
	KeyRestage        = "switch.restage"
	KeyOrder          = "switch.order"
	KeyGreen          = "switch.green"
	KeyNameSwap       = KeyCleanUp + "name-swap"
	KeyClosed         = "closed"
	KeyCleanUp        = "clean-up." // and the piece that is meant

	keyOnLate = "on-late"
)

// Reason is why a plan does not answer, or ends a run. Its text speaks of a plan; a
// caller that has none gives it another text, with the same arguments.
type Reason struct{ text string }

// Reasons to leave a question open.
var (
	NotSignedIn      = &Reason{"not signed in%s%s: sign in with `pg-migrate-wizard login` or `cf login`, then start again"}
	OtherMigration   = &Reason{"the migration that was taken up has %s, and the plan says %s"}
	OtherLogin       = &Reason{"the login is at %s, and the plan says %s"}
	NotHere          = &Reason{"there is no %s here, as far as this login can see"}
	NotUsable        = &Reason{"%s cannot be used: %s"}
	OtherOffering    = &Reason{"%s is an instance of %s, and not of %s"}
	NoSuchPlan       = &Reason{"there is no plan %s of %s here"}
	TargetUsed       = &Reason{"%s was written to by a migration that has ended: %s. A next try needs a new target"}
	Taken            = &Reason{"%s Whether to use it all the same, somebody has to say in the wizard: no plan can"}
	KeyNotUsable     = &Reason{"the key %s of %s cannot be used: %s"}
	KeyNotThere      = &Reason{"%s has no key %s, and the plan does not say to create it"}
	MoreThanAllowed  = &Reason{"%s That was said of the source; correct it (limits.schemas, limits.relations), or say limits.anyway: true"}
	LedElsewhere     = &Reason{"%s %s Two must not lead at once. Agree with them; then say take-over: true"}
	Misnamed         = &Reason{"%s Nothing was removed, and nothing is, for that"}
	CriticalFindings = &Reason{"%s No plan can accept that; mend it, then start again"}
	NotAccepted      = &Reason{"not accepted: %s"}
	NotSettled       = &Reason{"not settled: %s. Switch it off, or say why it does no harm: waive: [%s]"}
	SeveralWriters   = &Reason{"%s is the name of %d writers: say which, by identity (%s)"}
	OtherDowntime    = &Reason{"%s One is led through its downtime at a time: start again when it is through, or say stop.downtime-beside: true"}
	NotKnownBefore   = &Reason{"whether %s ran before the migration is not known: they are stopped, and not by this record. Say how each was: applications: [%s]"}
	NoSuchApp        = &Reason{"no application %s is bound to the source"}
	NoSuchGreen      = &Reason{"no application %s is bound to the target"}
	CanaryStopped    = &Reason{"%s does not run: it would prove nothing"}
	SeveralApps      = &Reason{"%d applications are called %s: only one can go first"}
	AppNotHealthy    = &Reason{"%s is not healthy: %s"}
	AppNotUp         = &Reason{"%s ran before the migration, and is not up on the target: nobody takes it for working"}
	WritesMayBeLost  = &Reason{"an alarm is open: %s A person has to compare the databases; no plan deletes the source before that, or takes the applications for working"}
	ItemsOpen        = &Reason{"nothing of the source is deleted while things are open: %[1]s. Do each, and say so: closed: [%[2]s]"}
	TakenAlong       = &Reason{"%s The plan says to leave it, and to delete the source, which takes it along"}
	PieceInTheWay    = &Reason{"%s: %s"}
	NamesHalfSwapped = &Reason{"%s The plan does not say to swap the names"}
	BeyondUntil      = &Reason{"the plan goes as far as %s, and this is part of %s"}
	NoTurningBack    = &Reason{"a plan turns back only after a failure"}
	NotNow           = &Reason{"%s: not possible now: %s"}
	NotSure          = &Reason{"%s: this cannot be undone, and the plan does not say it in so many words"}
	NoSuchChoice     = &Reason{"there is no choice %q here now"}
	NoKey            = &Reason{"no key of a plan answers this"}
	Unfit            = &Reason{"%s"}
)

// Reasons to end a run.
var (
	NothingToTakeBack = &Reason{"There is nothing to take back, or no way back: everything is left as it is"}
	SaysStop          = &Reason{"%sThe plan says to stop: everything is left as it is"}
	AppsWork          = &Reason{"%sThe applications work on the target, and are left there: everything is left as it is"}
	NoWayBack         = &Reason{"%sThere is no way to back out from here: everything is left as it is"}
	WouldLose         = &Reason{"%sTo back out now would lose what was written to the target; only on-failure: " + string(FailureBackOutWithLoss) + " says that: everything is left as it is"}
	NotPassed         = &Reason{"%sWhat stands in the way may pass, so nothing is taken back for it: everything is left as it is. Run it again later"}
	LeftForLater      = &Reason{"%s Left for later, as the plan says"}
)

// Refusal is what a plan does not answer, and why.
type Refusal struct {
	Question *steps.Question
	Key      string // that would answer; empty where none can, as with a login
	Reason   *Reason
	Args     []any // of the reason
	Message  string
}

func refusal(key string, why *Reason, args []any) Refusal {
	return Refusal{Key: key, Reason: why, Args: args, Message: sanitize.Line(fmt.Sprintf(why.text, args...))}
}

// OpenError says that the plan does not answer a question.
type OpenError struct{ Refusal }

func (e *OpenError) Error() string {
	text := fmt.Sprintf("the plan does not answer %q: %s", sanitize.Line(e.Question.Title), e.Message)
	if e.Key != "" {
		text += " (key " + e.Key + ")"
	}
	return text
}

// Open makes the error for a question that stays open.
func Open(q *steps.Question, key string, why *Reason, args ...any) *OpenError {
	e := &OpenError{refusal(key, why, args)}
	e.Question = q
	return e
}

// StopError says that the plan answers a question by ending the run, with everything
// as it is. Failure tells an end because something failed from one that the plan
// wants.
type StopError struct {
	Refusal
	Failure bool
}

func (e *StopError) Error() string { return e.Message }

func open(key string, why *Reason, args ...any) error { return Open(nil, key, why, args...) }

func stop(key string, failure bool, why *Reason, args ...any) error {
	return &StopError{refusal(key, why, args), failure}
}
