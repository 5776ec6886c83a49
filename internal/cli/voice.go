package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"golang.org/x/term"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
)

// voice tells events: as lines for people, with one that is rewritten in place on
// a terminal; as one JSON object a line; or as YAML, a document for each.
type voice struct {
	out       io.Writer
	form      string
	terminal  bool
	width     func() int
	heartbeat time.Duration // 0: none
	live      bool          // the last line is one to be rewritten
	begun     bool          // something was told
	over      bool          // the end was told
	err       error         // the first one of writing
}

func (p *program) newVoice(f *format, heartbeat time.Duration) *voice {
	fd := int(p.out.Fd())
	return &voice{
		out: p.out, form: f.word, heartbeat: heartbeat,
		terminal: f.word == formatTable && term.IsTerminal(fd) && p.environment("TERM") != "dumb" && !p.inCI(),
		width:    func() int { return widthOf(p.out) },
	}
}

// inCI reports whether a pipeline runs the program: a line that is rewritten is
// nothing in its log, terminal or not.
func (p *program) inCI() bool {
	ci := p.environment("CI")
	return ci != "" && ci != "0" && !strings.EqualFold(ci, "false")
}

func widthOf(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return endless
}

func (v *voice) write(text string) {
	if _, err := io.WriteString(v.out, text); err != nil && v.err == nil {
		v.err = fmt.Errorf("standard output: %w", err)
	}
}

// tell prints an event.
func (v *voice) tell(e Event) {
	v.begun, v.over = true, v.over || e.Event == eventEnd
	if v.form != formatTable {
		text, err := e.encoded(v.form)
		if err != nil && v.err == nil {
			v.err = err
		}
		v.write(text)
		return
	}
	v.clear()
	text := e.At.Format(time.RFC3339) + " " + sanitize.Text(e.text())
	if v.terminal {
		page := &sheet{width: v.width()}
		say(page, "%s", text)
		text = strings.TrimSuffix(page.String(), "\n")
	}
	v.write(text + "\n")
}

// ending tells the end of what has failed before its end was told: whoever reads
// events is owed one. What prevented it from beginning at all is no news for people
// besides the error.
func (v *voice) ending(err error) error {
	if err == nil || v.over || !v.begun && v.form == formatTable {
		return err
	}
	status := statusOf(err)
	v.tell(Event{At: time.Now(), Event: eventEnd, ExitStatus: &status, Says: line(err.Error())})
	return err
}

// encoded is an event for programs.
func (e Event) encoded(form string) (string, error) {
	var b strings.Builder
	if err := encodeJSON(&b, e, ""); err != nil {
		return "", err
	}
	text := sanitize.Text(b.String())
	if form == formatJSON {
		return text, nil
	}
	document, err := yaml.JSONToYAML([]byte(text))
	if err != nil {
		return "", fmt.Errorf("output as YAML: %w", err)
	}
	return "---\n" + string(document), nil
}

// clear takes the live line away.
func (v *voice) clear() {
	if v.live {
		v.write("\r\x1b[K")
		v.live = false
	}
}

// every is how often pulse wants to be called.
func (v *voice) every() time.Duration {
	if v.terminal {
		return time.Second
	}
	return v.heartbeat
}

// pulse gives a sign of life: the live line on a terminal, else a heartbeat.
func (v *voice) pulse(now engine.Snapshot) {
	e := beat(now)
	switch {
	case v.terminal:
		v.write("\r\x1b[K" + shortened(sanitize.Line(e.live()), v.width()-1))
		v.live = true
	default:
		v.tell(e)
	}
}
