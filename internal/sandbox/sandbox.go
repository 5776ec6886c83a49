package sandbox

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// DefaultTokenLifetime is how long an access token lives unless Config says
// otherwise: what a Cloud Foundry UAA commonly gives the cf client.
const DefaultTokenLifetime = 10 * time.Minute

// Config says which landscape to start. The zero value is a good day at the
// speed of the real world, on a free port of the loopback interface.
type Config struct {
	// Scenario is the name of one of Scenarios; empty means good-day.
	Scenario string
	// Speed is how many simulated seconds pass in a real one; 0 means 1. It
	// moves jobs, starting applications and migrations, but not tokens: every
	// client compares their expiry with its own clock.
	Speed float64
	// Listener is what to serve on; nil means to listen on Addr.
	Listener net.Listener
	// Addr is a TCP address, by default 127.0.0.1:0.
	Addr string
	// AllowRemote permits an Addr that other machines can reach. Everybody who
	// reaches the landscape knows its passwords.
	AllowRemote bool
	// TokenLifetime is how long an access token lives, in real time.
	TokenLifetime time.Duration
	// TLS serves https, with a certificate of an authority that is made at the
	// start. CAFile is where the authority's certificate is written, in PEM; it
	// has to be given, because nobody else vouches for the landscape.
	TLS    bool
	CAFile string
	// Faults are cards that disturb the landscape. Of those that match a request
	// the first strikes.
	Faults []Fault
	// OnRequest is called for every request, one at a time and in the order of
	// Seq, at the moment its answer goes out. It may call Requests and Truth.
	OnRequest func(Request)
	// Seed feeds the landscape's one source of randomness. With 0 everything
	// takes the time that the scenario says; with any other seed jobs, starting
	// applications, replications and finalizations take 60 to 140 % of it, the
	// same with the same seed.
	Seed uint64
}

// Landscape is a running landscape. Its methods may be called from everywhere.
type Landscape struct {
	world    *world
	requests *requestLog
	faults   *faultLayer
	listener net.Listener
	caFile   string // empty: no TLS
	server   *http.Server
	served   chan struct{} // closed when the server has stopped
	gate     gate
}

// Info is what somebody needs to use the landscape, and nothing they must not
// know: these passwords protect nothing.
type Info struct {
	API          string  `json:"api"`
	CAFile       string  `json:"ca_file,omitempty"` // whom to trust, where the API is https
	Migration    string  `json:"migration"`         // ends in /v1
	User         string  `json:"user"`
	Password     string  `json:"password"`
	Passcode     string  `json:"passcode"` // works once; a new one is at API/passcode
	ClientID     string  `json:"client_id"`
	ClientSecret string  `json:"client_secret"`
	Org          string  `json:"org"`
	Space        string  `json:"space"`
	Source       string  `json:"source"`
	Target       string  `json:"target"`
	SpareTarget  string  `json:"spare_target"`
	SourceKey    string  `json:"source_key,omitempty"` // keys that are there already
	TargetKey    string  `json:"target_key,omitempty"`
	Provider     string  `json:"provider"`  // whose cloud it plays: the address can't tell
	Landscape    string  `json:"landscape"` // the name it goes by, neither
	Scenario     string  `json:"scenario"`
	Speed        float64 `json:"speed"`
}

// Start brings a landscape up. It serves until Close.
func Start(cfg Config) (*Landscape, error) {
	scenario, err := findScenario(cfg.Scenario)
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.Speed == 0:
		cfg.Speed = 1
	case cfg.Speed < 0:
		return nil, fmt.Errorf("sandbox: speed %v: time does not run backwards", cfg.Speed)
	}
	switch {
	case cfg.TokenLifetime == 0:
		cfg.TokenLifetime = DefaultTokenLifetime
	case cfg.TokenLifetime < time.Second:
		return nil, fmt.Errorf("sandbox: token lifetime %v is shorter than a second, the unit tokens count in", cfg.TokenLifetime)
	}
	if cfg.TLS != (cfg.CAFile != "") {
		return nil, errors.New("sandbox: TLS needs a file for the certificate of its authority, and only TLS does")
	}
	faults, err := deal(cfg.Faults)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	listener := cfg.Listener
	if listener == nil {
		if listener, err = listen(cfg.Addr, cfg.AllowRemote); err != nil {
			return nil, err
		}
	}
	if cfg.TLS {
		secured, err := serveTLS(listener, cfg.CAFile)
		if err != nil {
			if cfg.Listener == nil {
				_ = listener.Close() // the first error is the one to tell
			}
			return nil, err
		}
		listener = secured
	}

	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], cfg.Seed)
	w := &world{
		speed:       cfg.Speed,
		lifetime:    cfg.TokenLifetime,
		source:      rand.NewChaCha8(seed),
		seed:        cfg.Seed,
		spreads:     map[string]int{},
		scenario:    scenario,
		jobFailures: maps.Clone(scenario.jobFailures),
		started:     time.Now(),
	}
	w.initialize()
	scenario.populate(w)

	l := &Landscape{
		world:    w,
		requests: &requestLog{notify: cfg.OnRequest},
		faults:   faults,
		listener: listener,
		caFile:   cfg.CAFile,
		served:   make(chan struct{}),
	}
	l.server = &http.Server{
		Handler:           l.handler(),
		ReadHeaderTimeout: time.Minute,
		// Longer than clients keep a connection: the end that sends is the one
		// that should drop it, or a request may fall into the gap.
		IdleTimeout: 10 * time.Minute,
		// A client that goes away is no news, and the landscape may share its
		// terminal with a full-screen program.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(l.served)
		_ = l.server.Serve(listener) // always an error; after Close, the expected one
	}()
	return l, nil
}

// Info says how to reach and use the landscape now: the passcode changes when
// it was used.
func (l *Landscape) Info() Info {
	w := l.world
	w.mu.Lock()
	defer w.mu.Unlock()
	base := l.base()
	return Info{
		API: base, CAFile: l.caFile, Migration: base + "/v1",
		User: w.dana.name, Password: w.dana.secret, Passcode: w.passcode,
		ClientID: w.robot.name, ClientSecret: w.robot.secret,
		Org: w.home.org.name, Space: w.home.name,
		Source: homeSource, Target: homeTarget, SpareTarget: homeSpareTarget,
		SourceKey: w.scenario.sourceKey, TargetKey: w.scenario.targetKey,
		Provider: w.scenario.provider, Landscape: w.scenario.landscape, Scenario: w.scenario.name, Speed: w.speed,
	}
}

// base is the address of everything here, for whoever has not asked yet.
func (l *Landscape) base() string {
	scheme := "http://"
	if l.caFile != "" {
		scheme = "https://"
	}
	return scheme + l.listener.Addr().String()
}

// Requests returns what was asked so far, oldest first.
func (l *Landscape) Requests() []Request { return l.requests.all() }

// Close stops serving, drops connections and waits for what is being answered.
func (l *Landscape) Close() error {
	err := l.server.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil // closed by its owner, or twice
	}
	<-l.served
	l.gate.close()
	return err
}

// gate counts the requests that are being answered, so that Close can wait for
// the last of them.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

// enter says whether a request may still come in; if so, it must leave.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.inside.Add(1)
	}
	return !g.closed
}

func (g *gate) leave() { g.inside.Done() }

func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}

// pause waits for d unless the request is given up before.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
