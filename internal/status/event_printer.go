package status

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
)

// EventPrinter tells events: as lines for people, with one that is rewritten in place on
// a terminal; as one JSON object a line; or as YAML, a document for each.
type EventPrinter struct {
	out       io.Writer
	Form      string
	terminal  bool
	width     func() int
	heartbeat time.Duration // 0: none
	live      bool          // the last line is one to be rewritten
	begun     bool          // something was told
	over      bool          // the end was told
	err       error         // the first one of writing
}

// NewEventPrinter prints in a form; a line is rewritten only in a table on a terminal.
func NewEventPrinter(out *os.File, form string, rewrites bool, heartbeat time.Duration) *EventPrinter {
	return &EventPrinter{
		out: out, Form: form, heartbeat: heartbeat,
		terminal: rewrites && form == FormatTable && term.IsTerminal(int(out.Fd())),
		width:    func() int { return widthOf(out) },
	}
}

func widthOf(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return unlimitedWidth
}

func (v *EventPrinter) write(text string) {
	if _, err := io.WriteString(v.out, text); err != nil && v.err == nil {
		v.err = fmt.Errorf("standard output: %w", err)
	}
}

// Print prints an event.
func (v *EventPrinter) Print(e Event) {
	v.begun, v.over = true, v.over || e.Event == EventEnd
	if v.Form != FormatTable {
		text, err := encode(e, v.Form, "")
		if err != nil && v.err == nil {
			v.err = err
		}
		if v.Form == FormatYAML {
			text = "---\n" + text
		}
		v.write(text)
		return
	}
	v.Clear()
	text := e.At.Format(time.RFC3339) + " " + sanitize.Text(e.text())
	if v.terminal {
		page := &layout{width: v.width()}
		say(page, "%s", text)
		text = strings.TrimSuffix(page.String(), "\n")
	}
	v.write(text + "\n")
}

// PrintEnd tells the end of what has failed before its end was told: whoever reads
// events is owed one. What prevented it from beginning at all is no news for people
// besides the error.
func (v *EventPrinter) PrintEnd(err error) error {
	if err == nil || v.over || !v.begun && v.Form == FormatTable {
		return err
	}
	status := ExitStatus(err)
	v.Print(Event{At: time.Now(), Event: EventEnd, ExitStatus: &status, Says: line(err.Error())})
	return err
}

// Clear takes the live line away.
func (v *EventPrinter) Clear() {
	if v.live {
		v.write("\r\x1b[K")
		v.live = false
	}
}

// Interval is how often pulse wants to be called.
func (v *EventPrinter) Interval() time.Duration {
	if v.terminal {
		return time.Second
	}
	return v.heartbeat
}

// Heartbeat gives a sign of life: the live line on a terminal, else a heartbeat.
func (v *EventPrinter) Heartbeat(now engine.Snapshot) {
	e := Heartbeat(now)
	switch {
	case v.terminal:
		v.write("\r\x1b[K" + shortened(sanitize.Line(e.live()), v.width()-1))
		v.live = true
	default:
		v.Print(e)
	}
}

// Exit is the error that a status is, after all was told.
func (v *EventPrinter) Exit(status int) error {
	switch {
	case v.err != nil:
		return v.err
	case status != ExitDone:
		return &ExitError{status, ""}
	}
	return nil
}
