package sandbox

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// world is all that exists in the landscape. Its lock is held for the whole of
// a decision and never while something is written to a connection.
type world struct {
	mu       sync.Mutex
	speed    float64
	lifetime time.Duration // of an access token, real time
	source   *rand.ChaCha8
	seed     uint64
	spreads  map[string]int // how many times were spread, by what takes them
	scenario scenario
	started  time.Time
	agenda   agenda

	identities []*identity
	dana       *identity // the developer whom the landscape is about
	sam        *identity // a colleague
	robot      *identity // a client with a secret, for machines
	pipeline   *identity // deploys; only some landscapes have one
	passcode   string    // works once
	signingKey []byte
	revoked    map[string]bool // token ids

	orgs        []*org
	spaces      []*space
	home        *space // where the migration takes place
	dev         *space // another one of the same org
	brokers     []*broker
	offerings   []*offering
	plans       []*plan
	instances   []*instance
	bindings    []*binding
	apps        []*app
	domain      *domain
	routes      []*route
	tasks       []*task
	builds      []*build
	deploys     []*deployment
	events      []*auditEvent
	jobs        map[string]*job
	jobFailures map[string]string // operations that will fail once, and what is said then
	authority   *authority        // signs the certificates of the databases

	migrations    []*migration
	preflights    int // checks that ran to their end
	finalizations int // ever begun
}

// meta is what every resource of the Cloud Controller has.
type meta struct {
	guid             string
	created, updated time.Time
	labels, notes    map[string]string
}

func (m *meta) base() *meta { return m }

// readableBy holds for what is in no space; others have a method of their own.
func (m *meta) readableBy(*identity) bool { return true }

func (m *meta) touch(at time.Time) { m.updated = at }

// resource is anything that the Cloud Controller has under a guid.
type resource interface {
	comparable
	base() *meta
	readableBy(*identity) bool
}

func (w *world) newMeta(at time.Time) meta {
	at = at.UTC().Truncate(time.Second)
	return meta{guid: w.newGUID(), created: at, updated: at}
}

type org struct {
	meta
	name string
}

func (o *org) readableBy(who *identity) bool {
	for s := range who.roles {
		if s.org == o {
			return true
		}
	}
	return false
}

type space struct {
	meta
	name string
	org  *org
}

func (s *space) readableBy(who *identity) bool { return who.reads(s) }

// identity is a person, or a client that signs in with its own secret.
type identity struct {
	guid, name, secret string
	client             bool
	failed             int       // wrong passwords in a row
	lockedUntil        time.Time // after too many of them
	roles              map[*space]role
}

// role is what somebody may do in a space.
type role int

const (
	noRole    role = iota
	auditor        // may look
	developer      // may look, change, and see credentials
)

func (i *identity) reads(s *space) bool  { return i.roles[s] >= auditor }
func (i *identity) writes(s *space) bool { return i.roles[s] >= developer }

// find returns the resource with the guid, or nil.
func find[T resource](list []T, guid string) T {
	i := slices.IndexFunc(list, func(r T) bool { return r.base().guid == guid })
	if i < 0 {
		var none T
		return none
	}
	return list[i]
}

// only returns a copy with the elements that satisfy keep.
func only[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !keep(x) })
}

// without removes one element.
func without[T comparable](list []T, gone T) []T {
	return slices.DeleteFunc(list, func(x T) bool { return x == gone })
}

// newGUID returns a version 4 UUID.
func (w *world) newGUID() string {
	b := w.random(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func (w *world) random(n int) []byte {
	b := make([]byte, n)
	_, _ = w.source.Read(b) // documented never to fail
	return b
}

// randomText draws n characters of an alphabet that needs no escaping in a URI.
func (w *world) randomText(n int) string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	r := rand.New(w.source) //nolint:gosec // a toy's passwords, repeatable by design
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}
