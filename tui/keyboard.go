package tui

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// How long what comes in pieces is waited for.
const (
	escapeDelay = 50 * time.Millisecond // a lone ESC is the key then
	// answerDelay is the same while the terminal has questions to answer: its answers
	// begin with ESC, too.
	answerDelay  = 300 * time.Millisecond
	answerWindow = 3 * time.Second
	pieceDelay   = time.Second      // the rest of a sequence, or more of a paste
	lateWindow   = 10 * time.Second // the rest of what was given up
	longest      = 1 << 10          // bytes of a sequence
	longestPaste = 64 << 10         // more than fits into any field
)

// keyboard reads what the terminal sends, and hands it on in whole pieces: a key, an
// answer to a query, a paste. What is no whole piece in time has an end all the same:
// a paste is taken as far as it came, and the beginning of an answer is dropped, with
// what follows of it. So an answer is never typed, and Ctrl-C always comes through.
type keyboard struct {
	in   io.Reader
	send func(tea.Msg) // beside the bytes, for what cannot wait for the next of them
	gone func()        // the terminal is gone

	asked atomic.Int64 // when the terminal was asked something, in nanoseconds

	mu      sync.Mutex // held while sending, so that nothing overtakes
	timer   *time.Timer
	turn    int       // of the timer: one that was stopped too late does nothing
	held    []byte    // a sequence that is not whole
	heldAt  time.Time // when the last byte came
	stale   []byte    // a sequence that was given up
	staleAt time.Time
	pasting bool
	paste   []byte
	late    time.Time // until when more of a paste may come that was given up
}

func newKeyboard(in io.Reader, send func(tea.Msg), gone func()) *keyboard {
	k := &keyboard{in: in, send: send, gone: gone}
	k.expectAnswers()
	return k
}

// expectAnswers says that the terminal was asked something.
func (k *keyboard) expectAnswers() { k.asked.Store(time.Now().UnixNano()) }

// terminalFile is a keyboard that is a terminal: its modes are set through it.
type terminalFile struct {
	*os.File
	keyboard *keyboard
}

func (f terminalFile) Read(p []byte) (int, error) { return f.keyboard.Read(p) }

// Read implements io.Reader. Nothing may be left for the next time: that comes only
// with the next bytes.
func (k *keyboard) Read(p []byte) (int, error) {
	buf := make([]byte, max(1, len(p)-longest-1))
	n, err := k.in.Read(buf)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		k.gone()
	}
	if n <= 0 {
		return 0, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	out := k.take(buf[:n], len(p))
	return copy(p, out), err
}

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// take returns what can be handed on now, at most room bytes.
func (k *keyboard) take(b []byte, room int) (out []byte) {
	now := time.Now()
	k.stop()
	b = k.afterStale(b, now)
	switch {
	case k.pasting:
	case len(k.held) > 0:
		if k.held = k.aloneBefore(b, now); len(k.held) > 0 {
			b = append(bytes.Clone(k.held), b...)
			k.held = nil
		}
	case now.Before(k.late) && len(b) > 0 && b[0] != '\x1b' && utf8.RuneCount(b) > 1:
		k.pasting = true // nobody types so fast: it is more of the paste
	}
	for len(b) > 0 {
		if k.pasting {
			b = k.takePaste(b, &out, room)
			continue
		}
		i := bytes.IndexByte(b, '\x1b')
		if i < 0 {
			out = append(out, b...)
			break
		}
		out, b = append(out, b[:i]...), b[i:]
		n, whole := sequence(b)
		switch {
		case !whole && n == len(b) && n <= longest:
			k.held, b = bytes.Clone(b), nil
		case !whole: // it ends in the middle: what is left of it is not typed
			b = b[n:]
		case string(b[:n]) == pasteBegin:
			k.pasting, k.late, b = true, time.Time{}, b[n:]
		case string(b[:n]) == pasteEnd: // of a paste that was given up
			k.late, b = time.Time{}, b[n:]
		default:
			out, b = append(out, b[:n]...), b[n:]
		}
	}
	k.heldAt = now
	k.start(now)
	return out
}

// aloneBefore is what is held, unless more came too late to belong to it: then a lone
// ESC was the key.
func (k *keyboard) aloneBefore(b []byte, now time.Time) []byte {
	if len(k.held) > 1 || now.Sub(k.heldAt) < escapeDelay || introduces(b[0]) {
		return k.held
	}
	k.send(tea.KeyPressMsg{Code: tea.KeyEscape})
	return nil
}

// afterStale is what is left of some bytes without the rest of a sequence that was
// given up. One byte is a person's: answers come in bursts.
func (k *keyboard) afterStale(b []byte, now time.Time) []byte {
	stale := k.stale
	k.stale = nil
	if len(stale) == 0 || len(b) < 2 || b[0] == '\x1b' && b[1] != '\\' || now.Sub(k.staleAt) > lateWindow {
		return b
	}
	if len(stale) == 1 && (!introduces(b[0]) || now.Sub(k.staleAt) > answerWindow) {
		return b
	}
	all := append(bytes.Clone(stale), b...)
	switch n, whole := sequence(all); {
	case whole && n > len(stale):
		return all[n:]
	case !whole && n == len(all) && n <= longest:
		k.stale, k.staleAt = all, now
		return nil
	}
	return b
}

// takePaste takes more of a paste, and returns what stands behind it.
func (k *keyboard) takePaste(b []byte, out *[]byte, room int) []byte {
	if isInterrupt(b) || len(k.paste) >= longestPaste && bytes.IndexByte(b, '\x03') >= 0 {
		k.endPaste()
		return b[max(0, bytes.IndexByte(b, '\x03')):]
	}
	from := max(0, len(k.paste)-len(pasteEnd))
	k.paste = append(k.paste, b...)
	i := bytes.Index(k.paste[from:], []byte(pasteEnd))
	if i < 0 {
		if over := len(k.paste) - longestPaste; over > 0 { // its end must still be found
			k.paste = append(k.paste[:longestPaste-len(pasteEnd)], k.paste[len(k.paste)-len(pasteEnd):]...)
		}
		return nil
	}
	text, rest := k.paste[:from+i], bytes.Clone(k.paste[from+i+len(pasteEnd):])
	if whole := pasteBegin + string(text) + pasteEnd; len(*out)+len(whole)+len(rest) <= room {
		*out = append(*out, whole...)
		k.pasting, k.paste, k.late = false, nil, time.Time{}
		return rest
	}
	k.paste = text
	k.endPaste()
	k.late = time.Time{}
	return rest
}

// endPaste takes a paste as far as it came.
func (k *keyboard) endPaste() {
	text := k.paste
	for n := min(len(pasteEnd)-1, len(text)); n > 0; n-- { // a piece of the end is no text
		if strings.HasPrefix(pasteEnd, string(text[len(text)-n:])) {
			k.stale, k.staleAt, text = bytes.Clone(text[len(text)-n:]), time.Now(), text[:len(text)-n]
			break
		}
	}
	if len(text) > 0 {
		k.send(tea.PasteMsg{Content: strings.ToValidUTF8(string(text), "")})
	}
	k.pasting, k.paste, k.late = false, nil, time.Now().Add(lateWindow)
}

// stop ends the waiting; start begins it for what is not whole.
func (k *keyboard) stop() {
	k.turn++
	if k.timer != nil {
		k.timer.Stop()
	}
}

func (k *keyboard) start(now time.Time) {
	wait := pieceDelay
	switch {
	case !k.pasting && len(k.held) == 0:
		return
	case len(k.held) == 1 && now.Sub(time.Unix(0, k.asked.Load())) < answerWindow:
		wait = answerDelay
	case len(k.held) == 1:
		wait = escapeDelay
	}
	turn := k.turn
	k.timer = time.AfterFunc(wait, func() { k.giveUp(turn) })
}

// giveUp ends what has not become whole.
func (k *keyboard) giveUp(turn int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case turn != k.turn:
	case k.pasting:
		k.endPaste()
	default:
		if len(k.held) == 1 {
			k.send(tea.KeyPressMsg{Code: tea.KeyEscape})
		}
		k.stale, k.staleAt, k.held = k.held, time.Now(), nil
	}
}

// isInterrupt reports whether bytes are Ctrl-C and nothing else, in any of the forms
// in which terminals send it.
func isInterrupt(b []byte) bool {
	switch string(b) {
	case "\x03", "\x1b[99;5u", "\x1b[99;5:1u", "\x1b[27;5;99~":
		return true
	}
	return false
}
