package notify

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

func TestAWayIsReadAndSaidWithoutWhatMayBeSecret(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"bell":              "the bell",
		"command:say hello": "the command say",
		"command:'/opt/our tools/tell' --who 'on call'": "the command /opt/our tools/tell",
		"https://hooks.example/T0/SECRET?token=SECRET":  "the hook at hooks.example",
		"http://127.0.0.1:8080/x":                       "the hook at 127.0.0.1:8080",
	} {
		if w, err := Parse(text); err != nil || w.String() != says {
			t.Errorf("%s: %s, %v", text, w, err)
		}
	}
	w, err := Parse(`command:tell --text "a  b" '' c"d"e`)
	if err != nil || strings.Join(w.command, "|") != "tell|--text|a  b||cde" {
		t.Errorf("%q, %v", w.command, err)
	}
	for text, why := range map[string]string{
		"":                                "it is bell",
		"bells":                           "it is bell",
		"command:":                        "names no program",
		"command:tell 'who":               "is not closed",
		"http://hooks.example/SECRET":     "https; http only on this machine",
		"ftp://hooks.example/SECRET":      "it is bell",
		"https://me:SECRET@hooks.example": "no user in it",
		"https://hooks.example/%zzSECRET": "it is bell",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v, want %s", text, err, why)
		}
	}
}

// got collects messages of a hook.
type got struct {
	mu   sync.Mutex
	list []Message
	head []http.Header
}

func (g *got) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var m Message
	g.mu.Lock()
	defer g.mu.Unlock()
	if json.NewDecoder(r.Body).Decode(&m) == nil && r.Method == http.MethodPost {
		g.list, g.head = append(g.list, m), append(g.head, r.Header)
	}
}

// notifier tells by ways; failed are the reasons why it could not, after it was closed.
func notifier(t *testing.T, ways ...string) (n *Notifier, failed func() []string) {
	t.Helper()
	var list []Way
	for _, text := range ways {
		w, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, w)
	}
	var mu sync.Mutex
	var says []string
	n = New(list, Options{
		UserAgent: "pg-migrate-wizard/test", Environment: []string{"PATH=" + os.Getenv("PATH")},
		Failed: func(s string) { mu.Lock(); defer mu.Unlock(); says = append(says, s) },
	})
	return n, func() []string { n.Close(); mu.Lock(); defer mu.Unlock(); return says }
}

func TestAHookGetsTheMessageAndNoCredential(t *testing.T) {
	t.Parallel()
	hook := &got{}
	server := httptest.NewServer(hook)
	defer server.Close()
	n, failed := notifier(t, server.URL+"/SECRET")
	n.Tell(Message{Version: Version, Reason: Changed, Text: "Replication: IN-SYNC\x1b[2J", Event: status.Event{Event: status.EventStatus, Word: steps.InSync}})
	if says := failed(); len(says) > 0 {
		t.Fatal(says)
	}
	if len(hook.list) != 1 || hook.list[0].Reason != Changed || hook.list[0].Event.Word != steps.InSync || strings.Contains(hook.list[0].Text, "\x1b") {
		t.Errorf("it got %+v", hook.list)
	}
	if h := hook.head[0]; h.Get("Authorization")+h.Get("Cookie") != "" || h.Get("Content-Type") != "application/json" {
		t.Errorf("with %v", h)
	}
}

// TestARedirectIsNotFollowed: what is meant for one address goes to no other.
func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := &got{}
	other := httptest.NewServer(elsewhere)
	defer other.Close()
	hook := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer hook.Close()
	n, failed := notifier(t, hook.URL+"/SECRET")
	for range 3 {
		n.Tell(Message{Reason: Changed})
	}
	says := failed()
	if len(says) != 1 || !strings.Contains(says[0], "307") || strings.Contains(says[0], "SECRET") || !strings.Contains(says[0], "The migration goes on") {
		t.Errorf("it says %q", says)
	}
	if len(elsewhere.list) > 0 {
		t.Errorf("another server got %+v", elsewhere.list)
	}
}

// TestWhatHangsKeepsNobodyWaiting: one way that does not answer is no reason for another to
// be late, nor for the end.
func TestWhatHangsKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	quick, release := &got{}, make(chan struct{})
	defer close(release)
	slow := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	slow.Start()
	server := httptest.NewServer(quick)
	defer server.Close()
	n, _ := notifier(t, slow.URL, server.URL)
	for range 3 * waiting {
		n.Tell(Message{Reason: Changed}) // never waits
	}
	n.stop() // as the time that Close grants does
	n.Close()
	n.Tell(Message{Reason: Changed}) // after the end it comes to nothing
	if len(quick.list) > 3*waiting {
		t.Errorf("%d messages", len(quick.list))
	}
}

func TestAProgramGetsTheMessageWithoutAShell(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the program of this test is a script")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "tell it")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ncat > \"$1\"\nprintenv NOTIFY_REASON NOTIFY_TEXT NOTIFY_MIGRATION > \"$1.env\"\necho \"$2\" > \"$1.arg\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	n, failed := notifier(t, "command:'"+script+"' "+out+" $(touch,"+dir+"/shell)")
	n.Tell(Message{Version: Version, Reason: Question, Migration: "a → b", Text: "Question: go on?"})
	if says := failed(); len(says) > 0 {
		t.Fatal(says)
	}
	read := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	var m Message
	if err := json.Unmarshal([]byte(read(out)), &m); err != nil || m.Reason != Question {
		t.Errorf("%+v, %v", m, err)
	}
	if env := read(out + ".env"); env != "question\nQuestion: go on?\na → b\n" {
		t.Errorf("in the environment: %q", env)
	}
	if arg := read(out + ".arg"); !strings.HasPrefix(arg, "$(touch,") {
		t.Errorf("an argument was read by a shell: %q", arg)
	}
}

func TestAProgramThatFailsIsSaidOnce(t *testing.T) {
	t.Parallel()
	n, failed := notifier(t, "command:this-is-no-program --token SECRET")
	n.Tell(Message{Reason: Changed})
	n.Tell(Message{Reason: Changed})
	if says := failed(); len(says) != 1 || !strings.Contains(says[0], "this-is-no-program") || strings.Contains(says[0], "SECRET") {
		t.Errorf("%q", says)
	}
}

func TestTheBellRings(t *testing.T) {
	t.Parallel()
	var rung strings.Builder
	n := New([]Way{{bell: true}}, Options{Bell: &rung, Failed: func(s string) { t.Error(s) }})
	n.Tell(Message{Reason: Changed})
	n.Close()
	if rung.String() != "\a" {
		t.Errorf("%q", rung.String())
	}
	said := ""
	New([]Way{{bell: true}}, Options{Failed: func(s string) { said = s }}).Close()
	if said == "" {
		t.Error("nothing is said of a terminal that is not there")
	}
	failing := ""
	n = New([]Way{{bell: true}}, Options{Bell: closedWriter{}, Failed: func(s string) { failing = s }})
	n.Tell(Message{})
	n.Close()
	if !strings.Contains(failing, "the bell: closed") {
		t.Errorf("%q", failing)
	}
}

type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errors.New("closed") }

var _ io.Writer = closedWriter{}

// TestWhatIsWorthTelling: questions, words of the service, alarms, what has failed for
// long, and the end; nothing of the rest.
func TestWhatIsWorthTelling(t *testing.T) {
	t.Parallel()
	var list []Message
	w := Watch(func(m Message) { list = append(list, m) })
	at := time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)
	waits := func(minutes int) status.Event {
		return status.Event{At: at.Add(time.Duration(minutes) * time.Minute), Event: status.EventWaiting, What: "stop orders-api", Waiting: []status.Waiting{{What: "stop orders-api", Since: at}}}
	}
	code := status.ExitOpen
	for _, c := range []struct {
		event status.Event
		want  Reason // empty: nothing
	}{
		{status.Event{Event: status.EventBegin, Names: &steps.Names{Org: "acme", Space: "prod", SourceInstance: "orders-db", TargetInstance: "orders-new"}}, ""},
		{status.Event{Event: status.EventStep, Step: steps.Writers, Word: "begun"}, ""},
		{status.Event{Event: status.EventStatus, Of: "replication", Word: "RUNNING"}, Changed},
		{status.Event{Event: status.EventStatus, Of: "replication", Word: steps.Failed}, Failed},
		{waits(1), ""},
		{waits(5), Waiting},
		{waits(9), ""},
		{status.Event{Event: status.EventAlarm, Name: "orders-api", Word: "begun"}, Alarm},
		{status.Event{Event: status.EventQuestion, Question: &status.Question{ID: "validate", Title: "Do they work?"}}, Question},
		{status.Event{Event: status.EventEnd, ExitStatus: &code, Says: "a question is open", Status: &status.Page{}}, End},
	} {
		list = nil
		w.Event(c.event)
		switch {
		case c.want == "" && len(list) == 0:
		case len(list) != 1 || list[0].Reason != c.want:
			t.Errorf("%s %s: told %+v, want %q", c.event.Event, c.event.Word, list, c.want)
		case list[0].Migration != "orders-db → orders-new in acme / prod" || !strings.HasPrefix(list[0].Text, "orders-db → orders-new in acme / prod: ") || strings.Contains(list[0].Text, "\n") || list[0].Event.Status != nil:
			t.Errorf("%s: %+v", c.event.Event, list[0])
		}
	}
}
