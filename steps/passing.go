package steps

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A request that fails in a way that passes is not the end of it: it keeps its consent
// and is sent again by the machine, after a look, until its time is used up.

// How long a request is tried again by itself. While applications are down minutes count:
// then somebody has to decide. Otherwise nothing is lost by waiting, and a landscape's
// maintenance takes hours.
const (
	patience         = 6 * time.Hour
	patienceDowntime = 30 * time.Minute
)

// Pauses between two tries, where the server names no time, grow from the first to the
// longest. In a downtime half a minute is much.
const (
	firstPause           = 2 * time.Second
	longestPause         = 5 * time.Minute
	longestPauseDowntime = 30 * time.Second
)

// Passes reports whether the problem goes away by itself, so that the same request may
// succeed later.
func (p Problem) Passes() bool {
	switch p.Kind {
	case ProblemNetwork, ProblemTimeout, ProblemBusy, ProblemServer, ProblemRateLimit, ProblemNoRoute, ProblemTokenServer:
		return true
	}
	return false
}

// everywhere reports whether other requests would meet the same problem, and make it
// worse where it is a limit on their number.
func (p Problem) everywhere() bool {
	switch p.Kind {
	case ProblemNetwork, ProblemRateLimit, ProblemNoRoute, ProblemTokenServer:
		return true
	}
	return false
}

// noted is the problem with the time until which the other side asks to be left alone.
func (p Problem) noted(at time.Time) Problem {
	if p.RetryAfter > 0 && p.NotBefore.IsZero() {
		p.NotBefore = at.Add(p.RetryAfter)
	}
	return p
}

// GivenUp reports whether a request has failed although it was tried for as long as is
// sensible: what stood in the way passes, and has not yet.
func (w Work) GivenUp() bool { return w.Status == GoneWrong && w.OutOfTime }

// pressing reports whether minutes count: applications are down, or about to be.
func (s *State) pressing() bool {
	at := current(s)
	return s.downtime() || s.Choices.Stop != nil && (at == Writers || at == Finalize || at == Switch)
}

// failedAgain counts a failure that passes.
func (s *State) failedAgain(w *Work) {
	if w.First.IsZero() {
		w.First = s.At
	}
	w.Tries++
}

// putOff makes a request wait that failed in a way that passes; one whose time is used
// up has gone wrong.
func (s *State) putOff(w *Work) {
	limit, pause, longest := patience, firstPause, longestPause
	if s.pressing() {
		limit, longest = patienceDowntime, longestPauseDowntime
	}
	for n := 1; n < w.Tries && pause < longest; n++ {
		pause *= 2
	}
	pause = min(pause, longest)
	if s.pace > 0 && w.Problem.Kind != ProblemTokenServer { // its patience is not ours to shorten
		pause = max(time.Duration(float64(pause)/s.pace), shortestPause)
	}
	w.Until = w.First.Add(limit)
	w.Next = w.At.Add(pause)
	if advice := w.Problem.NotBefore; !advice.IsZero() {
		w.Next = advice
	}
	w.Status, w.asking, w.cleared = Deferred, false, false
	if w.Next.After(w.Until) {
		w.Status, w.OutOfTime = GoneWrong, true
	}
}

// shortestPause keeps a quick demonstration from asking without pause.
const shortestPause = 50 * time.Millisecond

// ripen lets the requests be looked at whose time has come: what they were for may be
// there already, and what they rely on may be old.
func (s *State) ripen() {
	for key, w := range s.Work {
		if w.Status != Deferred || w.asking || w.cleared || s.At.Before(w.Next) {
			continue
		}
		w.asking, w.since = true, s.seq
		s.Work[key] = w
		s.invalidate(w.Effect.invalidates()...)
		if w.Effect.Do == DoCreateFinalization {
			s.invalidate(ObserveApps) // who could write meanwhile
		}
	}
}

// looksFirst reports whether nothing is sent before a look that began by now.
func (w Work) looksFirst() bool { return w.Status == Unclear || w.Status == Deferred && w.asking }

// heldBack reports whether what keeps a request waiting would keep any other from
// succeeding.
func (s *State) heldBack(wanted []Effect) bool {
	return slices.ContainsFunc(wanted, func(e Effect) bool {
		w := s.Work[s.identity(e)]
		return w.Status == Deferred && !w.cleared && w.Problem.everywhere()
	})
}

// deferred lists the requests of a step that wait, and are still wanted.
func (s *State) deferred(id ID) []Work {
	if id != current(s) {
		return nil
	}
	var list []Work
	for _, e := range stepOf(id).want(s) {
		if w, ok := s.Work[s.identity(e)]; ok && w.Status == Deferred {
			list = append(list, w)
		}
	}
	sortWork(list)
	return list
}

// askDeferred is the question while requests wait: nobody has to do anything.
func askDeferred(s *State, id ID) *Question {
	list := s.deferred(id)
	if len(list) == 0 {
		return nil
	}
	w := list[0]
	for _, x := range list {
		if x.Next.Before(w.Next) {
			w = x
		}
	}
	q := working(WaitingQuestion(id), "Not done yet: "+w.Effect.String()+". It is tried again by itself.")
	if len(list) > 1 {
		q.Title = fmt.Sprintf("%d requests are not done yet. They are tried again by themselves.", len(list))
	}
	q.Step, q.Tone, q.Why = id, Warn, w.waits(s.At)
	q.Options = []Option{
		{ID: OptionWait, Label: "Wait", Wait: true},
		{ID: OptionTryNow, Label: "Try now", Consequence: "looks first, then repeats what is missing"},
		{ID: OptionStopWaiting, Label: "Stop waiting", Consequence: "nothing is sent; you decide what to do instead"},
	}
	return s.orBack(q)
}

// decideDeferred carries an answer to that into the state.
func (s *State) decideDeferred(id ID, a Answer) {
	for _, w := range s.deferred(id) {
		switch a.Option {
		case OptionTryNow:
			w.Next = s.At
		case OptionStopWaiting:
			w.Status, w.OutOfTime = GoneWrong, true
		}
		s.Work[w.Effect.ID()] = w
	}
}

// waits says why a request waits, until when, and how long it is tried.
func (w Work) waits(now time.Time) string {
	says := w.Problem.Says
	if says != "" {
		says = strings.TrimRight(says, ". ") + ". "
	}
	next := "The next try is at " + w.Next.Format(timeOfDay) + "."
	if !w.Problem.NotBefore.IsZero() {
		next = "The other side asks to wait until " + w.Next.Format(timeOfDay) + "."
	}
	return fmt.Sprintf("%s%s Tried %s since %s; it goes on until %s.", says, next, Times(w.Tries), w.First.Format(timeOfDay), clockTime(w.Until, now))
}

const timeOfDay = "15:04:05"

// Times says how often: "once", "3 times".
func Times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// Delay is a request or a look that failed in a way that passes, and is made again by
// itself.
type Delay struct {
	What   string // an imperative
	Why    string // in the other side's words
	Kind   ProblemKind
	Since  time.Time // of the first failure
	Next   time.Time // try; zero: soon
	Until  time.Time // it is tried by itself; zero: for as long as somebody waits
	Tries  int
	Asked  bool // the other side names the time of the next try
	Effect *Effect
}

// Delays lists what waits now, the next to be tried first.
func Delays(s State) []Delay {
	var list []Delay
	for _, w := range s.deferred(current(&s)) {
		list = append(list, Delay{w.Effect.String(), w.Problem.Says, w.Problem.Kind, w.First, w.Next, w.Until, w.Tries, !w.Problem.NotBefore.IsZero(), &w.Effect})
	}
	for _, l := range Looks(s) {
		seen := s.Seen[l.Of]
		if p := seen.Problem; p != nil && p.Passes() {
			list = append(list, Delay{What: "look at the " + string(l.Of), Why: p.Says, Kind: p.Kind, Since: seen.Failing, Next: p.NotBefore, Tries: seen.Fails, Asked: !p.NotBefore.IsZero()})
		}
	}
	return list
}

// NextTry returns when a request that waits is to be tried again, for whom has a clock:
// a [TimeCame] then lets it go. Zero: none waits.
func NextTry(s State) time.Time {
	var next time.Time
	for _, w := range s.Work {
		if w.Status == Deferred && !w.asking && !w.cleared && (next.IsZero() || w.Next.Before(next)) {
			next = w.Next
		}
	}
	return next
}

// dropDeferred forgets what waits when the migration has gone on to another step: the
// same request may be wanted another day.
func (s *State) dropDeferred() {
	maps.DeleteFunc(s.Work, func(_ string, w Work) bool { return w.Status == Deferred })
}
