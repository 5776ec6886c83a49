package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// Main runs the program with the process's arguments and returns its exit
// status.
func Main() int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup means what it says
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	context.AfterFunc(ctx, stop)   // a second Ctrl-C ends it the hard way
	signal.Ignore(syscall.SIGPIPE) // a reader that went away is an error like any other

	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, environment: os.Getenv, variables: os.Environ}
	return p.run(ctx, os.Args[1:])
}

// program is the process, as far as the commands need it.
type program struct {
	in          *os.File
	out         *os.File
	err         io.Writer
	environment func(string) string
	variables   func() []string // NAME=value

	flags     flags    // of every command
	traceFile *os.File // nil: no trace, or not into a file
}

func (p *program) run(ctx context.Context, args []string) int {
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.Version = version()
	root.SilenceUsage, root.SilenceErrors = true, true
	bare := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if p.environment("TERM") == "dumb" {
			bare(cmd, args)
			return
		}
		styledHelp(ctx, root)
	})
	err := root.ExecuteContext(ctx)
	p.endTrace(&p.flags)
	if err != nil && err.Error() != "" {
		fmt.Fprintf(p.err, "Error: %v\n", err)
		if statusOf(err) == StatusUsage {
			fmt.Fprintln(p.err, "Try: pg-migrate-wizard --help")
		}
	}
	return statusOf(err)
}

// styledHelp runs the command line once more, which is known to ask for help, in
// fang's hands. They are not put on anything else: before fang shows an error it
// asks the terminal for its colours, and waits for an answer.
func styledHelp(ctx context.Context, root *cobra.Command) {
	_ = fang.Execute(ctx, root, fang.WithVersion(version()), fang.WithoutManpage(),
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
}

// hasTerminal reports whether a person can be talked to on a whole screen, or at
// least line by line.
func (p *program) hasTerminal() (screen, person bool) {
	person = term.IsTerminal(int(p.in.Fd())) && term.IsTerminal(int(p.out.Fd()))
	return person && p.environment("TERM") != "dumb", person
}
