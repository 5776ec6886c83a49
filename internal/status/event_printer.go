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
	signs     io.Writer // for signs of life, where out is for a program
	Form      string
	Also      func(Event) // is told of every event, too; nil: nobody
	Untimed   bool        // what is told has an order and no time: lines for people begin without one
	terminal  bool
	width     func() int
	heartbeat time.Duration // 0: none
	live      bool          // the last line is one to be rewritten
	begun     bool          // something was told
	over      bool          // the end was told
	err       error         // the first one of writing

	beside *beside // of one of several; nil: it is the only one
	lives  []live  // of several: how each stands, for the line that is rewritten
}

// live is how one of several migrations stands.
type live struct{ migration, says string }

// NewEventPrinter prints in a form; a line is rewritten only in a table on a terminal.
// In the other forms signs has the signs of life as lines: a job that writes nothing to
// its log is ended by many pipelines.
func NewEventPrinter(out *os.File, signs io.Writer, form string, rewrites bool, heartbeat time.Duration) *EventPrinter {
	return &EventPrinter{
		out: out, signs: signs, Form: form, heartbeat: heartbeat,
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

func (p *EventPrinter) write(text string) {
	if _, err := io.WriteString(p.out, text); err != nil && p.err == nil {
		p.err = fmt.Errorf("standard output: %w", err)
	}
}

// Print prints an event.
func (p *EventPrinter) Print(e Event) {
	p.begun, p.over = true, p.over || e.Event == EventEnd && (e.Migration == "" || p.beside != nil)
	if p.beside != nil {
		p.beside.print(e)
		return
	}
	if p.Also != nil {
		p.Also(e)
	}
	if p.Form != FormatTable {
		text, err := encode(e, p.Form, "")
		if err != nil && p.err == nil {
			p.err = err
		}
		if p.Form == FormatYAML {
			text = "---\n" + text
		}
		p.write(text)
		return
	}
	p.Clear()
	text := sanitize.Text(e.text())
	if e.Migration != "" {
		text = sanitize.Line(e.Migration) + ": " + text
	}
	if !p.Untimed {
		text = e.At.Format(time.RFC3339) + " " + text
	}
	if p.terminal {
		page := &layout{width: p.width()}
		printText(page, "%s", text)
		text = strings.TrimSuffix(page.String(), "\n")
	}
	p.write(text + "\n")
}

// PrintEnd tells the end of what has failed before its end was told: whoever reads
// events is owed one. What prevented it from beginning at all is no news for people
// besides the error.
func (p *EventPrinter) PrintEnd(err error) error {
	if err == nil || p.over || !p.begun && p.Form == FormatTable {
		return err
	}
	status := ExitStatus(err)
	p.Print(Event{At: time.Now(), Event: EventEnd, ExitStatus: &status, Says: line(err.Error())})
	return err
}

// Clear takes the live line away.
func (p *EventPrinter) Clear() {
	if p.beside != nil {
		p.beside.clear()
		return
	}
	if p.live {
		p.write("\r\x1b[K")
		p.live = false
	}
}

// Interval is how often Heartbeat wants to be called.
func (p *EventPrinter) Interval() time.Duration {
	if p.terminal {
		return time.Second
	}
	return p.heartbeat
}

// Heartbeat gives a sign of life: the live line on a terminal, else a heartbeat.
func (p *EventPrinter) Heartbeat(now engine.Snapshot) {
	e := Heartbeat(now)
	if p.beside != nil {
		p.beside.heartbeat(e)
		return
	}
	p.beat(e, e.live())
}

// beat is a sign of life, with the line that is rewritten for it.
func (p *EventPrinter) beat(e Event, says string) {
	if p.terminal {
		p.write("\r\x1b[K" + shortened(sanitize.Line(says), p.width()-1))
		p.live = true
		return
	}
	p.Print(e)
	if p.Form != FormatTable {
		_, _ = fmt.Fprintln(p.signs, e.signOfLife())
	}
}

// Exit is the error that a status is, after all was told.
func (p *EventPrinter) Exit(status int) error {
	if p.beside != nil {
		return p.beside.exit(status)
	}
	switch {
	case p.err != nil:
		return p.err
	case status != ExitDone:
		return &ExitError{status, ""}
	}
	return nil
}
