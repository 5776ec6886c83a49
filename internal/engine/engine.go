package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// Engine runs one migration. Make it with New, and run it between Start and Stop,
// once. All its methods may be called from any goroutine; none but Stop waits.
type Engine struct {
	// Set by New, and only read after that.
	cfg       Config
	configErr error // why it cannot run at all
	updates   chan struct{}
	quit      chan struct{} // closed by Stop
	done      chan struct{} // closed when the run has ended

	starting, stopping sync.Once
	runErr             error // set before done is closed, read after that

	// Safe for concurrent use in themselves: the loop and the goroutines of looks and
	// effects share them.
	inbox      *inbox
	log        *requestLog
	session    sessionHolder
	keys       sync.Map                 // key GUID → steps.Key, read once
	params     sync.Map                 // binding GUID → steps.Params, read once
	hosts      sync.Map                 // key or binding GUID → cfsession.HostMark, read once
	triedLogin atomic.Value             // string: stamp of the cf login last tried
	target     atomic.Pointer[cfTarget] // where cf points, as last read
	own        atomic.Value             // string: path of this migration's journal
	note       keeper                   // of the note on the target

	// Owned by the loop: nobody else reads or writes them while it runs.
	state       steps.State
	journal     *journal // nil: none is written
	readFrom    string   // path of the journal that was resumed, where none is written
	withheld    []steps.Effect
	rev         revision     // of the record
	lookOnly    bool         // nothing is changed, and nothing is written
	extra       []steps.Look // wanted beside those of the step
	schedule    schedule
	cancelCheck context.CancelFunc // ends the newest preflight check; may be called when that is over
	inFlight    int                // effects under way

	mu         sync.Mutex // guards what follows
	snapshot   Snapshot
	service    Service // of serviceURL; nil before it is needed
	serviceURL string
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
	// Looked says that everything wanted now, and possible, has been looked at: it was
	// seen and nothing has overtaken that, or it cannot be seen (see Config.LookTries).
	Looked bool
	// GivenUp are those that cannot be seen: why is a Problem in State.Seen.
	GivenUp []steps.Observable
	// Withheld are the requests that are due and not sent, because the engine only
	// looks.
	Withheld []steps.Effect
}

// New returns an engine that has done nothing yet. A configuration that does not
// work is told by Stop: as a *TrustError, a *StateDirError or a *JournalError.
func New(cfg Config) *Engine {
	err := cfg.trust()
	return &Engine{
		cfg: cfg, configErr: err, updates: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
		inbox: newInbox(), log: &requestLog{}, cancelCheck: func() {},
		state: steps.New(), schedule: newSchedule(cfg), lookOnly: cfg.LookOnly, extra: cfg.Looks, snapshot: Snapshot{State: steps.New()},
	}
}

// Start begins the run. It goes on until Stop, unless it cannot go on at all.
func (e *Engine) Start() {
	e.starting.Do(func() {
		go func() {
			defer close(e.done)
			defer e.inbox.close()
			e.runErr = e.run()
		}()
	})
}

// Done is closed when the run has ended: after Stop, or because it cannot go on.
func (e *Engine) Done() <-chan struct{} { return e.done }

// Stop ends the run and waits for that: looks are given up, changes under way get
// some time to come through. It returns why the run could not go on, or nil. An
// engine that was never started does not start any more.
func (e *Engine) Stop() error {
	e.stopping.Do(func() { close(e.quit) })
	e.starting.Do(func() { close(e.done) })
	<-e.done
	return e.runErr
}

// During runs the engine for as long as do takes, and returns why it could not go on,
// or nil. The context of do ends with ctx, and when the engine cannot go on: then with
// the reason as its cause.
func (e *Engine) During(ctx context.Context, do func(context.Context)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	e.Start()
	go func() { <-e.Done(); cancel(e.Stop()) }()
	do(ctx)
	return e.Stop()
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

// Answer hands in the person's answer. A secret belongs to the one effect that
// needs it, and is not kept. After the run it comes to nothing.
func (e *Engine) Answer(a steps.Answer, credential secret.Text) {
	e.inbox.put(message{event: steps.Answered{Answer: a}, secret: credential})
}

// LookAgain looks at everything now, without waiting for its time.
func (e *Engine) LookAgain() { e.post(steps.LookAgain{}) }

// Tick lets the machine know that time has passed, for whom waits for a time and not
// for something to happen.
func (e *Engine) Tick() { e.post(steps.TimeCame{}) }

// post puts an event into the loop's inbox.
func (e *Engine) post(event steps.Occurrence) { e.inbox.put(message{event: event}) }
