package steps_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// TestASecondDowntimeOfASpaceIsAskedFor: while another migration of the space has its
// applications down, stopping more takes a typed word; nothing is stopped before it.
func TestASecondDowntimeOfASpaceIsAskedFor(t *testing.T) {
	t.Parallel()
	down := time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)
	beside := func(change func(*JournalSummary)) JournalSummary {
		return recordOf(func(m *JournalSummary) {
			m.TargetGUID, m.Target, m.Step, m.DownSince = "i9t", "billing-hyperscaler", Writers, down
			if change != nil {
				change(m)
			}
		})
	}
	for name, c := range map[string]struct {
		record JournalSummary
		asks   bool
	}{
		"in its downtime":  {beside(nil), true},
		"parked":           {beside(func(m *JournalSummary) { m.DownSince = time.Time{} }), false},
		"in another space": {beside(func(m *JournalSummary) { m.Space = "dev" }), false},
		"at another API":   {beside(func(m *JournalSummary) { m.API = "https://api.elsewhere" }), false},
		"ended":            {beside(func(m *JournalSummary) { m.Ended = &Ending{How: EndCompleted} }), false},
	} {
		w := newWorld(false)
		w.others = []JournalSummary{c.record}
		r := newRun(t, w)
		r.until("in-sync")
		r.choose("go-on")
		if !c.asks {
			if q := r.asks("stop-writers"); q == nil {
				t.Errorf("%s: asks nothing", name)
			}
			continue
		}
		q := r.asks("downtime-beside")
		o, _ := q.Option("beside")
		if o.Typed != "two downtimes" || q.Start() == "beside" || !strings.Contains(q.Title, "billing-db → billing-hyperscaler, since 2026-11-22 20:30, kim@acme.example") {
			t.Errorf("%s: %s; types %q, begins at %s", name, q.Title, o.Typed, q.Start())
		}
		r.choose("later")
		r.asks("in-sync")
		r.choose("go-on")
		r.choose("beside")
		r.asks("stop-writers")
		if slices.ContainsFunc(w.log, func(l string) bool { return strings.HasPrefix(l, string(DoStopApp)) }) {
			t.Errorf("%s: something is stopped: %v", name, w.log)
		}
		r.restart()
		r.until("stop-writers") // the word is kept
		w.others = append(w.others, beside(func(m *JournalSummary) { m.ID, m.Source = "m2", "stock-db" }))
		r.watch()
		if q := r.asks("downtime-beside"); !strings.Contains(q.Title, "stock-db") || strings.Contains(q.Title, "billing-db") {
			t.Errorf("%s: of one that began later: %s", name, q.Title)
		}
		w.others = nil // both are through
		r.choose("look")
		r.asks("stop-writers")
	}
}

// TestADowntimeThatIsLedFromElsewhereCountsToo: what no record here has, the note on its
// target says; and of what others lead by now, the note is the newer word.
func TestADowntimeThatIsLedFromElsewhereCountsToo(t *testing.T) {
	t.Parallel()
	down := time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)
	note := Note{
		ID: "m7", API: "https://api.example", Org: "acme", Space: "prod", Source: Ref{"i9", "billing-db"}, Target: Ref{"i9t", "billing-hyperscaler"},
		Lead: Lead{User: "kim@acme.example", Machine: "kims-laptop"}, Step: Finalize, Status: "RUNNING", Down: down,
	}
	w := newWorld(false)
	r := newRun(t, w)
	r.until("in-sync")
	w.elsewhereNotes = []Note{note}
	r.choose("go-on")
	if q := r.asks("downtime-beside"); !strings.Contains(q.Title, "billing-db → billing-hyperscaler, since 2026-11-22 20:30, kim@acme.example on kims-laptop") {
		t.Errorf("it says %s", q.Title)
	}
	w.elsewhereNotes = nil
	r.choose("look")
	r.asks("stop-writers")

	own := JournalSummary{ID: "m7", Source: "billing-db", Path: "here", Of: MomentReplication, Status: InSync}
	list := WithNotes([]JournalSummary{own, {ID: "m8"}}, []Note{note, {ID: "m9", Source: Ref{"i5", "stock-db"}, Step: Replicate, Status: InSync}, {ID: "m8", Mine: true, Status: "RUNNING"}})
	if len(list) != 3 || list[0].Path != "here" || !list[0].DownSince.Equal(down) || list[0].Lead == "" || list[1].Status != "" || list[2].Stands() != "parked IN-SYNC, at Replicate" {
		t.Errorf("joined: %+v", list)
	}
}

// TestARunningDowntimeIsNotAskedAbout: whoever is in the middle of it goes on, and goes
// back, whatever others have begun since.
func TestARunningDowntimeIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	r := newRun(t, w)
	r.until("finalize")
	w.others = []JournalSummary{recordOf(func(m *JournalSummary) { m.DownSince = w.now })}
	r.watch()
	r.asks("finalize")
	r.choose("finalize")
	r.until("validate")
}

// TestAMigrationIsSummarizedByItsRecord: step, last word of the service and since when,
// the downtime that runs.
func TestAMigrationIsSummarizedByItsRecord(t *testing.T) {
	t.Parallel()
	r := newRun(t, newWorld(false))
	at := func(q QuestionID) JournalSummary {
		r.until(string(q))
		return Summarize(r.s.Choices, r.s.History)
	}
	if m := at("replicate"); m.Step != Replicate || m.Status != "" || m.Begun || m.Stands() != "at Replicate" {
		t.Errorf("before the replication: %+v, %s", m, m.Stands())
	}
	m := at("in-sync")
	since := r.s.Facts.Replication.Since
	if !m.Parked() || m.Of != MomentReplication || m.Status != InSync || !m.Since.Equal(since) || m.Stands() != "parked IN-SYNC since "+since.Format("2006-01-02 15:04")+", at Replicate" {
		t.Errorf("in sync: %+v, %s", m, m.Stands())
	}
	m = at("finalize")
	if d := LastDowntime(r.s); m.Parked() || !m.DownSince.Equal(d.Begin) || d.Begin.IsZero() || !strings.HasPrefix(m.Stands(), "DOWNTIME since ") {
		t.Errorf("in the downtime: %+v, %s", m, m.Stands())
	}
	m = at("validate")
	if !m.DownSince.IsZero() || m.Of != MomentFinalization || m.Status != Completed || m.Stands() != "finalization COMPLETED, at Validate" {
		t.Errorf("after the downtime: %+v, %s", m, m.Stands())
	}
	list := Foremost([]JournalSummary{{ID: "ended", Ended: &Ending{How: EndCompleted}}, {ID: "new"}, {ID: "old"}, {ID: "down", DownSince: since}})
	if got := list[0].ID + " " + list[1].ID + " " + list[2].ID + " " + list[3].ID; got != "down new old ended" {
		t.Errorf("sorted: %s", got)
	}
}
