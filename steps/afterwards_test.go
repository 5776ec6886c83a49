package steps

import (
	"strings"
	"testing"
)

// TestWhatWasSwitchedOffByHandIsNotForgotten: who has said that a scheduler or a key does no
// harm is reminded, on the target as on the source, and only of what is theirs to do.
func TestWhatWasSwitchedOffByHandIsNotForgotten(t *testing.T) {
	t.Parallel()
	waivers := []Waiver{
		{ID: WriterScheduler.line("1"), Name: "nightly-jobs"},
		{ID: WriterKey.line("2"), Name: "reporting"},
		{ID: WriterMention.line("3"), Name: "orders-board"},
		{ID: WriterApp.line("4"), Name: "orders-api"},
		{ID: WriterTask.line("5"), Name: "migrate"},
		{ID: WriterUnseen.line("6"), Name: "elsewhere"},
	}
	said := func(s State) string {
		var lines []string
		for _, it := range s.afterwards() {
			lines = append(lines, it.Text)
		}
		return strings.Join(lines, "\n")
	}
	for name, c := range map[string]struct {
		choices Choices
		want    string
	}{
		"on the target": {Choices{Waivers: waivers}, `switch the schedules of nightly-jobs on again, if they are off
what uses reporting goes on with the source's credentials: give it the target's
what uses orders-board goes on with the source's credentials: give it the target's`},
		"back on the source": {Choices{BackOut: &BackOutChoice{}, Former: []Former{{Waivers: waivers}}}, `switch the schedules of nightly-jobs on again, if they are off
switch on again what uses reporting, if it is off
switch on again what uses orders-board, if it is off`},
		"of an earlier round":   {Choices{Round: 1, BackOut: &BackOutChoice{}, Former: []Former{{Waivers: waivers}}}, ""},
		"while it is led ahead": {Choices{Former: []Former{{Waivers: waivers}}}, ""},
	} {
		if got := said(State{Choices: c.choices}); got != c.want {
			t.Errorf("%s it says\n%s", name, got)
		}
	}
}
