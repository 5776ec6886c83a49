package tui

import (
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// TestViewChangesNothing opens every page on the questions of a migration, moves and
// scrolls in it, and draws it twice: the frames are the same, and the model is to its
// last field what it was before. The sizes take turns.
func TestViewChangesNothing(t *testing.T) {
	if underRace {
		t.Skip("runs without the race detector: make test has both")
	}
	t.Parallel()
	for _, c := range []struct{ scenario, from string }{{"good-day", "where"}, {"comes-back", "finalize"}} {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := newDarkTheatre(t, c.scenario, 80, 24)
				q := th.follow(c.from)
				sizes := []struct{ w, h int }{{80, 24}, {120, 40}, {60, 20}}
				for n := range 40 {
					size := sizes[n%len(sizes)]
					drawPurely(t, th.Engine.Snapshot().State, size.w, size.h)
					if q == nil {
						return
					}
					a, ok := q.Complete(q.Alone(), nobody)
					if !ok {
						return
					}
					th.Engine.Answer(a, secret.Text{})
					q = th.await()
				}
			})
		})
	}
}

// TestALongListIsDrawnPurely: sixty orgs, also where there is hardly any room.
func TestALongListIsDrawnPurely(t *testing.T) {
	t.Parallel()
	s := steps.New()
	for i := range 60 {
		s.Facts.Orgs = append(s.Facts.Orgs, steps.Ref{GUID: fmt.Sprint(i), Name: fmt.Sprintf("org-%d", i)})
	}
	s.Facts.Session = steps.Session{SignedIn: true, User: "dana", API: "https://api.example", Space: steps.Ref{GUID: "s", Name: "prod"}, Org: s.Facts.Orgs[0]}
	for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 20}, {40, 12}} {
		drawPurely(t, s, size[0], size[1])
	}
}

// drawPurely visits all pages of a state.
func drawPurely(t *testing.T, s steps.State, width, height int) {
	t.Helper()
	m := newModel(stillMigration{s}, ScreenOptions{Width: width, Height: height, Grace: -1, Now: func() time.Time { return s.At }})
	state := dump(m.snap)
	view := func(key string) {
		t.Helper()
		before := dump(m)
		first := m.View().Content
		if again := m.View().Content; again != first {
			t.Errorf("%dx%d, after %s: drawn otherwise the second time:\n%s\n%s", width, height, key, first, again)
		}
		if after := dump(m); after != before {
			t.Errorf("%dx%d, after %s: View changes the model:\n%s\n%s", width, height, key, before, after)
		}
	}
	view("nothing")
	for _, keys := range [][]rune{
		{tea.KeyPgDown, tea.KeyPgDown, tea.KeyPgUp, tea.KeyLeft, tea.KeyPgDown, tea.KeyEscape, 'r'},
		{'g', tea.KeyPgDown, tea.KeyDown, tea.KeyUp, 'g'},
		{'c', tea.KeyDown, tea.KeyDown, tea.KeyDown, tea.KeyDown, tea.KeyDown, tea.KeyUp, tea.KeyEnter, tea.KeyEscape},
		{'l', tea.KeyPgUp, tea.KeyPgDown, 'l'},
		{'?', tea.KeyPgDown, tea.KeyDown, '?'},
		{'q', tea.KeyDown, tea.KeyDown, tea.KeyUp, tea.KeyEscape},
		{'b', tea.KeyPgDown, tea.KeyDown, tea.KeyEnter, 'x', 'y', tea.KeyEnter, tea.KeyEscape, tea.KeyEscape},
		{'/', 'o', tea.KeyEnter, tea.KeyEscape},
		{tea.KeyDown, tea.KeyEnter, 'x', tea.KeyDown, tea.KeySpace, tea.KeyPgDown, tea.KeyTab, 'y', tea.KeyEnter, tea.KeyEscape},
		{tea.KeyEnter, '/', 'o', tea.KeyEnter, tea.KeyTab, 'x', tea.KeyEnter, tea.KeyEscape},
	} {
		for _, k := range keys {
			press := tea.KeyPressMsg{Code: k}
			if k < tea.KeyExtended && k > ' ' && k < 0x7f {
				press.Text = string(k)
			}
			m.Update(press)
			view(press.String())
		}
		m.pages[0] = &stepPage{} // whatever is left open
		m.pages, m.viewing = m.pages[:1], ""
		m.Update(tickMsg{})
	}
	if now := dump(m.snap); now != state {
		t.Errorf("%dx%d: the state was changed:\n%s\n%s", width, height, state, now)
	}
}

// dump writes down a value with all that it leads to, but for what is large and does
// not change: the state, which is compared once, the question's field, and looks.
func dump(v any) string {
	var b strings.Builder
	write(&b, reflect.ValueOf(v))
	return b.String()
}

func write(w io.Writer, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			write(w, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if name == "m" || v.Field(i).Kind() == reflect.Struct && slices.Contains([]string{"snap", "theme", "keys", "field", "option", "KeyMap", "styles", "virtualCursor"}, name) {
				continue
			}
			fmt.Fprintf(w, " %s:", name)
			write(w, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			write(w, v.Index(i))
		}
	case reflect.Map:
		entries := map[string]reflect.Value{}
		for _, k := range v.MapKeys() {
			entries[fmt.Sprint(k)] = v.MapIndex(k)
		}
		for _, k := range slices.Sorted(maps.Keys(entries)) {
			fmt.Fprintf(w, " [%s]:", k)
			write(w, entries[k])
		}
	case reflect.Func, reflect.Chan:
	default:
		fmt.Fprintf(w, " %v", v)
	}
}
