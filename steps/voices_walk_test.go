package steps_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/internal/status"
	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
	"pg-migrate-wizard/tui"
)

// TestNoVoiceTellsWhatNobodyHasSeen walks at random through migrations whose looks fail,
// and holds what every voice says there against what was looked at: nothing passes for
// the present that the last look has not shown.
func TestNoVoiceTellsWhatNobodyHasSeen(t *testing.T) {
	var stops []sight
	for seed := range blindWalks {
		stops = append(stops, blindWalk(seed)...)
	}
	if len(stops) < 2*blindWalks {
		t.Fatalf("only %d states in which something is not seen", len(stops))
	}
	heard := map[string]bool{}
	synctest.Test(t, func(t *testing.T) {
		screens := []*frames{newFrames(t, 80, 24), newFrames(t, 120, 40)}
		for i, x := range stops {
			screen := screens[i%len(screens)]
			for _, voice := range x.voices(screen) {
				x.check(t, voice, heard)
			}
			x.checkPage(t)
			x.checkReport(t)
		}
	})
	for _, s := range sayings {
		if blindWalks == allBlindWalks && !heard[s.words.String()] {
			t.Errorf("no voice says %s any more: take it off the list, or put its new words there", s.words)
		}
	}
}

// blindWalks is how many there are; fewer under the race detector.
var blindWalks = allBlindWalks

const allBlindWalks = 60

// sight is a state that a walk came by, and what was looked at until then.
type sight struct {
	name string
	s    State
	seen *seenWorld
}

// blindWalk is a walk on which looks fail more often than elsewhere; of it those states
// in which something is not seen.
func blindWalk(seed int) []sight {
	return rapid.Custom(func(t *rapid.T) []sight {
		r := &walk{t: t, w: newWorld(rapid.Bool().Draw(t, "gcp")), s: New(), quick: true}
		r.apply(Resumed{})
		r.lead(rapid.SampledFrom([]string{"", "preflight", "replicating", "in-sync", "finalize", "finalizing", "switch", "validate", "clean-up.target-key"}).Draw(t, "begins at"))
		var list []sight
		for n := range rapid.IntRange(4, 25).Draw(t, "steps") {
			r.w.now = r.w.now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second)
			r.stride()
			if looks := Looks(r.s); len(looks) > 0 && rapid.IntRange(0, 2).Draw(t, "blind") == 0 {
				see := rapid.SampledFrom(looks).Draw(t, "of").Of
				r.apply(LookFailed{see, r.s.Sequence(), Problem{Kind: ProblemNetwork, Says: "no route"}})
			}
			c := r.s.Choices
			seen := r.view.now(ObserveApps) && r.view.now(ObserveReplication) && r.view.now(ObserveFinalization)
			if c.Where == nil || c.Source == nil || c.Ended != nil || seen || n%2 > 0 {
				continue // nobody looks yet, or any more
			}
			v := *r.view
			v.looked, v.failed = maps.Clone(v.looked), maps.Clone(v.failed)
			list = append(list, sight{fmt.Sprintf("walk %d, stride %d", seed, n), r.s, &v})
		}
		return list
	}).Example(seed)
}

// saying is something that a voice may say of the world, and the look that it takes.
type saying struct {
	words *regexp.Regexp
	of    []Observable // each has to be seen now
	// unless it is said beside the words, or in a line of its own before them.
	above bool
}

var (
	lastSeen = regexp.MustCompile(`[Ll]ast seen|seen last|not known|cannot be seen|[Bb]y the record`)
	sayings  = []saying{
		{words: words(`applications? (is |are )?(on SOURCE|on TARGET|STOPPED)|applications stay STOPPED`), of: []Observable{ObserveApps}},
		{words: words(`no application is bound to either|pplications stay stopped until`), of: []Observable{ObserveApps}},
		{words: words(`\b(api|worker|admin):? +(stopped|started|starting|gone|crashed|to stop)\b`), of: []Observable{ObserveApps}, above: true},
		{words: words(`(stopped|stop) +app:(api|worker|admin)`), of: []Observable{ObserveApps}, above: true},
		{words: words(`Replication:? +(still there|removed|there was none|none|WAITING|RUNNING|IN-SYNC)`), of: []Observable{ObserveReplication}},
		{words: words(`Finalization:? +(still there|removed|there was none|none|WAITING|RUNNING)`), of: []Observable{ObserveFinalization}},
		{words: words(`No replication exists yet|Data flows from`), of: []Observable{ObserveReplication}, above: true},
		{words: words(`IN-SYNC +for `), of: []Observable{ObserveReplication}},
		{words: words(`The service goes on with the replication`), of: []Observable{ObserveReplication}},
		{words: words(`The service goes on with the finalization`), of: []Observable{ObserveFinalization}},
		{words: words(`Source instance:? .*, there`), of: []Observable{ObserveInstances}},
		{words: words(`Key of the target:? .*, there`), of: []Observable{ObserveTargetKeys}},
		{words: words(`Key of the source:? .*, there`), of: []Observable{ObserveSourceKeys}},
	}
)

func words(text string) *regexp.Regexp { return regexp.MustCompile(text) }

// voice is what one of them says about a state, a statement a line.
type voice struct{ name, text string }

func (x sight) voices(screen *frames) []voice {
	var lines, page bytes.Buffer
	tui.NewPlain(&shown{state: x.s}, tui.PlainOptions{Out: &lines, Auto: true}).Show(engine.Snapshot{State: x.s}, false)
	shownPage := status.PageOf(engine.Snapshot{State: x.s})
	shownPage.BackOut.Outcome = "" // how it would be then, not how it is
	shownPage.Table(&page)
	return []voice{
		{"screen", screen.draw(x.s)},
		{"quit text on the screen", screen.quitting()},
		{"lines", lines.String()},
		{"leaving", strings.Join(Leaving(x.s), "\n")},
		{"page", page.String()},
		{"report", report.New(x.s, x.s.At).Markdown()},
	}
}

// check holds that what a voice says as of now was seen now.
func (x sight) check(t *testing.T, v voice, heard map[string]bool) {
	t.Helper()
	for _, s := range sayings {
		for _, at := range s.words.FindAllStringIndex(v.text, -1) {
			heard[s.words.String()] = true
			unseen := slices.ContainsFunc(s.of, func(see Observable) bool {
				return !x.seen.now(see) && (see != ObserveReplication || !IsCompleted(x.s)) // which does not change after that
			})
			begin := strings.LastIndexAny(v.text[:at[0]], "\n") + 1
			for n := 0; begin > 0 && v.name != "page" && n < 2 && strings.HasPrefix(v.name, "screen"); n++ { // a wrapped sentence
				begin = strings.LastIndexAny(v.text[:begin-1], "\n") + 1
			}
			if s.above {
				begin = 0
			}
			end := at[1]
			if i := strings.IndexByte(v.text[end:], '\n'); i >= 0 {
				end += i
			}
			if unseen && !lastSeen.MatchString(v.text[begin:end]) {
				t.Errorf("%s: the %s says %q, and that was not seen: %v\n%s", x.name, v.name, v.text[at[0]:end], s.of, v.text)
				return
			}
		}
	}
	if apps := Claims(x.s)[0]; apps.Basis == BasisNone && regexp.MustCompile(`(?i)stop now:[^.]*nothing lost`).MatchString(v.text) {
		t.Errorf("%s: the %s knows that nothing is lost without knowing where the applications are:\n%s", x.name, v.name, v.text)
	}
	changed := slices.ContainsFunc(x.s.History, func(m Moment) bool { return m.Done() })
	if nothing := regexp.MustCompile(`(?i)nothing was (changed|copied|begun|touched)\b`).FindString(v.text); nothing != "" && changed {
		t.Errorf("%s: the %s says %q after something was done", x.name, v.name, nothing)
	}
}

// checkPage holds the fields for programs.
func (x sight) checkPage(t *testing.T) {
	t.Helper()
	page := status.PageOf(engine.Snapshot{State: x.s})
	for _, p := range []struct {
		is    status.Progress
		about Subject
		see   Observable
	}{{page.Replication, AboutReplication, ObserveReplication}, {page.Finalization, AboutFinalization, ObserveFinalization}} {
		if _, looked := x.seen.processes[p.about]; p.is.Known && !looked {
			t.Errorf("%s: nobody has looked at the %s, and it is known: %+v", x.name, p.about, p.is)
		}
		if p.is.Known && !x.seen.now(p.see) && p.is.LastSeen == nil && !IsCompleted(x.s) {
			t.Errorf("%s: the %s is not seen now, and nothing says so: %+v", x.name, p.about, p.is)
		}
	}
	for _, w := range page.Writers {
		if w.Kind == WriterApp && !x.seen.now(ObserveApps) && w.LastSeen == nil {
			t.Errorf("%s: the writer %s is not seen now, and nothing says so", x.name, w.Name)
		}
	}
	for _, c := range page.Claims {
		process := c.About == AboutReplication || c.About == AboutFinalization
		if c.Basis != BasisSeen && c.Value != ValueUntouched && c.About != AboutWrites && !(process && IsCompleted(x.s)) && len(page.Unknown) == 0 && x.s.Names().Complete() && c.Value != ValueNone {
			t.Errorf("%s: %+v, and nothing is said to be unknown", x.name, c)
		}
	}
}

// checkReport holds the record: what it says of now has the time of a look.
func (x sight) checkReport(t *testing.T) {
	t.Helper()
	r := report.New(x.s, x.s.At)
	for _, a := range r.Applications {
		if (a.Now != nil || a.Gone) && a.SeenAt.IsZero() {
			t.Errorf("%s: the report tells how %s is, and not when that was seen", x.name, a.Name)
		}
	}
	for _, l := range r.Left {
		see := map[LeftKind]Observable{LeftReplication: ObserveReplication, LeftFinalization: ObserveFinalization}[l.What]
		if see != "" && !l.SeenAt.IsZero() && !x.seen.looked[see] {
			t.Errorf("%s: the report has seen the %s at %s, and nobody has looked", x.name, l.What, l.SeenAt)
		}
	}
	for _, b := range r.BackOuts {
		for _, what := range b.Removed {
			if !slices.ContainsFunc(x.s.History, func(m Moment) bool {
				return m.Did(map[string]Verb{"replication": DoDeleteReplication, "finalization": DoDeleteFinalization}[what])
			}) {
				t.Errorf("%s: the report says that the %s was removed", x.name, what)
			}
		}
	}
}

// shown is a migration in which happens what the test puts there.
type shown struct {
	mu      sync.Mutex // the screen reads beside the test
	state   State
	updates chan struct{}
}

func (m *shown) show(s State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state = s
}

func (m *shown) Snapshot() engine.Snapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	return engine.Snapshot{State: m.state}
}

func (m *shown) Updates() <-chan struct{}        { return m.updates }
func (*shown) Requests() ([]engine.Request, int) { return nil, 0 }
func (*shown) Answer(Answer, secret.Text)        {}
func (*shown) LookAgain()                        {}

// frames is the whole screen on an emulated terminal, one state after the other.
type frames struct {
	m    *shown
	emu  *vt.Emulator
	keys *io.PipeWriter
}

func newFrames(t *testing.T, width, height int) *frames {
	t.Helper()
	in, keys := io.Pipe()
	f := &frames{&shown{state: New(), updates: make(chan struct{}, 1)}, vt.NewEmulator(width, height), keys}
	_, _ = f.emu.Write([]byte("\x1b[20h")) // the renderer sends bare line feeds to what is no terminal device
	go func() { _, _ = io.Copy(io.Discard, f.emu) }()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- tui.RunScreen(ctx, f.m, tui.ScreenOptions{
			In: in, Out: f.emu, Environment: []string{"TERM=xterm-256color", "LANG=C.UTF-8", "NO_COLOR=1"},
			Width: width, Height: height, Grace: -1, Now: func() time.Time { return f.m.Snapshot().State.At },
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the screen ended with %v", err)
		}
		_ = keys.Close()
		_ = in.Close()
		_ = f.emu.Close()
		time.Sleep(time.Minute) // until nothing of the screen waits any more
	})
	return f
}

// draw is the screen of a state.
func (f *frames) draw(s State) string {
	f.m.show(s)
	f.m.updates <- struct{}{}
	return f.text()
}

// quitting is the screen while it asks whether to quit.
func (f *frames) quitting() string {
	_, _ = f.keys.Write([]byte("q"))
	text := f.text()
	_, _ = f.keys.Write([]byte("\x1b"))
	f.text()
	return text
}

// text leaves out the rail, beside which the statements stand.
func (f *frames) text() string {
	time.Sleep(100 * time.Millisecond)
	synctest.Wait()
	lines := strings.Split(ansi.Strip(f.emu.Render()), "\n")
	for i, l := range lines {
		if _, right, cut := strings.Cut(l, "│"); cut {
			l = right
		}
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}
