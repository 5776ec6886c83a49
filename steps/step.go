package steps

import "time"

// ID names a step. The values are a public interface: they stand in journals
// and in what scripts read.
type ID string

// The eleven steps in order, and the back-out.
const (
	SignIn     ID = "sign-in"
	Databases  ID = "databases"
	OpenAccess ID = "open-access"
	Keys       ID = "service-keys"
	Preflight  ID = "preflight"
	Replicate  ID = "replicate"
	Writers    ID = "stop-writers"
	Finalize   ID = "finalize"
	Switch     ID = "switch"
	Validate   ID = "validate"
	CleanUp    ID = "clean-up"

	BackOut ID = "back-out"
)

// Status is where a step stands. It is computed from facts and choices each
// time, and never stored.
type Status string

// What a step can be.
const (
	Todo      Status = "todo"      // not begun
	Asking    Status = "asking"    // it waits for the person
	Working   Status = "working"   // a request is under way, or the service is busy
	Attention Status = "attention" // something failed or is in the way
	Done      Status = "done"
	Skipped   Status = "skipped" // given up by a back-out
)

// step is one step: every method is a pure function of the state.
type step interface {
	// done reports whether the step is complete.
	done(*State) bool
	// badge is a word or two for the rail: "2 warn", "IN-SYNC".
	badge(*State) string
	// ask returns what the person is to decide, or nil while there is nothing.
	ask(*State) *Question
	// revise returns what may be changed of the step after it is done, or nil.
	revise(*State) *Question
	// decide carries an answer into the choices. The answer has been checked.
	decide(*State, Answer)
	// want lists the changing requests that are due, the first one first.
	want(*State) []Effect
	// looks lists what has to be observed while the step is the current one.
	looks(*State) []Look
	// show says how the step stands, as facts to draw or print.
	show(*State, time.Time) []Item
	// commands are the cf and curl lines that do the same by hand.
	commands(*State) []Command
	guide() Guide
}

// stepDefaults are for a step without a badge, a revision or requests.
type stepDefaults struct{}

func (stepDefaults) badge(*State) string     { return "" }
func (stepDefaults) revise(*State) *Question { return nil }
func (stepDefaults) want(*State) []Effect    { return nil }

// Guide explains a step in plain words.
type Guide struct {
	What string
	Why  string
	Tips []string
}

// Command is a line that a person can paste into a shell, and what it does.
type Command struct {
	Does string
	Line string
}

// road is the eleven steps in their order.
var road = []struct {
	id    ID
	title string // for people
	step
}{
	{SignIn, "Sign in", signInStep{}},
	{Databases, "Databases", databasesStep{}},
	{OpenAccess, "Open access", openAccessStep{}},
	{Keys, "Service keys", keysStep{}},
	{Preflight, "Preflight", preflightStep{}},
	{Replicate, "Replicate", replicateStep{}},
	{Writers, "Stop writers", writersStep{}},
	{Finalize, "Finalize", finalizeStep{}},
	{Switch, "Switch", switchStep{}},
	{Validate, "Validate", validateStep{}},
	{CleanUp, "Clean up", cleanUpStep{}},
}

// Road returns the steps in their order.
func Road() []ID {
	ids := make([]ID, len(road))
	for i, d := range road {
		ids[i] = d.id
	}
	return ids
}

// Known reports whether this program has the step: a journal may be newer.
func (id ID) Known() bool { return id == BackOut || id.Number() > 0 }

// Number returns the step's place on the road, from one; zero for the back-out and for a
// step that is not known.
func (id ID) Number() int {
	for i, d := range road {
		if d.id == id {
			return i + 1
		}
	}
	return 0
}

// Title returns the step's name for people.
func (id ID) Title() string {
	switch n := id.Number(); {
	case n > 0:
		return road[n-1].title
	case id == BackOut:
		return "Back out"
	}
	return string(id)
}

// Guide returns the step's explanation.
func (id ID) Guide() Guide { return stepOf(id).guide() }

func stepOf(id ID) step {
	if id == BackOut {
		return backOutStep{}
	}
	if n := id.Number(); n > 0 {
		return road[n-1].step
	}
	return unknownStep{}
}

// unknownStep is one of a newer journal. It is never the current one.
type unknownStep struct{}

func (unknownStep) done(*State) bool              { return false }
func (unknownStep) badge(*State) string           { return "" }
func (unknownStep) ask(*State) *Question          { return nil }
func (unknownStep) revise(*State) *Question       { return nil }
func (unknownStep) decide(*State, Answer)         {}
func (unknownStep) want(*State) []Effect          { return nil }
func (unknownStep) looks(*State) []Look           { return nil }
func (unknownStep) show(*State, time.Time) []Item { return nil }
func (unknownStep) commands(*State) []Command     { return nil }
func (unknownStep) guide() Guide                  { return Guide{} }
