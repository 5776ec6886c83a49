package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/steps"
)

// newSignedOutTheatre is a theatre without a cf login.
func newSignedOutTheatre(t *testing.T) *theatre {
	t.Helper()
	th := newTheatre(t, "good-day", 80, 24)
	th.close()
	if err := os.Remove(filepath.Join(th.Config.CFHome, ".cf", "config.json")); err != nil {
		t.Fatal(err)
	}
	th.start()
	return th
}

// toSignIn names the landscape's address.
func (th *theatre) toSignIn() {
	th.t.Helper()
	q := th.await()
	if q.ID != "api" {
		th.t.Fatalf("asks %s", q.ID)
	}
	th.frame("landscapes")
	th.press("/", "another", "enter", "enter", th.Landscape.Info().API, "enter")
	if q = th.await(); q.ID != "sign-in" {
		th.t.Fatalf("asks %s:\n%s", q.ID, th.text())
	}
}

func TestSignInByPassword(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newSignedOutTheatre(t)
		th.toSignIn()
		th.frame("ways")
		info := th.Landscape.Info()
		th.press("down", "down", "enter")
		th.press(info.User, "enter", "wrong-horse", "enter", "enter", "enter", "enter")
		th.await()
		th.frame("refused")
		if !strings.Contains(th.text(), "Could not sign in") {
			t.Fatalf("a wrong password is not said:\n%s", th.text())
		}
		th.press("enter")
		th.press(info.User, "enter", info.Password)
		th.frame("password")
		th.press("enter", "enter", "enter", "enter")
		if q := th.await(); q.ID != "org" {
			t.Fatalf("asks %s:\n%s", q.ID, th.text())
		}
		th.frame("org")
		th.take(steps.Ask(th.Engine.Snapshot().State), optionLabelled(th, info.Org))
		th.await()
		th.take(steps.Ask(th.Engine.Snapshot().State), optionLabelled(th, info.Space))
		if q := th.await(); q.ID != "source" {
			t.Fatalf("asks %s:\n%s", q.ID, th.text())
		}
		if _, err := os.Stat(filepath.Join(th.Config.CFHome, ".cf", "config.json")); err == nil {
			t.Error("the login was written although the person did not say so")
		}
		if strings.Contains(th.written(), info.Password) {
			t.Error("the password was on the screen")
		}
	})
}

func optionLabelled(th *theatre, label string) string {
	for _, o := range steps.Ask(th.Engine.Snapshot().State).Options {
		if o.Label == label {
			return o.ID
		}
	}
	th.t.Fatalf("no option %s", label)
	return ""
}

func TestSignInByPasscodeAndKeepIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newSignedOutTheatre(t)
		th.toSignIn()
		info := th.Landscape.Info()
		th.press("down", "enter")
		if q := th.await(); q.ID != "passcode" || !strings.Contains(th.text(), info.API+"/passcode") {
			t.Fatalf("the address is not shown:\n%s", th.text())
		}
		th.frame("passcode")
		th.press("enter", info.Passcode, "enter", "down", "enter", "enter")
		if q := th.await(); q.ID != "org" {
			t.Fatalf("asks %s:\n%s", q.ID, th.text())
		}
		if _, err := os.Stat(filepath.Join(th.Config.CFHome, ".cf", "config.json")); err != nil {
			t.Error("the login was not written although the person said so:", err)
		}
	})
}

func TestALoginThatDiesIsRenewedInPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		th.follow("replicate")
		th.press("enter")
		time.Sleep(5 * time.Second)
		th.Landscape.EndLogins()
		time.Sleep(time.Minute)
		th.rest()
		if !strings.Contains(th.text(), "Your login has ended") {
			t.Fatalf("the person is not told:\n%s", th.text())
		}
		th.frame("ended")
		before := tokenCalls(th)
		time.Sleep(3 * time.Minute)
		if n := tokenCalls(th) - before; n > 0 {
			t.Errorf("%d token calls for a login that is dead", n)
		}
		info := th.Landscape.Info()
		th.press("down", "down", "enter")
		th.press("enter", info.Password, "enter", "enter", "enter", "enter") // the user's name stands there already
		if q := th.await(); q.ID != "in-sync" {
			t.Fatalf("asks %s:\n%s", q.ID, th.text())
		}
		posts := 0
		for _, r := range th.Landscape.Requests() {
			if r.Method == "POST" && r.Path == "/v1/replication" {
				posts++
			}
		}
		if posts != 1 {
			t.Errorf("%d replications were asked for", posts)
		}
	})
}

func tokenCalls(th *theatre) int {
	n := 0
	for _, r := range th.Landscape.Requests() {
		if r.Path == "/oauth/token" {
			n++
		}
	}
	return n
}
