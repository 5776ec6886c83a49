package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/steps"
)

// TestWhatIsAskedIsAlwaysOnTheScreen: with many options, choices, fields and facts, on a
// small screen, wherever the cursor is.
func TestWhatIsAskedIsAlwaysOnTheScreen(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("drawing is one goroutine's; make test runs this without the detector, too")
	}
	const many = 53
	title := "Which of all these databases takes the place of orders-db?"
	q := &steps.Question{ID: "target", Title: title, Why: strings.Repeat("It has to be new, and empty. ", 6)}
	field := steps.Field{ID: "which", Label: "Which", Help: "for example the one that is empty", Kind: steps.FieldMany}
	for n := range many {
		name := fmt.Sprintf("orders-%02d", n)
		q.Options = append(q.Options, steps.Option{ID: name, Label: name, Consequence: strings.Repeat("plan standard, ", 5)})
		field.Choices = append(field.Choices, steps.Choice{ID: name, Label: name, Note: "application"})
	}
	one := field
	one.Kind = steps.FieldOne
	text := steps.Field{ID: "reason", Label: "Reason", Help: "say why", Kind: steps.FieldText}
	forms := map[string]steps.Option{
		"many":   {ID: "f", Label: "Choose some", Consequence: "the others stay as they are", Fields: []steps.Field{field, text}},
		"one":    {ID: "f", Label: "Choose one", Consequence: "the others stay as they are", Waives: true, Fields: []steps.Field{one, text}},
		"typed":  {ID: "f", Label: "Delete it", Consequence: strings.Repeat("its data is gone for good; ", 6), Undo: steps.UndoNever, Typed: "delete orders-00"},
		"fields": {ID: "f", Label: "Say more", Fields: []steps.Field{text, {ID: "b", Label: "Second", Kind: steps.FieldText}, {ID: "c", Label: "Third", Kind: steps.FieldText}, field}},
	}
	about := func(bool) []string { return strings.Split(strings.Repeat("something is said of it\n", 60), "\n") }
	th := theme{newStyles(true), unicodeSymbols}
	draw := func(d *decision, notice string, width, height int) (string, drawing) {
		d.form.fit(width)
		drawn := th.stacked(about, 0, d, q, notice, max(3, height/2), width, height)
		return ansi.Strip(strings.Join(drawn.lines, "\n")), drawn
	}
	for _, size := range []struct{ w, h int }{{52, 18}, {58, 14}, {38, 6}} { // what 80x24, 60x20 and 40x12 leave
		for _, tone := range []steps.Tone{steps.Plain, steps.Bad} {
			for _, notice := range []string{"", "Nothing was done."} {
				q.Tone = tone
				for _, at := range []int{-1, 0, 1, many / 2, many - 1} {
					for _, find := range []string{"", "orders"} {
						d := &decision{question: q.ID, filter: filter{text: find}}
						if at >= 0 {
							d.option = q.Options[at].ID
						}
						got, drawn := draw(d, notice, size.w, size.h)
						if !strings.Contains(got, title[:30]) || len(drawn.lines) > size.h || at >= 0 && !strings.Contains(got, "❯ "+d.option) {
							t.Errorf("%v, cursor at %d, notice %q, looking for %q:\n%s", size, at, notice, find, got)
						}
					}
				}
			}
		}
		for name, o := range forms {
			form := newForm(q, o)
			for n := range 3 * len(form.inputs) {
				typed(form, []string{"pgdown", "pgdown", "tab"}[n%3])
				got, drawn := draw(&decision{question: q.ID, option: o.ID, form: form}, "", size.w, size.h)
				cursor := drawn.cursor
				if !strings.Contains(got, title[:30]) || !strings.Contains(got, o.Label) || len(drawn.lines) > size.h || cursor == nil || cursor.Y >= len(drawn.lines) {
					t.Errorf("%v, form %s, field %d, cursor %+v:\n%s", size, name, form.focus, cursor, got)
				}
			}
		}
	}
}
