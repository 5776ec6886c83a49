package notify

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"pg-migrate-wizard/internal/origin"
	"pg-migrate-wizard/internal/sanitize"
)

// Way is how somebody is told: by one of the three.
type Way struct {
	bell    bool
	command []string // the program and its arguments
	hook    *url.URL
}

const (
	bell    = "bell"
	command = "command:"
)

// Parse reads a way as people write it: bell, command:PROGRAM ARGS, or an address. What is
// wrong is said without the address: many a hook has its secret there.
func Parse(text string) (Way, error) {
	line, isCommand := strings.CutPrefix(text, command)
	switch {
	case text == bell:
		return Way{bell: true}, nil
	case isCommand:
		words, err := split(line)
		if err == nil && len(words) == 0 {
			err = errors.New("it names no program")
		}
		return Way{command: words}, err
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || !strings.EqualFold(u.Scheme, "https") && !strings.EqualFold(u.Scheme, "http"):
		return Way{}, errors.New("it is bell, command:PROGRAM ARGS, or an address that begins with https://")
	case !origin.Private(u):
		return Way{}, errors.New("an address is https; http only on this machine")
	case u.User != nil:
		return Way{}, errors.New("an address has no user in it")
	}
	return Way{hook: u}, nil
}

// String says which way it is, without what may be secret in it.
func (w Way) String() string {
	switch {
	case w.bell:
		return "the bell"
	case w.hook != nil:
		return "the hook at " + sanitize.Line(w.hook.Host)
	}
	return "the command " + sanitize.Line(w.command[0])
}

// Hooked reports whether it is a web hook.
func (w Way) Hooked() bool { return w.hook != nil }

// split cuts a line into words, at spaces outside quotes. It is no shell: nothing else has
// a meaning.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	begun := false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && unicode.IsSpace(r):
			end()
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	end()
	if quote != 0 {
		return nil, fmt.Errorf("a %c is not closed", quote)
	}
	return words, nil
}
