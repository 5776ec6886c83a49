package status

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// ResultVersion is the version of the form of what the one-line commands print.
// Fields are added to it, and not changed.
const ResultVersion = 1

// StepResult is what a one-line command that leads a migration has done, for
// programs. Its JSON is a public interface (docs/commands.md).
type StepResult struct {
	Version      int         `json:"version"`
	Command      string      `json:"command"`
	Done         bool        `json:"done"`        // the end of its step is there
	Changed      []string    `json:"changed"`     // requests that changed something, in order; empty: nothing was to be done
	Changes      []Change    `json:"changes"`     // the same, by their parts
	ExitStatus   int         `json:"exit_status"` // of the command
	Says         string      `json:"says"`        // why it is not done, and what settles it; or why nothing had to be
	Names        steps.Names `json:"names"`
	Step         steps.ID    `json:"step"` // where the migration stands
	Standing     string      `json:"standing"`
	Replication  Progress    `json:"replication"`
	Finalization Progress    `json:"finalization"`
	Findings     []Finding   `json:"findings,omitempty"`     // preflight-check, create-replication
	Writers      []Writer    `json:"writers,omitempty"`      // stop-apps, create-finalization
	Applications []App       `json:"applications,omitempty"` // stop-apps, switch, back-out
	BackOut      *BackOut    `json:"back_out,omitempty"`     // back-out, delete-*
	Left         []string    `json:"left,omitempty"`         // clean-up: what was left on purpose
	Journal      string      `json:"journal"`
	Closing      []string    `json:"closing,omitempty"` // what was reached, where the migration has ended
	Report       string      `json:"report,omitempty"`  // where it was written, or why not
}

// Change is a request that changed something.
type Change struct {
	At        time.Time  `json:"at"`
	Verb      steps.Verb `json:"verb"`           // as in the journal
	ID        string     `json:"id"`             // of the request, as in the journal
	Name      string     `json:"name,omitempty"` // of a key
	Of        string     `json:"of,omitempty"`   // GUID of the instance of the key
	RequestID string     `json:"request_id,omitempty"`
	What      string     `json:"what"` // in words
}

// App is how an application stands.
type App struct {
	Name    string    `json:"name"`
	GUID    string    `json:"guid"`
	State   string    `json:"state"`
	Was     string    `json:"was"`      // before the migration touched it; empty: not touched
	BoundTo []string  `json:"bound_to"` // source, target
	Healthy steps.Tri `json:"healthy"`  // empty: not known
	// IsHealthy is the same without a third word; null: not known.
	IsHealthy *bool `json:"is_healthy"`

	Bindings map[steps.Side]int `json:"bindings"` // how many it has to each
	// NotInForce are those of BoundTo of which it gets no credentials when it starts: the
	// platform could not delete a binding, or is not through with it.
	NotInForce []string `json:"not_in_force,omitempty"`
	Ailment    string   `json:"ailment,omitempty"` // why it is not healthy, or why that is not known
	NotReady   bool     `json:"not_ready,omitempty"`
	// LastSeen is when it was seen so, where that is not now.
	LastSeen *time.Time `json:"last_seen,omitempty"`
}

// health says in a word or two how it runs.
func (a App) health() string {
	switch {
	case a.NotReady:
		return "not ready"
	case a.Healthy == steps.Unknown && a.Ailment != "":
		return "not known"
	}
	return dash(string(a.Healthy))
}

// bound says to what it is bound, and how often where that is more than once.
func (a App) bound() string {
	var list []string
	for _, at := range a.BoundTo {
		side := at
		if n := a.Bindings[steps.Side(at)]; n > 1 {
			side += fmt.Sprintf(" ×%d", n)
		}
		if slices.Contains(a.NotInForce, at) {
			side += " (not in force)"
		}
		list = append(list, side)
	}
	return strings.Join(list, ", ")
}

// Table prints it for people.
func (r StepResult) Table(w io.Writer) {
	word := "done"
	switch {
	case r.ExitStatus == ExitNotYet && len(r.Changed) > 0:
		word = "begun, and not there yet"
	case r.ExitStatus == ExitService && len(r.Changed) > 0:
		word = "begun, and the service says FAILED"
	case !r.Done && len(r.Changed) > 0:
		word = "begun, and not done"
	case !r.Done:
		word = "not done"
	case len(r.Changed) == 0:
		word = "done; nothing was changed"
	}
	rows := [][]string{{"Command", r.Command + ": " + word}}
	add := func(name string, texts ...string) {
		for _, text := range texts {
			rows = append(rows, []string{name, text})
		}
	}
	if r.Done && r.Says != "" {
		add("", r.Says)
	}
	add("Changed", r.Changed...)
	if r.Replication.Known || r.Replication.Status != "" {
		add("Replication", r.Replication.String())
	}
	if r.Finalization.Known || r.Finalization.Status != "" {
		add("Finalization", r.Finalization.String())
	}
	add("Left", r.Left...)
	add("Stands at", r.Step.Title())
	add("", r.Standing)
	Columns(w, rows)
	for _, l := range append(slices.Clone(r.Closing), r.Report) {
		if l != "" {
			printText(w, "%s", l)
		}
	}
	section(w, "", findingRows(r.Findings))
	section(w, "What helps", rowsOf(slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Remedy == "" || f.Accepted }),
		func(f Finding) []string { return []string{f.ID, f.Remedy} }))
	section(w, "", censusRows(r.Writers))
	section(w, "", appRows(r.Applications))
	if b := r.BackOut; b != nil {
		fmt.Fprintln(w)
		b.Table(w)
	}
}

// severity of a finding.
func (f Finding) severity() string {
	switch {
	case f.Critical:
		return "critical"
	case f.Accepted:
		return "warning, accepted"
	}
	return "warning"
}

func findingRows(list []Finding) [][]string {
	return rowsOf(list, func(f Finding) []string {
		return []string{string(f.Side), f.severity(), f.ID, f.Text}
	}, "SIDE", "SEVERITY", "ID", "FINDING")
}

func censusRows(list []Writer) [][]string {
	return rowsOf(list, func(x Writer) []string {
		return []string{string(x.Kind) + ":" + x.Name, strings.TrimSuffix(string(x.Fate)+": "+x.Note, ": "), x.What}
	}, "WRITER", "FATE", "WHAT")
}

func appRows(list []App) [][]string {
	return rowsOf(list, func(a App) []string {
		return []string{a.Name, strings.ToLower(a.State), dash(strings.ToLower(a.Was)), a.health(), a.bound()}
	}, "APPLICATION", "STATE", "WAS", "HEALTHY", "BOUND TO")
}

// Table prints it for people.
func (b BackOut) Table(w io.Writer) {
	printText(w, "Backing out: %s", dash(b.Outcome))
	if b.Why != "" {
		printText(w, "%s", b.Why)
	}
	for i, l := range b.Lines {
		printText(w, "  %s. %s", strconv.Itoa(i+1), l)
	}
	for _, l := range b.Cannot {
		printText(w, "  stays: %s", l)
	}
}

// ProgressResult is what the service says of a replication or a finalization, for
// programs.
type ProgressResult struct {
	Version    int       `json:"version"`
	Command    string    `json:"command"`
	ExitStatus int       `json:"exit_status"` // of the command
	Known      bool      `json:"known"`       // the service was asked
	Exists     bool      `json:"exists"`
	Status     string    `json:"status"` // the service's word; empty: there is none
	At         time.Time `json:"at"`     // when it was looked
	Says       string    `json:"says"`   // why nothing was asked, or how it has ended
	// LastSeen is when it had the status, where it is not seen now.
	LastSeen *time.Time  `json:"last_seen,omitempty"`
	Names    steps.Names `json:"names"`
}

// Table prints it for people.
func (r ProgressResult) Table(w io.Writer) {
	word := r.Status
	switch {
	case word != "":
	case r.Known:
		word = "none"
	default:
		word = "not known"
	}
	rows := [][]string{{r.Command, word}, sourceRow("source", r.Names), targetRow("target", r.Names)}
	if r.Says != "" && r.ExitStatus == ExitDone { // else it is the error
		rows = append(rows, []string{"", r.Says})
	}
	Columns(w, rows)
}

// WritersResult is all that can write to source or target, for programs.
type WritersResult struct {
	Version      int         `json:"version"`
	ExitStatus   int         `json:"exit_status"` // of the command
	Known        bool        `json:"known"`       // it was looked
	Says         string      `json:"says"`        // why not
	At           time.Time   `json:"at"`
	Names        steps.Names `json:"names"`
	Open         int         `json:"open"` // writers that would keep the finalization locked
	Writers      []Writer    `json:"writers"`
	Applications []App       `json:"applications"`
}

// Table prints it for people.
func (r WritersResult) Table(w io.Writer) {
	switch {
	case !r.Known:
		fmt.Fprintln(w, r.Says)
		return
	case len(r.Writers) == 0:
		fmt.Fprintf(w, "Nothing is bound to %s, and nothing else is known to have its address.\n", line(r.Names.SourceInstance))
	default:
		Columns(w, censusRows(r.Writers))
	}
	section(w, "", appRows(r.Applications))
}
