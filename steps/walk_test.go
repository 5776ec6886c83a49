package steps_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// TestInvariantsOverRandomWalks lets chance be the person, the network, the
// service, a colleague and the power supply. The world checks the invariants of
// design section 3 at every request; at the end the walk is led to its end, and
// every application has to be where it was promised to be.
func TestInvariantsOverRandomWalks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.Bool().Draw(t, "gcp"))
		w.tells = rapid.Bool().Draw(t, "tells")
		if rapid.Bool().Draw(t, "critical") {
			w.findings = append(w.findings, NewFinding(Source, true, "Unknown data types"))
		}
		w.prepareTarget(t)
		r := &walk{t: t, w: w, s: New()}
		r.apply(Resumed{})
		r.lead(rapid.SampledFrom([]string{"", "preflight", "replicating", "in-sync", "stop-writers", "finalize", "finalizing", "switch", "validate", "clean-up.target-key"}).Draw(t, "begins at"))
		for range rapid.IntRange(5, 80).Draw(t, "steps") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second)
			r.stride()
		}
		r.home()
		checkPhases(r.t, r.s)
	})
}

type walk struct {
	t       *rapid.T
	w       *world
	s       State
	flying  []Effect
	touched bool // a colleague changed an application's state
	view    *seenWorld
	words   typedWords
	name    string              // of the machine
	id      string              // of the migration on it
	token   string              // under which this machine leads
	open    map[string]OpenItem // things that were open at the last look, see forgetsNothing
	quick   bool                // whether Apply leaves its argument alone is looked at elsewhere
}

func (r *walk) apply(e Occurrence) {
	var frozen []byte
	old := r.s
	if !r.quick {
		frozen, _ = json.Marshal(r.s.Choices)
	}
	next, effects := Apply(r.s, Event{r.w.now, e})
	if !r.quick {
		if again, _ := json.Marshal(old.Choices); string(again) != string(frozen) {
			r.t.Fatalf("Apply changed the state it was given")
		}
	}
	if r.view == nil {
		r.view = newSeenWorld()
	}
	r.view.note(e, next)
	r.s = next
	r.checkClaims()
	r.seesBothSides(e)
	r.flying = append(r.flying, effects...)
	r.oneAtATime()
	r.w.asked(r.s, effects)
	r.holdsTheBridge(effects)
	if r.w.violated != "" {
		r.t.Fatalf("%s\nlog: %v", r.w.violated, r.w.log)
	}
}

// oneAtATime: one changing request is in the air, or a few that concern one
// application each.
func (r *walk) oneAtATime() {
	apps := map[string]bool{}
	flying := slices.DeleteFunc(slices.Clone(r.flying), func(e Effect) bool { return !e.Changes() })
	for _, e := range flying {
		if len(flying) > 1 && (e.App.GUID == "" || apps[e.App.GUID]) || len(flying) > 4 {
			r.t.Fatalf("changing requests at once: %v", flying)
		}
		apps[e.App.GUID] = true
	}
}

// look at every screen that a person could turn to: none may fail.
func (r *walk) turnPages() {
	for _, id := range append(Road(), BackOut) {
		Show(r.s, id, r.w.now)
		StatusOf(r.s, id)
		Badge(r.s, id)
		for _, c := range Commands(r.s, id) {
			if c.Does == "" || c.Line == "" {
				r.t.Fatalf("empty command at %s: %+v", id, c)
			}
		}
		if id.Guide().What == "" || id.Title() == "" {
			r.t.Fatalf("%s has no guide", id)
		}
		q := Revise(r.s, id)
		if q != nil && (q.Title == "" || len(q.Options) == 0) {
			r.t.Fatalf("nothing to revise: %+v", q)
		}
		r.words.check(r.t, q)
	}
	r.words.check(r.t, Ask(r.s))
	r.words.check(r.t, AskBackOut(r.s))
	if Standing(r.s) == "" {
		r.t.Fatalf("no word about where things stand")
	}
	Leaving(r.s)
}

func (r *walk) stride() {
	r.turnPages()
	switch rapid.SampledFrom([]string{"answer", "answer", "answer", "look", "look", "look", "outcome", "outcome", "service", "crash", "colleague", "revise", "sign-out", "target"}).Draw(r.t, "stride") {
	case "answer":
		r.answer(Ask(r.s))
	case "revise":
		r.answer(Revise(r.s, rapid.SampledFrom(Road()).Draw(r.t, "step")))
	case "look":
		r.look()
	case "outcome":
		r.outcome()
	case "service":
		r.w.step(rapid.IntRange(0, 5).Draw(r.t, "fails") == 0)
	case "crash":
		r.crash()
	case "colleague":
		if rapid.IntRange(0, 3).Draw(r.t, "does") == 0 {
			r.colleague()
		}
	case "target":
		r.writerOnTarget()
	case "sign-out":
		if rapid.IntRange(0, 3).Draw(r.t, "really") == 0 {
			r.apply(LookFailed{ObserveApps, r.s.Sequence(), Problem{Kind: ProblemSignedOut, Says: "the refresh token has expired"}})
		}
	}
}

func (r *walk) answer(q *Question) {
	if q == nil {
		return
	}
	o := q.Options[rapid.IntRange(0, len(q.Options)-1).Draw(r.t, "option")]
	if strings.HasSuffix(o.ID, "-ran") { // whoever says something else than the truth is promised nothing
		r.apply(Answered{r.w.whoRan(q)})
		return
	}
	a := Answer{Question: q.ID, Option: o.ID, Typed: o.Typed, Values: map[string][]string{}}
	if d, ok := q.Default(o.ID); ok {
		a = d
	}
	if o.Typed != "" && rapid.Bool().Draw(r.t, "mistypes") {
		a.Typed = "oops"
	}
	for _, f := range o.Fields {
		if f.Kind == FieldMany && len(f.Choices) > 0 && (!f.Optional || rapid.Bool().Draw(r.t, "picks")) {
			a.Values[f.ID] = []string{rapid.SampledFrom(f.Choices).Draw(r.t, f.ID).ID}
		}
		if f.ID == "reason" {
			a.Values[f.ID] = []string{"it is off"}
		}
	}
	if q.ID == "finalize" && o.ID == "finalize" && a.Typed == o.Typed && o.Blocked == "" {
		r.w.confirmed = true
	}
	r.apply(Answered{a})
}

func (r *walk) look() {
	looks := Looks(r.s)
	if len(looks) == 0 {
		return
	}
	see := rapid.SampledFrom(looks).Draw(r.t, "see").Of
	if rapid.IntRange(0, 9).Draw(r.t, "look fails") == 0 {
		r.apply(LookFailed{see, r.s.Sequence(), Problem{Kind: ProblemNetwork, Says: "no route"}})
		return
	}
	r.apply(r.w.answer(r.s, see, r.s.Sequence()))
}

func (r *walk) outcome() {
	if len(r.flying) == 0 {
		return
	}
	e := r.flying[0]
	r.flying = r.flying[1:]
	switch {
	case r.handedOver(e) || r.heldBack(e):
	case e.Do == DoCheck:
		r.apply(Checked{e, r.w.findings})
	case e.Do == DoCancelCheck, e.Do == DoSignIn:
		r.apply(SawSession{Observation{r.s.Sequence()}, r.w.session})
	default:
		switch rapid.SampledFrom([]string{"done", "done", "done", "fails", "lost before", "lost after"}).Draw(r.t, "outcome") {
		case "done":
			r.done(e)
		case "fails":
			if e.Do == DoUnbind && rapid.Bool().Draw(r.t, "at the broker") {
				r.w.failsToUnbind(e) // then it is not in force any more
			}
			r.apply(WentWrong{e, Problem{Kind: ProblemRefused, Says: "no", Status: 422}})
		case "lost before":
			r.apply(WentWrong{e, Problem{Kind: ProblemNetwork, Says: "reset", Unclear: true}})
		case "lost after":
			r.w.carryOut(r.s, e)
			r.apply(WentWrong{e, Problem{Kind: ProblemNetwork, Says: "reset", Unclear: true}})
		}
	}
}

// done carries a request out; what the broker does not delete fails.
func (r *walk) done(e Effect) {
	made := r.w.carryOut(r.s, e)
	if e.Do == DoUnbind && r.w.clings[e.Binding.GUID] {
		r.apply(WentWrong{e, Problem{Kind: ProblemJob, Says: "the broker refuses"}})
		return
	}
	r.apply(Did{Effect: e, Made: made})
}

// crash loses everything but what the journal keeps. What was in the air may or
// may not arrive at the other side.
func (r *walk) crash() {
	var dangling []Work
	for _, e := range r.flying {
		if !e.Changes() {
			continue
		}
		dangling = append(dangling, Work{Effect: e, At: r.w.now})
		if rapid.Bool().Draw(r.t, "arrives") && !r.refused(e) {
			r.w.carryOut(r.s, e)
		}
	}
	for _, w := range r.s.Work {
		if w.Status == Unclear {
			dangling = append(dangling, w)
		}
	}
	data, err := json.Marshal(r.s.Choices)
	if err != nil {
		r.t.Fatal(err)
	}
	var choices Choices
	if err := json.Unmarshal(data, &choices); err != nil {
		r.t.Fatal(err)
	}
	did, history := r.s.Did, r.s.History
	r.s, r.flying = New(), nil
	reopen := choices.Ended != nil && rapid.Bool().Draw(r.t, "reopen")
	r.apply(Resumed{Choices: choices, Did: did, History: history, Dangling: dangling, Reopen: reopen, ID: r.id})
}

// colleague starts or stops an application behind our back.
func (r *walk) colleague() {
	i := rapid.IntRange(0, len(r.w.apps)-1).Draw(r.t, "app")
	if r.w.apps[i].State == Started {
		r.w.apps[i].State = Stopped
	} else {
		r.w.apps[i].State = Started
	}
	r.touched = true
}

// lead follows the recommendations up to a question; nothing fails on the way.
func (r *walk) lead(question string) {
	for range 300 {
		q := Ask(r.s)
		if question == "" || q != nil && string(q.ID) == question || q != nil && q.Tone == Bad {
			return
		}
		r.quietly(func(q *Question) string { return q.Alone() })
	}
}

// quietly lets everything that is due happen without a fault, and answers what
// is asked then.
func (r *walk) quietly(way func(*Question) string) {
	r.w.now = r.w.now.Add(time.Second)
	if len(r.flying) > 0 {
		e := r.flying[0]
		r.flying = r.flying[1:]
		switch {
		case r.handedOver(e) || r.heldBack(e):
		case e.Do == DoCheck:
			r.apply(Checked{e, r.w.findings})
		case e.Changes():
			r.done(e)
		}
		return
	}
	was := Ask(r.s)
	for _, l := range Looks(r.s) {
		r.apply(r.w.answer(r.s, l.Of, r.s.Sequence()))
	}
	q := Ask(r.s)
	if len(r.flying) > 0 || q == nil || was == nil || was.ID != q.ID {
		return // what is new is for the caller to see first
	}
	if q.ID == QuestionApplications {
		r.apply(Answered{r.w.whoRan(q)})
		return
	}
	option := way(q)
	if o, _ := q.Option(option); o.Wait {
		r.w.step(false)
		return
	}
	a, ok := q.Complete(option, "it is off")
	if !ok {
		r.t.Fatalf("no way on out of %+v", q)
	}
	r.w.confirmed = r.w.confirmed || q.ID == "finalize" && option == "finalize"
	r.apply(Answered{a})
}

// home leads the walk to an end: back out if that is possible, else through.
// Nothing fails any more.
func (r *walk) home() {
	r.w.findings = slices.DeleteFunc(r.w.findings, func(f Finding) bool { return f.Critical })
	for range 600 {
		if r.s.Choices.Ended != nil {
			r.promised()
			return
		}
		r.quietly(func(q *Question) string {
			for _, way := range []string{OptionTakeOver, "back-out", "retry", "end", "anyway", q.Alone(), "look"} {
				if _, ok := q.Default(way); ok {
					return way
				}
			}
			return ""
		})
	}
	r.t.Fatalf("no way home from %s: asks %+v, work %+v", Current(r.s), Ask(r.s), r.s.Work)
}

// promised checks invariant 5: what this migration stopped runs again, on the
// side that was promised; the rest is as it was.
func (r *walk) promised() {
	if r.touched {
		return // a colleague's hand is nobody's promise
	}
	r.w.leftStuck, r.w.newName = map[string]bool{}, map[string]*string{}
	for _, left := range r.s.Choices.LeftOld {
		for _, guid := range left.Bindings {
			r.w.leftStuck[guid] = true
		}
		if left.To == promisedSide(r.s) && left.Round == r.s.Choices.Round {
			r.w.newName[left.App] = &left.Name
		}
	}
	r.w.left, r.w.green = nil, nil
	if c := r.s.Choices.Switch; c != nil && promisedSide(r.s) == Target {
		r.w.left, r.w.green = c.Left, c.Green
	}
	r.w.checkSide(r.t, promisedSide(r.s))
}

func promisedSide(s State) Side {
	if s.Choices.Ended.How == EndCompleted {
		return Target
	}
	return Source
}

// checkSide: every application is on that side exactly as it was on the source; one that was
// on the target before is there as it was, and runs if it was picked as green.
func (w *world) checkSide(t interface{ Fatalf(string, ...any) }, side Side) {
	for _, a := range w.apps {
		was := w.before[a.GUID]
		if slices.Contains(w.left, a.GUID) {
			continue // by name
		}
		state := was.State
		if slices.Contains(w.green, a.GUID) {
			state = Started
		}
		here, other := a.Source, a.Target
		if side == Target {
			here, other = other, here
		}
		if a.State != state || !slices.Equal(a.Processes, was.Processes) {
			t.Fatalf("%s ended as %s %v, was %s %v; log %v", a.Name, a.State, a.Processes, was.State, was.Processes, w.log)
		}
		if was.Target != nil {
			source := was.Source
			if side == Target {
				source = nil
			}
			if !sameBindings(a.Target, was.Target) || !sameBindings(a.Source, source) {
				t.Fatalf("%s is bound to %+v and %+v; was %+v and %+v; log %v", a.Name, a.Source, a.Target, was.Source, was.Target, w.log)
			}
			continue
		}
		other = slices.DeleteFunc(slices.Clone(other), func(b Binding) bool { return w.leftStuck[b.GUID] })
		if len(other) > 0 || here == nil || here[0].Name != was.Source[0].Name && (w.newName[a.GUID] == nil || here[0].Name != *w.newName[a.GUID]) || string(here[0].Params) != string(was.Source[0].Params) {
			t.Fatalf("%s is bound to %+v, and on the other side to %+v; was %+v; log %v", a.Name, here, other, was.Source, w.log)
		}
	}
}
