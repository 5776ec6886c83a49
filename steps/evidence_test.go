package steps_test

import (
	"strings"
	"testing"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// TestWhatSupportAsksForIsThere: on the screen that says FAILED, and in what the report is
// made of, are the identities of the other side, those of requests that went well, too.
func TestWhatSupportAsksForIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	r := newRun(t, w)
	q := toQuestion(t, r, QuestionReplicating)
	if q == nil {
		t.Fatal("nothing is replicated")
	}
	s := r.s
	seen, _ := Apply(s, Event{w.now, SawReplication{Observation: Observation{Asked: s.Sequence()}, Names: s.Names(), Exists: true, Word: Failed, RequestID: "look-17"}})
	e := EvidenceOf(seen)
	for name, ref := range map[string]Ref{"org": e.Org, "space": e.Space, "source": e.Source, "target": e.Target, "source key": e.SourceKey, "target key": e.TargetKey} {
		if ref.GUID == "" || ref.Name == "" {
			t.Errorf("%s: %+v", name, ref)
		}
	}
	if n := len(e.Requests); n == 0 || e.Requests[n-1].RequestID != "look-17" || e.Requests[n-1].Request() != "replication FAILED" {
		t.Errorf("requests: %+v", e.Requests)
	}
	text := ""
	for _, it := range Show(seen, Replicate, w.now) {
		text += it.Label + " " + it.Text + "\n"
	}
	for _, want := range []string{e.Source.GUID, e.Target.GUID, e.Org.GUID, e.Space.GUID, "look-17"} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen does not say %s:\n%s", want, text)
		}
	}
}

func TestARequestThatWentWellIsKnownToSupport(t *testing.T) {
	t.Parallel()
	r := newRun(t, newWorld(false))
	q := toQuestion(t, r, QuestionReplicate)
	a, _ := q.Complete(OptionStart, "tested")
	r.apply(Answered{a})
	for range 20 { // it is checked once more before
		if len(r.queue) == 0 {
			r.lookOnce()
			continue
		}
		e := r.queue[0]
		r.queue = r.queue[1:]
		if e.Do == DoCreateReplication {
			r.w.carryOut(r.s, e)
			r.apply(Did{Effect: e, RequestID: "made-1"})
			break
		}
		r.perform(e)
	}
	if list := EvidenceOf(r.s).Requests; len(list) != 1 || list[0].RequestID != "made-1" || list[0].Request() != "start the replication: done" {
		t.Errorf("%+v", list)
	}
}

func TestRegion(t *testing.T) {
	t.Parallel()
	for landscape, want := range map[string]string{
		"eu10.hana.ondemand.com": "eu10", "eu10-004": "eu10", "eu10-004.hana.ondemand.com": "eu10", "cn40.platform.sapcloud.cn": "cn40",
		"": "", "sandbox.example": "", "1234.example": "", "lab.example.com": "", "eu1": "",
	} {
		if got := Region(landscape); got != want {
			t.Errorf("%q: %q, want %q", landscape, got, want)
		}
	}
}
