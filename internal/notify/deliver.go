package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"time"

	"pg-migrate-wizard/internal/sanitize"
)

// patience bounds one delivery.
const patience = 10 * time.Second

func (n *Notifier) deliver(ctx context.Context, w Way, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	switch {
	case w.bell:
		_, err := io.WriteString(n.o.Bell, "\a")
		return err
	case w.hook != nil:
		return n.post(ctx, w.hook, text)
	}
	return n.start(ctx, w.command, m, text)
}

// Variables in which a program is told the shortest of it. They have not the prefix of the
// flags' variables: the program may call this one.
const (
	variableReason    = "NOTIFY_REASON"
	variableMigration = "NOTIFY_MIGRATION"
	variableText      = "NOTIFY_TEXT"
	variableEvent     = "NOTIFY_EVENT"
)

// start runs a program, without a shell: the message is its standard input.
func (n *Notifier) start(ctx context.Context, words []string, m Message, text []byte) error {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // the user names the program
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(text)
	var says limited
	cmd.Stderr = &says // and nothing of it on the screen
	cmd.Env = append(n.o.Environment,
		variableReason+"="+string(m.Reason), variableMigration+"="+m.Migration, variableText+"="+m.Text, variableEvent+"="+m.Event.Event)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("it took longer than %v, and was ended", patience)
	case err != nil && says.text != "":
		return fmt.Errorf("%w: %s", err, sanitize.Line(says.text))
	}
	return err
}

// limited keeps the beginning of what is written.
type limited struct{ text string }

func (l *limited) Write(data []byte) (int, error) {
	if room := 200 - len(l.text); room > 0 {
		l.text += string(data[:min(room, len(data))])
	}
	return len(data), nil
}

// post sends a message to a hook. Nothing is followed elsewhere, and no credential of this
// program goes along: the client is made for this alone.
func (n *Notifier) post(ctx context.Context, hook *url.URL, text []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.String(), bytes.NewReader(text))
	if err != nil {
		return withoutAddress(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", n.o.UserAgent)
	res, err := n.client.Do(req)
	if err != nil {
		return withoutAddress(err)
	}
	defer res.Body.Close() //nolint:errcheck // nothing of it is needed
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("it answers %s", sanitize.Line(res.Status))
	}
	return nil
}

// withoutAddress takes the address out of an error: a hook has its secret there.
func withoutAddress(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		if e.Timeout() {
			return fmt.Errorf("no answer within %v", patience)
		}
		return e.Err
	}
	return err
}

func newClient(o Options) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // as net/http makes it
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
