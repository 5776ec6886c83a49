//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// canPause says whether a shell can continue what is stopped.
const canPause = true

// notifyPause tells of the signals that ask for a pause.
func notifyPause(pausing chan os.Signal) {
	if !signal.Ignored(syscall.SIGTSTP) {
		signal.Notify(pausing, syscall.SIGTSTP)
	}
}

// unstopped is how long a stop is waited for. Where no shell could continue it, the
// system does not stop a process, and nothing would ever say that it goes on.
const unstopped = 500 * time.Millisecond

// stop stops this process, or all of the shell's job, until it is continued. It is not
// SIGTSTP that does it: once handled, that one never stops a Go program again, and
// SIGSTOP would stop one that nobody can continue. SIGTTIN does what SIGTSTP would.
func (*signals) stop(job bool) {
	pid := os.Getpid()
	if job {
		pid = 0
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if syscall.Kill(pid, syscall.SIGTTIN) != nil {
		return
	}
	select {
	case <-continued:
	case <-time.After(unstopped):
	}
}
