package cfsession

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"

	"pg-migrate-wizard/internal/secret"
)

// knownSecrets are what the credentials of keys held that were looked at. They are kept to
// be found again in what a broker or a service says, and leave in no other way.
type knownSecrets struct {
	mu      sync.Mutex
	known   []secret.Text
	replace *strings.Replacer
}

// leastSecret is the length from which a value is looked for: a shorter one stands in many
// a word that has nothing to do with it. mostSecrets bounds the memory.
const (
	leastSecret = 6
	mostSecrets = 200
)

// open are members of credentials that are no secret, and stand in good texts.
var open = []string{"hostname", "host", "port", "dbname", "database", "name", "username", "user", "schema", "sslcert", "sslrootcert"}

// learn takes in the credentials of a key: all of its texts but those that are known to be
// none, and the password of an address.
func (s *Session) learn(credentials map[string]json.RawMessage) {
	k := &s.credentials
	k.mu.Lock()
	defer k.mu.Unlock()
	add := func(text string) {
		if t := secret.New(text); len(text) >= leastSecret && len(k.known) < mostSecrets && !slices.Contains(k.known, t) {
			k.known, k.replace = append(k.known, t), nil
		}
	}
	for name, value := range credentials {
		var text string
		if json.Unmarshal(value, &text) != nil || slices.Contains(open, strings.ToLower(name)) {
			continue
		}
		add(text)
		if u, err := url.Parse(text); err == nil && u.User != nil {
			password, _ := u.User.Password()
			add(password)
		}
	}
}

// Hide masks in a text what this session has seen in the credentials of keys, and what
// looks like a secret.
func (s *Session) Hide(text string) string {
	k := &s.credentials
	k.mu.Lock()
	if k.replace == nil {
		k.replace = secret.Redactor(k.known...)
	}
	replace := k.replace
	k.mu.Unlock()
	return secret.Scrub(replace.Replace(text))
}
