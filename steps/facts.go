package steps

import "time"

// Facts are what was observed of the world. They can be rebuilt from the
// servers at any time and are never journaled.
type Facts struct {
	Session      Session
	Passcode     string           // address that gives a one-time passcode; empty until it was asked for
	Migrations   []JournalSummary // earlier migrations found on this machine, not ended
	Others       []JournalSummary // all other migrations of this machine, ended ones too; see their API
	Orgs         []Ref
	Spaces       []Ref
	SpacesOf     string // GUID of the org that Spaces belongs to
	Instances    []Instance
	Plans        []ServicePlan // of the target's offering
	Access       Tri           // whether the source is open to the migration service
	SourceKeys   []Key
	TargetKeys   []Key
	Findings     *Findings
	Replication  Progress
	Finalization Progress
	Apps         []App
	Tasks        []Task    // of the applications, those that are not over
	Elsewhere    Elsewhere // who else knows source or target
	Shares       map[Side][]Share
	Note         *Note // on the target; nil: none was seen
	NoteGone     bool  // this machine has written one, and it is not there any more
	AppEvents    []AppEvent
	Notes        []Note // that the login can see, in all spaces
}

// Task is a one-off run of an application that is not over. It runs whether the
// application is started or stopped.
type Task struct {
	Ref
	App   Ref
	State string
	Since time.Time
}

// Elsewhere is who can reach source or target without a binding, as far as the platform
// tells.
type Elsewhere struct {
	Mentions   []Mention
	Schedulers []Scheduler
	Unseen     []Unseen
}

// Mention is something that names the address of source or target: a user-provided
// service or an application's environment. No value of it is known here.
type Mention struct {
	Ref
	Side      Side     // that it names: Source, Target or Both; empty: Source
	Kind      string   // MentionService or MentionEnvironment
	Apps      []App    // that use it, with their state; an environment's own application
	Variables []string // names of the environment variables
}

// Kinds of mentions.
const (
	MentionService     = "user-provided"
	MentionEnvironment = "environment"
)

// Scheduler is a service that can start tasks or call applications that are
// bound to source or target.
type Scheduler struct {
	Ref
	Side     Side // that its applications are bound to; empty: Source
	Offering string
	Apps     []Ref // bound to a database, and to this
}

// Unseen is something that the login may not look into and that may know source or target.
type Unseen struct {
	Ref
	Side Side   // that it may know; empty: Source
	Kind string // what it is: space, user-provided, environment, service
	Why  string
}

// Share is a space that an instance is shared with. Names are empty where the
// platform does not tell them.
type Share struct{ Space, Org Ref }

// JournalSummary says in short what a migration is about that is known, and where it
// stood when it was last seen: by its journal on this machine, or by what is kept of it
// elsewhere. See [Summarize].
type JournalSummary struct {
	ID             string
	API            string
	Org, Space     string
	Source, Target string
	// SourceGUID and TargetGUID tell an instance from another one of its name; empty: the
	// record does not.
	SourceGUID, TargetGUID string

	By    string    // who has begun it
	Begun bool      // a replication was asked for, or seen
	Step  ID        // that it was last seen at
	At    time.Time // of its last line
	Path  string
	Ended *Ending // nil: it has not ended
	// Of is what the service has said Status of last, and Since when: the replication or
	// the finalization; empty: neither was seen.
	Of        MomentKind
	Status    string
	Since     time.Time
	DownSince time.Time // applications have been down for it since; zero: none are
	GoesBack  bool      // it is on its way back to the source
	InUse     bool      // a program of this machine has it open
	Lead      string    // who leads it from elsewhere; empty: this machine
	// UsedTargets are the targets that it has written to and given up: they cannot be used
	// for another try (contract, Troubleshooting).
	UsedTargets []Ref
	// Damage is why the journal cannot be read to its end; nil: it can. The rest is what
	// stands before that.
	Damage error
}

// Tri is a fact that may be unknown: some brokers do not tell.
type Tri string

// The three values of a Tri.
const (
	Unknown Tri = ""
	Yes     Tri = "yes"
	No      Tri = "no"
)

// Session is the login and what follows from it.
type Session struct {
	SignedIn     bool
	Reason       string // why not signed in, for people
	Damaged      string // the file of the cf login, where it is no cf configuration
	User         string
	API          string
	Org, Space   Ref    // where the cf CLI points
	CFUser       string // who the cf CLI is signed in as; not User after somebody else's cf login, empty after cf logout
	Landscape    string
	Provider     string
	GoogleCloud  bool
	MigrationURL string
	Unsettled    string  // what the API address does not tell
	Setting      Setting // which tells it
	Expiry       time.Time
	SSLDisabled  bool
	Known        []KnownLandscape // to pick from, when there is no login
}

// Setting is something about a landscape that a person can set where its address does
// not tell.
type Setting string

// Settings.
const (
	SettingLandscape    Setting = "landscape"
	SettingProvider     Setting = "provider"
	SettingMigrationURL Setting = "migration-url"
)

// KnownLandscape is a landscape that SAP lists.
type KnownLandscape struct{ API, Name, Note string }

// Instance is a service instance of the space.
type Instance struct {
	Ref
	Offering, Plan string
	Operation      Operation
}

// Key is a service key.
type Key struct {
	Ref
	Operation          Operation
	Usable             Tri // it has a host and a user
	SessionReplication Tri // created with enable_session_replication
}

// App is an application that is bound to the source or to the target, or that
// this migration remembers.
type App struct {
	Ref
	SpaceGUID string
	State     string
	MTA       string // that it is deployed as a part of; empty: none, or not told
	Processes []Process
	Source    Bindings
	Target    Bindings
	Gone      bool   // the platform does not know it any more
	Healthy   Tri    // whether all instances run and are ready; Unknown: not asked, see HealthWanted, or not told
	Ailment   string // why not, or why that is not told
	Crashed   bool   // an instance was seen to crash since the start; the platform tries again by itself
	NotReady  bool   // all instances run, and requests do not reach all of them
}

// Ill reports whether an application was asked about and not seen to be well: it is not,
// or nobody tells.
func (a App) Ill() bool { return a.Healthy == No || a.Healthy == Unknown && a.Ailment != "" }

// Running reports whether an application is to be taken for one that runs: it is not seen
// to be stopped. A state that is not known is not "stopped"; empty: the login may not see it.
func (a App) Running() bool { return a.State != Stopped && a.State != "" }

// States of an application (CF API).
const (
	Started = "STARTED"
	Stopped = "STOPPED"
)

// Process is a process type of an application and how many instances it has.
type Process struct {
	Type      string `json:"type"`
	Instances int    `json:"instances"`
}

// Instances is the number of instances over all processes.
func (a App) Instances() int {
	n := 0
	for _, p := range a.Processes {
		n += p.Instances
	}
	return n
}

// Progress is what the migration service says of a replication or a
// finalization.
type Progress struct {
	Known  bool // it was looked at, for the present names
	Exists bool
	Word   string
	Since  time.Time // when it changed to this word; zero if nobody has seen that
	// NotBefore is the look before that, where it was long ago: it changed at some time
	// between the two.
	NotBefore time.Time
	Looks     int

	// Missed counts the looks in a row that did not find what was there: a gateway or a
	// cache may have answered, so it counts as there until several agree.
	Missed      int
	MissedSince time.Time
}

// Is reports whether the service was seen to say exactly this word.
func (p Progress) Is(word string) bool { return p.Known && p.Exists && p.Word == word }

// headline is its word, and how long it has had it, where that was seen.
func (p Progress) headline(now time.Time) Item {
	if p.Since.IsZero() {
		return Item{Kind: ItemHeadline, Text: p.Word}
	}
	if !p.NotBefore.IsZero() {
		return Item{Kind: ItemHeadline, Text: p.Word, Label: "came between " + clockTime(p.NotBefore, now) + " and " + clockTime(p.Since, now), Key: p.Word}
	}
	return running(p.Word, p.Since, now)
}

// Finding is one line of a preflight check.
type Finding struct {
	ID       string `json:"id"`
	Side     Side   `json:"side"`
	Critical bool   `json:"critical"`
	Text     string `json:"text"`
}

// Findings is the result of one run of the preflight check, and what it was
// run for: it counts only for exactly these names and keys.
type Findings struct {
	At    time.Time `json:"at"`
	Names Names     `json:"names"`
	Keys  [2]string `json:"keys"` // GUIDs of the source and the target key
	List  []Finding `json:"list"`
}

// Seen is how an observation stands: when it last succeeded and how it failed.
type Seen struct {
	At      time.Time
	asked   uint64    // the state's sequence number when the look began
	since   uint64    // what was asked before this number is outdated
	Fails   int       // in a row
	Failing time.Time // since when, where the last look failed
	Problem *Problem
}

// Fresh reports whether it was observed and nothing has outdated it since.
func (s Seen) Fresh() bool { return !s.At.IsZero() && s.asked >= s.since }

// Outdated reports whether an observation that began at that number is outdated.
func (s Seen) Outdated(asked uint64) bool { return asked < s.since }
