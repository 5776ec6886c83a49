package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/term"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
)

// Main runs the program with the process's arguments and returns its exit
// status.
func Main() int {
	signal.Ignore(syscall.SIGPIPE) // a reader that went away is an error like any other
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, environment: os.Getenv, variables: os.Environ}
	return p.run(p.signals.watch(), os.Args[1:])
}

// program is the process, as far as the commands need it.
type program struct {
	in          *os.File
	out         *os.File
	err         io.Writer
	environment func(string) string
	variables   func() []string // NAME=value
	signals     signals

	flags     flags    // of every command
	again     string   // the command line that leads back here
	traceFile *os.File // nil: no trace, or not into a file
	planFile  bool     // the plan was named, and is no kept target

	runF func(options any) error // nil: commands do their work; see runE
}

func (p *program) run(ctx context.Context, args []string) int {
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.Version = version()
	root.SilenceUsage, root.SilenceErrors = true, true
	cmd, err := root.ExecuteContextC(ctx)
	p.endTrace()
	switch code := status.ExitStatus(err); {
	case errors.Is(err, syscall.EPIPE):
		return exitPipe
	case ctx.Err() != nil && errors.Is(err, syscall.EIO): // the terminal was closed: nobody can be told
		return status.ExitInterrupted
	case err != nil && err.Error() != "":
		fmt.Fprintf(p.err, "Error: %s\n", sanitize.Text(err.Error())) // what was typed may stand in it
		if code == status.ExitUsage {
			fmt.Fprintf(p.err, "Try: %s --help\n", cmd.CommandPath())
		}
		return code
	default:
		return code
	}
}

// exitPipe is what a shell says of a program that writes to a reader who has
// gone away, as head does it. Nothing more is said: nobody has asked for more.
const exitPipe = 141

// hasTerminal reports whether a person can be talked to on a whole screen, or at
// least line by line.
func (p *program) hasTerminal() (screen, person bool) {
	person = term.IsTerminal(int(p.in.Fd())) && term.IsTerminal(int(p.out.Fd()))
	switch p.environment("TERM") {
	case "dumb":
		return false, person
	case "": // nothing is known of it; Windows has none, and a console that can
		return person && runtime.GOOS == "windows", person
	}
	return person, person
}
