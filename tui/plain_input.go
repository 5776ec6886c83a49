package tui

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"sync/atomic"
)

// maxInputLine is more than anybody types, and keeps a runaway input from
// filling the memory.
const maxInputLine = 64 << 10

// readAhead is how many lines of a pipe are taken in before their time.
const readAhead = 1024

// Line is a line that came in, and how many questions had been printed then.
type Line struct {
	text  string
	long  bool
	since int64
	end   error // the input has ended; there is no text
}

// lineInput reads lines beside the conversation. From a terminal it reads only
// when asked to, so that a secret can be read from it in another way.
type lineInput struct {
	lines   chan Line
	want    chan struct{} // nil: read ahead
	closed  chan struct{}
	printed atomic.Int64 // questions so far
	waiting bool         // a line was asked for and has not come
}

func readLines(r io.Reader, terminal bool) *lineInput {
	in := &lineInput{closed: make(chan struct{})}
	if terminal {
		in.lines, in.want = make(chan Line), make(chan struct{}, 1)
	} else {
		in.lines = make(chan Line, readAhead)
	}
	go in.read(bufio.NewReader(r))
	return in
}

func (in *lineInput) read(r *bufio.Reader) {
	for {
		if in.want != nil {
			select {
			case <-in.want:
			case <-in.closed:
				return
			}
		}
		l := readLine(r)
		l.since = in.printed.Load()
		select {
		case in.lines <- l:
		case <-in.closed:
			return
		}
		if l.end != nil {
			return
		}
	}
}

// readLine reads up to a line break. What stands behind the last one is no
// line: nobody has pressed Enter after it.
func readLine(r *bufio.Reader) Line {
	var text strings.Builder
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if text.Len()+len(part) > maxInputLine {
			long = true
		} else {
			text.Write(part)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err != nil:
			return Line{end: err}
		default:
			return Line{text: strings.TrimRight(text.String(), "\r\n"), long: long}
		}
	}
}

func (in *lineInput) close() { close(in.closed) }

// early reports whether a line came before what was printed last.
func (in *lineInput) early(l Line) bool { return l.since < in.printed.Load() }

// Lines asks for a line, unless one is held back, and returns where it comes.
func (p *Plain) Lines() <-chan Line {
	if p.in == nil || p.held != nil {
		return nil
	}
	if p.in.want != nil && !p.in.waiting {
		p.in.waiting = true
		p.in.want <- struct{}{}
	}
	return p.in.lines
}
