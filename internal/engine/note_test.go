package engine_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// machine is a computer of its own: with its own state directory, and nothing else than
// the login.
type machine struct {
	t      *testing.T
	engine *engine.Engine
	config engine.Config
}

func (s *stage) machine(name string) *machine {
	cfg := s.Config
	cfg.StateDir, cfg.Machine = s.t.TempDir(), name
	return &machine{t: s.t, config: cfg}
}

func (m *machine) start() {
	m.engine = engine.New(m.config)
	m.engine.Start()
	m.t.Cleanup(func() { _ = m.engine.Stop() })
}

// await lets time pass until something waits for a person.
func (m *machine) await() (steps.State, *steps.Question) {
	m.t.Helper()
	for range 10_000 {
		synctest.Wait()
		now := m.engine.Snapshot()
		q := steps.Ask(now.State)
		if now.Idle && (now.State.Choices.Ended != nil || q != nil && !q.Waiting()) {
			return now.State, q
		}
		time.Sleep(5 * time.Second)
	}
	m.t.Fatal("nothing is asked")
	return steps.State{}, nil
}

func (m *machine) choose(q *steps.Question, option string) {
	m.t.Helper()
	a, ok := q.Complete(option, "it is off")
	if !ok {
		m.t.Fatalf("%s has no open option %s: %+v", q.ID, option, q.Options)
	}
	m.engine.Answer(a, secret.Text{})
	synctest.Wait()
	time.Sleep(time.Second)
}

// lead takes what is recommended up to a question, or to the end.
func (m *machine) lead(until steps.QuestionID) (steps.State, *steps.Question) {
	m.t.Helper()
	for range 80 {
		s, q := m.await()
		if s.Choices.Ended != nil || q.ID == until {
			return s, q
		}
		m.choose(q, q.Alone())
	}
	m.t.Fatal("no end")
	return steps.State{}, nil
}

// noteOn is what stands on the target, as anybody of the space can read it.
func noteOn(l *sandbox.Landscape) map[string]string {
	for _, space := range l.Truth().Spaces {
		if space.Name != l.Info().Space {
			continue
		}
		for _, i := range space.Instances {
			if i.Name == l.Info().Target {
				return i.Annotations
			}
		}
	}
	return nil
}

// TestAnotherMachineTakesOver: it finds the migration on the target, asks before it leads,
// and brings everything where it belongs, with what the first machine knew; the first
// one follows, and changes nothing any more.
func TestAnotherMachineTakesOver(t *testing.T) {
	t.Parallel()
	for n, at := range []steps.QuestionID{steps.QuestionInSync, steps.QuestionStopWriters, steps.QuestionFinalize, steps.QuestionSwitch, steps.QuestionValidate, steps.QuestionCleanUpCooling} {
		if underRace && n > 0 {
			break
		}
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, "good-day")
				s.Stop()
				first, second := s.machine("laptop-1"), s.machine("laptop-2")
				first.start()
				was, _ := first.lead(at)
				for key, value := range noteOn(s.Landscape) {
					if len(key) > 63 || len(value) > 5000 || strings.Contains(key, "/") {
						t.Errorf("annotation %s with %d characters", key, len(value))
					}
				}
				if len(noteOn(s.Landscape)) < 2 {
					t.Fatalf("on the target: %v; %s", noteOn(s.Landscape), first.engine.Snapshot().Warning)
				}
				second.start()
				_, q := second.await()
				list, listed := q.Option(steps.FollowNote(was.Choices.Target.GUID))
				if q.ID != steps.QuestionWhere || !listed || !strings.Contains(list.Consequence, "laptop-1") || q.Start() != "" {
					t.Fatalf("asks %+v", q)
				}
				if at == steps.QuestionInSync || at == steps.QuestionSwitch {
					second.choose(q, list.ID)
				} else { // as if it were to begin anew
					second.choose(q, steps.OptionHere)
				}
				_, q = second.lead(steps.QuestionLead)
				if q == nil || !strings.Contains(q.Title, "laptop-1") || q.Alone() != "" {
					t.Fatalf("asks %+v", q)
				}
				second.choose(q, steps.OptionTakeOver)
				now, q := second.await()
				if steps.Follows(now) || q == nil || q.ID == steps.QuestionLead {
					t.Fatalf("after taking over it asks %+v", q)
				}
				if a, b := memoryOf(t, was), memoryOf(t, now); a != b {
					t.Errorf("knows other things than the first one:\n%s\n%s", a, b)
				}
				time.Sleep(10 * time.Minute)
				watching, q := first.await()
				if !steps.Follows(watching) || q.ID != steps.QuestionLead || !strings.Contains(q.Title, "laptop-2") {
					t.Fatalf("the first one asks %+v", q)
				}
				if end, _ := second.lead(""); end.Choices.Ended == nil || end.Choices.Ended.How != steps.EndCompleted {
					t.Fatalf("ended %+v", end.Choices.Ended)
				}
				checkApps(t, s.Landscape, true)
				for _, name := range []string{"replication", "finalization"} {
					if n := s.count("POST", "/v1/"+name); n != 1 {
						t.Errorf("%d times POST /v1/%s", n, name)
					}
				}
				time.Sleep(time.Minute)
				if left := noteOn(s.Landscape); len(left) > 0 {
					t.Errorf("left on the target: %v", left)
				}
				if watching, q := first.await(); !steps.Follows(watching) || q.ID != steps.QuestionLead {
					t.Errorf("after the end the first one asks %+v", q)
				}
			})
		})
	}
}

func memoryOf(t *testing.T, s steps.State) string {
	t.Helper()
	data, err := json.Marshal([]any{s.Choices.Memory, s.Choices.Waivers, s.Choices.Stop, s.Choices.Accepted})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestWhoHasLostTheLeadSendsNothing: also where it was answered before the next look could
// show that another machine leads.
func TestWhoHasLostTheLeadSendsNothing(t *testing.T) {
	t.Parallel()
	for n, at := range []struct {
		question steps.QuestionID
		option   string
		method   string
		path     string
	}{
		{steps.QuestionStopWriters, steps.OptionStop, "POST", "/v3/apps/"},
		{steps.QuestionFinalize, steps.OptionFinalize, "POST", "/v1/finalization"},
		{steps.QuestionSwitch, steps.OptionSwitch, "POST", "/v3/service_credential_bindings"},
	} {
		if underRace && n > 0 {
			break
		}
		t.Run(string(at.question), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, "good-day")
				s.Stop()
				first, second := s.machine("laptop-1"), s.machine("laptop-2")
				first.start()
				_, q := first.lead(at.question)
				if q.ID == steps.QuestionStopWriters {
					first.choose(q, steps.OptionWaive)
					_, q = first.lead(at.question)
				}
				second.start()
				_, found := second.await()
				second.choose(found, steps.OptionHere)
				_, lead := second.lead(steps.QuestionLead)
				second.choose(lead, steps.OptionTakeOver)
				before := s.count(at.method, at.path)
				first.choose(q, at.option)
				time.Sleep(10 * time.Minute)
				now, asked := first.await()
				if n := s.count(at.method, at.path); n != before {
					t.Errorf("%d requests were sent", n-before)
				}
				if !steps.Follows(now) || asked.ID != steps.QuestionLead {
					t.Errorf("it asks %+v", asked)
				}
				if len(now.Work) > 0 {
					t.Errorf("left in the air: %+v", now.Work)
				}
			})
		})
	}
}
