package steps

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// watchedCopy is a replication that was created at 01:00 and seen RUNNING from 01:02 on,
// by a program that ended at 01:02:30, and is seen IN-SYNC by the next one at the time given.
func watchedCopy(t *testing.T, inSync time.Time) State {
	t.Helper()
	begin := inSync.Truncate(24 * time.Hour).Add(time.Hour)
	at := func(minutes float64) time.Time { return begin.Add(time.Duration(minutes * float64(time.Minute))) }
	e := Effect{Do: DoCreateReplication, Round: 1}
	s, _ := Apply(New(), Event{At: at(2.5), Is: Resumed{
		Choices: Choices{
			Round: 1, Where: &Where{API: "https://api.example", Org: Ref{"o", "acme"}, Space: Ref{"s", "prod"}},
			Source: &Ref{"i1", "orders-db"}, Target: &Ref{"i2", "orders-new"}, SourceKey: &KeyChoice{Name: "k"}, TargetKey: &KeyChoice{Name: "k"},
		},
		Did: map[string]time.Time{e.ID(): at(0)},
		History: History{
			{At: at(0), Kind: MomentEffect, ID: e.ID(), Verb: DoCreateReplication, Status: OutcomeDone, Round: 1},
			{At: at(0), Kind: MomentReplication, Status: Waiting, Round: 1},
			{At: at(2), Kind: MomentReplication, Status: Running, Round: 1},
		},
		LastSeen: &Sighting{Replication: at(2.5)},
	}})
	s, _ = Apply(s, Event{At: inSync, Is: SawReplication{Observation: Observation{s.Sequence()}, Names: s.Names(), Exists: true, Word: InSync}})
	return s
}

// TestWhatNobodySawIsNoTime: while the machine was closed the copy came to its end, at
// some time; no duration and no forecast is made of that as if it had been measured.
func TestWhatNobodySawIsNoTime(t *testing.T) {
	t.Parallel()
	seen := time.Date(2026, 11, 22, 3, 40, 0, 0, time.UTC)
	before := time.Date(2026, 11, 22, 1, 2, 30, 0, time.UTC)
	s := watchedCopy(t, seen)
	last := s.History[len(s.History)-1]
	if last.Status != InSync || !last.At.Equal(seen) || !last.NotBefore.Equal(before) {
		t.Errorf("the record has %+v", last)
	}
	if p := s.Facts.Replication; !p.Since.Equal(seen) || !p.NotBefore.Equal(before) {
		t.Errorf("%+v", p)
	}
	if head := s.Facts.Replication.headline(seen); head.Text != InSync || head.Label != "came between 01:02 and 03:40" {
		t.Errorf("%+v", head)
	}
	if states := replication.states(&s, seen.Add(time.Minute)); !slices.Equal(states.Cells, []string{"WAITING 2 min 00 s", "RUNNING 30 s to 2 h 38 min", "IN-SYNC 1 min 00 s to 2 h 38 min"}) {
		t.Errorf("%q", states.Cells)
	}
	if took := s.copyTime(); took != 0 {
		t.Errorf("a copy that nobody watched took %s", took)
	}
	if _, basis := s.finalizeTime(); !strings.HasPrefix(basis, "the first copy was not watched") {
		t.Error(basis)
	}
}

// TestWhatWasWatchedIsMeasured: a pause between two looks is none.
func TestWhatWasWatchedIsMeasured(t *testing.T) {
	t.Parallel()
	s := watchedCopy(t, time.Date(2026, 11, 22, 1, 3, 30, 0, time.UTC))
	if last := s.History[len(s.History)-1]; !last.NotBefore.IsZero() {
		t.Errorf("the record has %+v", last)
	}
	if took := s.copyTime(); took != 90*time.Second {
		t.Errorf("the copy took %s", took)
	}
	if head := s.Facts.Replication.headline(s.At.Add(time.Minute)); head.Label != "for 1 min 00 s" {
		t.Errorf("%+v", head)
	}
}
