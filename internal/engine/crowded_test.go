package engine_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/steps"
)

// TestACrowdedLandscapeIsShownPageByPage: hundreds of orgs, spaces and instances
// cost one request a page, and no more, until the first list is there.
func TestACrowdedLandscapeIsShownPageByPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "crowded")
		now, q := s.follow("source")
		if len(now.State.Facts.Instances) < 400 || !q.Search {
			t.Fatalf("%d instances, search %v", len(now.State.Facts.Instances), q.Search)
		}
		if n := s.count("GET", "/v3/"); n != 2 { // and one for the notes
			t.Errorf("%d requests for one page of instances", n)
		}
		s.choose(q, "elsewhere")
		_, q = s.await()
		if q.ID != "org" || len(q.Options) < 300 || !q.Search {
			t.Fatalf("asks %s with %d options", q.ID, len(q.Options))
		}
		if n := s.count("GET", "/v3/organizations"); n != 1 {
			t.Errorf("%d requests for one page of orgs", n)
		}
		s.choose(q, orgNamed(q, "acme"))
		if _, q = s.await(); q.ID != "space" || len(q.Options) < 150 {
			t.Fatalf("asks %s with %d options", q.ID, len(q.Options))
		}
		if n := s.count("GET", "/v3/spaces"); n != 1 {
			t.Errorf("%d requests for one page of spaces", n)
		}
	})
}

func orgNamed(q *steps.Question, name string) string {
	for _, o := range q.Options {
		if strings.EqualFold(o.Label, name) {
			return o.ID
		}
	}
	return ""
}
