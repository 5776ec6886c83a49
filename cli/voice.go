package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"pg-migrate-wizard/engine"
	"pg-migrate-wizard/sanitize"
)

// voice tells events: as lines for people, with one that is rewritten in place on
// a terminal, or as one JSON object a line.
type voice struct {
	out       io.Writer
	json      bool
	terminal  bool
	width     func() int
	heartbeat time.Duration // 0: none
	live      bool          // the last line is one to be rewritten
	err       error         // the first one of writing
}

func (p *program) newVoice(f *format, heartbeat time.Duration) *voice {
	fd := int(p.out.Fd())
	return &voice{
		out: p.out, json: f.word == formatJSON, heartbeat: heartbeat,
		terminal: f.word != formatJSON && term.IsTerminal(fd) && p.environment("TERM") != "dumb",
		width:    func() int { return widthOf(p.out) },
	}
}

func widthOf(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return 80
}

func (v *voice) write(text string) {
	if _, err := io.WriteString(v.out, text); err != nil && v.err == nil {
		v.err = fmt.Errorf("standard output: %w", err)
	}
}

// tell prints an event.
func (v *voice) tell(e Event) {
	if v.json {
		var b strings.Builder
		if err := encodeJSON(&b, e, ""); err != nil && v.err == nil {
			v.err = err
		}
		v.write(sanitize.Text(b.String()))
		return
	}
	v.clear()
	v.write(e.At.Format(time.RFC3339) + " " + sanitize.Text(e.text()) + "\n")
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
		text := []rune(sanitize.Line(e.live()))
		if most := v.width() - 1; len(text) > most {
			text = text[:max(most, 0)]
		}
		v.write("\r\x1b[K" + string(text))
		v.live = true
	default:
		v.tell(e)
	}
}
