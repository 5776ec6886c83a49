package tui_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
	"pg-migrate-wizard/tui"
)

// talk is a conversation in plain lines with a real engine on a landscape in
// memory, all in the bubble's time.
type talk struct {
	t         *testing.T
	landscape *sandbox.Landscape
	home      string
	in        *io.PipeWriter
	out       *transcript
	read      int // how much of the output was looked at
	cancel    context.CancelFunc
	done      chan struct{}
	result    tui.PlainResult
	err       error
}

// transcript is an output that can be read while it is written.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *transcript) String() string { return w.from(0) }

func (w *transcript) from(n int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.text.Bytes()[n:])
}

func init() { tui.Converse = unattended.Converse }

// newTalk starts a conversation on a landscape where a migration takes minutes;
// change may alter its options.
func newTalk(t *testing.T, scenario string, signedIn bool, change func(*tui.PlainOptions)) *talk {
	t.Helper()
	return newTalkAt(t, 60, scenario, signedIn, change)
}

func newTalkAt(t *testing.T, speed float64, scenario string, signedIn bool, change func(*tui.PlainOptions)) *talk {
	t.Helper()
	stage := enginetest.New(t, sandbox.Config{Scenario: scenario, Speed: speed})
	if !signedIn {
		stage.Config.CFHome = t.TempDir()
	}
	stage.Start()
	k := &talk{t: t, landscape: stage.Landscape, home: stage.Config.CFHome, out: &transcript{}, done: make(chan struct{})}
	in, w := io.Pipe()
	k.in = w
	o := tui.PlainOptions{In: in, Out: k.out, Terminal: true}
	if change != nil {
		change(&o)
	}
	ctx, cancel := context.WithCancel(t.Context())
	k.cancel = cancel
	go func() {
		defer close(k.done)
		k.result, k.err = unattended.Converse(ctx, stage.Engine, o)
	}()
	t.Cleanup(func() {
		cancel()
		<-k.done
		_ = w.Close()
		_ = in.Close()
		k.checkLines()
	})
	return k
}

// checkLines holds what is true of all plain output.
func (k *talk) checkLines() {
	k.t.Helper()
	for l := range strings.Lines(k.out.String()) {
		if strings.ContainsAny(l, "\x1b\r\a\b\t") {
			k.t.Errorf("not a plain line: %q", l)
		}
	}
	for _, word := range []string{"eyJ", "correct-horse"} {
		if strings.Contains(k.out.String(), word) {
			k.t.Errorf("a secret was printed: %s", word)
		}
	}
}

// await lets time pass until a text has come, after what was read before.
func (k *talk) await(text string) string {
	k.t.Helper()
	for range 5_000 {
		synctest.Wait()
		news := k.out.from(k.read)
		if i := strings.Index(news, text); i >= 0 {
			k.read += i + len(text)
			return news[:i+len(text)]
		}
		select {
		case <-k.done:
			k.t.Fatalf("it ended without %q:\n%s", text, k.out)
		case <-time.After(time.Second):
		}
	}
	k.t.Fatalf("%q never came:\n%s", text, k.out)
	return ""
}

func (k *talk) line(text string) {
	k.t.Helper()
	synctest.Wait()
	if _, err := io.WriteString(k.in, text+"\n"); err != nil {
		k.t.Fatal(err)
	}
}

// play follows a script of pairs: what to wait for, and what to type then.
func (k *talk) play(script ...string) {
	k.t.Helper()
	for i := 0; i+1 < len(script); i += 2 {
		k.await(script[i])
		if !strings.HasPrefix(script[i], "To confirm") {
			k.await("Type ")
		}
		k.line(script[i+1])
	}
}

func (k *talk) ended() tui.PlainResult {
	k.t.Helper()
	for range 5_000 {
		select {
		case <-k.done:
			if k.err != nil {
				k.t.Fatal(k.err)
			}
			return k.result
		case <-time.After(time.Second):
		}
	}
	k.t.Fatalf("no end:\n%s", k.out)
	return tui.PlainResult{}
}

// changed lists the requests that changed something, but for signing in.
func (k *talk) changed() []string {
	var list []string
	for _, r := range k.landscape.Requests() {
		if r.Method != http.MethodGet && !r.Metadata && r.Service != sandbox.ServiceUAA {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	return list
}

var goodRoad = []string{
	"Work in acme / prod?", "1",
	"Which database shall be moved?", "2",
	"Which database takes the place of orders-db?", "1",
	"Let the migration service reach orders-db?", "1",
	"Which service key of orders-db", "1", "Name of the key", "",
	"Which service key of orders-hyperscaler", "1", "Name of the key", "for-migration",
	"Check both databases", "1",
	"Size of the source in GB", "", "Number of its schemas", "", "Number of its relations", "", "What are you sure of?", "",
	"No critical findings; 3 warnings", "1", "To confirm, type ", "accept the risk",
}

// stopped settles all that can write: what only a person can know, then the rest.
var stopped = []string{
	"3 things can write to the source.", "2", "Which one", "1", "Reason", "switched off until tomorrow",
	"2 things can write to the source.", "1", "Ask me to decide after", "", "To confirm, type ", "begin downtime",
}

func TestPlainLeadsThroughAWholeMigration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "", true, nil)
		k.play(goodRoad[:len(goodRoad)-4]...)
		k.await("Source, warning: Multiple roles")
		k.play("Accept", "1", "To confirm, type ", "accept the risk",
			"Start the replication?", "1",
			"in sync, and are kept so", "1",
		)
		k.play(stopped...)
		k.play("Finalize the migration?", "1", "To confirm, type ", "finalize orders-db",
			"Bring 3 applications to the target?", "2", "One goes first, alone", "", "Restage these", "", "Start these before", "",
			"Do your applications work", "1",
			"Delete the migration's key", "1",
			"take the name orders-db?", "2",
			"Keep the source for a week?", "2",
			"Delete the key", "1", "To confirm, type ", "delete key pg-migrate-wizard",
			"Delete the source orders-db", "1", "To confirm, type ", "delete orders-db",
		)
		r := k.ended()
		if r.Ended == nil || r.Ended.How != steps.EndCompleted || r.Question != nil {
			t.Errorf("ended %+v, open %+v", r.Ended, r.Question)
		}
		truth, _ := k.landscape.Truth().Space("acme", "prod")
		if _, there := truth.Instance("orders-db"); there {
			t.Error("the source is still there")
		}
		for _, name := range []string{"orders-api", "orders-worker", "orders-admin"} {
			if app, _ := truth.App(name); !usesTarget(app) {
				t.Errorf("%s: %+v", name, app)
			}
		}
		for i, id := range steps.Road() {
			if title := fmt.Sprintf("Step %d of 11: %s\n", i+1, id.Title()); strings.Count(k.out.String(), title) != 1 {
				t.Errorf("%q came %d times", title, strings.Count(k.out.String(), title))
			}
		}
		for _, name := range []string{"orders-api", "orders-worker"} { // what is begun is said first
			at := func(state string) int {
				return strings.Index(k.out.String(), name+": "+state+", was started, on target")
			}
			if at("starting") < 0 || at("started") < at("starting") {
				t.Errorf("%s starts at %d and has started at %d", name, at("starting"), at("started"))
			}
		}
		if n := strings.Count(k.out.String(), "Status: RUNNING"); n != 2 { // replication and finalization
			t.Errorf("RUNNING was announced %d times", n)
		}
	})
}

func usesTarget(a sandbox.AppTruth) bool {
	for _, b := range a.Bindings {
		if b.Instance == "orders-db" {
			return false
		}
		if b.Instance == "orders-hyperscaler" {
			return true
		}
	}
	return false
}
