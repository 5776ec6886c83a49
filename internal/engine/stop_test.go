package engine

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{StateDir: t.TempDir(), CFHome: t.TempDir()})
		e.Start()
		e.Start()
		synctest.Wait()
		select {
		case <-e.Done():
			t.Fatal("it ended by itself")
		default:
		}
		var stops sync.WaitGroup
		for range 3 {
			stops.Go(func() {
				if err := e.Stop(); err != nil {
					t.Error(err)
				}
			})
		}
		stops.Wait()
		<-e.Done()

		never := New(Config{StateDir: t.TempDir(), CFHome: t.TempDir()})
		if err := never.Stop(); err != nil {
			t.Error(err)
		}
		never.Start()
		<-never.Done()
	})
}

func TestWhatCannotRunSaysSo(t *testing.T) {
	t.Parallel()
	e := New(Config{StateDir: t.TempDir(), CAFile: "nowhere"})
	e.Start()
	<-e.Done()
	for range 2 {
		if _, ok := errors.AsType[*TrustError](e.Stop()); !ok {
			t.Errorf("%v", e.Stop())
		}
	}
}

// checking is a service whose preflight checks take ten seconds; it keeps their
// contexts.
type checking struct {
	Service
	began []context.Context
}

func (c *checking) Preflight(ctx context.Context, _ apiclient.Names) (apiclient.Preflight, error) {
	c.began = append(c.began, ctx)
	select {
	case <-ctx.Done():
		return apiclient.Preflight{}, ctx.Err()
	case <-time.After(10 * time.Second):
		return apiclient.Preflight{}, nil
	}
}

// TestNoCheckOutlivesItsUse: the context of a preflight check ends with it, with
// the next one, with the person's word, and with the run.
func TestNoCheckOutlivesItsUse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &checking{}
		e := New(Config{StateDir: t.TempDir()})
		e.service = service
		running := newTasks(t.Context())
		check := func() {
			e.perform(running, steps.Effect{Do: steps.DoCheck}, secret.Text{})
			synctest.Wait()
		}
		ended := func(want ...bool) {
			t.Helper()
			synctest.Wait()
			for n, ctx := range service.began {
				if got := ctx.Err() != nil; got != want[n] {
					t.Errorf("check %d has ended: %v, want %v", n, got, want[n])
				}
			}
		}
		check()
		time.Sleep(11 * time.Second)
		ended(true)
		check()
		check()
		ended(true, true, false)
		e.perform(running, steps.Effect{Do: steps.DoCancelCheck}, secret.Text{})
		ended(true, true, true)
		check()
		began := time.Now()
		if err := e.shutdown(running); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("the end waited %v for a check", took)
		}
		ended(true, true, true, true)
		if e.inFlight != 0 {
			t.Errorf("%d effects are said to be under way", e.inFlight)
		}
	})
}

// silent is a network that answers nothing.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestTheEndWaitsForNoReading: what changes nothing is given up at once.
func TestTheEndWaitsForNoReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{StateDir: t.TempDir(), CFHome: t.TempDir(), Transport: silent{}})
		running := newTasks(t.Context())
		e.perform(running, steps.Effect{Do: steps.DoFindPasscode, SignIn: &steps.Access{API: "https://api.example"}}, secret.Text{})
		synctest.Wait()
		began := time.Now()
		if err := e.shutdown(running); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("the end waited %v", took)
		}
	})
}
