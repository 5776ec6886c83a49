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
	if d := m.top(); d != nil && d.kind == backOutDialog && d.decision.follow(steps.AskBackOut(m.snap.State)) {
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
	switch d := m.top(); {
	case d == nil:
		return m.question(), &m.decision
	case d.kind == backOutDialog:
		q := steps.AskBackOut(m.snap.State)
		if q != nil {
			q.Why = "" // the card says it
		}
		return q, &d.decision
	default:
		return nil, &d.decision
	}
}

func (m *model) top() *dialog {
	if len(m.dialogs) == 0 {
		return nil
	}
	return m.dialogs[len(m.dialogs)-1]
}

func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	q, at := m.asking()
	switch {
	case key.Matches(k, m.keys.Interrupt):
		if d := m.top(); d != nil && d.kind == quitDialog || m.snap.State.Choices.Ended != nil {
			return m.leave()
		}
		m.open(quitDialog)
		return nil
	case key.Matches(k, m.keys.Suspend):
		return tea.Suspend
	case at.form != nil:
		m.pressForm(k, q, at)
		return nil
	case m.top() != nil:
		return m.pressDialog(k)
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
	switch kind {
	case logDialog:
		d.scroll = 1 << 20 // at its end
	case backOutDialog:
		d.decision.follow(steps.AskBackOut(m.snap.State))
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
	case key.Matches(k, m.keys.BackOut):
		m.open(backOutDialog)
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
	case key.Matches(k, m.keys.Report):
		return m.saveReport()
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
		m.choose(q, &m.decision)
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
func (m *model) choose(q *steps.Question, d *decision) {
	if m.now.Sub(m.asked) < m.o.Grace {
		return // the question has only just come: this key was meant for another
	}
	o, ok := q.Option(d.option)
	switch {
	case !ok:
		return
	case o.Blocked != "":
		m.note = "Not possible now: " + o.Blocked + "."
	case o.Wait:
		m.note = "Staying. Nothing was done."
	case len(o.Fields) > 0 || o.Typed != "":
		d.form = newForm(q, o)
	default:
		m.send(q, d, steps.Answer{Question: q.ID, Option: o.ID}, secret.Text{})
	}
}

// send hands an answer in. Whatever was laid over the step is closed by it.
func (m *model) send(q *steps.Question, d *decision, a steps.Answer, word secret.Text) {
	if err := q.Check(a); err != nil {
		if d.form != nil {
			d.form.refuse(err)
		} else {
			m.note = err.Error()
		}
		return
	}
	d.form, m.viewing, m.dialogs = nil, "", nil
	m.m.Answer(a, word)
}

func (m *model) pressForm(k tea.KeyPressMsg, q *steps.Question, d *decision) {
	if key.Matches(k, m.keys.Back) && !d.form.filtering() {
		d.form = nil
		return
	}
	if !d.form.press(k, m.keys) {
		return
	}
	a, word := d.form.answer()
	m.send(q, d, a, word)
}

func (m *model) pressFilter(k tea.KeyPressMsg) {
	d := &m.decision
	switch name := k.String(); name {
	case "esc":
		d.filtering, d.filter = false, ""
	case "enter", "down", "up":
		d.filtering = false
	default:
		d.filter = edited(d.filter, k)
	}
}

// edited is what a key makes of the text of a filter.
func edited(text string, k tea.KeyPressMsg) string {
	if k.String() != "backspace" {
		return text + k.Text
	}
	if r := []rune(text); len(r) > 0 {
		return string(r[:len(r)-1])
	}
	return ""
}

func (m *model) pressDialog(k tea.KeyPressMsg) tea.Cmd {
	d := m.top()
	page := max(1, m.height-8)
	q, _ := m.asking()
	switch {
	case key.Matches(k, m.keys.Back), d.kind != quitDialog && (key.Matches(k, m.keys.Quit) || closes(k, d.kind)):
		m.dialogs = m.dialogs[:len(m.dialogs)-1]
	case key.Matches(k, m.keys.PageUp):
		d.scroll = max(0, d.scroll-page)
	case key.Matches(k, m.keys.PageDown):
		d.scroll += page
	case q != nil && key.Matches(k, m.keys.Up):
		d.decision.move(q, -1)
	case q != nil && key.Matches(k, m.keys.Down):
		d.decision.move(q, 1)
	case q != nil && key.Matches(k, m.keys.Choose):
		m.choose(q, &d.decision)
	case key.Matches(k, m.keys.Up):
		d.at, d.scroll = max(0, d.at-1), max(0, d.scroll-1)
	case key.Matches(k, m.keys.Down):
		d.at, d.scroll = d.at+1, d.scroll+1
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
	}
	return nil
}

// closes reports whether the key that opened a dialog closes it again.
func closes(k tea.KeyPressMsg, kind dialogKind) bool {
	return map[dialogKind]string{
		guideDialog: "g", commandsDialog: "c", logDialog: "l", helpDialog: "?", backOutDialog: "b",
	}[kind] == k.String()
}

// bindings are the keys that work now, the most useful first.
func (m *model) bindings() []key.Binding {
	k := m.keys
	q, at := m.asking()
	if at.form != nil {
		return at.form.bindings(k)
	}
	if d := m.top(); d != nil {
		switch {
		case d.kind == quitDialog:
			return []key.Binding{k.Choose, k.Up, k.Back}
		case q != nil:
			return []key.Binding{k.Choose, k.Up, k.PageUp, k.Back}
		case d.kind == commandsDialog:
			return []key.Binding{k.Copy, k.Up, k.Back}
		}
		return []key.Binding{k.Back, k.Up, k.PageUp}
	}
	var list []key.Binding
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
	if m.snap.State.Choices.Ended == nil {
		list = append(list, k.BackOut)
	}
	k.Report.SetEnabled(m.o.SaveReport != nil)
	if m.snap.State.Choices.Ended != nil {
		list = append(list, k.Report)
		k.Report = key.Binding{}
	}
	return append(list, k.Left, k.Commands, k.Guide, k.Log, k.Report, k.Look, k.PageUp, k.Suspend, k.Help, k.Quit)
}
