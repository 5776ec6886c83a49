package steps_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// TestTranscripts plays the scripts in testdata. A line that begins with "> " is
// what happens; the lines below it are what the machine makes of it. They are
// written anew with UPDATE_GOLDEN=1. The words:
//
//	start [gcp] [silent] [critical] [crowd]   a machine that has just been started
//	choose OPTION                      the person answers as proposed
//	answer OPTION TYPED                … and types something
//	with FIELD VALUE                   … having filled that in, in the next answer
//	waive LINE REASON                  … says why a line of the census does no harm
//	back OPTION                        … asks for the way back, and answers
//	service [fails]                    the migration service moves on by one state
//	says WORD                          … or says this
//	next fails TEXT                    the next changing request is refused
//	next half-made TEXT                … is a creation that fails, and leaves a shell
//	gone NAME                          somebody deletes an instance
//	next is lost before|after          … or its answer is, before or after the work
//	starts APP                         somebody else starts an application
//	ill APP | well APP                 an application does not get healthy, or does again
//	minutes N                          time goes by
//	crash                              the program is killed and started again
//	sign-out                           the login dies
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file) //nolint:gosec // test data
			if err != nil {
				t.Fatal(err)
			}
			p := &player{t: t}
			for line := range strings.Lines(string(want)) {
				switch {
				case strings.HasPrefix(line, "> "):
					p.out.WriteString(line)
					p.play(strings.Fields(line[2:]))
				case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" && p.out.Len() == 0:
					p.out.WriteString(line)
				}
			}
			got := p.out.String()
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil { //nolint:gosec // test data
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("the machine decides otherwise (UPDATE_GOLDEN=1 keeps it):\n%s", diff)
			}
		})
	}
}

type player struct {
	t    *testing.T
	r    *run
	out  strings.Builder
	next []string // how the next changing request goes
	with map[string][]string
}

func (p *player) play(words []string) {
	verb, rest := words[0], strings.Join(words[1:], " ")
	if verb == "start" {
		w := newWorld(strings.Contains(rest, "gcp"))
		w.tells = !strings.Contains(rest, "silent")
		if strings.Contains(rest, "critical") {
			w.findings = append(w.findings, NewFinding(Source, true, "Unknown data types are not support for PostgreSQL version 10 or higher"))
		}
		if strings.Contains(rest, "crowd") {
			w.addWriters()
		}
		p.r = &run{t: p.t, w: w, s: New()}
		p.r.apply(Resumed{})
	} else {
		p.happen(verb, rest)
	}
	p.settle()
	p.report()
}

func (p *player) happen(verb, rest string) {
	r := p.r
	r.w.now = r.w.now.Add(time.Second)
	option, typed, _ := strings.Cut(rest, " ")
	switch verb {
	case "choose", "answer", "waive", "back":
		q := Ask(r.s)
		if verb == "back" {
			q = AskBackOut(r.s)
		}
		if q == nil {
			p.t.Fatalf("nothing is asked before %s %s", verb, rest)
		}
		if verb == "waive" {
			p.with = map[string][]string{"lines": {p.lineNamed(option)}, "reason": {typed}}
			option = "waive"
		}
		a, _ := q.Default(option)
		a.Question, a.Option = q.ID, option
		if verb == "answer" {
			a.Typed = typed
		}
		for field, values := range p.with {
			a.Values[field] = values
		}
		p.with = nil
		r.w.confirmed = r.w.confirmed || q.ID == "finalize" && a.Typed != ""
		r.apply(Answered{a})
	case "close": // the first thing that is open, with these words
		a, _ := Ask(r.s).Complete(OptionCloseItem, rest)
		r.apply(Answered{a})
	case "with":
		if option == "canary" || option == "order" || option == "restage" {
			typed = p.appNamed(typed)
		}
		p.with = map[string][]string{option: {typed}}
	case "ill":
		r.w.ailing[p.appNamed(rest)] = "web 0 is CRASHED"
	case "well":
		delete(r.w.ailing, p.appNamed(rest))
		p.watch()
	case "minutes":
		n, _ := strconv.Atoi(rest)
		r.w.now = r.w.now.Add(time.Duration(n) * time.Minute)
		p.watch()
	case "service":
		r.w.step(rest == "fails")
		p.watch()
	case "says":
		r.w.replication = rest
		p.watch()
	case "next":
		p.next = strings.Fields(rest)
	case "starts":
		r.w.app(p.appNamed(rest)).State = Started
		p.watch()
	case "gone":
		r.w.instances = slices.DeleteFunc(r.w.instances, func(i Instance) bool { return i.Name == rest })
		p.watch()
	case "crash":
		p.crash()
	case "sign-out":
		r.w.session.SignedIn, r.w.session.Reason = false, "The cf login has expired."
		r.apply(LookFailed{ObserveReplication, r.s.Sequence(), Problem{Kind: ProblemSignedOut, Says: "The cf login has expired."}})
	case "sign-in":
		r.w.session.SignedIn = true
		p.watch()
	default:
		p.t.Fatalf("nobody knows what %q is", verb)
	}
}

func (p *player) lineNamed(name string) string {
	for _, w := range Census(p.r.s) {
		if w.Name == name {
			return w.ID
		}
	}
	p.t.Fatalf("no line %s in the census", name)
	return ""
}

func (p *player) appNamed(name string) string {
	for _, a := range p.r.w.apps {
		if a.Name == name {
			return a.GUID
		}
	}
	p.t.Fatalf("no application %s", name)
	return ""
}

func (p *player) watch() {
	for _, l := range Looks(p.r.s) {
		p.r.apply(p.r.w.answer(p.r.s, l.Of, p.r.s.Sequence()))
	}
}

func (p *player) crash() {
	r := p.r
	data, err := json.Marshal(r.s.Choices)
	if err != nil {
		p.t.Fatal(err)
	}
	var choices Choices
	if err := json.Unmarshal(data, &choices); err != nil {
		p.t.Fatal(err)
	}
	resumed := Resumed{Choices: choices, Did: r.s.Did, History: r.s.History}
	for _, w := range r.s.Work {
		if w.Status == InFlight || w.Status == Unclear {
			resumed.Dangling = append(resumed.Dangling, Work{Effect: w.Effect, At: w.At})
		}
	}
	r.s, r.queue = New(), nil
	r.apply(resumed)
}

// settle performs what is due, and says what it was.
func (p *player) settle() {
	r := p.r
	for range 200 {
		if len(r.queue) == 0 {
			if !r.lookOnce() {
				return
			}
			continue
		}
		e := r.queue[0]
		r.queue = r.queue[1:]
		switch {
		case !e.Changes() || len(p.next) == 0:
			fmt.Fprintf(&p.out, "  does: %s\n", e)
			r.perform(e)
		case p.next[0] == "fails":
			says := strings.Join(p.next[1:], " ")
			p.next = nil
			fmt.Fprintf(&p.out, "  fails to: %s\n", e)
			r.apply(WentWrong{e, Problem{Kind: ProblemRefused, Says: says, Status: 422, RequestID: "4711"}})
		case p.next[0] == "half-made":
			says := strings.Join(p.next[1:], " ")
			p.next = nil
			fmt.Fprintf(&p.out, "  fails to: %s\n", e)
			r.w.carryOut(r.s, e)
			r.w.instances[len(r.w.instances)-1].Operation = Operation{Type: "create", State: "failed", Description: says}
			r.apply(WentWrong{e, Problem{Kind: ProblemJob, Says: says}})
		default:
			fmt.Fprintf(&p.out, "  no answer to: %s\n", e)
			if p.next[len(p.next)-1] == "after" {
				r.w.carryOut(r.s, e)
			}
			p.next = nil
			r.apply(WentWrong{e, Problem{Kind: ProblemNetwork, Says: "connection reset", Unclear: true}})
		}
	}
	p.t.Fatal("does not come to rest")
}

// report says where the machine stands and what it asks.
func (p *player) report() {
	s := p.r.s
	id := Current(s)
	fmt.Fprintf(&p.out, "  at: %s, %s", id, StatusOf(s, id))
	if b := Badge(s, id); b != "" {
		fmt.Fprintf(&p.out, " (%s)", b)
	}
	p.out.WriteString("\n")
	if s.Notice != "" {
		fmt.Fprintf(&p.out, "  notice: %s\n", s.Notice)
	}
	for _, item := range Show(s, id, p.r.w.now) {
		if item.Kind == ItemProblem {
			fmt.Fprintf(&p.out, "  problem: %s\n", strings.Join(item.Cells, " | "))
		}
	}
	if q := Ask(s); q != nil && q.ID == "stop-writers" {
		for _, w := range Census(s) {
			fmt.Fprintf(&p.out, "  writer: %s %s: %s (%s)\n", w.Kind, w.Name, w.Fate, w.What)
		}
	}
	for _, a := range Alarms(s) {
		until := "now"
		if !a.Until.IsZero() {
			until = a.Until.Format("15:04:05")
		}
		fmt.Fprintf(&p.out, "  alarm: %s, %s to %s\n", a.Name, a.Since.Format("15:04:05"), until)
	}
	fmt.Fprintf(&p.out, "  card: %s\n", Standing(s))
	if s.Choices.Ended != nil {
		fmt.Fprintf(&p.out, "  ended: %s\n\n", s.Choices.Ended.How)
		return
	}
	q := Ask(s)
	if q == nil {
		p.out.WriteString("  asks nothing\n\n")
		return
	}
	fmt.Fprintf(&p.out, "  asks %s: %s\n", q.ID, q.Title)
	for _, o := range q.Options {
		mark := " "
		if o.ID == q.Recommended {
			mark = "*"
		}
		cursor := " "
		if o.ID == q.Start() {
			cursor = ">"
		}
		fmt.Fprintf(&p.out, "  %s%s %s: %s", cursor, mark, o.ID, o.Label)
		if o.Typed != "" {
			fmt.Fprintf(&p.out, " [type %s]", o.Typed)
		}
		if o.Blocked != "" {
			fmt.Fprintf(&p.out, " [blocked: %s]", o.Blocked)
		}
		p.out.WriteString("\n")
	}
	p.out.WriteString("\n")
}
