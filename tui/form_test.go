package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/steps"
)

// crowdedForm is a waiver of sixty things, with a reason and a number.
func crowdedForm() *form {
	which := steps.Field{ID: "lines", Label: "Which", Kind: steps.FieldMany}
	canary := steps.Field{ID: "first", Label: "One goes first", Kind: steps.FieldOne, Default: "app-02"}
	for n := range 60 {
		c := steps.Choice{ID: fmt.Sprintf("app-%02d", n), Label: fmt.Sprintf("orders-%02d", n), Note: "application, 3 instances, started, in another space"}
		which.Choices = append(which.Choices, c)
		if n < 4 {
			canary.Choices = append(canary.Choices, c)
		}
	}
	o := steps.Option{
		ID: "waive", Label: "Say why some of it does no harm…", Consequence: "what it writes all the same is lost; your reason goes into the record",
		Fields: []steps.Field{which, {ID: "reason", Label: "Reason", Kind: steps.FieldText, Help: "for example: schedules are switched off"}, canary, {ID: "limit", Label: "Minutes", Kind: steps.FieldText, Number: true}},
	}
	return newForm(&steps.Question{ID: "stop-writers", Options: []steps.Option{o}}, o)
}

// typed hands keys to a form, and reports whether the last one submits it.
func typed(f *form, keys ...string) bool {
	submit := false
	for _, k := range keys {
		special := map[string]rune{
			"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "tab": tea.KeyTab,
			"space": tea.KeySpace, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace,
		}
		if code, ok := special[k]; ok {
			submit = f.press(tea.KeyPressMsg{Code: code}, newKeyMap(false))
			continue
		}
		for _, r := range k {
			submit = f.press(tea.KeyPressMsg{Code: r, Text: string(r)}, newKeyMap(false))
		}
	}
	return submit
}

func drawnForm(f *form, width, height int) string {
	f.fit(width)
	lines, at := theme{newStyles(true), unicodeSymbols}.form(f, width, height)
	if len(lines) > height || at.Y >= len(lines) {
		return fmt.Sprintf("%d lines, cursor in line %d", len(lines), at.Y)
	}
	return ansi.Strip(strings.Join(lines, "\n"))
}

func TestALongListIsPickedFrom(t *testing.T) {
	t.Parallel()
	f := crowdedForm()
	values := func() []string { a, _ := f.answer(); return a.Values["lines"] }
	if got := values(); len(got) > 0 {
		t.Errorf("picked from the start: %v", got)
	}
	typed(f, "space", "down", "space", "enter", "pgdown", "pgdown", "pgdown", "enter")
	if got := values(); !slices.Equal(got, []string{"app-00", "app-31"}) {
		t.Errorf("picked %v", got)
	}
	typed(f, "a")
	if got := values(); len(got) != 60 {
		t.Errorf("all are %d", len(got))
	}
	typed(f, "a")
	if got := values(); len(got) != 0 {
		t.Errorf("none are %d", len(got))
	}
	typed(f, "/", "orders-4", "enter", "a")
	if got := values(); len(got) != 10 || got[0] != "app-40" {
		t.Errorf("of those searched for: %v", got)
	}
	typed(f, "/", "backspace", "backspace", "nothing")
	if !strings.Contains(drawnForm(f, 52, 14), "Nothing of that name.") {
		t.Error("a search without a find is not said")
	}
	typed(f, "space", "up", "esc")
	if got := values(); len(got) != 10 {
		t.Errorf("after the search: %v", got)
	}
}

func TestAFormRefusesPolitely(t *testing.T) {
	t.Parallel()
	f := crowdedForm()
	typed(f, "a", "a", "tab", "off", "enter", "enter", "20", "enter")
	a, _ := f.answer()
	q := &steps.Question{ID: f.question, Options: []steps.Option{f.option}}
	f.refuse(q.Check(a))
	if f.focus != 0 || f.wrong != "Which: choose at least one." {
		t.Errorf("field %d, %q", f.focus, f.wrong)
	}
	typed(f, "space", "tab", "backspace", "backspace", "backspace", " ", "enter")
	if f.focus != 1 || f.wrong != "Reason must not be empty." {
		t.Errorf("field %d, %q", f.focus, f.wrong)
	}
	typed(f, "off", "enter", "down", "enter", "backspace", "backspace", "half")
	if submitted := typed(f, "enter"); !submitted {
		t.Fatal("not submitted")
	}
	a, _ = f.answer()
	f.refuse(q.Check(a))
	if f.focus != 3 || !strings.Contains(drawnForm(f, 52, 14), `Minutes takes a whole number, not "half".`) || !strings.Contains(drawnForm(f, 52, 14), "│ half") {
		t.Errorf("field %d:\n%s", f.focus, drawnForm(f, 52, 14))
	}
	typed(f, "backspace", "backspace", "backspace", "backspace", "20")
	if a, _ = f.answer(); a.Value("first") != "app-03" || a.Value("reason") != "off" || q.Check(a) != nil {
		t.Errorf("%+v: %v", a, q.Check(a))
	}
}

func TestALongFormFits(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{120, 34}, {52, 18}, {58, 13}, {38, 6}} {
		f := crowdedForm()
		for range f.inputs {
			text := drawnForm(f, size.w, size.h)
			if strings.Contains(text, "cursor in line") {
				t.Errorf("%v: %s", size, text)
			}
			for l := range strings.Lines(text) {
				if cells(strings.TrimRight(l, "\n")) > size.w {
					t.Errorf("%v: %q is too wide", size, l)
				}
			}
			typed(f, "tab")
		}
	}
	f := crowdedForm()
	typed(f, "pgdown", "pgdown")
	for _, want := range []string{"Which: 0 of 60 marked", "❯ [ ] orders-20", "above", "below", "Reason", "Minutes"} {
		if text := drawnForm(f, 58, 18); !strings.Contains(text, want) {
			t.Errorf("%q is out of sight:\n%s", want, text)
		}
	}
}

func TestAFormFollowsItsQuestion(t *testing.T) {
	t.Parallel()
	f := crowdedForm()
	typed(f, "pgdown", "space", "tab", "off until tomorrow")
	o := f.option
	o.Fields = slices.Clone(o.Fields)
	o.Fields[0].Choices = append(slices.Clone(o.Fields[0].Choices), steps.Choice{ID: "new", Label: "newcomer"})
	q := &steps.Question{ID: f.question, Options: []steps.Option{o}}
	if !f.follow(q) || f.wrong == "" {
		t.Fatalf("gone, or not told: %q", f.wrong)
	}
	a, _ := f.answer()
	if got := a.Values["lines"]; !slices.Equal(got, []string{"app-10"}) || a.Value("reason") != "off until tomorrow" || f.focus != 1 {
		t.Errorf("%+v, field %d", a, f.focus)
	}
	empty := &steps.Question{ID: f.question, Options: []steps.Option{{ID: o.ID}}}
	if f.follow(empty) {
		t.Error("there is nothing to fill in any more")
	}
	q.Options[0].Blocked = "not any more"
	if f.follow(q) {
		t.Error("it can still be filled in")
	}
}

// TestEnterOnAListHandsNothingIn: a list has its own use for Enter, and the form a button.
func TestEnterOnAListHandsNothingIn(t *testing.T) {
	t.Parallel()
	which := steps.Field{ID: "which", Label: "Which", Kind: steps.FieldMany, Optional: true, Choices: []steps.Choice{{ID: "a", Label: "a"}, {ID: "b", Label: "b"}}}
	one := steps.Field{ID: "one", Label: "One of them", Kind: steps.FieldOne, Choices: which.Choices}
	reason := steps.Field{ID: "reason", Label: "Reason", Kind: steps.FieldText}
	for name, c := range map[string]struct {
		option steps.Option
		keys   []string
		want   string
	}{
		"a list at the end":      {steps.Option{ID: "check", Label: "Check", Fields: []steps.Field{which}}, []string{"enter", "down", "enter", "tab"}, "which=[a b]"},
		"one of a list":          {steps.Option{ID: "check", Label: "Check", Fields: []steps.Field{one}}, []string{"down", "enter"}, "one=[b]"},
		"a waiver with a reason": {steps.Option{ID: "waive", Label: "Say why…", Waives: true, Fields: []steps.Field{one, reason}}, []string{"enter", "reads only", "enter"}, "one=[a] reason=[reads only]"},
		"a deletion":             {steps.Option{ID: "delete", Label: "Delete", Deletes: true, Fields: []steps.Field{reason}}, []string{"x", "enter"}, "reason=[x]"},
	} {
		f := newForm(&steps.Question{ID: "q", Title: "What now?", Options: []steps.Option{c.option}}, c.option)
		if typed(f, c.keys...) {
			t.Errorf("%s: handed in before the button", name)
		}
		if text := drawnForm(f, 58, 18); !strings.Contains(text, "❯ [ "+strings.TrimSuffix(c.option.Label, "…")+" ]") || !strings.HasPrefix(text, "What now?\n") {
			t.Errorf("%s: no button under the cursor, or no title:\n%s", name, text)
		}
		a, _ := f.answer()
		var got []string
		for _, field := range c.option.Fields {
			got = append(got, fmt.Sprintf("%s=%v", field.ID, a.Values[field.ID]))
		}
		if strings.Join(got, " ") != c.want || !typed(f, "enter") {
			t.Errorf("%s: %v", name, got)
		}
	}
	// What is typed by hand is confirmed by its last key.
	o := steps.Option{ID: "finalize", Label: "Finalize", Typed: "finalize x", Undo: steps.UndoNever}
	if f := newForm(&steps.Question{ID: "q", Options: []steps.Option{o}}, o); len(f.inputs) != 1 || !typed(f, "finalize x", "enter") {
		t.Error("a confirmation has a button, too")
	}
}
