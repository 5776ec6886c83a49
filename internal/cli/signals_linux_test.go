package cli_test

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

// repeats is how often each signal is sent: SIGNALS=100 for all of a hundred times.
func repeats() int {
	if n, err := strconv.Atoi(os.Getenv("SIGNALS")); err == nil {
		return n
	}
	return 1
}

// isolated is an environment in which nothing of the person's is touched.
func isolated(t *testing.T) []string {
	home := t.TempDir()
	return []string{"HOME=" + home, "CF_HOME=" + home, "TMPDIR=" + home, "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(home, "config")}
}

// TestSignalsEndTheScreen sends every signal that ends the program to the screen, at
// different moments: it always ends, interrupted, and gives the terminal back.
func TestSignalsEndTheScreen(t *testing.T) {
	t.Parallel()
	program := filepath.Join(build(t), "pg-migrate-wizard")
	slow, err := sandbox.ParseFault("cf GET /v3/service_instances every delay for=1h")
	if err != nil {
		t.Fatal(err)
	}
	moments := []struct {
		name   string
		slow   bool
		demo   bool
		early  bool // the program may not be there yet to hear it
		before func(d *terminalDevice, turn int)
	}{
		{"at the beginning", false, true, true, func(_ *terminalDevice, turn int) { time.Sleep(time.Duration(turn%20) * 4 * time.Millisecond) }}, //nolint:forbidigo // a moment of its own each time
		{"at the first frame", false, true, false, func(d *terminalDevice, _ int) { d.await("\x1b[?1049h") }},
		{"in a dialog of the demo", false, true, false, func(d *terminalDevice, _ int) {
			d.await("Work in acme")
			d.typed("?")
			d.await("Keys that work here")
		}},
		{"while a request is under way", true, false, false, func(d *terminalDevice, _ int) { d.await("Sign in") }},
		{"at a question", false, false, false, func(d *terminalDevice, _ int) { d.await("Work in acme") }},
	}
	for _, m := range moments {
		for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT} {
			t.Run(fmt.Sprintf("%s/%v", m.name, s), func(t *testing.T) {
				t.Parallel()
				if signal.Ignored(s) {
					t.Skip("these tests were started so that it is ignored, and the program inherits that")
				}
				cfg := sandbox.Config{Speed: 60}
				if m.slow {
					cfg.Faults = []sandbox.Fault{slow}
				}
				env, args := isolated(t), []string{"demo"}
				if !m.demo {
					l, err := sandbox.Start(cfg)
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { _ = l.Close() })
					home := t.TempDir()
					if err := l.WriteCFHome(home); err != nil {
						t.Fatal(err)
					}
					i := l.Info()
					env = append(env, "CF_HOME="+home)
					args = []string{"--landscape", i.Landscape, "--provider", i.Provider, "--migration-url", i.Migration}
				}
				for turn := range repeats() {
					d := openTerminal(t)
					d.run(env, program, args...)
					m.before(d, turn)
					d.signal(s)
					got := d.status()
					if m.early && got != 130 && !strings.Contains(d.text(), "\x1b") {
						continue // the Go runtime's own end
					}
					if got != 130 {
						t.Fatalf("turn %d: exit status %d:\n%q", turn, got, d.text())
					}
					if err := d.restored(); err != nil {
						t.Fatalf("turn %d: %v\n%q", turn, err, d.text())
					}
				}
			})
		}
	}
}

// TestTheScreenIsInterrupted holds what ends it beside signals: a terminal that is
// closed, and Ctrl-C: twice where a migration is open. The word q is no interruption.
func TestTheScreenIsInterrupted(t *testing.T) {
	t.Parallel()
	program := filepath.Join(build(t), "pg-migrate-wizard")
	start := func(t *testing.T) *terminalDevice {
		d := openTerminal(t)
		d.run(isolated(t), program, "demo")
		d.await("Work in acme")
		return d
	}
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		d := start(t)
		_ = d.slave.Close()
		_ = d.master.Close()
		if got := d.status(); got != 130 {
			t.Errorf("exit status %d", got)
		}
	})
	t.Run("ctrl-c twice", func(t *testing.T) {
		t.Parallel()
		d := start(t)
		d.typedUntil("\r", "Which database shall be moved")
		d.typed("\x03")
		d.await("Quit the wizard")
		d.typed("\x03")
		if got := d.status(); got != 130 {
			t.Errorf("exit status %d", got)
		}
		if err := d.restored(); err != nil {
			t.Error(err)
		}
	})
	t.Run("ctrl-c where nothing is begun", func(t *testing.T) {
		t.Parallel()
		d := start(t)
		d.typed("\x03")
		if got := d.status(); got != 130 || strings.Contains(d.text(), "Quit the wizard") {
			t.Errorf("exit status %d:\n%s", got, d.text())
		}
		if err := d.restored(); err != nil {
			t.Error(err)
		}
	})
	for n, name := range []string{"a terminal that takes nothing more", "and a second signal"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t)
			if err := ioctl(d.slave, 0x540A, 0); err != nil { // TCXONC, TCOOFF: as Ctrl-S does
				t.Fatal(err)
			}
			d.typed("g")
			for range n + 1 {
				d.signal(syscall.SIGTERM)
			}
			if got := d.status(); got != 130 {
				t.Errorf("exit status %d", got)
			}
			if now, err := modes(d.slave); err != nil || now != d.before {
				t.Errorf("%v: modes %+v, were %+v", err, now, d.before)
			}
		})
	}
	t.Run("q", func(t *testing.T) {
		t.Parallel()
		d := start(t)
		d.typedUntil("\r", "Which database shall be moved")
		d.typed("q")
		d.await("Quit the wizard")
		d.typed("\x1b[B\r")
		if got := d.status(); got != 0 {
			t.Errorf("exit status %d", got)
		}
		if err := d.restored(); err != nil {
			t.Error(err)
		}
	})
}

// TestAPauseGivesTheTerminalBack stops the program on the screen and at a prompt that
// hides what is typed, as a shell with jobs does it, and continues it.
func TestAPauseGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	program := filepath.Join(build(t), "pg-migrate-wizard")
	const shell = `set -m; echo "shell $$."; "$@"; while [ $? -gt 140 ]; do echo "stopped $((n += 1))."; read go; echo "go on $n."; fg >/dev/null; done; echo over.`
	l, err := sandbox.Start(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	for _, tt := range []struct {
		name, there, end string
		args             []string
	}{
		{"screen", "Work in acme", "\x03\x03", []string{"demo"}},
		{"prompt", "(not shown): ", "\n", []string{"login", "--api-url", l.Info().API, "--user", "dana"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := openTerminal(t)
			d.run(isolated(t), "bash", append([]string{"-c", shell, "bash", program}, tt.args...)...)
			d.await(tt.there)
			for n := 1; n <= 2; n++ {
				if n == 1 {
					d.typed("\x1a") // Ctrl-Z
				} else {
					pause(t, d.cmd.Process.Pid)
				}
				d.await(fmt.Sprintf("stopped %d.", n))
				if err := d.restored(); err != nil {
					t.Error(err)
				}
				d.typed("\n")
				d.await(fmt.Sprintf("go on %d.", n))
				d.awaitAfter(fmt.Sprintf("go on %d.", n), tt.there)
				if now, err := modes(d.slave); err != nil || now.Lflag&syscall.ECHO != 0 {
					t.Errorf("%v: what is typed is shown after a pause", err)
				}
			}
			d.typed(tt.end)
			if got := d.status(); got != 0 {
				t.Errorf("the shell ended with %d", got)
			}
			if err := d.restored(); err != nil {
				t.Error(err)
			}
		})
	}
}

// pause sends SIGTSTP to the child of a process.
func pause(t *testing.T, parent int) {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
	if err != nil {
		t.Skip(err)
	}
	pid, err := strconv.Atoi(strings.Fields(string(data))[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGTSTP); err != nil {
		t.Fatal(err)
	}
}
