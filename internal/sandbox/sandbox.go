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
	"slices"
	"sync"
	"time"
)

// DefaultTokenLifetime is the default lifetime of access tokens, a common setting
// of the UAA for cf.
const DefaultTokenLifetime = 10 * time.Minute

// Config configures a landscape. The zero value is the scenario good-day at real
// speed on a free loopback port.
type Config struct {
	// Scenario is the name of a scenario; empty means good-day.
	Scenario string
	// Speed is the number of simulated seconds per real second; 0 means 1. It
	// applies to jobs, starting applications and migrations, but not to tokens:
	// clients compare their expiry with their own clock.
	Speed float64
	// Listener is the listener to serve on; nil means to listen on Addr.
	Listener net.Listener
	// Addr is a TCP address, by default 127.0.0.1:0.
	Addr string
	// AllowRemote permits an Addr that other machines can reach, although the
	// passwords are public.
	AllowRemote bool
	// TokenLifetime is the lifetime of access tokens, in real time.
	TokenLifetime time.Duration
	// TLS serves HTTPS with a certificate of a new authority. CAFile is the file
	// that the certificate of the authority is written to, in PEM; clients have
	// to trust it, so TLS requires it.
	TLS    bool
	CAFile string
	// Faults disturb requests. The first that applies to a request is injected.
	Faults []Fault
	// OnRequest is called for every request when its response is sent, one at a
	// time and in the order of Seq. It may call Requests and Truth.
	OnRequest func(Request)
	// Seed seeds all randomness. With a seed other than 0, jobs, starting
	// applications, replications and finalizations take 60 to 140 % of the time
	// that the scenario defines, reproducibly.
	Seed uint64
}

// Landscape is a running landscape. Its methods are safe for concurrent use.
type Landscape struct {
	world    *world
	requests *requestLog
	faults   *faultInjector
	listener net.Listener
	caFile   string // empty without TLS
	server   *http.Server
	served   chan struct{} // closed when the server has stopped
	inFlight inFlight
}

// Info holds what is needed to use a landscape. The passwords protect nothing.
type Info struct {
	API          string  `json:"api"`
	CAFile       string  `json:"ca_file,omitempty"` // to trust, with TLS
	Migration    string  `json:"migration"`         // ends in /v1
	User         string  `json:"user"`
	Password     string  `json:"password"`
	Passcode     string  `json:"passcode"` // valid once; the next one is at API/passcode
	ClientID     string  `json:"client_id"`
	ClientSecret string  `json:"client_secret"`
	Org          string  `json:"org"`
	Space        string  `json:"space"`
	Source       string  `json:"source"`
	Target       string  `json:"target"`
	SpareTarget  string  `json:"spare_target"`
	SourceKey    string  `json:"source_key,omitempty"` // keys that exist at the start
	TargetKey    string  `json:"target_key,omitempty"`
	Provider     string  `json:"provider"`  // cannot be derived from the address
	Landscape    string  `json:"landscape"` // name of the landscape; likewise
	Scenario     string  `json:"scenario"`
	Speed        float64 `json:"speed"`
}

// Start starts a landscape that serves until Close.
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
	dealt := slices.Clone(cfg.Faults)
	for _, line := range scenario.faults {
		f, err := ParseFault(line)
		if err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		dealt = append(dealt, f)
	}
	faults, err := newFaultInjector(dealt)
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
				_ = listener.Close() // report the first error
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
		jittered:    map[string]int{},
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
		// Longer than clients keep idle connections: if the server closes first,
		// a request in flight may be lost.
		IdleTimeout: 10 * time.Minute,
		// The terminal may belong to a full-screen program.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(l.served)
		_ = l.server.Serve(listener) // always returns an error
	}()
	return l, nil
}

// Info returns how to use the landscape. The passcode changes with each use.
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

// base is the address of all services.
func (l *Landscape) base() string {
	scheme := "http://"
	if l.caFile != "" {
		scheme = "https://"
	}
	return scheme + l.listener.Addr().String()
}

// Requests returns the request log, oldest first.
func (l *Landscape) Requests() []Request { return l.requests.all() }

// Close stops serving, closes connections and waits for running handlers.
func (l *Landscape) Close() error {
	err := l.server.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil // closed before
	}
	<-l.served
	l.inFlight.close()
	return err
}

// inFlight counts running handlers, so that Close can wait for them.
type inFlight struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

// begin reports whether a handler may run; if so, it must call end.
func (f *inFlight) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.inside.Add(1)
	}
	return !f.closed
}

func (f *inFlight) end() { f.inside.Done() }

func (f *inFlight) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.inside.Wait()
}

// sleep waits for d, or until the context is done.
func sleep(ctx context.Context, d time.Duration) error {
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
