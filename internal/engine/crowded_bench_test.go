package engine_test

import (
	"testing"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// BenchmarkCrowdedToTheFirstList measures the way from the start to the list of
// 400 instances, over a real socket: time, and requests.
func BenchmarkCrowdedToTheFirstList(b *testing.B) {
	l, err := sandbox.Start(sandbox.Config{Scenario: "crowded"})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a benchmark
	home := b.TempDir()
	if err := l.WriteCFHome(home); err != nil {
		b.Fatal(err)
	}
	before := len(l.Requests())
	for b.Loop() {
		toFirstList(b, engine.Config{
			StateDir: b.TempDir(), CFHome: home,
			Overrides: cfsession.Overrides{Name: "sandbox.example", Provider: "aws", MigrationURL: l.Info().Migration},
		})
	}
	b.ReportMetric(float64(len(l.Requests())-before)/float64(b.N), "requests/op")
}

func toFirstList(b *testing.B, cfg engine.Config) {
	b.Helper()
	eng := engine.New(cfg)
	eng.Start()
	for {
		select {
		case <-eng.Done():
			b.Fatal("no list:", eng.Stop())
		case <-time.After(time.Minute):
			b.Fatal("no list")
		case <-eng.Updates():
		}
		switch q := steps.Ask(eng.Snapshot().State); {
		case q == nil:
		case q.ID == "where":
			a, _ := q.Default("here")
			eng.Answer(a, secret.Text{})
		case q.ID == "source":
			if err := eng.Stop(); err != nil {
				b.Fatal(err)
			}
			return
		}
	}
}
