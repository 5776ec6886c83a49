package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

type (
	newsMsg struct{}           // the engine has something new
	tickMsg struct{ n uint64 } // a second, or a turn of the spinner, has passed
	// savedMsg says what has become of the report.
	savedMsg struct {
		paths []string
		err   error
	}
)

// model is the one Bubble Tea model of the program. It holds what the person
// does with the screen; what the migration is, it only reads.
type model struct {
	m     Migration
	o     ScreenOptions
	paint painter
	keys  keyMap

	snap    engine.Snapshot
	now     time.Time
	width   int
	height  int
	blurred bool
	ticks   uint64
	turn    int // of the spinner

	viewing  steps.ID // another step is being looked at; empty: where things stand
	decision decision
	asked    time.Time // when the present question came by itself
	scroll   int       // of what the step says
	dialogs  []dialog  // the topmost last
	note     string    // a word about the last key, gone with the next
	quitting bool
}

func newModel(m Migration, o ScreenOptions) *model {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	if o.Leaving == nil {
		o.Leaving = steps.Leaving
	}
	ascii := asciiOnly(environment(o.Environment))
	p := painter{styles: newStyles(true), g: unicodeGlyphs}
	if ascii {
		p.g = asciiGlyphs
	}
	return &model{
		m: m, o: o, paint: p, keys: newKeyMap(ascii), now: o.Now(), snap: m.Snapshot(),
		width: max(o.Width, 0), height: max(o.Height, 0),
	}
}

func (m *model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.tick())
}

// tick is one beat: a second for the ages on the screen, less for the spinner
// while somebody waits for a request. A blurred screen is not animated.
func (m *model) tick() tea.Cmd {
	m.ticks++
	n, beat := m.ticks, time.Second
	if m.snap.Busy && !m.blurred {
		beat = 125 * time.Millisecond
	}
	return tea.Tick(beat, func(time.Time) tea.Msg { return tickMsg{n} })
}

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	return m, tea.Batch(cmd, m.follow())
}

func (m *model) update(msg tea.Msg) tea.Cmd {
	m.now = m.o.Now()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.paint.styles = newStyles(msg.IsDark())
	case tea.BlurMsg:
		m.blurred = true
	case tea.FocusMsg, tea.ResumeMsg:
		m.blurred = false
		m.m.LookAgain() // after a pause nothing on the screen is fresh
	case newsMsg:
		was := m.snap
		m.snap = m.m.Snapshot()
		ring := m.ring(was.State)
		if m.snap.Busy && !was.Busy {
			return tea.Batch(ring, m.tick())
		}
		return ring
	case savedMsg:
		m.note = savedWords(msg.paths, msg.err)
	case tickMsg:
		if msg.n == m.ticks {
			m.turn++
			return m.tick()
		}
	case tea.PasteMsg:
		if q, d := m.asking(); q != nil && d.form != nil {
			d.form.paste(msg.Content)
		}
	case tea.KeyPressMsg:
		m.note = ""
		return m.press(msg)
	}
	return nil
}

// follow brings the person's place up to what is now asked. A text that the
// question gives along goes to the clipboard when the question comes.
func (m *model) follow() tea.Cmd {
	if m.viewing == steps.Current(m.snap.State) {
		m.viewing = ""
	}
	if d, ok := m.top().(*backOutDialog); ok && d.decision.follow(steps.AskBackOut(m.snap.State)) {
		m.asked = m.now
	}
	q := m.question()
	if !m.decision.follow(q) {
		return nil
	}
	m.asked, m.scroll = m.now, 0
	if q == nil || q.Copy == "" {
		return nil
	}
	m.note = "The address was sent to the clipboard."
	return tea.SetClipboard(sanitize.Line(q.Copy))
}

// step is the step on the screen.
func (m *model) step() steps.ID {
	if m.viewing != "" {
		return m.viewing
	}
	return steps.Current(m.snap.State)
}

// question is what can be answered on the screen: the decision, or what can be
// changed about the step being looked at.
func (m *model) question() *steps.Question {
	if m.viewing != "" {
		return steps.Revise(m.snap.State, m.viewing)
	}
	return steps.Ask(m.snap.State)
}

// asking is what a key answers now, and where the person stands in it: the
// question of the topmost dialog, or the step's.
func (m *model) asking() (*steps.Question, *decision) {
	if d := m.top(); d != nil {
		return d.asks(m)
	}
	return m.question(), &m.decision
}
