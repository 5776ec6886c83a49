package steps

import (
	"slices"
	"strconv"
	"time"
)

// Verb is what an effect does. The values stand in journals.
type Verb string

// The requests that the machine can ask for.
const (
	DoSignIn             Verb = "sign-in"
	DoFindPasscode       Verb = "find-passcode"  // the address that gives a passcode
	DoOpenMigration      Verb = "open-migration" // take up an earlier migration of this machine
	DoOpenAccess         Verb = "open-access"
	DoCreateKey          Verb = "create-key"
	DoDeleteKey          Verb = "delete-key"
	DoCheck              Verb = "preflight-check"
	DoCancelCheck        Verb = "cancel-preflight-check"
	DoCreateReplication  Verb = "create-replication"
	DoDeleteReplication  Verb = "delete-replication"
	DoCreateFinalization Verb = "create-finalization"
	DoDeleteFinalization Verb = "delete-finalization"
	DoStopApp            Verb = "stop-app"
	DoStartApp           Verb = "start-app"
	DoBind               Verb = "bind"
	DoUnbind             Verb = "unbind"
	DoCreateInstance     Verb = "create-instance"
	DoDeleteInstance     Verb = "delete-instance"
	DoCancelTask         Verb = "cancel-task"
	DoRestage            Verb = "restage"
	DoShare              Verb = "share"   // an instance with another space
	DoUnshare            Verb = "unshare" // the platform unbinds that space's applications
	DoRenameInstance     Verb = "rename-instance"
	DoFollow             Verb = "follow"    // read the record of a migration from its note
	DoTakeOver           Verb = "take-over" // the same, and lead it from here
)

// Effect is one thing to be done, as data. Only the fields that the verb needs
// are filled.
type Effect struct {
	Do                 Verb    `json:"do"`
	Round              int     `json:"round"`
	Names              Names   `json:"names,omitzero"`
	Side               Side    `json:"side,omitempty"`
	Instance           Ref     `json:"instance,omitzero"`
	Plan               Ref     `json:"plan,omitzero"`
	Key                Ref     `json:"key,omitzero"`
	SessionReplication bool    `json:"session_replication,omitempty"`
	App                Ref     `json:"app,omitzero"`
	Binding            Ref     `json:"binding,omitzero"`
	Params             Params  `json:"params,omitzero"`
	Task               Ref     `json:"task,omitzero"`
	Space              Ref     `json:"space,omitzero"`
	NewName            string  `json:"new_name,omitempty"`
	SignIn             *Access `json:"-"`
	Migration          string  `json:"migration,omitempty"`
}

// Access is how to sign in. The secret is not in it: it goes from the person straight to
// the engine.
type Access struct {
	How    string // password, passcode, client-credentials
	API    string
	User   string
	Origin string
	Keep   bool // write the session for cf, too
}

// ID identifies the request within a migration: the same request asked for
// twice has the same identity. It stands in journals.
func (e Effect) ID() string {
	id := string(e.Do)
	if key := e.verb().key(e); key != "" {
		id += ":" + key
	}
	return id + "#" + strconv.Itoa(e.Round)
}

// verb is what is known about the effect's kind. An unknown kind changes nothing.
func (e Effect) verb() verb {
	if v := verbs[e.Do]; v != nil {
		return v
	}
	return unknownVerb{}
}

// Changes reports whether the effect changes the world. Those that do are
// announced in the journal first and never repeated blindly.
func (e Effect) Changes() bool { return e.verb().traits().changes }

// String says what is done, for people.
func (e Effect) String() string { return e.verb().text(e) }

// invalidates lists the observations that the effect makes old.
func (e Effect) invalidates() []Observable { return append(e.verb().proofs(e), e.verb().affects(e)...) }

// Requests lists the calls that carry the effect out, without the looks beside
// them: method and path.
func (e Effect) Requests() []string { return e.verb().requests(e) }

// Observable is a thing that can be looked at. A look changes nothing.
type Observable string

// What can be looked at.
const (
	ObserveSession      Observable = "session"
	ObserveMigrations   Observable = "migrations"
	ObserveOrgs         Observable = "orgs"
	ObserveSpaces       Observable = "spaces"
	ObserveInstances    Observable = "instances"
	ObservePlans        Observable = "plans of the target's service"
	ObserveAccess       Observable = "access"
	ObserveSourceKeys   Observable = "source keys"
	ObserveTargetKeys   Observable = "target keys"
	ObserveApps         Observable = "applications"
	ObserveReplication  Observable = "replication"
	ObserveFinalization Observable = "finalization"
	ObserveElsewhere    Observable = "other ways to the source" // user-provided services, environments, schedulers
	ObserveShares       Observable = "shares"
	ObserveNote         Observable = "hand-over note" // on the target
	ObserveNotes        Observable = "hand-over notes"
	ObserveAppEvents    Observable = "audit events"
)

// Look asks for an observation: at once if there is no fresh one, else every so
// often; Every of zero means that once is enough.
type Look struct {
	Of    Observable
	Every time.Duration
}

// How often the world is observed: quickly while an application is down, slowly while
// nothing is urgent. The service's own scripts poll every minute; a look is cheap for it.
const (
	paceDowntime  = 3 * time.Second
	paceCopying   = 15 * time.Second
	paceInSync    = 30 * time.Second
	paceSettling  = 2 * time.Second
	paceSignIn    = 3 * time.Second
	paceIdle      = time.Minute
	paceElsewhere = 5 * time.Minute // a request for each application of the space
)

// Looks lists what has to be observed now. The engine repeats a look that
// failed, with growing pauses.
func Looks(s State) []Look {
	if s.Choices.Ended != nil {
		return nil
	}
	asked := s.looked(ObserveSession) || s.Seen[ObserveSession].Problem != nil
	if !s.Facts.Session.SignedIn && s.Choices.Where == nil && asked { // the journals say where to sign in, and what is open
		return []Look{{ObserveSession, paceSignIn}, {ObserveMigrations, 0}}
	}
	if !s.Facts.Session.SignedIn {
		return []Look{{ObserveSession, paceSignIn}}
	}
	looks := stepOf(current(&s)).looks(&s)
	if !s.signedIn() {
		return looks
	}
	looks = append(looks, s.noteLooks()...)
	looks = append(looks, s.appEventLooks()...)
	for i, l := range looks { // several looks tell whether something is gone
		if s.missed(l.Of) {
			looks[i].Every = paceSettling
		}
	}
	if s.missed(ObserveReplication) || s.missed(ObserveFinalization) { // or another name stands in the way
		looks = slices.DeleteFunc(looks, func(l Look) bool { return l.Of == ObserveInstances })
		looks = append(looks, Look{ObserveInstances, paceSettling})
	}
	for _, w := range s.Work { // what is unclear, or tried again, is looked at in every step
		if !w.looksFirst() {
			continue
		}
		for _, see := range w.Effect.verb().proofs(w.Effect) {
			if !slices.ContainsFunc(looks, func(l Look) bool { return l.Of == see }) {
				looks = append(looks, Look{see, paceSettling})
			}
		}
	}
	return looks
}
