package tui

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// ear is a program that writes down which keys and pastes reach it.
type ear struct{ heard []string }

func (e *ear) Init() tea.Cmd  { return nil }
func (e *ear) View() tea.View { return tea.NewView("") }
func (e *ear) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		e.heard = append(e.heard, msg.String())
	case tea.PasteMsg:
		e.heard = append(e.heard, fmt.Sprintf("paste %q", msg.Content))
	}
	return e, nil
}

// hears is what reaches the program of pieces that come one after the other, with a
// pause between each two. The last of them is followed by a longer one.
func hears(t *testing.T, pause time.Duration, pieces ...string) (heard []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	in, terminal := io.Pipe()
	e := &ear{}
	var program *tea.Program
	keys := newKeyboard(in, func(msg tea.Msg) { program.Send(msg) }, cancel)
	program = tea.NewProgram(e, tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithoutRenderer(),
		tea.WithInput(keys), tea.WithOutput(io.Discard), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	ended := make(chan struct{})
	go func() { _, _ = program.Run(); close(ended) }()
	synctest.Wait()
	for _, p := range pieces {
		_, _ = terminal.Write([]byte(p))
		time.Sleep(pause)
		synctest.Wait()
	}
	time.Sleep(2 * time.Second)
	synctest.Wait()
	cancel()
	_ = terminal.Close()
	<-ended
	return e.heard
}

// answers are what terminals send without a key: to what the screen asks, and beside it.
var answers = map[string]string{
	"background":          "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
	"background with BEL": "\x1b]11;rgb:1e1e/1e1e/2e2e\a",
	"foreground":          "\x1b]10;rgb:cdcd/d6d6/f4f4\x1b\\",
	"cursor colour":       "\x1b]12;rgba:cdcd/d6d6/f4f4/ffff\x1b\\",
	"clipboard":           "\x1b]52;c;Z2FicQ==\x1b\\",
	"device attributes":   "\x1b[?62;1;2;6;22c",
	"secondary":           "\x1b[>41;354;0c",
	"tertiary":            "\x1bP!|00000000\x1b\\",
	"version":             "\x1bP>|XTerm(380)\x1b\\",
	"capability":          "\x1bP1+r524742=38\x1b\\",
	"cursor position":     "\x1b[24;80R",
	"mode of updates":     "\x1b[?2026;2$y",
	"mode of characters":  "\x1b[?2027;0$y",
	"kitty keyboard":      "\x1b[?0u",
	"kitty graphics":      "\x1b_Gi=31;OK\x1b\\",
	"other keys":          "\x1b[>4;2m",
	"window size":         "\x1b[8;24;80t",
	"mouse":               "\x1b[<0;12;5M",
	"mouse, released":     "\x1b[<0;12;5m",
	"focus":               "\x1b[I",
	"blur":                "\x1b[O",
}

// TestAnAnswerIsNeverTyped cuts every answer at every place: what comes of it is no key,
// and the key behind it is itself.
func TestAnAnswerIsNeverTyped(t *testing.T) {
	t.Parallel()
	for name, answer := range answers {
		for n, pause := range []time.Duration{0, 60 * time.Millisecond, 200 * time.Millisecond, 700 * time.Millisecond, 1500 * time.Millisecond} {
			if underRace && n%2 == 0 {
				continue
			}
			for cut := 1; cut <= len(answer); cut++ {
				synctest.Test(t, func(t *testing.T) {
					heard := hears(t, pause, answer[:cut], answer[cut:], "x")
					// After ESC alone nobody can know: then it is the key, and no more than that.
					if pause >= answerDelay {
						heard = slices.DeleteFunc(heard, func(k string) bool { return cut == 1 && k == "esc" })
					}
					if len(answer)-cut == 1 && pause > pieceDelay {
						heard = heard[max(0, len(heard)-1):] // one byte, so late, is a key
					}
					if strings.Join(heard, " ") != "x" {
						t.Errorf("%s, cut at %q for %v: %q", name, answer[:cut], pause, heard)
					}
				})
			}
		}
		synctest.Test(t, func(t *testing.T) {
			if heard := hears(t, 20*time.Millisecond, append(strings.Split(answer, ""), "x")...); strings.Join(heard, " ") != "x" {
				t.Errorf("%s, one byte after the other: %q", name, heard)
			}
		})
	}
}

// TestKeysComeThrough holds what a person does to what the program gets, also behind
// the beginning of an answer that never ends.
func TestKeysComeThrough(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		pause  time.Duration
		pieces []string
		want   string
	}{
		{"text", 0, []string{"dana"}, "d a n a"},
		{"a letter of two bytes", 0, []string{"ä", "\xc3", "\xa4"}, "ä ä"},
		{"arrow", 0, []string{"\x1b[A", "\x1bOB"}, "up down"},
		{"arrow in pieces", 200 * time.Millisecond, []string{"\x1b[", "A", "\x1bO", "B"}, "up down"},
		{"escape", time.Second, []string{"\x1b"}, "esc"},
		{"escape, then a key", 400 * time.Millisecond, []string{"\x1b", "q"}, "esc q"},
		{"escape and a key soon after", 150 * time.Millisecond, []string{"\x1b", "q"}, "esc q"},
		{"escape twice", 400 * time.Millisecond, []string{"\x1b", "\x1b"}, "esc esc"},
		{"alt", 0, []string{"\x1bq"}, "alt+q"},
		{"ctrl+c", 0, []string{"\x03"}, "ctrl+c"},
		{"ctrl+c in a title", 100 * time.Millisecond, []string{"\x1b]11;rg", "\x03"}, "ctrl+c"},
		{"ctrl+c in a sequence", 100 * time.Millisecond, []string{"\x1b[12", "\x03"}, "ctrl+c"},
		{"ctrl+c in a device's string", 100 * time.Millisecond, []string{"\x1bP", "\x03"}, "ctrl+c"},
		{"enter in a title", 100 * time.Millisecond, []string{"\x1b]", "\r"}, "enter"},
		{"a key long after a beginning", 1200 * time.Millisecond, []string{"\x1b]11", "g"}, "g"},
		{"text long after a beginning", 1200 * time.Millisecond, []string{"\x1b[", "\x1b[A"}, "up"},
		{"an endless answer", 0, []string{"\x1b]11;" + strings.Repeat("f", 2*longest), "\x03"}, strings.Repeat("f ", 0) + "ctrl+c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if got := strings.Join(hears(t, tt.pause, tt.pieces...), " "); got != tt.want {
					t.Errorf("%q gives %q, want %q", tt.pieces, got, tt.want)
				}
			})
		})
	}
}

// TestAPasteEnds holds what becomes of a paste whose end is late, in pieces, or never
// comes: its text is there, nothing of the protocol is, and the next key is a key.
func TestAPasteEnds(t *testing.T) {
	t.Parallel()
	paste := pasteBegin + "dana@acme.example\rq" + pasteEnd
	want := `paste "dana@acme.example\rq" x`
	for _, pause := range []time.Duration{0, 60 * time.Millisecond, 200 * time.Millisecond, 800 * time.Millisecond} {
		for cut := 2; cut <= len(paste); cut++ {
			synctest.Test(t, func(t *testing.T) {
				if got := strings.Join(hears(t, pause, paste[:cut], paste[cut:], "x"), " "); got != want {
					t.Errorf("cut at %q for %v: %s", paste[:cut], pause, got)
				}
			})
		}
	}
	long := strings.Repeat("0123456789", 1000)
	for _, tt := range []struct {
		name   string
		pause  time.Duration
		pieces []string
		want   string
	}{
		{"no end", 1100 * time.Millisecond, []string{pasteBegin + "dana", "x"}, `paste "dana" x`},
		{"no end, and ctrl+c", 100 * time.Millisecond, []string{pasteBegin + "dana", "\x03", "\x03"}, `paste "dana" ctrl+c ctrl+c`},
		{"no end, and ctrl+c as kitty has it", 100 * time.Millisecond, []string{pasteBegin + "dana", "\x1b[99;5u"}, `paste "dana" ctrl+c`},
		{"no end, and ctrl+c as xterm has it", 100 * time.Millisecond, []string{pasteBegin + "dana", "\x1b[27;5;99~"}, `paste "dana" ctrl+c`},
		{"the end in two", 200 * time.Millisecond, []string{pasteBegin + "dana", "\x1b[2", "01~", "x"}, `paste "dana" x`},
		{"the end in two, far apart", 1500 * time.Millisecond, []string{pasteBegin + "dana\x1b[2", "01~", "x"}, `paste "dana" x`},
		{"an end too late", 1500 * time.Millisecond, []string{pasteBegin + "dana", pasteEnd, "x"}, `paste "dana" x`},
		{"more of it too late", 1500 * time.Millisecond, []string{pasteBegin + "dana", "@acme\r", pasteEnd, "x"}, `paste "dana" paste "@acme\r" x`},
		{"long", 0, []string{pasteBegin + long + pasteEnd, "x"}, `paste "` + long + `" x`},
		{"empty", 0, []string{pasteBegin + pasteEnd, "x"}, `paste "" x`},
		{"no end, and nothing", 1100 * time.Millisecond, []string{pasteBegin, "x"}, "x"},
		{"in UTF-8", 0, []string{pasteBegin + "M\xc3", "\xbcller" + pasteEnd}, `paste "Müller"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if got := strings.Join(hears(t, tt.pause, tt.pieces...), " "); got != tt.want {
					t.Errorf("%.80q gives %.200s, want %.200s", tt.pieces, got, tt.want)
				}
			})
		})
	}
	t.Run("endless", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			pieces := []string{pasteBegin}
			for range 2 * longestPaste / 1000 {
				pieces = append(pieces, strings.Repeat("p", 1000))
			}
			heard := hears(t, 0, append(pieces, "pp\x03pp", "x")...)
			if len(heard) < 2 || len(heard[0]) > longestPaste+20 || heard[1] != "ctrl+c" {
				t.Errorf("%d pieces, then %q", len(pieces), heard[1:])
			}
		})
	})
}
