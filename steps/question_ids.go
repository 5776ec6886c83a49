package steps

import "strings"

// QuestionID names a question. The values are a public interface: they stand in
// journals, in what scripts read and in the answers of programs.
type QuestionID string

// The questions, in the order of the road. A question about a request that failed
// has the identity of [FailedQuestion]; one about a thing of many to clean up has
// a colon and the thing's GUID behind the identity of its kind.
const (
	QuestionAPI      QuestionID = "api"
	QuestionSignIn   QuestionID = "sign-in"
	QuestionPasscode QuestionID = "passcode"
	QuestionOrg      QuestionID = "org"
	QuestionSpace    QuestionID = "space"
	QuestionWhere    QuestionID = "where"

	QuestionSource          QuestionID = "source"
	QuestionTarget          QuestionID = "target"
	QuestionTargetCreating  QuestionID = "target.creating"
	QuestionTargetNotMade   QuestionID = "target.not-made"
	QuestionDatabasesUnfit  QuestionID = "databases.unfit"
	QuestionDatabasesRevise QuestionID = "databases.revise"
	QuestionTaken           QuestionID = "databases.taken"

	QuestionOpenAccess        QuestionID = "open-access"
	QuestionOpenAccessWorking QuestionID = "open-access.working"

	QuestionSourceKey   QuestionID = "source-key"
	QuestionTargetKey   QuestionID = "target-key"
	QuestionKeysUnfit   QuestionID = "keys.unfit"
	QuestionKeysWorking QuestionID = "keys.working"
	QuestionKeysRevise  QuestionID = "keys.revise"

	QuestionPreflight         QuestionID = "preflight"
	QuestionPreflightRunning  QuestionID = "preflight.running"
	QuestionPreflightCritical QuestionID = "preflight.critical"
	QuestionPreflightLimits   QuestionID = "preflight.limits"
	QuestionPreflightWarnings QuestionID = "preflight.warnings"
	QuestionPreflightLost     QuestionID = "preflight.lost"
	QuestionPreflightRevise   QuestionID = "preflight.revise"

	QuestionReplicate           QuestionID = "replicate"
	QuestionReplicationStarting QuestionID = "replication.starting"
	QuestionReplicating         QuestionID = "replicating"
	QuestionReplicationFailed   QuestionID = "replication.failed"
	QuestionReplicationGone     QuestionID = "replication.gone"
	QuestionLead                QuestionID = "lead"     // another machine leads; in any step
	QuestionAdopted             QuestionID = "adopted"  // it was not begun from here; from the downtime on
	QuestionMisnamed            QuestionID = "misnamed" // an instance was renamed; in several steps
	QuestionInSync              QuestionID = "in-sync"

	QuestionApplications    QuestionID = "applications"    // how were they before? In any step from here on
	QuestionBeside          QuestionID = "downtime-beside" // another migration of the space is in its downtime
	QuestionStopWriters     QuestionID = "stop-writers"
	QuestionWritersStopping QuestionID = "writers.stopping"
	QuestionDecision        QuestionID = "decision"

	QuestionFinalize             QuestionID = "finalize"
	QuestionFinalizationStarting QuestionID = "finalization.starting"
	QuestionFinalizing           QuestionID = "finalizing"
	QuestionFinalizationFailed   QuestionID = "finalization.failed"
	QuestionFinalizationSupport  QuestionID = "finalization.support"
	QuestionFinalizationGone     QuestionID = "finalization.gone"

	QuestionSwitch    QuestionID = "switch"
	QuestionSwitching QuestionID = "switching"
	QuestionCanary    QuestionID = "canary"
	QuestionSwitchIll QuestionID = "switch.ill"
	QuestionNotUp     QuestionID = "not-up" // of several steps
	QuestionAlarm     QuestionID = "alarm"  // that may have cost writes
	QuestionValidate  QuestionID = "validate"

	QuestionCleanUpTargetKey      QuestionID = "clean-up.target-key"
	QuestionCleanUpNameSwap       QuestionID = "clean-up.name-swap"
	QuestionCleanUpCooling        QuestionID = "clean-up.cooling"
	QuestionCleanUpSourceKey      QuestionID = "clean-up.source-key"
	QuestionCleanUpBinding        QuestionID = "clean-up.binding"
	QuestionCleanUpShare          QuestionID = "clean-up.share"
	QuestionCleanUpSourceInstance QuestionID = "clean-up.source-instance"
	QuestionCleanUpWorking        QuestionID = "clean-up.working"
	QuestionCleanUpRenaming       QuestionID = "clean-up.renaming"

	QuestionGoBack     QuestionID = "go-back"
	QuestionBackingOut QuestionID = "backing-out"
	QuestionBackedOut  QuestionID = "backed-out"
)

const (
	cleanUpQuestion = "clean-up."
	failedQuestion  = ".failed"
	waitingQuestion = ".waiting"
)

// FailedQuestion is the question after requests of a step have failed.
func FailedQuestion(id ID) QuestionID { return QuestionID(id) + failedQuestion }

// WaitingQuestion is the question while requests of a step wait to be tried again.
func WaitingQuestion(id ID) QuestionID { return QuestionID(id) + waitingQuestion }

// FailedStep returns the step whose failed requests a question is about; false
// for every other question.
func (q QuestionID) FailedStep() (ID, bool) {
	step, ok := strings.CutSuffix(string(q), failedQuestion)
	return ID(step), ok && (ID(step) == BackOut || ID(step).Number() > 0)
}

// Base is the identity without the one thing of many that the question is about.
func (q QuestionID) Base() QuestionID { return QuestionID(kindOf(string(q))) }

// itemQuestion is the question about a thing to clean up.
func itemQuestion(item string) QuestionID { return cleanUpQuestion + QuestionID(item) }

// item is the thing that a question of the clean-up is about.
func (q QuestionID) item() string { return strings.TrimPrefix(string(q), cleanUpQuestion) }

// Options that mean one thing wherever they are offered, or that somebody decides
// on. Options that stand for things have the identity of the thing.
const (
	OptionWait    = "wait"  // stay and watch
	OptionLook    = "look"  // look again
	OptionAgain   = "again" // choose, or go through it, anew
	OptionGoOn    = "go-on"
	OptionSupport = "support" // end, and leave everything for support

	OptionTryNow      = "try-now"      // what would be tried later
	OptionStopWaiting = "stop-waiting" // for what would be tried again by itself

	OptionRetry = "retry" // a request that failed
	OptionPass  = "pass"  // leave it undone
	OptionBack  = "back"  // to the step's own question

	OptionLeaveOld = "leave-old" // start it although the other side's binding is left
	OptionForward  = "forward"   // out of a back-out, to the target after all
	OptionCompared = "compared"  // the databases, after an alarm

	OptionPostpone = "postpone" // end the downtime, and nothing else
	OptionBackOut  = "back-out"
	OptionStay     = "stay"
	OptionEnd      = "end"
	OptionEndClean = "end-clean" // delete the keys that were made, too

	OptionPassword          = "password"
	OptionPasscode          = "passcode"
	OptionClientCredentials = "client-credentials"
	OptionEnter             = "enter"
	OptionOtherWay          = "other-way"
	OptionLandscape         = "landscape"
	OptionAddress           = "address"
	OptionHere              = "here"
	OptionTakeOver          = "take-over"
	OptionFollow            = "follow" // watch a migration that somebody else leads
	OptionSettle            = "settle" // say what the address does not tell
	OptionElsewhere         = "elsewhere"

	OptionOpen       = "open"
	OptionCreate     = "create"
	OptionCheck      = "check"
	OptionCancel     = "cancel"
	OptionLimits     = "limits"
	OptionAnyway     = "anyway"
	OptionDatabases  = "databases"
	OptionAccept     = "accept"
	OptionAcceptSome = "accept-some"
	OptionStart      = "start"
	OptionPrepared   = "prepared"

	OptionAllRan  = "all-ran"
	OptionSomeRan = "some-ran"
	OptionNoneRan = "none-ran"

	OptionBeside   = "beside" // another downtime
	OptionStop     = "stop"
	OptionWaive    = "waive"
	OptionUnwaive  = "unwaive"
	OptionLater    = "later"
	OptionFinalize = "finalize"

	OptionSwitch  = "switch"
	OptionArrange = "arrange"
	OptionGreen   = "green" // start the applications first that waited on the target
	OptionRestart = "restart"
	OptionRestage = "restage"
	OptionLeave   = "leave"
	OptionYes     = "yes"

	OptionDelete    = "delete"
	OptionDeleteNow = "delete-now"
	OptionKeep      = "keep"
	OptionKeepAll   = "keep-all"
	OptionSwap      = "swap"
	OptionCloseItem = "close-item" // say that an open thing is done
	OptionRestore   = "restore"
)

const (
	useKey            = "use:"
	continueMigration = "continue:"
	followNote        = "follow:"
)

// UseKey is the option that takes a service key that exists.
func UseKey(name string) string { return useKey + name }

// UsedKey returns the key that an option takes; false for another option.
func UsedKey(option string) (name string, ok bool) { return strings.CutPrefix(option, useKey) }

// ContinueMigration is the option that goes on with a migration of this machine.
func ContinueMigration(id string) string { return continueMigration + id }

// FollowNote is the option that looks at a migration that is led elsewhere, by the GUID of
// its target.
func FollowNote(target string) string { return followNote + target }

func followedNote(option string) (target string, ok bool) {
	return strings.CutPrefix(option, followNote)
}

func continuedMigration(option string) (id string, ok bool) {
	return strings.CutPrefix(option, continueMigration)
}
