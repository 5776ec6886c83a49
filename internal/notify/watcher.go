package notify

import (
	"cmp"
	"strings"
	"sync"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// longWait is how long a request fails before somebody is told that it waits.
const longWait = 5 * time.Minute

// turnedAway is after what time without an answer a person is taken to look elsewhere: a
// question that comes sooner is under their eyes.
const turnedAway = 30 * time.Second

// Watcher finds, in what happens, what somebody is to be told.
type Watcher struct {
	tell func(Message)

	mu     sync.Mutex // guards what follows: several migrations may be told of at once
	names  map[string]string
	waited map[string]bool // requests that somebody was told of
}

// Watch tells what is worth it.
func Watch(tell func(Message)) *Watcher {
	return &Watcher{tell: tell, names: map[string]string{}, waited: map[string]bool{}}
}

// Name says which migration events are about that do not say it themselves.
func (w *Watcher) Name(names steps.Names) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names[""] = called(names)
}

func called(n steps.Names) string {
	if n.SourceInstance == "" {
		return ""
	}
	return sanitize.Line(n.SourceInstance + " → " + cmp.Or(n.TargetInstance, "?") + " in " + n.Org + " / " + n.Space)
}

// Event takes in an event, in the order in which they come.
func (w *Watcher) Event(e status.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Names != nil {
		w.names[e.Migration] = called(*e.Names)
	}
	reason := w.reason(e)
	if reason == "" {
		return
	}
	m := Message{Version: Version, At: e.At, Reason: reason, Migration: cmp.Or(w.names[e.Migration], e.Migration), Event: e}
	m.Event.Status = nil // the page is long, and for who asks for it
	if m.Text = oneLine(e.Text()); m.Migration != "" {
		m.Text = m.Migration + ": " + m.Text
	}
	w.tell(m)
}

// oneLine puts lines of text behind each other, each as a sentence.
func oneLine(text string) string {
	var list []string
	for l := range strings.Lines(text) {
		if l = sanitize.Line(l); l != "" {
			list = append(list, l)
		}
	}
	for i, l := range list[:max(0, len(list)-1)] {
		if !strings.ContainsAny(l[len(l)-1:], ".:!?") {
			list[i] += "."
		}
	}
	return strings.Join(list, " ")
}

// reason is why an event is told; empty: it is not.
func (w *Watcher) reason(e status.Event) Reason {
	switch e.Event {
	case status.EventStatus:
		if e.Word == steps.Failed {
			return Failed
		}
		return Changed
	case status.EventAlarm:
		return Alarm
	case status.EventQuestion:
		return Question
	case status.EventDecision:
		return Decision
	case status.EventEnd:
		return End
	case status.EventWaiting:
		key := e.Migration + "\n" + e.What
		if len(e.Waiting) == 0 || e.At.Sub(e.Waiting[0].Since) < longWait {
			delete(w.waited, key) // one that fails anew
			return ""
		}
		if w.waited[key] {
			return ""
		}
		w.waited[key] = true
		return Waiting
	}
	return ""
}

// Person watches a migration that a person leads at a screen, or in lines: what they answer
// themselves at once they are not told.
type Person struct {
	w        *Watcher
	recorder *status.EventRecorder
	answers  int
	here     time.Time // when they were last seen to be there
	asked    steps.QuestionID
	ended    bool
}

// Person makes one, as of now.
func (w *Watcher) Person() *Person {
	return &Person{w: w, recorder: status.NewEventRecorder(w.Event), here: time.Now()}
}

// Saw takes in a state, in the order in which they come.
func (p *Person) Saw(now engine.Snapshot) {
	s := now.State
	if names := s.Names(); names.SourceInstance != "" {
		p.w.Name(names)
	}
	if n := s.Answers(); n != p.answers {
		p.answers, p.here, p.asked = n, time.Now(), ""
	}
	p.recorder.Record(now)
	if e := s.Choices.Ended; e != nil {
		if !p.ended {
			code := status.ExitOfEnding(*e)
			p.w.Event(status.Event{At: time.Now(), Event: status.EventEnd, ExitStatus: &code, Says: "the migration has ended: " + e.How, Alarms: status.AlarmsWithPossibleLoss(s)})
		}
		p.ended = true
		return
	}
	q := steps.Ask(s)
	if q == nil || q.Waiting() || q.ID == p.asked {
		return
	}
	p.asked = q.ID
	if time.Since(p.here) < turnedAway {
		return
	}
	p.w.Event(status.Event{At: time.Now(), Event: status.EventQuestion, Question: status.QuestionOf(q)})
}
