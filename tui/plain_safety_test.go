package tui_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
	"pg-migrate-wizard/tui"
)

// toFinalize leads up to the last question before the point of no return.
var toFinalize = slices.Concat(goodRoad, []string{"Start the replication?", "1", "in sync, and are kept so", "1"}, stopped)

// hangUp ends the input.
func (k *talk) hangUp() {
	synctest.Wait()
	_ = k.in.Close()
}

// apps returns what the landscape itself says of the applications.
func (k *talk) apps() []sandbox.AppTruth {
	prod, _ := k.landscape.Truth().Space("acme", "prod")
	return prod.Apps
}

func (k *talk) destroyed() []string {
	return slices.DeleteFunc(k.changed(), func(r string) bool {
		return !strings.HasPrefix(r, http.MethodDelete) && !strings.Contains(r, "finalization")
	})
}

func TestPlainEndOfInputIsNeverConsent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		script []string
		open   string // the question that stays open
	}{
		{"at a question", goodRoad[:2], "source"},
		{"while a name is asked for", goodRoad[:10], "source-key"},
		{"while something is under way", append(slices.Clone(goodRoad), "Start the replication?", "1"), "in-sync"},
		{"at the finalization", toFinalize, "finalize"},
		{"while a confirmation is asked for", append(slices.Clone(toFinalize), "Finalize the migration?", "1"), "finalize"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newTalk(t, "", true, nil)
				k.play(c.script...)
				switch c.name {
				case "at a question", "at the finalization":
					k.await("or ? for help.")
				case "while a confirmation is asked for":
					k.await("To confirm, type finalize orders-db.")
					synctest.Wait()
					_, _ = io.WriteString(k.in, "finalize orders-db") // a line without its end
				}
				k.hangUp()
				r := k.ended()
				if r.Question == nil || string(r.Question.ID) != c.open || r.Ended != nil {
					t.Errorf("open %+v, ended %+v", r.Question, r.Ended)
				}
				if d := k.destroyed(); len(d) > 0 {
					t.Errorf("it did %v", d)
				}
				k.await("The input has ended")
			})
		})
	}
}

func TestPlainTypesItWrong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "", true, nil)
		k.play("Work in acme / prod?", "7")
		k.await("That is not one of the choices.")
		k.play("", "yes")
		k.await("That is not one of the choices.")
		k.play("", "") // an empty line chooses nothing
		k.play("", strings.Repeat("1", 70_000))
		k.await("That line is too long")
		k.line("1")
		k.play(toFinalize[2:]...)
		for _, typed := range []string{"", "orders", "ORDERS-DB", "orders-db", "finalize orders-hyperscaler", "back out orders-db", "delete orders-db", "finalize orders-db "} {
			k.play("", "1")
			k.await("To confirm, type finalize orders-db.")
			k.line(typed)
			k.await("Nothing was done; the question is still open.")
		}
		k.play("", "1")
		k.await("To confirm, type finalize orders-db.")
		k.line("again")
		k.await("Nothing was done")
		k.play("", "1")
		k.await("To confirm, type finalize orders-db.")
		k.line("g") // a word works here, too
		k.await("Guide to the step Finalize.")
		k.await("To confirm, type finalize orders-db.")
		if d := k.destroyed(); len(d) > 0 {
			t.Errorf("it did %v", d)
		}
		k.line("finalize orders-db")
		k.await("Step 9 of 11: Switch")
	})
}

func TestPlainBacksOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		script []string
	}{
		{"in sync", append(slices.Clone(goodRoad),
			"Start the replication?", "1", "in sync, and are kept so", "3")},
		{"in the downtime, by the word", append(slices.Clone(toFinalize), "Finalize the migration?", "back", "Back out?", "2")},
		{"in the finalization", append(slices.Clone(toFinalize),
			"Finalize the migration?", "1", "To confirm, type ", "finalize orders-db",
			"The service is finalizing.", "1")},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newTalk(t, "", true, nil)
				before := k.apps()
				k.play(c.script...)
				if c.name != "in the downtime, by the word" { // which has shown it already
					k.await("If you back out: ")
				}
				k.await("To confirm, type back out orders-db.")
				k.line("back out orders-db")
				k.await("Way back: Back out")
				k.play("Everything is back on the source.", "1")
				if r := k.ended(); r.Ended == nil || r.Ended.How != steps.EndBackedOut {
					t.Errorf("ended %+v", r.Ended)
				}
				for i, app := range k.apps() {
					was := before[i]
					if app.State != was.State || app.Instances != was.Instances || len(app.Bindings) != len(was.Bindings) || usesTarget(app) {
						t.Errorf("%+v, was %+v", app, was)
					}
				}
				for _, m := range k.landscape.Truth().Migrations {
					if !m.Replication.Deleted {
						t.Errorf("the replication is left: %+v", m)
					}
				}
			})
		})
	}
}

// TestPlainShowsTheWayBack: the word back tells and asks, and does nothing itself.
func TestPlainShowsTheWayBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "", true, nil)
		k.play("Work in acme / prod?", "back")
		k.await("There is nothing to take back")
		k.play("Work in acme / prod?", "1")
		k.play(toFinalize[2:]...)
		k.play("Finalize the migration?", "1")
		k.await("To confirm, type finalize orders-db.")
		before := k.changed()
		k.line("b") // in the middle of another answer, which is left
		k.await("If you back out: applications on SOURCE, nothing lost.")
		k.await("1. start orders-api on the source.")
		k.await("What stays as it is: orders-hyperscaler has been written to")
		k.await("Question, please read: Back out?")
		k.await("Start the applications again")
		k.play("", "1")
		k.await("Chosen: Stay with the migration")
		k.play("Finalize the migration?", "b")
		k.play("Back out?", "again") // what is asked beside the road is left
		k.await("Finalize the migration?")
		if now := k.changed(); !slices.Equal(now, before) {
			t.Errorf("it did %v", now[len(before):])
		}
		k.play("", "b", "Back out?", "2")
		k.await("To confirm, type back out orders-db.")
		k.line("orders-db")
		k.await("Nothing was done")
		k.play("", "3") // another day
		k.await("in sync, and are kept so")
		if app, _ := space(k).App("orders-api"); app.State != steps.Started {
			t.Errorf("orders-api is %s", app.State)
		}
	})
}

func TestPlainPostpones(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "", true, nil)
		k.play(append(slices.Clone(toFinalize), "Finalize the migration?", "3")...)
		k.await("in sync, and are kept so")
		if app, _ := space(k).App("orders-api"); app.State != steps.Started {
			t.Errorf("orders-api is %s", app.State)
		}
	})
}

func space(k *talk) sandbox.SpaceTruth {
	prod, _ := k.landscape.Truth().Space("acme", "prod")
	return prod
}

func TestPlainCancelsACheckThatRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "", true, nil)
		k.play(goodRoad[:len(goodRoad)-4]...)
		k.play("The service is checking both databases.", "1")
		k.await("Question: Check both databases for problems?")
	})
}

func TestPlainSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	const passcode = "s3cr3t-that-nobody-sees"
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		k := newTalk(t, "", false, func(o *tui.PlainOptions) {
			o.ReadSecret = func(prompt string) (secret.Text, error) {
				if !strings.HasPrefix(prompt, "Pass") {
					t.Errorf("prompt %q", prompt)
				}
				if asked++; asked == 1 {
					return secret.Text{}, nil // only Enter
				}
				return secret.New(passcode), nil
			}
		})
		k.play("Which landscape is your Cloud Foundry on?", "another")
		k.await("1 of ")
		other := strings.TrimSpace(strings.Split(k.out.String()[strings.LastIndex(k.out.String(), "Another address")-4:], ".")[0])
		k.line(other)
		k.await("API address")
		k.line(k.landscape.Info().API)
		k.play("You are not signed in", "3", "User:", "dana@acme.example")
		k.await("Password must not be empty.")
		k.play("Identity provider", "", "Also sign cf in", "")
		k.await("Attention: Could not sign in")
		k.await("Question: You are not signed in")
		if strings.Contains(k.out.String(), passcode) {
			t.Error("the secret was printed")
		}
		if asked != 2 {
			t.Errorf("asked %d times", asked)
		}
	})
}

func TestPlainSecretInAPipeIsALine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "expired-login", true, func(o *tui.PlainOptions) { o.Terminal = false })
		k.play("You are not signed in", "3", "User:", "", "Password:", k.landscape.Info().Password, "Identity provider", "", "Also sign cf in", "2")
		k.await("User: dana@acme.example")
		k.await("Question: ")
		if strings.Contains(k.out.String(), k.landscape.Info().Password) {
			t.Error("the password was printed")
		}
	})
}

func TestPlainInterruptedWhileASecretIsRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		k := newTalk(t, "expired-login", true, func(o *tui.PlainOptions) {
			o.ReadSecret = func(string) (secret.Text, error) { <-release; return secret.Text{}, io.EOF }
		})
		k.play("You are not signed in", "3", "User:", "")
		k.await("Password:")
		synctest.Wait()
		k.cancel()
		if r := k.ended(); !r.Interrupted {
			t.Errorf("%+v", r)
		}
		close(release)
	})
}

func TestPlainEndsWhenNobodyReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("the reader is gone")
		k := newTalk(t, "", true, func(o *tui.PlainOptions) { o.Out = brokenPipe{gone} })
		<-k.done
		if !errors.Is(k.err, gone) {
			t.Errorf("%v", k.err)
		}
	})
}

type brokenPipe struct{ err error }

func (b brokenPipe) Write([]byte) (int, error) { return 0, b.err }

func TestPlainInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "", true, nil)
		k.play(append(slices.Clone(goodRoad), "Start the replication?", "1")...)
		k.await("The service is copying the data.")
		k.cancel()
		r := k.ended()
		if !r.Interrupted || r.Quit || r.Ended != nil {
			t.Errorf("%+v", r)
		}
		k.await("The service goes on with the replication without you")
	})
}
