package steps_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// reader is a machine, as the note knows it: the migration that it has a record of, and
// the token under which it leads.
type reader struct{ id, token string }

// worldNote is the note on the target, as the platform keeps it.
type worldNote struct {
	reader
	target string
	lead   Lead
	rec    Followed
}

func (w *world) sawNote(s State, o Observation) SawNote {
	seen := SawNote{Observation: o, Target: s.Choices.Target.GUID}
	n := w.note
	if n == nil || n.target != seen.Target {
		seen.Gone = w.kept[w.reader.token]
		return seen
	}
	c := n.rec.Choices
	seen.Note = &Note{ID: n.id, Source: *c.Source, Target: *c.Target, Lead: n.lead, Mine: n.token == w.reader.token, API: w.session.API}
	if !seen.Note.Mine && n.id == w.reader.id {
		rec := copied(n.rec)
		seen.Followed = &rec
	}
	return seen
}

// copied is a record as another machine reads it.
func copied(f Followed) Followed {
	f.Did, f.History, f.Dangling = maps.Clone(f.Did), slices.Clone(f.History), slices.Clone(f.Dangling)
	data, err := json.Marshal(f.Choices)
	if err != nil {
		panic(err)
	}
	f.Choices = Choices{}
	if err := json.Unmarshal(data, &f.Choices); err != nil {
		panic(err)
	}
	return f
}

// noteRecord is what a machine writes down of its state.
func noteRecord(s State) Followed {
	f := Followed{Choices: s.Choices, Did: s.Did, History: s.History}
	for _, w := range s.Work {
		if w.Effect.Changes() && (w.Status == InFlight || w.Status == Unclear) {
			f.Dangling = append(f.Dangling, Work{Effect: w.Effect, At: w.At})
		}
	}
	return copied(f)
}

func (r *walk) writeNote() {
	r.w.note = &worldNote{
		reader{r.id, r.token},
		r.s.Choices.Target.GUID,
		Lead{User: "dana@acme.example", Machine: r.id, Since: r.w.now, Alive: r.w.now},
		noteRecord(r.s),
	}
	r.w.kept[r.token] = true
}

// refused looks at the note before a change, as the engine does: whoever does not lead any
// more sends nothing. Whoever does has it written down.
func (r *walk) refused(e Effect) bool {
	if !r.w.notes || !NoteWanted(r.s, e) {
		return false
	}
	n := r.w.note
	if n != nil && n.target != r.s.Choices.Target.GUID {
		n = nil
	}
	if n != nil && n.token != r.token || n == nil && r.w.kept[r.token] {
		return true
	}
	if e.App.GUID == "" || n == nil || rapid.Bool().Draw(r.t, "written first") || !sameChoices(n.rec.Choices, r.s.Choices) {
		r.writeNote()
	}
	return false
}

func sameChoices(a, b Choices) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func (r *walk) heldBack(e Effect) bool {
	if !r.refused(e) {
		return false
	}
	r.apply(WentWrong{e, Problem{Kind: ProblemLead}})
	return true
}

// handedOver carries out what an answer to the question of the lead asks for.
func (r *walk) handedOver(e Effect) bool {
	if e.Do != DoTakeOver && e.Do != DoFollow {
		return false
	}
	take := e.Do == DoTakeOver
	n := r.w.note
	if n != nil && n.target != e.Instance.GUID {
		n = nil
	}
	switch {
	case n == nil && (e.Migration != "" || !take), n != nil && n.id != e.Migration:
		r.apply(WentWrong{e, Problem{Kind: ProblemLocal, Says: "the note has changed"}})
		return true
	case n != nil:
		r.id = n.id
	}
	rec := noteRecord(r.s)
	if n != nil {
		rec = copied(n.rec)
	}
	resumed := Resumed{Choices: rec.Choices, Did: rec.Did, History: rec.History, Dangling: rec.Dangling, ID: r.id}
	r.token = ""
	if take {
		r.w.tokens++
		r.token = fmt.Sprintf("token %d", r.w.tokens)
		now := Lead{User: "dana@acme.example", Machine: r.name, Since: r.w.now, Alive: r.w.now}
		resumed.TookOver = &now
		r.w.note = &worldNote{reader{r.id, r.token}, e.Instance.GUID, now, rec}
		r.w.kept[r.token] = true
	}
	r.w.reader = reader{r.id, r.token}
	r.flying = nil
	r.apply(resumed)
	return true
}

// turn lets a machine act: it keeps its note up to date, and takes it off at the end.
func (r *walk) turn(do func()) {
	r.w.reader = reader{r.id, r.token}
	ended := r.s.Choices.Ended != nil
	do()
	mine := r.w.note != nil && r.w.note.token == r.token
	switch {
	case mine && !ended && r.s.Choices.Ended != nil:
		r.w.note = nil
		delete(r.w.kept, r.token)
	case mine && NoteKept(r.s) && rapid.IntRange(0, 2).Draw(r.t, "keeps the note") > 0:
		r.writeNote()
	}
}

// handOverWalks is how many walks of two machines are played, a hundred at a time.
var handOverWalks = 5

// TestTwoMachinesOverRandomWalks lets two machines lead one migration, of which either
// may die, sleep, or be without a network at any moment. Only one leads at a time, what
// the service is asked for is asked for once, and in the end every application is where it
// was promised to be, exactly as it was before the first machine stopped it.
func TestTwoMachinesOverRandomWalks(t *testing.T) {
	t.Parallel()
	for n := range handOverWalks {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, twoMachines)
		})
	}
}

func twoMachines(t *rapid.T) {
	w := newWorld(rapid.Bool().Draw(t, "gcp"))
	w.notes, w.kept = true, map[string]bool{}
	var machines [2]*walk
	for i := range machines {
		w.tokens++
		name := fmt.Sprintf("laptop-%d", i+1)
		machines[i] = &walk{t: t, w: w, s: New(), quick: true, id: "record of " + name, name: name, token: fmt.Sprintf("token %d", w.tokens)}
	}
	first := machines[0]
	for _, m := range machines {
		m.turn(func() { m.apply(Resumed{}); m.apply(Opened{ID: m.id}) })
	}
	begins := rapid.SampledFrom([]string{"replicating", "in-sync", "stop-writers", "finalize", "finalizing", "switch", "validate"}).Draw(t, "begins at")
	first.turn(func() { first.lead(begins) })
	asleep := [2]int{}
	for range rapid.IntRange(10, 60).Draw(t, "turns") {
		w.now = w.now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second)
		i := rapid.IntRange(0, 1).Draw(t, "machine")
		m := machines[i]
		if asleep[i] > 0 {
			asleep[i]--
			continue
		}
		switch rapid.SampledFrom([]string{"acts", "acts", "acts", "acts", "acts", "acts", "sleeps", "no network", "dies"}).Draw(t, "what") {
		case "acts":
			m.turn(m.act)
		case "sleeps":
			asleep[i] = rapid.IntRange(1, 20).Draw(t, "turns asleep")
		case "no network":
			m.turn(m.cutOff)
		case "dies":
			m.turn(m.crash)
			if rapid.IntRange(0, 3).Draw(t, "for good") == 0 {
				asleep[i] = 1000
			}
		}
	}
	last := machines[rapid.IntRange(0, 1).Draw(t, "leads home")]
	last.leadHome()
	for _, what := range []string{"create-replication#", "create-finalization#", "delete-replication#", "delete-finalization#", "delete-instance:"} {
		for round := 1; round <= last.s.Choices.Round; round++ {
			n := 0
			for _, id := range w.log {
				if strings.HasPrefix(id, what) && strings.HasSuffix(id, fmt.Sprintf("#%d", round)) {
					n++
				}
			}
			if n > 1 {
				t.Fatalf("%d times %s in round %d; log %v", n, what, round, w.log)
			}
		}
	}
	other := machines[0]
	if last == other {
		other = machines[1]
	}
	before := len(w.log)
	for range 20 { // whoever wakes up after the end changes nothing by itself
		other.turn(func() {
			other.w.now = other.w.now.Add(10 * time.Second)
			for _, l := range Looks(other.s) {
				other.apply(w.answer(other.s, l.Of, other.s.Sequence()))
			}
			for len(other.flying) > 0 {
				e := other.flying[0]
				other.flying = other.flying[1:]
				if !other.handedOver(e) && !other.heldBack(e) && e.Changes() {
					other.done(e)
				}
			}
		})
	}
	if done := w.log[before:]; len(done) > 0 && other.s.Choices.Target != nil && NoteWanted(other.s, Effect{Do: DoStopApp}) {
		t.Fatalf("after the end the other machine has sent %v", done)
	}
}

// act is a stride of a machine that two may be at: without a colleague, who is nobody's
// promise, and without the end of a login.
func (r *walk) act() {
	switch rapid.SampledFrom([]string{"answer", "answer", "look", "look", "outcome", "outcome", "service"}).Draw(r.t, "stride") {
	case "answer":
		if q := Ask(r.s); q != nil && q.ID == QuestionLead && rapid.Bool().Draw(r.t, "takes over") {
			a, _ := q.Complete(OptionTakeOver, "")
			r.apply(Answered{a})
			return
		}
		r.answer(Ask(r.s))
	case "look":
		r.look()
	case "outcome":
		r.outcome()
	case "service":
		r.w.step(rapid.IntRange(0, 9).Draw(r.t, "fails") == 0)
	}
}

// cutOff is a stride without a network: nothing that is sent arrives, and no look succeeds.
func (r *walk) cutOff() {
	for _, e := range r.flying {
		if e.Changes() {
			r.apply(WentWrong{e, Problem{Kind: ProblemNetwork, Says: "no route", Unclear: true}})
		}
	}
	r.flying = slices.DeleteFunc(r.flying, Effect.Changes)
	for _, l := range Looks(r.s) {
		r.apply(LookFailed{l.Of, r.s.Sequence(), Problem{Kind: ProblemNetwork, Says: "no route"}})
	}
}

// leadHome takes the lead, if another machine has it, and leads to an end.
func (r *walk) leadHome() {
	r.w.findings = nil
	for range 900 {
		if r.s.Choices.Ended != nil {
			r.promised()
			return
		}
		r.turn(func() {
			r.quietly(func(q *Question) string {
				for _, way := range []string{OptionTakeOver, "back-out", "retry", "end", q.Alone(), "look"} {
					if _, ok := q.Default(way); ok {
						return way
					}
				}
				return ""
			})
		})
	}
	r.t.Fatalf("no way home from %s: asks %+v, work %+v, log %v", Current(r.s), Ask(r.s), r.s.Work, r.w.log)
}
