package steps

import (
	"encoding/json"
	"regexp"
	"time"
)

// Choices are what the person decided, and what must be remembered to keep a
// promise made to them. They are the part of a State that the journal keeps;
// their JSON is a public interface. There is never a secret in them.
type Choices struct {
	Where       *Where            `json:"where,omitempty"`
	API         string            `json:"api,omitempty"` // picked, before a sign-in there
	Told        *Told             `json:"told,omitempty"`
	Org         *Ref              `json:"org,omitempty"` // picked, while a space is still to be picked
	Round       int               `json:"round"`         // incremented by every start-over
	Source      *Ref              `json:"source,omitempty"`
	Target      *Ref              `json:"target,omitempty"`
	NewTarget   *NewTarget        `json:"new_target,omitempty"` // that was ordered here
	Taken       *Consent          `json:"taken,omitempty"`      // to use databases that others use, too
	UsedTargets []Ref             `json:"spent,omitempty"`      // targets that must not be used again
	OpenAccess  *Consent          `json:"open_access,omitempty"`
	SourceKey   *KeyChoice        `json:"source_key,omitempty"`
	TargetKey   *KeyChoice        `json:"target_key,omitempty"`
	Check       *Consent          `json:"check,omitempty"`
	Checked     *Findings         `json:"checked,omitempty"`    // the latest run, what the next one is compared with
	LastCheck   *Findings         `json:"last_check,omitempty"` // the run before it, for the same databases
	Accepted    []Acceptance      `json:"accepted,omitempty"`   // of warnings
	Prepared    []PrepareWord     `json:"prepared,omitempty"`   // what people said of the things to prepare
	Limits      *Limits           `json:"limits,omitempty"`
	Replicate   *Consent          `json:"replicate,omitempty"`
	Adopted     *Consent          `json:"adopted,omitempty"` // to lead a migration that was not begun from here
	GoOn        *Consent          `json:"go_on,omitempty"`   // to the downtime
	Beside      *BesideChoice     `json:"beside,omitempty"`  // to begin a downtime beside another one
	Stop        *StopChoice       `json:"stop,omitempty"`
	Memory      []AppMemory       `json:"memory,omitempty"`
	Finalize    *Consent          `json:"finalize,omitempty"`
	Switch      *SwitchChoice     `json:"switch,omitempty"`
	Validated   *Consent          `json:"validated,omitempty"`
	CleanUp     map[string]string `json:"clean_up,omitempty"` // item → delete, keep
	BackOut     *BackOutChoice    `json:"back_out,omitempty"`
	Ended       *Ending           `json:"ended,omitempty"`
	Waivers     []Waiver          `json:"waivers,omitempty"` // of this cut-over
	Former      []Former          `json:"former,omitempty"`  // cut-overs that were taken back
	LeftOld     []LeftOld         `json:"left_old,omitempty"`
	Before      []Before          `json:"before,omitempty"` // applications that are not as they were, or may not be
	AlarmWords  []AlarmWord       `json:"alarm_words,omitempty"`
	Closed      []ClosedItem      `json:"closed,omitempty"` // open things that somebody has closed by a word
}

// Consent is a yes, with its time.
type Consent struct {
	At time.Time `json:"at"`
	By string    `json:"by,omitempty"`

	asked uint64 // sequence number, to tell what was looked at since
}

// Where is the place that the person agreed to work in.
type Where struct {
	API          string `json:"api"`
	Org          Ref    `json:"org"`
	Space        Ref    `json:"space"`
	Landscape    string `json:"landscape"`
	Provider     string `json:"provider"`
	GoogleCloud  bool   `json:"google_cloud"`
	MigrationURL string `json:"migration_url"`
	User         string `json:"user"`
}

// Told is what somebody said of a landscape whose address does not tell it.
type Told struct {
	API          string `json:"api"` // that it was said of
	Landscape    string `json:"landscape,omitempty"`
	Provider     string `json:"provider,omitempty"`
	MigrationURL string `json:"migration_url,omitempty"`
}

// KeyChoice is a service key to use: one that exists, or one to be created.
type KeyChoice struct {
	Name               string `json:"name"`
	Create             bool   `json:"create"`
	SessionReplication bool   `json:"session_replication,omitempty"`
}

// StopChoice is the consent that began the downtime.
type StopChoice struct {
	At       time.Time `json:"at"` // of the last consent: a writer that comes back takes another
	By       string    `json:"by,omitempty"`
	Known    []string  `json:"known"`              // lines of the census that it covers
	Tasks    []string  `json:"tasks,omitempty"`    // identities of the tasks to be cancelled
	Limit    Minutes   `json:"limit,omitempty"`    // after which the person wants to be asked; 0: never
	AskAfter time.Time `json:"ask_after,omitzero"` // when that is
	Forecast *Forecast `json:"forecast,omitempty"` // what was said before the stop
}

// Minutes is a stretch of time as people type it.
type Minutes int

// Duration is the same for clocks.
func (m Minutes) Duration() time.Duration { return time.Duration(m) * time.Minute }

// Waiver is a person's statement that something which could write to source or target does
// not, or does no harm.
type Waiver struct {
	ID     string    `json:"id"` // of the line of the census
	Name   string    `json:"name"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
	Runs   bool      `json:"runs,omitempty"` // it was seen running when it was waived
	Side   Side      `json:"side,omitempty"` // that it could write to; empty: the source
}

// SwitchChoice is how the applications are brought to the target.
type SwitchChoice struct {
	Consent
	Canary  string   `json:"canary,omitempty"`  // application that is switched first, alone
	Proven  bool     `json:"proven,omitempty"`  // the person confirmed that the canary works
	Restage []string `json:"restage,omitempty"` // applications to be built anew; the others restart
	Order   []string `json:"order,omitempty"`   // applications that go first, in this order
	Again   []string `json:"again,omitempty"`   // applications to be stopped once more before they start
	Left    []string `json:"left,omitempty"`    // applications that are left to the person
	Green   []string `json:"green,omitempty"`   // applications that waited on the target, and are started before all others
	// GreenProven: the person said what becomes of the others, once the green ones ran.
	GreenProven bool `json:"green_proven,omitempty"`
}

// Former is a cut-over that was begun and taken back. It is kept for the record.
type Former struct {
	Round   int            `json:"round"`
	Memory  []AppMemory    `json:"memory"`
	Stop    *StopChoice    `json:"stop,omitempty"`
	Waivers []Waiver       `json:"waivers,omitempty"`
	Switch  *SwitchChoice  `json:"switch,omitempty"`
	BackOut *BackOutChoice `json:"back_out,omitempty"`
}

// cutOver is the present one.
func (c *Choices) cutOver() Former {
	return Former{Round: c.Round, Memory: c.Memory, Stop: c.Stop, Waivers: c.Waivers, Switch: c.Switch, BackOut: c.BackOut}
}

// changeSwitch changes a copy: other states share the present one.
func (c *Choices) changeSwitch(change func(*SwitchChoice)) {
	next := *c.Switch
	change(&next)
	c.Switch = &next
}

// AppMemory is exactly how an application was before this migration touched it.
type AppMemory struct {
	Ref
	SpaceGUID string       `json:"space,omitempty"`
	State     string       `json:"state"` // empty: the login may not see the application
	Processes []Process    `json:"processes"`
	Binding   *BoundMemory `json:"binding"` // the one that it used
	// Older are further bindings of it to the source. It did not get their credentials,
	// and they are not made anew.
	Older []BoundMemory `json:"older_bindings,omitempty"`
	// Side is Target or Both where it was bound there before COMPLETED: those bindings are
	// not the migration's, and stay. Empty: it was bound to the source.
	Side Side `json:"side,omitempty"`
}

// BoundMemory is how an application was bound: to the source, or to the target where that
// was its only side.
type BoundMemory struct {
	Name   string `json:"name,omitempty"`
	Params Params `json:"params"`
}

// Params are the parameters of a binding. Parameters that look like secrets are
// kept in memory and withheld from the journal.
type Params struct {
	Raw      json.RawMessage
	Known    bool // the broker told them
	Withheld bool // read from a journal that must not hold them
}

type journaledParams struct {
	Raw      json.RawMessage `json:"raw,omitempty"`
	Known    bool            `json:"known"`
	Withheld bool            `json:"withheld,omitempty"`
}

var secretLike = regexp.MustCompile(`(?i)pass|secret|token|credential|private|api_?key`)

// MarshalJSON implements json.Marshaler.
func (p Params) MarshalJSON() ([]byte, error) {
	if p.Withheld || secretLike.Match(p.Raw) {
		return json.Marshal(journaledParams{Known: p.Known, Withheld: true})
	}
	return json.Marshal(journaledParams{Raw: p.Raw, Known: p.Known})
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Params) UnmarshalJSON(data []byte) error {
	var j journaledParams
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*p = Params(j)
	return nil
}

// BackOutChoice is the decision to go back.
type BackOutChoice struct {
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
	Remove bool      `json:"remove"`          // remove finalization and replication from the service too
	Loss   string    `json:"loss,omitempty"`  // what the person agreed to lose
	Clean  bool      `json:"clean,omitempty"` // then delete the keys that were made
	Why    string    `json:"why"`
	Left   []string  `json:"left,omitempty"` // applications that are left where they are, by name
	// Premise is what the decision to remove something rests on. A look that
	// contradicts it takes the decision back.
	Premise []Premise `json:"premise,omitempty"`
}

// Premise is how the service had a replication or a finalization when it was decided to
// go back for that.
type Premise struct {
	Of  MomentKind `json:"of"`
	Was string     `json:"was"` // WasGone or [Failed]
}

// WasGone is the premise that the service did not know it any more.
const WasGone = "gone"

// Ending is how the migration ended.
type Ending struct {
	At  time.Time `json:"at"`
	How string    `json:"how"`

	Left []LeftItem `json:"left,omitzero"` // what was left; nil in journals that do not tell
}

// Ways a migration ends.
const (
	EndCompleted = "completed"
	EndBackedOut = "backed-out"
	EndForHelp   = "left-for-support"
)

// Clean-up decisions.
const (
	cleanDelete = "delete"
	cleanKeep   = "keep"
)
