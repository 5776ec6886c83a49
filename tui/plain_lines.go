package tui

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// lineWriter writes cleaned lines, and remembers the first failure.
type lineWriter struct {
	w       io.Writer
	width   func() int // nil or 0: lines are endless
	err     error
	blanked bool
}

// say writes one line; whatever it holds, it stays one.
func (w *lineWriter) say(format string, args ...any) {
	w.fold(sanitize.Line(fmt.Sprintf(format, args...)), "")
}

// sub writes a line that belongs to the one before it.
func (w *lineWriter) sub(format string, args ...any) {
	w.fold(sanitize.Line(fmt.Sprintf(format, args...)), "   ")
}

// fold writes a statement that begins with a margin. A terminal would break it in the
// middle of a word; what follows the first line stands further in.
func (w *lineWriter) fold(text, margin string) {
	width := 0
	if w.width != nil {
		width = w.width()
	}
	if width < leastWidth || cells(margin+text) < width {
		w.write(margin + text)
		return
	}
	for i, l := range wrapped(text, width-len(margin)-3) {
		if i == 1 {
			margin += "  "
		}
		w.write(margin + l)
	}
}

// copyable writes a line whose blanks matter.
func (w *lineWriter) copyable(text string) { w.write("   " + sanitize.Text(text)) }

// blank writes an empty line, unless there is one already.
func (w *lineWriter) blank() {
	if !w.blanked {
		w.write("")
	}
}

func (w *lineWriter) write(line string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.w, line+"\n")
	}
	w.blanked = line == ""
}

// sayStep announces the step when it changes.
func (p *Plain) sayStep(id steps.ID) {
	if id == p.step {
		return
	}
	was := p.step
	p.sayEnd(was)
	p.step, p.said = id, map[string]bool{}
	if p.backing {
		p.out.say("The question about the way back is closed: the situation has changed.")
	}
	p.stayHere()
	p.out.blank()
	if n := id.Number(); n > 0 {
		if was.Number() > 0 && n > was.Number()+1 {
			var between []string
			for _, done := range steps.Road()[was.Number() : n-1] {
				between = append(between, done.Title())
			}
			p.out.say("Done already: %s.", strings.Join(between, ", "))
		}
		p.out.say("Step %d of %d: %s", n, len(steps.Road()), id.Title())
		return
	}
	p.out.say("Way back: %s", id.Title())
}

// sayEnd says how a step that is done has ended.
func (p *Plain) sayEnd(id steps.ID) {
	s := p.now.State
	if id == "" || steps.StatusOf(s, id) != steps.Done {
		return
	}
	p.sayItems(slices.DeleteFunc(steps.Show(s, id, time.Now()), func(it steps.Item) bool {
		return it.Kind == steps.ItemFinding || it.Kind == steps.ItemRow
	}))
}

// sayItems says what is new about the step. That time goes by is no news, and
// that the wizard is looking makes nothing new of what it sees again.
func (p *Plain) sayItems(items []steps.Item) {
	said := map[string]bool{}
	if !slices.ContainsFunc(items, func(it steps.Item) bool { return it.Tone != steps.Quiet }) {
		maps.Copy(said, p.said)
	}
	for _, it := range items {
		lines := itemLines(it)
		key := cmp.Or(it.Key, strings.Join(lines, "\n"))
		if len(lines) > 0 && !p.said[key] && !said[key] {
			p.out.say("%s", lines[0])
			for _, l := range lines[1:] {
				p.out.sub("%s", l)
			}
			if key := p.more(it.More); key != "" {
				p.out.sub("%s", key)
			}
		}
		said[key] = true
	}
	p.said = said
}

// sayStanding says where the applications are and what would be lost, when that
// has changed.
func (p *Plain) sayStanding() {
	if now := steps.Standing(p.now.State); now != p.standing {
		p.standing = now
		p.out.say("%s", now)
	}
}

// sayNotice says why an answer was not taken, or what was taken back.
func (p *Plain) sayNotice() {
	if n := p.now.State.Notice; n != p.notice {
		p.notice = n
		if n != "" {
			p.out.say("Attention: %s", n)
		}
	}
}

// itemLines puts a statement into lines, the first one its head.
func itemLines(it steps.Item) []string {
	//exhaustive:enforce
	switch it.Kind {
	case steps.ItemFact:
		return []string{it.Label + ": " + it.Text}
	case steps.ItemFlow:
		if it.Tone == steps.Good {
			return []string{"Data flows from " + it.Label + " to " + it.Text + "."}
		}
		return []string{"From " + it.Label + " to " + it.Text + "."}
	case steps.ItemStates:
		return stateLines(it)
	case steps.ItemRow:
		if len(it.Cells) == 0 {
			return nil
		}
		return []string{it.Cells[0] + ": " + strings.Join(it.Cells[1:], ", ")}
	case steps.ItemFinding:
		return append([]string{capital(it.Label) + ": " + it.Text}, it.Cells...)
	case steps.ItemProblem:
		return problemLines(it.Cells)
	case steps.ItemHeadline:
		return []string{"Status: " + headline(it)}
	case steps.ItemText:
	}
	switch it.Tone {
	case steps.Warn:
		return []string{"Attention: " + it.Text}
	case steps.Bad:
		return []string{"Problem: " + it.Text}
	}
	return []string{it.Text}
}

func headline(it steps.Item) string {
	switch {
	case it.Clock:
		return it.Text + ": " + it.Label
	case it.Label != "" && !it.Brief:
		return it.Text + " " + it.Label
	}
	return it.Text
}

// stateLines says which states there were; the present one is the headline's.
func stateLines(it steps.Item) []string {
	if len(it.Cells) < 2 {
		return nil
	}
	return []string{"Course: " + strings.Join(it.Cells[:len(it.Cells)-1], ", ") + ", then " + it.Text}
}

// problemLines labels the parts of a problem: what, says, not changed, next, and
// what may follow them.
func problemLines(cells []string) []string {
	labels := []string{"Problem: ", "It says: ", "Not changed: ", "What to do: "}
	var lines []string
	for i, c := range cells {
		if c == "" {
			continue
		}
		if i < len(labels) {
			c = labels[i] + c
		}
		lines = append(lines, c)
	}
	return lines
}

// sentence ends a text with a full stop, unless it ends in another way.
func sentence(s string) string {
	if s == "" || strings.ContainsRune(".…?!:", []rune(s)[len([]rune(s))-1]) {
		return s
	}
	return s + "."
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
