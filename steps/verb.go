package steps

import "time"

// verb is all that the machine knows about one kind of request. To add one, write
// a type with these methods in a file of its own, give it a line in verbs, and a
// line in the engine's table of what is sent; tests find what is forgotten.
type verb interface {
	// traits say how requests of this kind are treated.
	traits() traits
	// key tells requests of this kind within a round apart; empty where there can
	// be only one. It stands in journals.
	key(Effect) string
	// text says what is done: an imperative, as in "Could not …".
	text(Effect) string
	// requests are the calls that carry it out, each a method and a path (CF API v3;
	// contract, Quick Start of the REST API).
	requests(Effect) []string
	// proofs lists the observations that tell whether it took hold. It makes them old.
	proofs(Effect) []Observable
	// affects lists further observations that it makes old.
	affects(Effect) []Observable
	// evident reports whether these show that it took hold. It was sent at since.
	confirmed(s *State, e Effect, since time.Time) bool
	// assume brings the facts up to date with a request that took hold, so that the
	// next one need not wait for a look; the look that follows corrects it. Made is
	// what was created. To assume twice is to assume once.
	assume(s *State, e Effect, made Ref)
	// settle draws the conclusions for choices and record.
	settle(*State, Effect)
	// withdraw takes back the consent that it came from, so that the step asks again.
	withdraw(*State, Effect)
	// untouched says what is as it was after a failure.
	untouched(Effect) string
}

// traits say how requests of one kind are treated.
type traits struct {
	changes bool // the world: announced in the journal first, never repeated blindly
	perApp  bool // concerns one application alone: others may be worked on beside it
	deletes bool // takes something off the platform or the service
}

// verbs has what is known about each kind of request.
var verbs = map[Verb]verb{
	DoSignIn:             signInVerb{},
	DoFindPasscode:       findPasscodeVerb{},
	DoOpenMigration:      openMigrationVerb{},
	DoOpenAccess:         openAccessVerb{},
	DoCreateKey:          createKeyVerb{},
	DoDeleteKey:          deleteKeyVerb{},
	DoCheck:              checkVerb{},
	DoCancelCheck:        cancelCheckVerb{},
	DoCreateReplication:  createProcessVerb{onService{process: replication}},
	DoDeleteReplication:  deleteProcessVerb{onService{process: replication}},
	DoCreateFinalization: createProcessVerb{onService{process: finalization}},
	DoDeleteFinalization: deleteProcessVerb{onService{process: finalization}},
	DoStopApp:            stopAppVerb{},
	DoStartApp:           startAppVerb{},
	DoRestage:            restageVerb{},
	DoCancelTask:         cancelTaskVerb{},
	DoBind:               bindVerb{},
	DoUnbind:             unbindVerb{},
	DoShare:              shareVerb{},
	DoUnshare:            unshareVerb{},
	DoRenameInstance:     renameInstanceVerb{},
	DoCreateInstance:     createInstanceVerb{},
	DoDeleteInstance:     deleteInstanceVerb{},
	DoFollow:             followVerb{},
	DoTakeOver:           takeOverVerb{},
}

// Verbs lists the requests that the machine can ask for, in no order.
func Verbs() []Verb {
	list := make([]Verb, 0, len(verbs))
	for v := range verbs {
		list = append(list, v)
	}
	return list
}

// Known reports whether this program knows the verb: a journal may be newer.
func (v Verb) Known() bool { return verbs[v] != nil }

// Deletes reports whether such a request takes something off the platform or the
// service.
func (v Verb) Deletes() bool { return Effect{Do: v}.verb().traits().deletes }

func pathApp(e Effect) string      { return "/v3/apps/" + e.App.GUID }
func pathInstance(e Effect) string { return "/v3/service_instances/" + e.Instance.GUID }

const pathBindings = "/v3/service_credential_bindings"

// onlyLooks is embedded by requests that change nothing.
type onlyLooks struct{}

func (onlyLooks) traits() traits                           { return traits{} }
func (onlyLooks) key(Effect) string                        { return "" }
func (onlyLooks) requests(Effect) []string                 { return nil }
func (onlyLooks) proofs(Effect) []Observable               { return nil }
func (onlyLooks) affects(Effect) []Observable              { return nil }
func (onlyLooks) confirmed(*State, Effect, time.Time) bool { return false }
func (onlyLooks) assume(*State, Effect, Ref)               {}
func (onlyLooks) settle(*State, Effect)                    {}
func (onlyLooks) withdraw(*State, Effect)                  {}
func (onlyLooks) untouched(Effect) string                  { return "Nothing was changed." }

// noConsent is for a request that does not come from a consent of its own: the step
// that wants it decides with every event.
type noConsent struct{}

func (noConsent) affects(Effect) []Observable { return nil }
func (noConsent) settle(*State, Effect)       {}
func (noConsent) withdraw(*State, Effect)     {}
