package tui

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/steps"
)

// ScreenOptions say where the screen is. The zero value is the terminal that
// the program was started in.
type ScreenOptions struct {
	In          io.Reader
	Out         io.Writer
	Environment []string // nil: the process's
	Width       int      // with Height: a fixed size, for tests
	Height      int
	Profile     *colorprofile.Profile
	// Grace is how long a question that came by itself takes no answer, so that
	// a key meant for something else does not answer it. Negative: none.
	Grace time.Duration
	// Now is the clock of what is shown; nil: the system's.
	Now func() time.Time
	FPS int // frames a second; 0: framesPerSec
	// SaveReport writes the report of a state and says where; nil: there is none.
	SaveReport func(steps.State) ([]string, error)
	// Reports says that the report is written by itself when the migration ends.
	Reports bool
	// Leaving says what goes on without the program; nil: as on a real landscape.
	Leaving func(steps.State) []string
	// Stop stops the process until it is continued: the whole job as Ctrl-Z does, or
	// itself; nil: there is no such thing. Pause asks for it.
	Stop  func(job bool)
	Pause <-chan struct{}
	// Command is how a line is run by hand here; nil: as it is.
	Command func(line string) string
	// Passing says that the landscape ends with the program, as in a demo.
	Passing bool
}

const (
	defaultGrace = 400 * time.Millisecond
	framesPerSec = 30 // costs a quarter of the CPU of the default, measured
)

// ErrTerminal says that the terminal takes nothing more, so that it could not be
// restored. Whoever owns it may still do so.
var ErrTerminal = errors.New("the terminal takes nothing more")

// shutdownPatience is how long a terminal is waited for that is to be restored.
const shutdownPatience = 2 * time.Second

// RunScreen shows the migration on the whole screen until the person quits or
// the context ends; it returns context.Canceled where the person did not quit but
// interrupted it, or the context or the terminal has gone. No signal is handled here:
// the context says it. The terminal is restored on every way out, unless it is
// ErrTerminal.
func RunScreen(ctx context.Context, m Migration, o ScreenOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	var program *tea.Program
	keys := newKeyboard(o.In, func(msg tea.Msg) { program.Send(msg) }, cancel)
	var in io.Reader = keys
	if file, ok := o.In.(*os.File); ok {
		in = terminalFile{file, keys}
	}
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFPS(cmp.Or(o.FPS, framesPerSec)),
		tea.WithInput(in), tea.WithOutput(o.Out),
	}
	if o.Environment != nil {
		options = append(options, tea.WithEnvironment(o.Environment))
	}
	if o.Width > 0 {
		options = append(options, tea.WithWindowSize(o.Width, o.Height))
	}
	if o.Profile != nil {
		options = append(options, tea.WithColorProfile(*o.Profile))
	}
	model := newModel(m, o)
	model.asking = keys.expectAnswers
	program = tea.NewProgram(model, options...)
	go relay(ctx, m, program, o.Pause)
	_, _ = io.WriteString(o.Out, pushTitle)
	ended := make(chan error, 1)
	go func() {
		_, err := program.Run()
		ended <- err
	}()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		select {
		case err = <-ended:
		case <-time.After(shutdownPatience):
			return ErrTerminal
		}
	}
	_, _ = io.WriteString(o.Out, popTitle)
	if model.interrupted || ctx.Err() != nil && errors.Is(err, tea.ErrProgramKilled) {
		return context.Canceled
	}
	return err
}

// The title of the window is kept by the terminal while there is ours.
const (
	pushTitle = "\x1b[22;2t"
	popTitle  = "\x1b[23;2t"
)

// Restore is what gives a terminal back that the screen could not restore itself:
// keyboard, updates, mouse, focus, paste, own screen, cursor, colours and title.
const Restore = "\x1b[<u" + ansi.ResetModifyOtherKeys + ansi.ResetModeSynchronizedOutput + ansi.ResetModeUnicodeCore +
	ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr + ansi.ResetModeFocusEvent +
	ansi.ResetModeBracketedPaste + ansi.ResetModeAltScreenSaveCursor + ansi.SetModeTextCursorEnable + ansi.ResetStyle + popTitle

// newsPause bounds how often the engine's news reach the screen.
const newsPause = 50 * time.Millisecond

// relay carries the engine's news to the program, and that it is to pause.
func relay(ctx context.Context, m Migration, program *tea.Program, pause <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause:
			program.Send(pauseMsg{})
			continue
		case <-m.Updates():
			program.Send(newsMsg{})
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(newsPause):
		}
	}
}
