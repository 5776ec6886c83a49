package unattended

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// counter counts requests, and the bytes of what is sent and read with them.
type counter struct {
	next            http.RoundTripper
	requests, bytes atomic.Int64
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	c.bytes.Add(max(0, r.ContentLength))
	res, err := c.next.RoundTrip(r)
	if err == nil {
		res.Body = counted{res.Body, &c.bytes}
	}
	return res, err
}

type counted struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// parked is a landscape with twenty migrations that are parked at IN-SYNC, and the way
// there.
func parked(b *testing.B) (cfg engine.Config, list []steps.JournalSummary, sent *counter) {
	b.Helper()
	l, err := sandbox.Start(sandbox.Config{Scenario: "twenty", Seed: 7, Speed: 5000})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	home := b.TempDir()
	if err := l.WriteCFHome(home); err != nil {
		b.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	b.Cleanup(transport.CloseIdleConnections)
	sent = &counter{next: transport}
	cfg = engine.Config{
		StateDir: b.TempDir(), CFHome: home, Pace: 400, Transport: sent,
		Overrides: cfsession.Overrides{Name: "sandbox.example", Provider: "aws", MigrationURL: l.Info().Migration},
	}
	u := Runner{Config: cfg, Err: io.Discard}
	var plans []Planned
	for _, n := range shops(l) {
		pl, err := plan.Parse([]byte("org: acme\nspace: prod\nsource: {instance: " + n + "-db}\ntarget: {instance: " + n + "-hyperscaler}\nuntil: in-sync\naccept: all\n"))
		if err != nil {
			b.Fatal(err)
		}
		plans = append(plans, Planned{u, pl, n})
	}
	out, err := os.Create(filepath.Join(b.TempDir(), "events"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = out.Close() })
	if err := u.RunSeveral(b.Context(), plans, RunOptions{}, status.NewEventPrinter(out, io.Discard, status.FormatJSON, false, 0)); err != nil {
		b.Fatal(err)
	}
	if list, err = engine.Journals(cfg.StateDir); err != nil || len(list) != len(plans) {
		b.Fatal(len(list), err)
	}
	return cfg, list, sent
}

// BenchmarkTwentyParked measures what it takes to know how twenty parked migrations stand:
// one look at each (a watch goes on like that for days), one page of each (status), and the
// list of them all, for which no server is asked. Memory is what one watched migration holds.
func BenchmarkTwentyParked(b *testing.B) {
	cfg, list, sent := parked(b)
	perLook := func(b *testing.B, requests, bytes, looks int64) {
		b.ReportMetric(float64(requests)/float64(looks), "requests/look")
		b.ReportMetric(float64(bytes)/float64(looks), "bytes/look")
	}
	b.Run("watched", func(b *testing.B) {
		before := heap()
		var engines []*engine.Engine
		for _, m := range list {
			own := cfg
			own.LookOnly, own.Resume, own.Pace = true, m.ID, 30 // every half second
			eng := engine.New(own)
			eng.Start()
			engines = append(engines, eng)
		}
		looks := func() (n int) {
			for _, eng := range engines {
				n += eng.Snapshot().Looks
			}
			return n
		}
		until := func(n int) {
			for late := time.Now().Add(time.Minute); looks() < n; {
				if time.Now().After(late) {
					b.Fatal("they do not look")
				}
				<-engines[0].Updates()
			}
		}
		until(2 * len(engines)) // all that is looked at once was
		held := heap() - before
		requests, bytes, first := sent.requests.Load(), sent.bytes.Load(), looks()
		for b.Loop() {
			until(looks() + len(engines))
		}
		perLook(b, sent.requests.Load()-requests, sent.bytes.Load()-bytes, int64(looks()-first))
		b.ReportMetric(float64(held)/float64(len(engines)), "heap-bytes/migration")
		for _, eng := range engines {
			if err := eng.Stop(); err != nil {
				b.Error(err)
			}
		}
	})
	b.Run("status", func(b *testing.B) {
		requests, bytes, n := sent.requests.Load(), sent.bytes.Load(), int64(0)
		for b.Loop() {
			for _, m := range list {
				if _, unseen, err := (Runner{Config: cfg, Err: io.Discard}).LookOnce(b.Context(), m); unseen != nil || err != nil {
					b.Fatal(unseen, err)
				}
				n++
			}
		}
		perLook(b, sent.requests.Load()-requests, sent.bytes.Load()-bytes, n)
	})
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := engine.Journals(cfg.StateDir); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// heap is what is in use, after what nobody holds was taken away.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
