package tui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/engine"
	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/secret"
	"pg-migrate-wizard/steps"
)

type (
	newsMsg struct{}           // the engine has something new
	tickMsg struct{ n uint64 } // a second, or a turn of the spinner, has passed
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
	dialogs  []*dialog
	note     string // a word about the last key, gone with the next
	quitting bool
}

func newModel(m Migration, o ScreenOptions) *model {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Grace == 0 {
		o.Grace = defaultGrace
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
		wasBusy := m.snap.Busy
		m.snap = m.m.Snapshot()
		if m.snap.Busy && !wasBusy {
			return m.tick()
		}
	case tickMsg:
		if msg.n == m.ticks {
			m.turn++
			return m.tick()
		}
	case tea.PasteMsg:
		if q := m.question(); q != nil && m.decision.form != nil {
			m.decision.form.paste(msg.Content)
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

func (m *model) top() *dialog {
	if len(m.dialogs) == 0 {
		return nil
	}
	return m.dialogs[len(m.dialogs)-1]
}

func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.Interrupt):
		if d := m.top(); d != nil && d.kind == quitDialog || m.snap.State.Choices.Ended != nil {
			return m.leave()
		}
		m.open(quitDialog)
		return nil
	case key.Matches(k, m.keys.Suspend):
		return tea.Suspend
	case m.top() != nil:
		return m.pressDialog(k)
	case m.decision.form != nil:
		m.pressForm(k)
		return nil
	case m.decision.filtering:
		m.pressFilter(k)
		return nil
	}
	return m.pressStep(k)
}

func (m *model) leave() tea.Cmd {
	m.quitting = true
	return tea.Quit
}

func (m *model) open(kind dialogKind) {
	if d := m.top(); d != nil && d.kind == kind {
		return
	}
	d := &dialog{kind: kind, step: m.step()}
	if kind == logDialog {
		d.scroll = 1 << 20 // at its end
	}
	m.dialogs = append(m.dialogs, d)
}

func (m *model) pressStep(k tea.KeyPressMsg) tea.Cmd {
	q := m.question()
	switch {
	case key.Matches(k, m.keys.Quit):
		if m.snap.State.Choices.Ended != nil {
			return m.leave()
		}
		m.open(quitDialog)
	case key.Matches(k, m.keys.Guide):
		m.open(guideDialog)
	case key.Matches(k, m.keys.Commands):
		m.open(commandsDialog)
	case key.Matches(k, m.keys.Log):
		m.open(logDialog)
	case key.Matches(k, m.keys.Help):
		m.open(helpDialog)
	case key.Matches(k, m.keys.Look):
		m.m.LookAgain()
		m.note = "Looking again."
	case key.Matches(k, m.keys.Left):
		m.turnTo(-1)
	case key.Matches(k, m.keys.Right):
		m.turnTo(1)
	case key.Matches(k, m.keys.Back):
		m.viewing, m.decision.filter = "", ""
	case key.Matches(k, m.keys.PageUp):
		m.scroll = max(0, m.scroll-5)
	case key.Matches(k, m.keys.PageDown):
		m.scroll += 5
	case q == nil:
	case key.Matches(k, m.keys.Up):
		m.decision.move(q, -1)
	case key.Matches(k, m.keys.Down):
		m.decision.move(q, 1)
	case key.Matches(k, m.keys.Filter) && q.Search:
		m.decision.filtering = true
	case key.Matches(k, m.keys.Choose):
		m.choose(q)
	}
	return nil
}

// turnTo looks at a neighbouring step. It changes the screen and nothing else.
func (m *model) turnTo(by int) {
	road := steps.Road()
	n := m.step().Number()
	if n == 0 { // in a back-out, which is beside the road
		n = len(road) + 1
	}
	n = min(max(n+by, 1), len(road))
	m.viewing, m.scroll = road[n-1], 0
}

// choose takes the option under the cursor, or opens what it asks for.
func (m *model) choose(q *steps.Question) {
	if m.now.Sub(m.asked) < m.o.Grace {
		return // the question has only just come: this key was meant for another
	}
	o, ok := q.Option(m.decision.option)
	switch {
	case !ok:
		return
	case o.Blocked != "":
		m.note = "Not possible now: " + o.Blocked + "."
	case o.Wait:
		m.note = "Staying. Nothing was done."
	case len(o.Fields) > 0 || o.Typed != "":
		m.decision.form = newForm(q, o)
	default:
		m.send(q, steps.Answer{Question: q.ID, Option: o.ID}, secret.Text{})
	}
}

func (m *model) send(q *steps.Question, a steps.Answer, word secret.Text) {
	if err := q.Check(a); err != nil {
		if m.decision.form != nil {
			m.decision.form.wrong = err.Error()
		} else {
			m.note = err.Error()
		}
		return
	}
	m.decision.form, m.viewing = nil, ""
	m.m.Answer(a, word)
}

func (m *model) pressForm(k tea.KeyPressMsg) {
	if key.Matches(k, m.keys.Back) {
		m.decision.form = nil
		return
	}
	if !m.decision.form.press(k, m.keys) {
		return
	}
	q := m.question()
	a, word := m.decision.form.answer()
	m.send(q, a, word)
}

func (m *model) pressFilter(k tea.KeyPressMsg) {
	d := &m.decision
	switch name := k.String(); name {
	case "esc":
		d.filtering, d.filter = false, ""
	case "enter", "down", "up":
		d.filtering = false
	case "backspace":
		if r := []rune(d.filter); len(r) > 0 {
			d.filter = string(r[:len(r)-1])
		}
	default:
		d.filter += k.Text
	}
}

func (m *model) pressDialog(k tea.KeyPressMsg) tea.Cmd {
	d := m.top()
	page := max(1, m.height-8)
	switch {
	case key.Matches(k, m.keys.Back):
		m.dialogs = m.dialogs[:len(m.dialogs)-1]
	case key.Matches(k, m.keys.Up):
		d.at, d.scroll = max(0, d.at-1), max(0, d.scroll-1)
	case key.Matches(k, m.keys.Down):
		d.at, d.scroll = d.at+1, d.scroll+1
	case key.Matches(k, m.keys.PageUp):
		d.scroll = max(0, d.scroll-page)
	case key.Matches(k, m.keys.PageDown):
		d.scroll += page
	case d.kind == quitDialog && key.Matches(k, m.keys.Choose):
		if d.at == 1 {
			return m.leave()
		}
		m.dialogs = m.dialogs[:len(m.dialogs)-1]
	case d.kind == commandsDialog && key.Matches(k, m.keys.Copy):
		if list := steps.Commands(m.snap.State, d.step); d.at < len(list) {
			m.note = "Sent to the clipboard."
			return tea.SetClipboard(list[d.at].Line)
		}
	case d.kind != quitDialog && (key.Matches(k, m.keys.Quit) || closes(k, d.kind)):
		m.dialogs = m.dialogs[:len(m.dialogs)-1]
	}
	return nil
}

// closes reports whether the key that opened a dialog closes it again.
func closes(k tea.KeyPressMsg, kind dialogKind) bool {
	return map[dialogKind]string{guideDialog: "g", commandsDialog: "c", logDialog: "l", helpDialog: "?"}[kind] == k.String()
}

// bindings are the keys that work now, the most useful first.
func (m *model) bindings() []key.Binding {
	k := m.keys
	if d := m.top(); d != nil {
		switch d.kind {
		case quitDialog:
			return []key.Binding{k.Choose, k.Up, k.Back}
		case commandsDialog:
			return []key.Binding{k.Copy, k.Up, k.Back}
		}
		return []key.Binding{k.Back, k.Up, k.PageUp}
	}
	if m.decision.form != nil {
		list := []key.Binding{k.Choose, k.Back}
		if in := m.decision.form.inputs[m.decision.form.focus]; in.field.Kind == steps.FieldMany {
			list = append([]key.Binding{k.Toggle, k.Up}, list...)
		}
		return list
	}
	var list []key.Binding
	q := m.question()
	if q != nil {
		list = append(list, k.Choose)
		if len(q.Options) > 1 {
			list = append(list, k.Up)
		}
		if q.Search {
			list = append(list, k.Filter)
		}
	}
	if m.viewing != "" {
		list = append(list, k.Back)
	}
	return append(list, k.Left, k.Commands, k.Guide, k.Log, k.Look, k.PageUp, k.Suspend, k.Help, k.Quit)
}
