package status

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestColumnsStandBelowEachOther(t *testing.T) {
	t.Parallel()
	rows := [][]string{
		{"", "", "STEP", "STATUS", "BEGUN", "TOOK"},
		{"", "1", "Sign in", "done", "", ""},
		{">", "2", "Databases", "done  2 warn", "10:00", "5 s"},
	}
	page := &layout{width: 80}
	Columns(page, rows)
	want := `      STEP       STATUS        BEGUN  TOOK
   1  Sign in    done
>  2  Databases  done  2 warn  10:00  5 s
`
	if diff := cmp.Diff(want, page.String()); diff != "" {
		t.Error(diff)
	}
}

// TestNoLineIsWiderThanThePage: what does not fit is broken between words, and no
// word is lost.
func TestNoLineIsWiderThanThePage(t *testing.T) {
	t.Parallel()
	rows := [][]string{
		{"Standing", "If you stop now: applications on SOURCE, nothing lost, and something more to say about it."},
		{"Source", "orders-db", "key pg-migrate-wizard"},
		{"target-warning-76e5a39c", "a second cell", "a third cell that is quite long", "What helps is written here — for people."},
	}
	for width := 24; width < 130; width++ {
		page := &layout{width: width}
		Columns(page, rows)
		printText(page, "  %d. %s", 1, rows[0][1])
		for l := range strings.SplitSeq(page.String(), "\n") {
			if ansi.StringWidth(l) > width {
				t.Errorf("%d columns: %q", width, l)
			}
		}
		var want []string
		for _, r := range append(rows, []string{"1.", rows[0][1]}) {
			want = append(want, strings.Fields(strings.Join(r, " "))...)
		}
		if diff := cmp.Diff(want, strings.Fields(page.String())); diff != "" {
			t.Errorf("%d columns: %s", width, diff)
		}
		if l := shortened(rows[0][1], width); ansi.StringWidth(l) > width {
			t.Errorf("%d columns: %q", width, l)
		}
	}
	if got := shortened("your applications are down", 22); got != "your applications are…" {
		t.Errorf("%q", got)
	}
}
