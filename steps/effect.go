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
	DoDeleteInstance     Verb = "delete-instance"
	DoCancelTask         Verb = "cancel-task"
	DoRestage            Verb = "restage"
	DoShare              Verb = "share"   // an instance with another space
	DoUnshare            Verb = "unshare" // the platform unbinds that space's applications
	DoRenameInstance     Verb = "rename-instance"
)

// Effect is one thing to be done, as data. Only the fields that the verb needs
// are filled.
type Effect struct {
	Do                 Verb    `json:"do"`
	Round              int     `json:"round"`
	Names              Names   `json:"names,omitzero"`
	Side               Side    `json:"side,omitempty"`
	Instance           Ref     `json:"instance,omitzero"`
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

// Access is how to sign in; the secret itself goes past the machine, straight
// from the person to the engine.
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
	switch e.Do {
	case DoOpenAccess, DoDeleteInstance:
		id += ":" + e.Instance.GUID
	case DoCreateKey:
		id += ":" + e.Instance.GUID + ":" + e.Key.Name
	case DoDeleteKey:
		id += ":" + e.Key.GUID
	case DoStopApp, DoStartApp:
		id += ":" + e.App.GUID
	case DoBind:
		id += ":" + e.App.GUID + ":" + e.Instance.GUID
	case DoUnbind:
		id += ":" + e.Binding.GUID
	case DoCancelTask:
		id += ":" + e.Task.GUID
	case DoRestage:
		id += ":" + e.App.GUID
	case DoShare, DoUnshare:
		id += ":" + e.Instance.GUID + ":" + e.Space.GUID
	case DoRenameInstance:
		id += ":" + e.Instance.GUID + ":" + e.NewName
	}
	return id + "#" + strconv.Itoa(e.Round)
}

// Changes reports whether the effect changes the world. Those that do are
// announced in the journal first and never repeated blindly.
func (e Effect) Changes() bool {
	switch e.Do {
	case DoSignIn, DoFindPasscode, DoOpenMigration, DoCheck, DoCancelCheck:
		return false
	}
	return true
}

// String says what is done, for people.
func (e Effect) String() string {
	switch e.Do {
	case DoSignIn:
		return "sign in"
	case DoFindPasscode:
		return "find the address that gives passcodes"
	case DoOpenMigration:
		return "take up the earlier migration"
	case DoOpenAccess:
		return "open " + e.Instance.Name + " for the migration service"
	case DoCreateKey:
		return "create the service key " + e.Key.Name + " of " + e.Instance.Name
	case DoDeleteKey:
		return "delete the service key " + e.Key.Name + " of " + e.Instance.Name
	case DoCheck:
		return "run the preflight check"
	case DoCancelCheck:
		return "cancel the preflight check"
	case DoCreateReplication:
		return "start the replication"
	case DoDeleteReplication:
		return "remove the replication"
	case DoCreateFinalization:
		return "start the finalization"
	case DoDeleteFinalization:
		return "remove the finalization"
	case DoStopApp:
		return "stop " + e.App.Name
	case DoStartApp:
		return "start " + e.App.Name
	case DoBind:
		return "bind " + e.App.Name + " to " + e.Instance.Name
	case DoUnbind:
		return "unbind " + e.App.Name + " from " + e.Instance.Name
	case DoDeleteInstance:
		return "delete the service instance " + e.Instance.Name
	case DoCancelTask:
		return "cancel the task " + e.Task.Name + " of " + e.App.Name
	case DoRestage:
		return "restage " + e.App.Name
	case DoShare:
		return "share " + e.Instance.Name + " with the space " + e.Space.Name
	case DoUnshare:
		return "end the sharing of " + e.Instance.Name + " with the space " + e.Space.Name
	case DoRenameInstance:
		return "rename " + e.Instance.Name + " to " + e.NewName
	}
	return string(e.Do)
}

// overtakes lists the looks that the effect makes old.
func (e Effect) overtakes() []Sight {
	switch e.Do {
	case DoOpenAccess:
		return []Sight{SeeAccess, SeeInstances}
	case DoCreateKey, DoDeleteKey:
		if e.Side == Source {
			return []Sight{SeeSourceKeys}
		}
		return []Sight{SeeTargetKeys}
	case DoCreateReplication, DoDeleteReplication:
		return []Sight{SeeReplication}
	case DoCreateFinalization, DoDeleteFinalization:
		return []Sight{SeeFinalization, SeeReplication}
	case DoStopApp, DoStartApp, DoBind, DoUnbind, DoCancelTask, DoRestage:
		return []Sight{SeeApps}
	case DoShare:
		return []Sight{SeeShares}
	case DoUnshare:
		return []Sight{SeeShares, SeeApps}
	case DoRenameInstance:
		return []Sight{SeeInstances}
	case DoDeleteInstance:
		return []Sight{SeeInstances, SeeSourceKeys, SeeApps}
	}
	return nil
}

// proofs lists the looks that tell whether the effect took hold.
func (e Effect) proofs() []Sight {
	switch e.Do {
	case DoCreateFinalization, DoDeleteFinalization:
		return []Sight{SeeFinalization}
	case DoDeleteInstance:
		return []Sight{SeeInstances}
	}
	return e.overtakes()
}

// Sight is a thing that can be looked at. A look changes nothing.
type Sight string

// What can be looked at.
const (
	SeeSession      Sight = "session"
	SeeMigrations   Sight = "migrations"
	SeeOrgs         Sight = "orgs"
	SeeSpaces       Sight = "spaces"
	SeeInstances    Sight = "instances"
	SeeAccess       Sight = "access"
	SeeSourceKeys   Sight = "source keys"
	SeeTargetKeys   Sight = "target keys"
	SeeApps         Sight = "applications"
	SeeReplication  Sight = "replication"
	SeeFinalization Sight = "finalization"
	SeeElsewhere    Sight = "other ways to the source" // user-provided services, environments, schedulers
	SeeShares       Sight = "shares"
)

// Look asks for an observation: at once if there is no fresh one, else every so
// often; Every of zero means that once is enough.
type Look struct {
	See   Sight
	Every time.Duration
}

// Cadences: how often the world is looked at. Quick while an application is
// down, slow while nothing is urgent; the service's own scripts poll by the
// minute, and a look costs it next to nothing.
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
	if !s.Facts.Session.SignedIn {
		return []Look{{SeeSession, paceSignIn}}
	}
	looks := define(current(&s)).looks(&s)
	if !s.signedIn() {
		return looks
	}
	for _, w := range s.Work { // what is unclear is looked at wherever we stand
		if w.Status != Unclear {
			continue
		}
		for _, see := range w.Effect.proofs() {
			if !slices.ContainsFunc(looks, func(l Look) bool { return l.See == see }) {
				looks = append(looks, Look{see, paceSettling})
			}
		}
	}
	return looks
}
