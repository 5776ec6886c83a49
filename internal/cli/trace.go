package cli

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"pg-migrate-wizard/internal/engine"
)

// flagTrace names the file that requests and answers are written to.
const flagTrace = "trace"

// startTrace opens what --trace names: "-" is standard error. Standard output
// has the data that was asked for, and nothing else.
func (p *program) startTrace() error {
	f := &p.flags
	switch f.traceFile {
	case "":
		return nil
	case "-":
		f.trace = engine.NewTrace(p.err)
		return nil
	}
	file, err := os.OpenFile(f.traceFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return usage("%s: %v", f.origin(flagTrace), err)
	}
	info, err := file.Stat()
	switch out, _ := p.out.Stat(); {
	case err != nil:
	case os.SameFile(info, out):
		err = errors.New("a trace never goes to standard output")
	case info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0:
		err = file.Chmod(0o600) // it was there before, for others to read
	}
	if err != nil {
		return errors.Join(usage("%s: %v", f.origin(flagTrace), err), file.Close())
	}
	f.trace, p.traceFile = engine.NewTrace(file), file
	return nil
}

// traceOnScreen reports whether a trace would write over the whole screen.
func (p *program) traceOnScreen(f *flags) bool {
	file, ok := p.err.(*os.File)
	return f.traceFile == "-" && ok && term.IsTerminal(int(file.Fd()))
}

// endTrace closes the file, and says when something is missing in it.
func (p *program) endTrace() {
	if p.flags.trace == nil {
		return
	}
	err := p.flags.trace.Err()
	if p.traceFile != nil {
		err = errors.Join(err, p.traceFile.Close())
	}
	if err != nil {
		fmt.Fprintf(p.err, "Attention: the trace is not complete: %v\n", err)
	}
}
