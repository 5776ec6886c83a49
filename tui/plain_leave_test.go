package tui_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/tui"
)

// TestPlainAsksBeforeItLeavesTheDowntime: while applications are down one q is not enough
// at a terminal, and the line behind it answers nothing.
func TestPlainAsksBeforeItLeavesTheDowntime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "good-day", true, nil)
		k.play(toFinalize...)
		k.await("Finalize")
		before := len(k.changed())
		for _, other := range []string{"1", "yes", "", "g"} {
			k.line("q")
			k.await("Type q once more")
			k.line(other)
			k.await("You stay. Nothing was done.")
		}
		if n := len(k.changed()); n != before {
			t.Errorf("%d requests more", n-before)
		}
		k.line("q")
		k.await("Type q once more")
		k.line("q")
		if r := k.ended(); !r.Quit {
			t.Errorf("it ended as %+v", r)
		}
	})
}

// TestPlainRepeatsNoLineThatItRefuses: what was typed at the wrong prompt may be a
// password, and the lines may go into a log.
func TestPlainRepeatsNoLineThatItRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "good-day", true, nil)
		const word = "hunter-two"
		k.play("Work in acme / prod?", word)
		k.await("That is not one of the choices.")
		k.play("", "s "+word)
		k.await("There is no such step")
		k.line("1")
		k.play(toFinalize[2:]...)
		k.play("", "1")
		k.await("To confirm")
		k.line(word)
		k.await("That is not finalize orders-db.")
		if strings.Contains(k.out.String(), word) {
			t.Errorf("it repeats what was typed:\n%s", k.out)
		}
	})
}

// TestPlainBreaksBetweenWords: no line is longer than the terminal, and no word is cut.
func TestPlainBreaksBetweenWords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, "good-day", true, func(o *tui.PlainOptions) { o.Width = func() int { return 60 } })
		k.play("Work in acme / prod?", "g")
		k.await("Nothing is changed by signing in.")
		k.line("?")
		k.await("= before it.")
		words := strings.Fields("Both databases must be in the same org and space, and the migration service acts with your rights.")
		if all := strings.Fields(k.out.String()); !slices.ContainsFunc(all, func(w string) bool { return w == words[0] }) {
			t.Errorf("no %q in %q", words[0], all)
		}
		joined := strings.Join(strings.Fields(k.out.String()), " ")
		if !strings.Contains(joined, strings.Join(words, " ")) {
			t.Errorf("words are broken:\n%s", k.out)
		}
		for l := range strings.Lines(k.out.String()) {
			if n := len([]rune(strings.TrimRight(l, "\n"))); n > 60 {
				t.Errorf("%d cells: %q", n, l)
			}
		}
	})
}
