package tui_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/steps"
	"pg-migrate-wizard/tui"
)

func TestPlainWordsWorkAtEveryPrompt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "", true, nil)
		words := func() {
			k.line("?")
			k.await("These words work at every prompt")
			k.line("s")
			k.await("11. Clean up: to come")
			k.line("LOG")
			k.await("Requests so far: ")
			k.line("c")
			k.await("by hand:")
			k.line("g")
			k.await("Guide to the step ")
			k.line("u")
			k.await("Looking again.")
			k.line("s 99")
			k.await("There is no such step")
		}
		k.await("Work in acme / prod?")
		words()
		k.line("a")
		k.play("Work in acme / prod?", "1")
		k.play(goodRoad[2:8]...)
		k.play("Which service key of orders-db", "1")
		k.await("Name of the key") // inside an option
		k.line("s")
		k.await("4. Service keys: waits for your answer")
		k.await("Name of the key")
		k.line("=s") // a value that looks like a word
		k.await("Source key: s (to be created)")
		k.play(goodRoad[12:]...)
		k.play("Start the replication?", "1")
		k.await("The service is copying the data.") // under way
		words()
		k.line("5")
		k.await("That is not one of the choices.")
		k.line("q")
		if r := k.ended(); !r.Quit || r.Ended != nil {
			t.Errorf("%+v", r)
		}
		k.await("The service goes on with the replication without you")
		if d := k.destroyed(); len(d) > 0 {
			t.Errorf("it did %v", d)
		}
	})
}

func TestPlainWritesAReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var failure error
		var saved []steps.State
		k := newTalk(t, "", true, func(o *tui.PlainOptions) {
			o.SaveReport = func(s steps.State) ([]string, error) {
				saved = append(saved, s)
				return []string{"/reports/one.md", "/reports/one.html", "/elsewhere/one.json"}, failure
			}
		})
		k.play("Work in acme / prod?", "1", "Which database shall be moved?", "report")
		k.await("Report written: /reports/one.md, .html, /elsewhere/one.json\n")
		failure = errors.New("no space left")
		k.line("r")
		k.await("The report could not be written: no space left")
		if len(saved) != 2 || saved[0].Choices.Where == nil {
			t.Errorf("%d reports", len(saved))
		}
	})
}

func TestPlainGoesBackWithoutUndoing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "", true, nil)
		k.play(goodRoad...)
		k.await("Start the replication?")
		changed := k.changed()
		k.line("s 2")
		k.await("Looking at step 2. Databases: done")
		k.await("Question: Choose other databases?")
		k.line("again")
		k.await("Looking at step 6. Replicate")
		k.await("Question: Start the replication?")
		k.line("steps 3")
		k.await("Nothing of it can be changed")
		k.await("Question: Start the replication?")
		k.line("s 5")
		k.play("Run the preflight check again?", "1")
		k.await("The service is checking both databases.")
		k.await("Step 6 of 11: Replicate")
		if now := k.changed(); !slices.Equal(now, changed) {
			t.Errorf("looking back has done %v", now[len(changed):])
		}
	})
}

func TestPlainIsQuietWhileNothingHappens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalkAt(t, 1, "", true, nil)
		k.play(append(slices.Clone(goodRoad), "Start the replication?", "1")...)
		k.await("Status: RUNNING")
		synctest.Wait()
		before := len(k.out.String())
		time.Sleep(30 * time.Minute)
		beats := strings.Count(k.out.String()[before:], "Replicate: RUNNING for ")
		lines := strings.Count(k.out.String()[before:], "\n")
		if beats < 29 || beats > 31 || lines > beats+6 {
			t.Errorf("%d heartbeats in %d lines:\n%s", beats, lines, k.out.String()[before:])
		}
		k.await("in sync, and are kept so")
		k.await("or ? for help.")
		synctest.Wait()
		before = len(k.out.String())
		time.Sleep(30 * time.Minute) // a question is open: nothing to say
		if news := k.out.String()[before:]; news != "" {
			t.Errorf("it said %q", news)
		}
	})
}

func TestPlainLinesTypedTooEarly(t *testing.T) {
	t.Parallel()
	t.Run("at a terminal they are no answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			k := newTalk(t, "", true, nil)
			k.play(goodRoad[:6]...)
			k.play("Let the migration service reach", "1")
			k.await("The platform is updating orders-db.")
			k.line("1")
			k.await("That is not one of the choices.")
			k.play("Which service key of orders-db", "1", "Name of the key", "")
		})
	})
	t.Run("in a pipe they wait for their question", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			k := newTalk(t, "", true, func(o *tui.PlainOptions) {
				o.Terminal = false
				lines := "1\n2\n1\n1\n1\n\n1\n\n1\n\n\n\n\n1\naccept the risk\n1\n1\n" + // in sync
					"2\n1\nswitched off\n1\n\nbegin downtime\n1\nfinalize orders-db\n" + // finalized
					"1\n1\n1\n2\n3\n"
				o.In = strings.NewReader(lines)
			})
			r := k.ended()
			if r.Ended == nil || r.Ended.How != steps.EndCompleted {
				t.Errorf("ended %+v, open %+v", r.Ended, r.Question)
			}
			if _, there := space(k).Instance("orders-db"); !there {
				t.Error("the source was to be left, and is gone")
			}
		})
	})
}

func TestPlainUnattended(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ scenario, how, open string }{
		{"good-day", steps.EndCompleted, ""},
		{"finalization-fails", steps.EndForHelp, ""},
		{"taken-target", steps.EndCompleted, ""}, // with the other one
		{"restless", steps.EndCompleted, ""},     // nothing is taken back for trouble that passes
		{"no-rights", "", "open-access.failed"},
		{"expired-login", "", "sign-in"},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newTalkAt(t, 60, c.scenario, true, func(o *tui.PlainOptions) { o.Auto, o.In = true, nil })
				r := k.ended()
				if c.how != "" && (r.Ended == nil || r.Ended.How != c.how) || c.open != "" && (r.Question == nil || string(r.Question.ID) != c.open) {
					t.Errorf("ended %+v, open %+v", r.Ended, r.Question)
				}
				if c.open != "" && !strings.Contains(k.out.String(), "The question stays open.") {
					t.Error("it does not say that a question is open")
				}
			})
		})
	}
}

func TestPlainUnattendedLosesPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalkAt(t, 1, "", true, func(o *tui.PlainOptions) { o.Auto, o.In = true, nil })
		k.await("The service is copying the data.") // for 80 minutes
		begun := time.Now()
		r := k.ended()
		if waited := time.Since(begun); r.Ended != nil || waited < 10*time.Minute || waited > 12*time.Minute {
			t.Errorf("ended %+v after %v", r.Ended, waited)
		}
	})
}

// TestPlainUnattendedSaysWhatItTakes: what is taken and not recommended is said to be so;
// and while things are open it takes nothing that deletes the source.
func TestPlainUnattendedSaysWhatItTakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalkAt(t, 60, "good-day", true, func(o *tui.PlainOptions) { o.Auto, o.In = true, nil })
		k.ended()
		var answer string
		for question := range strings.SplitSeq(k.out.String(), "Question") {
			said, given, _ := strings.Cut(question, "Answer: ")
			if given == "" {
				continue
			}
			answer, _, _ = strings.Cut(given, "\n")
			notes := strings.Contains(given, "Not what is recommended: ") || strings.Contains(given, "Nothing is recommended here.")
			if recommended := strings.Contains(said, "\n"+answer+" (recommended)"); recommended == notes {
				t.Errorf("recommended: %t, and it says that it is not: %t\n%s", recommended, notes, question)
			}
		}
		if answer == "" || !strings.Contains(k.out.String(), "Leave the source on purpose, and end here\n   Not what is recommended") {
			t.Errorf("it does not say that it leaves the source over what is open:\n%s", k.out)
		}
	})
}
