package plan

import (
	"cmp"
	"time"
)

// Version is the version of the format that this package reads and writes.
const Version = 1

// Plan is a plan with its defaults filled in, see [Parse]. The tags are the names of
// the keys, a public interface; what each means is in [keys] and, for people, in
// docs/plan.md.
type Plan struct {
	Version      int           `yaml:"version"`
	Landscape    string        `yaml:"landscape"`
	API          string        `yaml:"api"`
	Org          string        `yaml:"org"`
	Space        string        `yaml:"space"`
	Provider     string        `yaml:"provider"`
	MigrationURL string        `yaml:"migration-url"`
	Source       Database      `yaml:"source"`
	Target       Target        `yaml:"target"`
	Until        Until         `yaml:"until"`
	OnFailure    OnFailure     `yaml:"on-failure"`
	Limits       Limits        `yaml:"limits"`
	Accept       Acceptance    `yaml:"accept"`
	Prepared     []Preparation `yaml:"prepared"`
	Waive        []Waiver      `yaml:"waive"`
	Applications []WasApp      `yaml:"applications"`
	Stop         Stop          `yaml:"stop"`
	OnLate       OnLate        `yaml:"on-late"`
	Switch       Switch        `yaml:"switch"`
	CleanUp      CleanUp       `yaml:"clean-up"`
	Closed       []Closed      `yaml:"closed"`
	TakeOver     bool          `yaml:"take-over"`
	NoNote       bool          `yaml:"no-hand-over-note"`
}

// Target is the side that is moved to. It can be created.
type Target struct {
	Instance  string `yaml:"instance"`
	Create    bool   `yaml:"create"`
	Plan      string `yaml:"plan"`
	StorageGB int    `yaml:"storage-gb"`
	MemoryGB  int    `yaml:"memory-gb"`
	Key       Key    `yaml:"key"`
}

// Database is the side that is moved.
type Database struct {
	Instance string `yaml:"instance"`
	Key      Key    `yaml:"key"`
}

// Key is a service key to use; the zero value leaves the choice to the wizard.
type Key struct {
	Name   string `yaml:"name"`
	Create bool   `yaml:"create"`
}

// Limits is what is known of the source and what the platform does not tell;
// zero is "not set".
type Limits struct {
	SizeGB    int      `yaml:"size-gb"`
	Schemas   int      `yaml:"schemas"`
	Relations int      `yaml:"relations"`
	Sure      []string `yaml:"sure"`   // what no check can see, and somebody knows
	Anyway    bool     `yaml:"anyway"` // go on with more than the service supports
}

// Acceptance says which warnings of the preflight check are accepted: all, or
// those with the given identities (see steps.NewFinding).
type Acceptance struct {
	All      bool
	Findings []string
}

// Preparation says how a thing to prepare before the downtime stands, and who says so.
type Preparation struct {
	Item  string `yaml:"item"`
	State string `yaml:"state"`
	By    string `yaml:"by"`
}

// Waiver lets a writer go on, and says why that is no harm.
type Waiver struct {
	Writer string `yaml:"writer"` // kind and name in the census, like app:orders-board
	Reason string `yaml:"reason"`
}

// Closed is somebody's word that an open thing is done, or needs nothing.
type Closed struct {
	Item   string `yaml:"item"` // identity in the ledger, or how people name it there
	By     string `yaml:"by"`
	Reason string `yaml:"reason"`
}

// WasApp says how an application was before the migration, where no look can tell.
type WasApp struct {
	Name string `yaml:"name"`
	Was  Was    `yaml:"was"`
}

// Was is how an application was.
type Was string

// Values of [WasApp.Was].
const (
	WasStarted Was = "started"
	WasStopped Was = "stopped"
)

// Stop is about the downtime.
type Stop struct {
	DecisionAfter time.Duration `yaml:"decision-after"` // zero: no decision point
	Beside        bool          `yaml:"downtime-beside"`
}

// Switch is how the applications come to the target.
type Switch struct {
	How      How           `yaml:"how"`
	Restage  []string      `yaml:"restage"`
	Canary   string        `yaml:"canary"`
	Order    []string      `yaml:"order"`
	Patience time.Duration `yaml:"patience"` // from the last start until all have to be healthy
	Green    []string      `yaml:"green"`    // applications that wait on the target, and are started before all others
	Blue     Blue          `yaml:"blue"`     // what becomes of the others once those run
}

// Blue is what becomes of the applications that green ones replace.
type Blue string

// Values of [Switch.Blue].
const (
	BlueSwitch Blue = "switch"
	BlueStay   Blue = "stay"
)

// CleanUp is what becomes of what the migration leaves behind.
type CleanUp struct {
	TargetKey      Fate `yaml:"target-key"`
	SourceKeys     Fate `yaml:"source-keys"`
	Bindings       Fate `yaml:"bindings"`
	Shares         Fate `yaml:"shares"`
	SourceInstance Fate `yaml:"source-instance"`
	NameSwap       bool `yaml:"name-swap"`
}

// Until is how far a run goes.
type Until string

// How far a run can go, in order.
const (
	Prepared  Until = "prepared"
	Keys      Until = "keys"
	Preflight Until = "preflight"
	InSync    Until = "in-sync"
	Completed Until = "completed"
	Switched  Until = "switched"
	CleanedUp Until = "cleaned-up"
)

// OnFailure is what to do when the migration fails.
type OnFailure string

// Values of [Plan.OnFailure].
const (
	FailureStop            OnFailure = "stop"
	FailureBackOut         OnFailure = "back-out"
	FailureBackOutWithLoss OnFailure = "back-out-with-loss"
)

// OnLate is the answer at the decision point.
type OnLate string

// Values of [Plan.OnLate].
const (
	LateGoOn    OnLate = "go-on"
	LateBackOut OnLate = "back-out"
)

// How is the way an application takes up its new binding.
type How string

// Values of [Switch.How].
const (
	Restart How = "restart"
	Restage How = "restage"
)

// Fate is what becomes of something at the clean-up.
type Fate string

// Values of the keys of [CleanUp]; Later is for the source instance only.
const (
	Delete Fate = "delete"
	Keep   Fate = "keep"
	Later  Fate = "later"
)

const defaultPatience = 10 * time.Minute

// withDefaults fills in what is not set. Nothing is deleted by default but the key
// that is made for the migration alone.
func (p Plan) withDefaults() Plan {
	p.Version = cmp.Or(p.Version, Version)
	p.OnFailure = cmp.Or(p.OnFailure, FailureStop)
	p.OnLate = cmp.Or(p.OnLate, LateGoOn)
	p.Switch.How = cmp.Or(p.Switch.How, Restart)
	p.Switch.Patience = cmp.Or(p.Switch.Patience, defaultPatience)
	p.Switch.Blue = cmp.Or(p.Switch.Blue, BlueSwitch)
	c := &p.CleanUp
	c.TargetKey = cmp.Or(c.TargetKey, Delete)
	c.SourceKeys = cmp.Or(c.SourceKeys, Keep)
	c.Bindings = cmp.Or(c.Bindings, Keep)
	c.Shares = cmp.Or(c.Shares, Keep)
	c.SourceInstance = cmp.Or(c.SourceInstance, Keep)
	return p
}
