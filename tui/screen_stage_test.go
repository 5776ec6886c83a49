package tui

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// theatre is the real program on an emulated terminal, with the real engine on
// the embedded landscape, all in the bubble's time: keys in, frames out.
type theatre struct {
	*enginetest.Stage
	t      *testing.T
	width  int
	height int
	env    []string
	grace  time.Duration

	mu      sync.Mutex
	emu     *vt.Emulator
	raw     strings.Builder
	ctx     context.Context
	leave   func()
	hide    func()
	dark    bool // without a screen, until show
	careful bool // closes what is open before saying that all works
	screen  chan error
	ended   bool
	endedAs error
	saved   []steps.State // of which a report was written
	unsaved error         // why none can be
	passing bool
	leaving func(steps.State) []string
}

// locked lets the program and the test share the emulator.
type locked struct{ th *theatre }

func (l locked) Write(b []byte) (int, error) {
	l.th.mu.Lock()
	defer l.th.mu.Unlock()
	l.th.raw.Write(b)
	return l.th.emu.Write(b)
}

func newTheatre(t *testing.T, scenario string, width, height int) *theatre {
	t.Helper()
	th := newDarkTheatre(t, scenario, width, height)
	th.show()
	return th
}

// newDarkTheatre has no screen yet: drawing is most of what a test costs.
func newDarkTheatre(t *testing.T, scenario string, width, height int, env ...string) *theatre {
	t.Helper()
	th := &theatre{
		Stage: newStage(t, scenario),
		t:     t, width: width, height: height, dark: true, env: append([]string{"TERM=xterm-256color", "LANG=C.UTF-8"}, env...), grace: -1,
	}
	th.start()
	t.Cleanup(th.close)
	return th
}

// newStage is a landscape on which a migration takes minutes.
func newStage(t *testing.T, scenario string) *enginetest.Stage {
	s := enginetest.New(t, sandbox.Config{Scenario: scenario, Speed: 60})
	s.Config.Overrides.Name = "eu10.sandbox.example"
	return s
}

// start runs the program: the engine, and the screen unless it is dark.
func (th *theatre) start() {
	ctx, cancel := context.WithCancel(context.Background())
	th.ctx, th.hide = ctx, func() {}
	th.Start()
	th.leave = func() {
		cancel()
		th.hide()
		th.Stop()
	}
	if !th.dark {
		th.show()
	}
}

// show opens the screen.
func (th *theatre) show() {
	emu := vt.NewEmulator(th.width, th.height)
	_, _ = emu.Write([]byte("\x1b[20h")) // the renderer sends bare line feeds to what is no terminal device
	th.emu = emu
	profile := colorprofile.TrueColor
	if strings.Contains(strings.Join(th.env, " "), "NO_COLOR") {
		profile = colorprofile.ASCII
	}
	in, keys := io.Pipe()
	typed := make(chan []byte, 1000) // so that nobody who writes to the emulator waits for somebody who reads
	go feed(typed, emu)
	go func() {
		for b := range typed {
			_, _ = keys.Write(b)
		}
	}()
	ended := make(chan error, 1)
	go func() {
		ended <- RunScreen(th.ctx, th.Engine, ScreenOptions{
			In: in, Out: locked{th}, Environment: th.env, Width: th.width, Height: th.height, Profile: &profile, Grace: th.grace, FPS: 5,
			SaveReport: th.save, Reports: true, Passing: th.passing, Leaving: th.leaving, Stop: func(bool) {},
		})
	}()
	th.screen, th.ended, th.dark = ended, false, false
	th.hide = func() {
		if !th.ended {
			th.endedAs, th.ended = <-ended, true
		}
		_ = in.Close()
		_ = emu.InputPipe().(io.Closer).Close() // ends Read; Close itself races with it
		time.Sleep(2 * time.Second)             // the last tick of the program has to fall
	}
	th.rest()
}

// save stands in for the files of cli.
func (th *theatre) save(s steps.State) ([]string, error) {
	th.mu.Lock()
	defer th.mu.Unlock()
	if th.unsaved != nil {
		return nil, th.unsaved
	}
	th.saved = append(th.saved, s)
	return []string{"/home/dana/.local/state/pg-migrate-wizard/reports/20260801-2114.md", "/home/dana/.local/state/pg-migrate-wizard/reports/20260801-2114.html"}, nil
}

// another is the screen of the same program on a terminal of another size, as far
// as the model draws it.
type another struct {
	th *theatre
	m  *model
}

func (th *theatre) another(width, height int) another {
	m := newModel(th.Engine, ScreenOptions{Width: width, Height: height, Environment: th.env, Grace: -1, SaveReport: th.save, Stop: func(bool) {}})
	m.Update(newsMsg{})
	return another{th, m}
}

func (a another) frame(name string) {
	a.th.t.Helper()
	var b strings.Builder
	for l := range strings.Lines(ansi.Strip(a.m.View().Content)) {
		l = strings.TrimRight(l, " \n")
		if cells(l) > a.m.width {
			a.th.t.Errorf("%s at %d: %q is too wide", name, a.m.width, l)
		}
		b.WriteString(l + "\n")
	}
	a.th.compare(filepath.Join(fmt.Sprintf("%dx%d", a.m.width, a.m.height), name), b.String())
}

// feed carries what the emulator says, keys and answers to queries, to the program.
func feed(typed chan<- []byte, emu *vt.Emulator) {
	defer close(typed)
	b := make([]byte, 256)
	for {
		n, err := emu.Read(b)
		if err != nil {
			return
		}
		typed <- append([]byte(nil), b[:n]...)
	}
}

func (th *theatre) close() {
	th.leave()
	th.leave = func() {}
}

// rest lets everything that is due now happen, and be drawn.
func (th *theatre) rest() {
	for range 2 {
		synctest.Wait()
		time.Sleep(250 * time.Millisecond) // a frame
	}
	synctest.Wait()
}

// press types keys: names of keys, or text.
func (th *theatre) press(keys ...string) {
	th.t.Helper()
	for _, k := range keys {
		text, ok := map[string]string{
			"enter": "\r", "esc": "\x1b", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
			"ctrl+c": "\x03", "space": " ", "tab": "\t", "pgdown": "\x1b[6~", "backspace": "\x7f",
		}[k]
		if !ok {
			text = k
		}
		th.mu.Lock()
		emu := th.emu
		th.mu.Unlock()
		emu.SendText(text)
		th.rest()
	}
}

// written is everything that went to the terminal.
func (th *theatre) written() string {
	th.mu.Lock()
	defer th.mu.Unlock()
	return th.raw.String()
}

// text is the screen, without blanks at the ends of lines.
func (th *theatre) text() string {
	th.mu.Lock()
	defer th.mu.Unlock()
	lines := strings.Split(th.emu.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// await lets time pass until a question waits for the person, or the end is
// reached.
func (th *theatre) await() *steps.Question {
	th.t.Helper()
	for range 10_000 {
		th.rest()
		now := th.Engine.Snapshot()
		q := steps.Ask(now.State)
		if now.Idle && (now.State.Choices.Ended != nil || q != nil && !q.Waiting()) {
			th.rest()
			return q
		}
		time.Sleep(5 * time.Second)
	}
	th.t.Fatalf("nothing is asked:\n%s", th.text())
	return nil
}

// take goes to an option with the keys, and takes it as a person does.
func (th *theatre) take(q *steps.Question, option string) {
	th.t.Helper()
	o, ok := q.Option(option)
	if !ok {
		th.t.Fatalf("no option %s in %+v", option, q)
	}
	time.Sleep(2 * time.Second) // a person reads
	for range q.Options {
		if strings.Contains(th.text(), "❯ "+firstWords(o.Label)) || strings.Contains(th.text(), "> "+firstWords(o.Label)) {
			break
		}
		th.press("down")
	}
	th.press("enter")
	for _, f := range o.Fields {
		if f.Kind == steps.FieldText && !f.Optional && f.Default == "" {
			th.press(nobody)
		}
		if f.Kind == steps.FieldMany {
			th.press("tab")
		} else {
			th.press("enter")
		}
	}
	if n := len(o.Fields); n > 0 && o.Typed == "" && (o.Waives || o.Fields[n-1].Kind == steps.FieldMany || o.Fields[n-1].Kind == steps.FieldOne) {
		th.press("enter") // the button
	}
	if o.Typed != "" {
		th.press(o.Typed, "enter")
	}
}

func firstWords(s string) string {
	if len(s) > 16 {
		return s[:16]
	}
	return s
}

// follow takes what is recommended up to a question, or to the end. That it can
// be done with keys is TestWholeMigrationOnTheScreen's to show.
func (th *theatre) follow(until string) *steps.Question {
	th.t.Helper()
	for range 40 {
		q := th.await()
		if q == nil || string(q.ID) == until {
			return q
		}
		option := q.Alone()
		if _, open := q.Option(steps.OptionCloseItem); open && th.careful && q.ID == steps.QuestionValidate {
			option = steps.OptionCloseItem
		}
		a, ok := q.Complete(option, nobody)
		if !ok {
			th.t.Fatalf("%s cannot be taken of %+v", q.Alone(), q)
		}
		th.Engine.Answer(a, secret.Text{})
	}
	th.t.Fatalf("no end:\n%s", th.text())
	return nil
}
