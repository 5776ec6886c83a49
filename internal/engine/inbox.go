package engine

import (
	"sync"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// message is what comes into the loop: an event, or an answer with the secret
// that belongs to it and goes no further than the effect it is for.
type message struct {
	event  steps.Occurrence // nil: none
	secret secret.Text
	before func() // runs in the loop, before the event is applied
	// then runs in the loop, too, and returns the event; nil: event is it.
	then func() steps.Occurrence
}

// inbox is an unbounded queue into the loop, in the order of arrival. Whoever puts
// something in never waits: not for room, and not for a loop that has ended.
type inbox struct {
	ready chan struct{} // holds one token while there may be something to take

	mu     sync.Mutex
	queue  []message
	closed bool
}

func newInbox() *inbox { return &inbox{ready: make(chan struct{}, 1)} }

// put appends a message. After close it is dropped.
func (b *inbox) put(m message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.queue = append(b.queue, m)
		b.signal()
	}
}

// take removes the oldest message; ok is false when there is none.
func (b *inbox) take() (m message, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return message{}, false
	}
	m, b.queue[0] = b.queue[0], message{} // its secret must not stay behind
	if b.queue = b.queue[1:]; len(b.queue) > 0 {
		b.signal()
	}
	return m, true
}

func (b *inbox) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.queue) == 0
}

// close drops what is queued, and all that comes later.
func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue, b.closed = nil, true
}

func (b *inbox) signal() {
	select {
	case b.ready <- struct{}{}:
	default: // the token is there already
	}
}
