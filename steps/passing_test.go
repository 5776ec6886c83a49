package steps_test

import (
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// passing are the kinds of problems that go away by themselves.
var passing = []ProblemKind{ProblemNetwork, ProblemTimeout, ProblemBusy, ProblemServer, ProblemRateLimit, ProblemNoRoute, ProblemTokenServer}

// staying are those that do not.
var staying = []ProblemKind{
	ProblemSignedOut, ProblemForbidden, ProblemNotFound, ProblemTaken, ProblemRefused, ProblemJob, ProblemAnswer, ProblemPassword,
	ProblemLocked, ProblemPasscode, ProblemAddress, ProblemCancelled, ProblemLocal, ProblemCertificate, ProblemEnded,
}

func TestWhatPasses(t *testing.T) {
	t.Parallel()
	for _, kind := range passing {
		if !(Problem{Kind: kind}).Passes() {
			t.Errorf("%s does not pass", kind)
		}
	}
	for _, kind := range staying {
		if (Problem{Kind: kind}).Passes() {
			t.Errorf("%s passes", kind)
		}
	}
}

// atOpenAccess stands where the first changing request was sent.
func atOpenAccess(t *testing.T, pace float64) (*run, Effect) {
	t.Helper()
	r := &run{t: t, w: newWorld(false), s: New()}
	r.apply(Resumed{Pace: pace})
	r.settle()
	for range 20 {
		q := Ask(r.s)
		if q.ID != QuestionOpenAccess {
			r.choose(q.Alone())
			continue
		}
		a, _ := q.Default(q.Alone())
		r.apply(Answered{a})
		for len(r.queue) == 0 {
			if !r.lookOnce() {
				t.Fatal("nothing is sent")
			}
		}
		e := r.queue[0]
		r.queue = nil
		return r, e
	}
	t.Fatal("open access is never asked about")
	return nil, Effect{}
}

// fails lets a request fail, and the machine look.
func (r *run) fails(e Effect, p Problem) {
	r.apply(WentWrong{e, p})
	for len(r.queue) == 0 && r.lookOnce() {
		continue
	}
}

// passes lets time go by.
func (r *run) passes(d time.Duration) {
	r.w.now = r.w.now.Add(d)
	r.apply(TimeCame{})
	for len(r.queue) == 0 && r.lookOnce() {
		continue
	}
}

// TestAPassingFailureIsTriedAgainByItself: with its consent kept, after a pause and a
// look, and not before; what the pause is for is said.
func TestAPassingFailureIsTriedAgainByItself(t *testing.T) {
	t.Parallel()
	for _, kind := range passing {
		for _, unclear := range []bool{false, true} {
			r, e := atOpenAccess(t, 0)
			looked := r.s.Seen[ObserveAccess].At
			r.fails(e, Problem{Kind: kind, Says: "not now", Unclear: unclear})
			q := Ask(r.s)
			if q == nil || q.ID != WaitingQuestion(OpenAccess) || !q.Waiting() || q.Alone() != OptionWait {
				t.Fatalf("%s: asks %+v", kind, q)
			}
			if r.s.Choices.OpenAccess == nil || len(r.queue) > 0 {
				t.Fatalf("%s: consent %v, sends %v", kind, r.s.Choices.OpenAccess, r.queue)
			}
			d := Delays(r.s)
			if len(d) != 1 || d[0].Effect.ID() != e.ID() || d[0].Why != "not now" || d[0].Tries != 1 || d[0].Asked || !d[0].Next.Equal(NextTry(r.s)) || !d[0].Next.After(r.w.now) {
				t.Fatalf("%s: delays %+v", kind, d)
			}
			next := NextTry(r.s)
			r.passes(next.Sub(r.w.now) - time.Millisecond)
			if len(r.queue) > 0 {
				t.Fatalf("%s: sent again too early", kind)
			}
			r.passes(time.Millisecond)
			if len(r.queue) != 1 || r.queue[0].ID() != e.ID() {
				t.Fatalf("%s: does %v", kind, r.queue)
			}
			if at := r.s.Seen[ObserveAccess].At; !at.After(looked) || at.Before(next) {
				t.Errorf("%s: nobody looked before it was sent again: %v", kind, at)
			}
			r.settle()
			if got := Current(r.s); got != Keys || len(Delays(r.s)) > 0 {
				t.Errorf("%s: stands at %s, waits for %+v", kind, got, Delays(r.s))
			}
		}
	}
}

// TestWhatWasCarriedOutIsNotSentAgain: the look before the next try tells.
func TestWhatWasCarriedOutIsNotSentAgain(t *testing.T) {
	t.Parallel()
	r, e := atOpenAccess(t, 0)
	r.fails(e, Problem{Kind: ProblemTimeout, Unclear: true})
	r.w.carryOut(r.s, e) // late, and all the same
	r.passes(time.Hour)
	if len(r.queue) > 0 || Current(r.s) != Keys {
		t.Errorf("at %s, does %v", Current(r.s), r.queue)
	}
}

// TestTheServersAdviceIsKept: at any pace, and at its word only.
func TestTheServersAdviceIsKept(t *testing.T) {
	t.Parallel()
	for _, pace := range []float64{0, 1, 60, 0.2} {
		r, e := atOpenAccess(t, pace)
		r.fails(e, Problem{Kind: ProblemRateLimit, RetryAfter: 7 * time.Minute})
		d := Delays(r.s)[0]
		if want := r.w.now.Add(7 * time.Minute); !d.Next.Equal(want) || !d.Asked {
			t.Errorf("pace %v: next %v, want %v", pace, d.Next, want)
		}
		r.passes(7*time.Minute - time.Second)
		if len(r.queue) > 0 {
			t.Errorf("pace %v: sent before the server wants it", pace)
		}
	}
	r, e := atOpenAccess(t, 60)
	r.fails(e, Problem{Kind: ProblemServer})
	if pause := NextTry(r.s).Sub(r.w.now); pause > time.Second {
		t.Errorf("its own pause is %v at a pace of 60", pause)
	}
	r, e = atOpenAccess(t, 60)
	r.fails(e, Problem{Kind: ProblemTokenServer})
	if pause := NextTry(r.s).Sub(r.w.now); pause < time.Second {
		t.Errorf("the token server is asked again after %v", pause)
	}
}

// TestPausesGrowUntilTimeIsUp: then, and not before, somebody is asked. The pace does
// not shorten the time.
func TestPausesGrowUntilTimeIsUp(t *testing.T) {
	t.Parallel()
	for _, pace := range []float64{0, 2} {
		r, e := atOpenAccess(t, pace)
		began := r.w.now
		last, tries := time.Duration(0), 0
		for Ask(r.s).ID != FailedQuestion(OpenAccess) {
			r.fails(e, Problem{Kind: ProblemServer, Says: "trouble", Status: 503})
			if tries++; tries > 1000 {
				t.Fatal("it never ends")
			}
			if next := NextTry(r.s); !next.IsZero() {
				if pause := next.Sub(r.w.now); pause < last || pause > 10*time.Minute {
					t.Fatalf("a pause of %v after one of %v", pause, last)
				} else {
					last = pause
				}
				r.passes(last)
				r.queue = nil
			}
		}
		if took := r.w.now.Sub(began); took < 5*time.Hour || took > 7*time.Hour || tries > 200 {
			t.Errorf("pace %v: given up after %v, %d tries", pace, took, tries)
		}
		q := Ask(r.s)
		if q.Waiting() || q.Kind != KindFailed || r.s.Choices.OpenAccess == nil {
			t.Errorf("asks %+v", q)
		}
		failures := 0
		for _, m := range r.s.History {
			if m.Is(MomentEffect, OutcomeFailed) {
				failures++
			}
		}
		if failures > 3 {
			t.Errorf("the record has the same failure %d times", failures)
		}
		r.choose(OptionRetry)
		if Current(r.s) != Keys {
			t.Errorf("after another try it stands at %s", Current(r.s))
		}
	}
}

// TestAdviceBeyondAllPatienceIsAskedAboutAtOnce: nobody waits for what is in vain.
func TestAdviceBeyondAllPatienceIsAskedAboutAtOnce(t *testing.T) {
	t.Parallel()
	r, e := atOpenAccess(t, 0)
	r.fails(e, Problem{Kind: ProblemRateLimit, RetryAfter: 24 * time.Hour})
	if q := Ask(r.s); q == nil || q.ID != FailedQuestion(OpenAccess) {
		t.Errorf("asks %+v", q)
	}
	says := ""
	for _, i := range Show(r.s, OpenAccess, r.w.now) {
		says += strings.Join(i.Cells, " ")
	}
	if !strings.Contains(says, "asks to wait until") {
		t.Errorf("it does not say until when: %s", says)
	}
}

func TestAPersonMayTryNowOrStopWaiting(t *testing.T) {
	t.Parallel()
	r, e := atOpenAccess(t, 0)
	r.fails(e, Problem{Kind: ProblemRateLimit, RetryAfter: time.Hour})
	r.choose(OptionWait)
	if Ask(r.s).ID != WaitingQuestion(OpenAccess) {
		t.Errorf("after waiting it asks %s", Ask(r.s).ID)
	}
	r.choose(OptionTryNow)
	if Current(r.s) != Keys {
		t.Errorf("stands at %s", Current(r.s))
	}
	r, e = atOpenAccess(t, 0)
	r.fails(e, Problem{Kind: ProblemRateLimit, RetryAfter: time.Hour})
	r.choose(OptionStopWaiting)
	if q := Ask(r.s); q.ID != FailedQuestion(OpenAccess) || len(Delays(r.s)) > 0 {
		t.Errorf("asks %s", q.ID)
	}
	r.choose(OptionBack)
	if q := Ask(r.s); q.ID != QuestionOpenAccess || r.s.Choices.OpenAccess != nil {
		t.Errorf("asks %s", q.ID)
	}
}

// TestNothingIsSaidBeforeALook: after a restart nobody knows what became of a request
// without an outcome, so nothing is said of it but that.
func TestNothingIsSaidBeforeALook(t *testing.T) {
	t.Parallel()
	thing := Ref{GUID: "guid", Name: "thing"}
	for _, do := range Verbs() {
		e := Effect{Do: do, Round: 1, App: thing, Instance: thing, Key: thing, Binding: thing, Task: thing, Space: thing, NewName: "new"}
		if !e.Changes() {
			continue
		}
		s, _ := Apply(New(), Event{time.Now(), Resumed{Choices: Choices{Round: 1}, Dangling: []Work{{Effect: e, At: time.Now()}}}})
		w := s.Work[e.ID()]
		got := Explain(w)
		failed := Explain(Work{Effect: e, Status: GoneWrong, Problem: Problem{Kind: ProblemRefused}})
		if w.Status != Unclear || got.What == failed.What || got.NotChanged == failed.NotChanged || strings.HasPrefix(got.What, "Could not") {
			t.Errorf("%s: %+v", do, got)
		}
		if !strings.Contains(got.NotChanged, "not clear") {
			t.Errorf("%s: says %q", do, got.NotChanged)
		}
	}
}
