package cli_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// terminalDevice is a terminal with the real program in front of it.
type terminalDevice struct {
	t      *testing.T
	master *os.File
	slave  *os.File
	before syscall.Termios
	cmd    *exec.Cmd
	ended  chan struct{} // closed; then err says how
	err    error

	mu   sync.Mutex
	said strings.Builder
	news chan struct{} // something was said
}

// ioctl leaves the file in the poller, so that closing it ends a reading.
func ioctl(f *os.File, request, argument uintptr) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed syscall.Errno
	err = conn.Control(func(fd uintptr) { _, _, failed = syscall.Syscall(syscall.SYS_IOCTL, fd, request, argument) })
	if failed != 0 {
		err = failed
	}
	return err
}

func modes(f *os.File) (m syscall.Termios, err error) {
	return m, ioctl(f, syscall.TCGETS, uintptr(unsafe.Pointer(&m)))
}

// openTerminal makes a terminal of 80 by 24.
func openTerminal(t *testing.T) *terminalDevice {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	var n, unlocked uint32
	size := [4]uint16{24, 80}
	err = errors.Join(ioctl(master, syscall.TIOCSPTLCK, uintptr(unsafe.Pointer(&unlocked))), ioctl(master, syscall.TIOCGPTN, uintptr(unsafe.Pointer(&n))))
	if err != nil {
		t.Skip(err)
	}
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(int(n)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	d := &terminalDevice{t: t, master: master, slave: slave, news: make(chan struct{}, 1)}
	if d.before, err = modes(slave); err == nil {
		err = ioctl(slave, syscall.TIOCSWINSZ, uintptr(unsafe.Pointer(&size)))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if d.cmd != nil && d.cmd.ProcessState == nil {
			_ = d.cmd.Process.Kill()
			<-d.ended
		}
		_ = d.slave.Close()
		_ = d.master.Close()
	})
	return d
}

// run starts a command on the terminal, as a shell does: with it as its own.
func (d *terminalDevice) run(env []string, name string, args ...string) {
	d.t.Helper()
	d.cmd = exec.Command(name, args...) //nolint:noctx // it is ended by signals here
	d.cmd.Stdin, d.cmd.Stdout, d.cmd.Stderr = d.slave, d.slave, d.slave
	d.cmd.Env = append(os.Environ(), append([]string{"TERM=xterm-256color", "LANG=C.UTF-8"}, env...)...)
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.ended = make(chan struct{})
	go func() {
		d.err = d.cmd.Wait()
		close(d.ended)
	}()
	go func() {
		b := make([]byte, 1<<16)
		for {
			n, err := d.master.Read(b)
			if err != nil {
				return
			}
			d.mu.Lock()
			d.said.Write(b[:n])
			d.mu.Unlock()
			select {
			case d.news <- struct{}{}:
			default:
			}
		}
	}()
}

func (d *terminalDevice) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.said.String()
}

// patience is for a machine that is busy; what is waited for comes in a moment.
const patience = 20 * time.Second

// await waits until something was said.
func (d *terminalDevice) await(what string) {
	d.t.Helper()
	d.awaitAfter("", what)
}

// awaitAfter waits until something was said after something else.
func (d *terminalDevice) awaitAfter(first, what string) {
	d.t.Helper()
	said := func() bool {
		_, after, _ := strings.Cut(d.text(), first)
		return strings.Contains(after, what)
	}
	for limit := time.After(patience); !said(); {
		select {
		case <-d.news:
		case <-d.ended:
			d.t.Fatalf("it ended (%v) before it said %q:\n%q", d.err, what, d.text())
		case <-limit:
			d.t.Fatalf("it never said %q:\n%q", what, d.text())
		}
	}
}

func (d *terminalDevice) typed(keys string) {
	d.t.Helper()
	if _, err := d.master.WriteString(keys); err != nil {
		d.t.Fatal(err)
	}
}

// typedUntil types keys until something was said: a question that has only just come takes
// no answer.
func (d *terminalDevice) typedUntil(keys, what string) {
	d.t.Helper()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for limit := time.After(patience); !strings.Contains(d.text(), what); {
		select {
		case <-d.news:
		case <-again.C:
			d.typed(keys)
		case <-d.ended:
			d.t.Fatalf("it ended (%v) before it said %q:\n%q", d.err, what, d.text())
		case <-limit:
			d.t.Fatalf("it never said %q:\n%q", what, d.text())
		}
	}
}

func (d *terminalDevice) signal(s syscall.Signal) {
	d.t.Helper()
	if err := d.cmd.Process.Signal(s); err != nil {
		d.t.Fatal(err)
	}
}

// status waits for the end.
func (d *terminalDevice) status() int {
	d.t.Helper()
	select {
	case <-d.ended:
		return d.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		_ = d.cmd.Process.Signal(syscall.SIGABRT) // says where everything stands
		<-d.ended
		d.t.Fatalf("it did not end:\n%s", d.text())
		return -1
	}
}

// restored says what of the terminal is not as before.
func (d *terminalDevice) restored() error {
	now, err := modes(d.slave)
	if err != nil {
		return err
	}
	var wrong []error
	if now != d.before {
		wrong = append(wrong, fmt.Errorf("modes %+v, were %+v", now, d.before))
	}
	end := fmt.Sprintf("[%d]", len(d.text()))
	_, _ = d.slave.WriteString(end) // behind all that was written before
	for limit := time.After(patience); !strings.HasSuffix(d.text(), end); {
		select {
		case <-d.news:
		case <-limit:
			return errors.New("the terminal says nothing")
		}
	}
	text := d.text()
	for _, m := range []struct{ what, on, off string }{
		{"the screen of its own", "\x1b[?1049h", "\x1b[?1049l"},
		{"the hidden cursor", "\x1b[?25l", "\x1b[?25h"},
		{"bracketed paste", "\x1b[?2004h", "\x1b[?2004l"},
		{"focus", "\x1b[?1004h", "\x1b[?1004l"},
		{"mouse", "\x1b[?1002h", "\x1b[?1002l"},
		{"held updates", "\x1b[?2026h", "\x1b[?2026l"},
		{"the title", "\x1b[22;2t", "\x1b[23;2t"},
		{"other keys", "\x1b[>4;2m", "\x1b[>4m"},
	} {
		if strings.LastIndex(text, m.on) > strings.LastIndex(text, m.off) {
			wrong = append(wrong, fmt.Errorf("%s stays", m.what))
		}
	}
	return errors.Join(wrong...)
}
