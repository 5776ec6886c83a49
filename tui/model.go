package tui

import (
	"cmp"
	"io"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

type (
	newsMsg  struct{}           // the engine has something new
	pauseMsg struct{}           // the process is to stop for a while
	tickMsg  struct{ n uint64 } // a second, or a frame of the spinner, has passed
	savedMsg struct {           // the report was written, or could not be
		paths  []string
		err    error
		itself bool // nobody has asked for it: it is the end
	}
)

// model is the one Bubble Tea model of the program. It holds what the person
// does with the screen; the migration it only reads.
type model struct {
	m     Migration
	o     ScreenOptions
	theme theme
	keys  keyMap

	snap    engine.Snapshot
	now     time.Time
	width   int
	height  int
	blurred bool
	ticks   uint64
	turn    int // of the spinner

	viewing  steps.ID  // another step is being looked at; empty: the current one
	asked    time.Time // when the present question came by itself
	pages    []page    // the step, and the dialogs laid over it
	note     string    // about the last key, gone with the next, or after a while
	noted    time.Time // when it came
	report   string    // where the report lies that was written at the end, or why it is not
	ended    bool      // the report of the end was asked for
	quitting bool

	interrupted bool   // it was Ctrl-C, and not a word, that ended it
	asking      func() // the terminal is asked something; nil: nobody needs to know
}

func newModel(m Migration, o ScreenOptions) *model {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Leaving == nil {
		o.Leaving = steps.Leaving
	}
	if o.Command == nil {
		o.Command = asItIs
	}
	o.Grace = cmp.Or(o.Grace, defaultGrace)
	ascii := asciiOnly(o.Environment)
	t := theme{newStyles(true), unicodeSymbols}
	if ascii {
		t.symbols = asciiSymbols
	}
	keys := newKeyMap(ascii)
	keys.Suspend.SetEnabled(o.Stop != nil)
	return &model{
		m: m, o: o, theme: t, keys: keys, now: o.Now(), snap: m.Snapshot(),
		width: max(o.Width, 0), height: max(o.Height, 0), pages: []page{&stepPage{}},
	}
}

func (m *model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.tick())
}

// tick asks for the next redraw: in a second for the ages on the screen, sooner for
// the spinner while a request is under way. A blurred screen is not animated.
func (m *model) tick() tea.Cmd {
	m.ticks++
	n, interval := m.ticks, time.Second
	if m.snap.Busy && !m.blurred {
		interval = 125 * time.Millisecond
	}
	return tea.Tick(interval, func(time.Time) tea.Msg { return tickMsg{n} })
}

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	was := m.note
	cmds := []tea.Cmd{m.update(msg)}
	if m.viewing == steps.Current(m.snap.State) {
		m.viewing = ""
	}
	for _, p := range m.pages {
		cmds = append(cmds, p.follow(m))
	}
	switch {
	case m.note != was:
		m.noted = m.now
	case m.now.Sub(m.noted) >= noteLife:
		m.note = "" // what it says was true when it came
	}
	if v := m.top().view(); v.scroll != 0 && !m.tooSmall() {
		v.scroll = m.middle(len(m.head()) + len(m.foot())).scroll
	}
	return m, tea.Batch(cmds...)
}

func (m *model) update(msg tea.Msg) tea.Cmd {
	m.now = m.o.Now()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.theme.styles = newStyles(msg.IsDark())
	case tea.BlurMsg:
		m.blurred = true
	case pauseMsg:
		return m.pause(false)
	case tea.FocusMsg, tea.ResumeMsg:
		m.blurred = false
		m.m.LookAgain() // after a pause nothing on the screen is fresh
	case newsMsg:
		was := m.snap
		m.snap = m.m.Snapshot()
		news := tea.Batch(m.bell(was.State), m.reportEnd())
		if m.snap.Busy && !was.Busy {
			return tea.Batch(news, m.tick())
		}
		return news
	case savedMsg:
		if msg.itself {
			m.report = SavedWords(msg.paths, msg.err)
			return nil
		}
		m.note = SavedWords(msg.paths, msg.err)
	case tickMsg:
		if msg.n == m.ticks {
			m.turn++
			return m.tick()
		}
	case tea.PasteMsg:
		return m.top().update(m, msg)
	case tea.KeyPressMsg:
		m.note = ""
		return m.press(msg)
	}
	return nil
}

// press handles the keys that work on every page, and leaves the others to the page.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.Interrupt):
		if _, asked := m.top().(*quitDialog); asked || m.free() {
			m.interrupted = true
			return m.quit()
		}
		return m.askToQuit()
	case key.Matches(k, m.keys.Suspend):
		return m.pause(true)
	}
	return m.top().update(m, k)
}

// pause gives the terminal back, stops the process, and takes the terminal again.
func (m *model) pause(job bool) tea.Cmd {
	if m.o.Stop == nil {
		return nil
	}
	return tea.Exec(&suspension{stop: func() { m.o.Stop(job) }}, func(error) tea.Msg {
		if m.asking != nil {
			m.asking()
		}
		return tea.ResumeMsg{}
	})
}

// suspension is a pause, as Bubble Tea carries it out while it leaves the terminal alone.
type suspension struct {
	stop func()
	out  io.Writer
}

// Run implements tea.ExecCommand.
func (s *suspension) Run() error {
	_, _ = io.WriteString(s.out, popTitle)
	s.stop()
	_, err := io.WriteString(s.out, pushTitle)
	return err
}

// SetStdout implements tea.ExecCommand.
func (s *suspension) SetStdout(w io.Writer) { s.out = w }

// SetStdin and SetStderr implement tea.ExecCommand: a pause needs neither.
func (*suspension) SetStdin(io.Reader)  {}
func (*suspension) SetStderr(io.Writer) {}

// free reports whether nothing hangs on quitting: nothing is begun, or all has ended.
func (m *model) free() bool {
	return m.snap.State.Choices.Ended != nil || steps.Untouched(m.snap.State)
}

func (m *model) askToQuit() tea.Cmd {
	if m.free() {
		return m.quit()
	}
	m.open(&quitDialog{})
	return nil
}

func (m *model) quit() tea.Cmd {
	m.quitting = true
	return tea.Quit
}

func (m *model) top() page   { return m.pages[len(m.pages)-1] }
func (m *model) open(p page) { m.pages = append(m.pages, p) }
func (m *model) close()      { m.pages = m.pages[:len(m.pages)-1] }

// step is the step on the screen.
func (m *model) step() steps.ID {
	return cmp.Or(m.viewing, steps.Current(m.snap.State))
}
