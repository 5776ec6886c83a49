// Package lazyregexp has patterns that are compiled when they are first used: a
// command uses few of them, and each would cost its start 5 to 50 µs.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that compiles the pattern when it is first called. It
// panics then, as [regexp.MustCompile] does, when there is a mistake in it.
func New(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
