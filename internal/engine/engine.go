package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// Engine runs one migration. Make it with New, run it with Run; the other
// methods may be called from anywhere while it runs.
type Engine struct {
	cfg      Config
	log      *requestLog
	platform cell
	keys     sync.Map // key GUID → steps.Key, read once
	params   sync.Map // binding GUID → steps.Params, read once
	hosts    sync.Map // key or binding GUID → cfsession.HostMark, read once

	unfit error        // why it cannot run at all
	login atomic.Value // string: stamp of the cf login last tried

	target atomic.Pointer[cfTarget] // where cf points, as last read

	inbox   chan message
	updates chan struct{}

	// Of the loop alone.
	state      steps.State
	journal    *journal
	read       string // path of the journal that was taken up, where none is written
	withheld   []steps.Effect
	schedule   schedule
	checking   context.CancelFunc // of a preflight check under way
	changing   int                // effects under way
	service    Service
	serviceURL string

	mu       sync.Mutex
	snapshot Snapshot
}

// message is what comes into the loop: an event, or an answer with the secret
// that belongs to it and goes no further than the effect it is for.
type message struct {
	event  any // of a kind that steps.Event can be
	secret secret.Text
	after  func() // in the loop, before the event is applied
}

// Snapshot is what can be seen of a running engine.
type Snapshot struct {
	State    steps.State
	Busy     bool      // a request that somebody waits for is under way
	LastLook time.Time // of the looks that repeat
	NextLook time.Time
	Looks    int // so far
	Failures int // looks that failed in a row
	Expiry   time.Time
	Journal  string // its path; empty before there is one
	Warning  string // something is wrong with the wizard's own keeping
	Idle     bool   // nothing is under way and nothing is due at once
	// Withheld are the requests that are due and not sent, because the engine only
	// looks.
	Withheld []steps.Effect
}

// New returns an engine that has done nothing yet. A *TrustError or a
// *StateDirError comes from Run.
func New(cfg Config) *Engine {
	err := cfg.trust()
	return &Engine{
		unfit: err,
		cfg:   cfg, log: &requestLog{}, inbox: make(chan message, 64), updates: make(chan struct{}, 1),
		state: steps.New(), schedule: newSchedule(cfg), snapshot: Snapshot{State: steps.New()},
	}
}

// Snapshot returns what there is to see now.
func (e *Engine) Snapshot() Snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.snapshot
}

// Updates tells that there is something new to see. Several changes may come as
// one; the channel is never closed.
func (e *Engine) Updates() <-chan struct{} { return e.updates }

// Requests returns the log of requests, oldest first, and how many there were.
func (e *Engine) Requests() ([]Request, int) { return e.log.all() }

// Answer hands in the person's word. A secret belongs to the one effect that
// needs it, and is not kept.
func (e *Engine) Answer(a steps.Answer, word secret.Text) {
	e.inbox <- message{event: steps.Answered{Answer: a}, secret: word}
}

// LookAgain looks at everything now, without waiting for its time.
func (e *Engine) LookAgain() { e.inbox <- message{event: steps.LookAgain{}} }

// finishing is how long a request under way may take to end when the program
// is closed. One that does not is found in the journal, and looked at, next time.
const finishing = 5 * time.Second

// Run works until the context ends. It returns nil then; an error only when it
// cannot work at all.
func (e *Engine) Run(ctx context.Context) error {
	if e.unfit != nil {
		return e.unfit
	}
	if !e.cfg.LookOnly {
		if err := CheckStateDir(e.cfg.StateDir); err != nil {
			return err
		}
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	begin := steps.Resumed{}
	if id := e.cfg.Resume; id != "" {
		var err error
		if begin, err = e.takeUp(id); err != nil {
			return err
		}
		begin.Reopen = e.cfg.Reopen
	}
	e.apply(work, &running, message{event: begin})
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wake := e.startLooks(work, &running)
		e.publish(wake)
		timer.Reset(max(0, time.Until(wake)))
		select {
		case <-ctx.Done():
			return e.wind(work, stop, &running)
		case m := <-e.inbox:
			e.apply(work, &running, m)
		case <-timer.C:
		}
	}
}

// wind ends the work: looks at once, a change when it is through or its time is.
func (e *Engine) wind(work context.Context, stop context.CancelFunc, running *sync.WaitGroup) error {
	e.schedule.cancelAll()
	if e.checking != nil {
		e.checking()
	}
	ended := make(chan struct{})
	go func() { running.Wait(); close(ended) }()
	deadline := time.NewTimer(finishing)
	defer deadline.Stop()
	for done := false; !done; {
		select {
		case m := <-e.inbox:
			e.settle(m)
		case <-deadline.C:
			stop()
		case <-ended:
			done = true
		}
	}
	for {
		select {
		case m := <-e.inbox:
			e.settle(m)
		default:
			e.publish(time.Time{})
			return e.journal.close()
		}
	}
}

// settle takes an outcome in while winding down; nothing new is begun.
func (e *Engine) settle(m message) {
	if m.after != nil {
		m.after()
	}
	switch m.event.(type) {
	case steps.Did, steps.WentWrong:
		before := e.state
		e.state, _ = steps.Apply(before, steps.Event{At: time.Now(), Is: m.event})
		// An effect that follows is not carried out, so it must not be announced.
		for id, w := range e.state.Work {
			if _, was := before.Work[id]; !was && w.Status == steps.InFlight {
				delete(e.state.Work, id)
			}
		}
		_ = e.keep(before)
	}
}

// apply feeds the machine, keeps what the journal has to keep, then acts.
func (e *Engine) apply(ctx context.Context, running *sync.WaitGroup, m message) {
	if m.after != nil {
		m.after()
	}
	if m.event == nil {
		return
	}
	now := time.Now()
	before := e.state
	next, effects := steps.Apply(before, steps.Event{At: now, Is: m.event})
	e.state = next
	if resumed, ok := m.event.(steps.Resumed); ok {
		before = asRead(resumed) // the journal holds it already
		if resumed.Reopen {
			before.Choices = next.Choices
		}
	}
	e.schedule.heard(m.event, now)
	if e.cfg.LookOnly {
		effects = e.withhold(effects)
	}
	err := e.keep(before)
	if err != nil {
		e.warn(err)
	}
	for _, effect := range effects {
		if err != nil && effect.Changes() { // what is not on the disk is not done
			e.later(steps.WentWrong{Effect: effect, Problem: steps.Problem{Kind: steps.ProblemLocal, Says: err.Error()}})
			continue
		}
		e.perform(ctx, running, effect, m.secret)
	}
}

// withhold takes back what would change something, and returns the rest. The
// machine asks for it anew with every event, for as long as it is due.
func (e *Engine) withhold(effects []steps.Effect) []steps.Effect {
	e.withheld = nil
	return slices.DeleteFunc(effects, func(f steps.Effect) bool {
		if !f.Changes() {
			return false
		}
		e.withheld = append(e.withheld, f)
		delete(e.state.Work, f.ID())
		return true
	})
}

// later puts an event into the inbox without waiting for room.
func (e *Engine) later(event any) { e.send(message{event: event}) }

func (e *Engine) send(m message) {
	select {
	case e.inbox <- m:
	default:
		go func() { e.inbox <- m }()
	}
}

func (e *Engine) warn(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.snapshot.Warning = err.Error()
}

// keep writes to the journal what the way from one state to the next has
// brought. The journal begins with the first choice.
func (e *Engine) keep(before steps.State) error {
	if e.cfg.LookOnly {
		return nil
	}
	now := time.Now()
	lines := changesOf(before, e.state, now)
	if len(lines) == 0 || e.state.Choices.Where == nil {
		return nil
	}
	opened := line{At: now, Kind: lineOpen, Program: e.cfg.Program, User: e.state.Facts.Session.User}
	if e.journal == nil {
		j, err := openJournal(e.cfg.StateDir, newJournalID(now))
		if err != nil {
			return err
		}
		e.journal = j
		// All of the state, because what came before the journal is not in it.
		lines = append([]line{opened}, changesOf(steps.New(), e.state, now)...)
	}
	return e.journal.append(lines)
}

// asRead is the state as a journal had it.
func asRead(r steps.Resumed) steps.State {
	s := steps.New()
	s.Choices, s.History = r.Choices, r.History
	s.Did, s.Work = maps.Clone(r.Did), map[string]steps.Work{}
	for _, w := range r.Dangling {
		w.Status = steps.Unclear
		s.Work[w.Effect.ID()] = w
	}
	return s
}

func newJournalID(now time.Time) string {
	return now.UTC().Format("20060102-150405") + "-" + strings.ToLower(rand.Text()[:6])
}

// takeUp switches to the journal of an earlier migration.
func (e *Engine) takeUp(id string) (steps.Resumed, error) {
	if e.cfg.LookOnly {
		e.read = journalPath(e.cfg.StateDir, id)
		rec, err := readJournal(e.read)
		return rec.resumed(), err
	}
	j, err := openJournal(e.cfg.StateDir, id)
	if err != nil {
		return steps.Resumed{}, err
	}
	rec, err := readJournal(j.path)
	if err != nil {
		return steps.Resumed{}, errors.Join(err, j.close())
	}
	if err := e.journal.close(); err != nil {
		e.warn(err)
	}
	e.journal = j
	return rec.resumed(), nil
}

// publish makes the present state visible.
func (e *Engine) publish(wake time.Time) {
	now := time.Now()
	e.mu.Lock()
	e.snapshot.State = e.state
	e.snapshot.Busy = e.changing > 0
	e.schedule.describe(&e.snapshot, e.state)
	e.snapshot.Idle = e.changing == 0 && !e.schedule.busy() && (wake.IsZero() || wake.After(now)) && len(e.inbox) == 0
	if p := e.platform.Load(); p != nil {
		e.snapshot.Expiry = p.Identity().Expiry
	}
	e.snapshot.Journal, e.snapshot.Withheld = e.read, e.withheld
	if e.journal != nil {
		e.snapshot.Journal = e.journal.path
	}
	e.mu.Unlock()
	select {
	case e.updates <- struct{}{}:
	default:
	}
}

// serviceAt returns the migration service of the landscape worked in.
func (e *Engine) serviceAt(s steps.State) (Service, error) {
	url := s.Facts.Session.MigrationURL
	if url == "" && s.Choices.Where != nil {
		url = s.Choices.Where.MigrationURL
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.service == nil || e.serviceURL != url {
		service, err := e.cfg.service(url, &e.platform, e.log)
		if err != nil {
			return nil, err
		}
		e.service, e.serviceURL = service, url
	}
	return e.service, nil
}

// guard turns a panic in a request's goroutine into an error, so that the
// terminal and the journal survive it.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the wizard has a fault: %v\n%s", r, debug.Stack())
	}
}

var _ apiclient.TokenSource = (*cell)(nil)
