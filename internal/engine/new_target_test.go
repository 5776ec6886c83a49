package engine_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// TestANewTargetIsMade on a landscape that refuses it, fails half-way, or does not answer:
// it is asked again, what is half-made is named, and nothing is ever made twice.
func TestANewTargetIsMade(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault string
		way   []steps.QuestionID // questions that follow the order, each answered as recommended
		says  string
		posts int
		made  string
	}{
		"all goes well":      {"", nil, "", 1, "orders-db-hyperscaler"},
		"the quota refuses":  {`cf POST /v3/service_instances @1 422 text="You have exceeded your space's services limit."`, []steps.QuestionID{steps.FailedQuestion(steps.Databases)}, "services limit", 2, "orders-db-hyperscaler"},
		"the broker fails":   {`cf POST /v3/service_instances @1 job-fails text="the storage quota is used up"`, []steps.QuestionID{steps.QuestionTargetNotMade, steps.QuestionTarget}, "orders-db-hyperscaler could not be created: ", 2, "orders-db-hyperscaler-2"},
		"the answer is lost": {`cf POST /v3/service_instances @1 lost-answer`, nil, "", 1, "orders-db-hyperscaler"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var faults []string
				if c.fault != "" {
					faults = append(faults, c.fault)
				}
				s := newStageAt(t, enginetest.Seldom, sandbox.Config{Scenario: "good-day", Seed: 7}, faults...)
				now, q := s.follow(string(steps.QuestionTarget))
				for _, want := range append([]steps.QuestionID{steps.QuestionTarget}, c.way...) {
					if q.ID != want {
						t.Fatalf("asks %s, not %s: %+v", q.ID, want, q)
					}
					option := q.Recommended
					if q.ID == steps.QuestionTarget {
						option = steps.OptionCreate
					} else if !strings.Contains(q.Title+" "+said(now), c.says) {
						t.Errorf("%s says %s %s", q.ID, q.Title, said(now))
					}
					a, _ := q.Complete(option, "")
					if option == steps.OptionCreate {
						a.Values[steps.FieldStorage] = []string{"40"}
					}
					s.Engine.Answer(a, secret.Text{})
					synctest.Wait()
					now, q = s.await()
				}
				if q.ID != steps.QuestionOpenAccess || now.State.Choices.Target.Name != c.made {
					t.Fatalf("asks %s, the target is %v", q.ID, now.State.Choices.Target)
				}
				prod, _ := s.Landscape.Truth().Space("acme", "prod")
				i, there := prod.Instance(c.made)
				if !there || i.Plan != "standard" || i.Parameters["storage"] != 40. {
					t.Errorf("%s is %+v", c.made, i)
				}
				posts := 0
				for _, r := range s.Landscape.Requests() {
					if r.Method == http.MethodPost && r.Path == "/v3/service_instances" {
						posts++
					}
				}
				if posts != c.posts {
					t.Errorf("%d requests to create, not %d", posts, c.posts)
				}
			})
		})
	}
}

// said is what the failures of the databases' step say.
func said(now engine.Snapshot) string {
	var all strings.Builder
	for _, w := range now.State.Work {
		all.WriteString(w.Problem.Says)
	}
	return all.String()
}
