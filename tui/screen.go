package tui

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

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
	// Leaving says what goes on without the program; nil: as on a real landscape.
	Leaving func(steps.State) []string
	// Passing says that the landscape ends with the program, as in a demo.
	Passing bool
}

const (
	defaultGrace = 400 * time.Millisecond
	framesPerSec = 30 // costs a quarter of the CPU of the default, measured
)

// RunScreen shows the migration on the whole screen until the person quits or
// the context ends. The terminal is restored on every way out.
func RunScreen(ctx context.Context, m Migration, o ScreenOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(cmp.Or(o.FPS, framesPerSec))}
	if o.In != nil {
		options = append(options, tea.WithInput(o.In))
	}
	if o.Out != nil {
		options = append(options, tea.WithOutput(o.Out))
	}
	if o.Environment != nil {
		options = append(options, tea.WithEnvironment(o.Environment))
	}
	if o.Width > 0 {
		options = append(options, tea.WithWindowSize(o.Width, o.Height), tea.WithoutSignalHandler())
	}
	if o.Profile != nil {
		options = append(options, tea.WithColorProfile(*o.Profile))
	}
	program := tea.NewProgram(newModel(m, o), options...)
	go relay(ctx, m, program)
	_, err := program.Run()
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return context.Canceled
	}
	return err
}

// newsPause bounds how often the engine's news reach the screen.
const newsPause = 50 * time.Millisecond

// relay carries the engine's news to the program.
func relay(ctx context.Context, m Migration, program *tea.Program) {
	for {
		select {
		case <-ctx.Done():
			return
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
