package sandbox

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// world is the state of a landscape. Its lock is held while a request is handled,
// but not during network I/O.
type world struct {
	mu       sync.Mutex
	speed    float64
	lifetime time.Duration // of access tokens, in real time
	source   *rand.ChaCha8
	seed     uint64
	jittered map[string]int // number of jittered durations, by action
	scenario scenario
	started  time.Time
	schedule schedule

	identities []*identity
	dana       *identity // the user in Info, a space developer
	sam        *identity // a colleague
	robot      *identity // an OAuth client
	pipeline   *identity // deploys; nil in most scenarios
	passcode   string    // valid once
	signingKey []byte
	revoked    map[string]bool // token IDs

	orgs        []*org
	spaces      []*space
	home        *space // the space in Info
	dev         *space // another space of the same org
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
	jobFailures map[string]string // of operations that will fail once, the broker's message
	authority   *authority        // signs the certificates of the databases

	migrations    []*migration
	preflights    int // completed checks
	finalizations int // ever created
}

// meta is embedded in every resource of the Cloud Controller.
type meta struct {
	guid                string
	created, updated    time.Time
	labels, annotations map[string]string
}

func (m *meta) base() *meta { return m }

// readableBy is the default, for resources outside spaces.
func (m *meta) readableBy(*identity) bool { return true }

func (m *meta) touch(at time.Time) { m.updated = at }

// resource is a resource of the Cloud Controller.
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

// identity is a user or an OAuth client.
type identity struct {
	guid, name, secret string
	client             bool
	failed             int       // consecutive wrong passwords
	lockedUntil        time.Time // after too many wrong passwords
	roles              map[*space]role
}

// role is the role of an identity in a space.
type role int

const (
	noRole    role = iota
	auditor        // reads
	developer      // reads, writes, sees credentials
)

func (i *identity) reads(s *space) bool  { return i.roles[s] >= auditor }
func (i *identity) writes(s *space) bool { return i.roles[s] >= developer }

// find returns the resource with the GUID, or nil.
func find[T resource](list []T, guid string) T {
	i := slices.IndexFunc(list, func(r T) bool { return r.base().guid == guid })
	if i < 0 {
		var none T
		return none
	}
	return list[i]
}

// only returns the elements that satisfy keep, in a new slice.
func only[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !keep(x) })
}

// without removes an element in place.
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
	_, _ = w.source.Read(b) // never fails
	return b
}

// randomText returns n characters that need no escaping in a URI.
func (w *world) randomText(n int) string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	r := rand.New(w.source) //nolint:gosec // public passwords, repeatable by design
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}
