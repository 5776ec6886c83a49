package unattended

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
)

// TestWhatMayBeLostIsSaid when it begins, when it ends, and once more in the end, also by
// a run that finds all done. An alarm is raised by a look in the middle of a finalization:
// time is the bubble's, and no machine is so busy that the look comes too late.
func TestWhatMayBeLostIsSaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "comes-back")
		i := w.Landscape.Info()
		pl, err := plan.Parse([]byte("org: " + i.Org + "\nspace: " + i.Space + "\nsource: {instance: " + i.Source + "}\ntarget: {instance: " + i.Target +
			"}\nuntil: switched\naccept: all\nwaive: [{writer: 'scheduler:nightly-jobs', reason: off}, {writer: 'key:reporting', reason: reads only}]\n"))
		if err != nil {
			t.Fatal(err)
		}
		tell := func(form string, wants ...string) {
			t.Helper()
			out, err := os.Create(filepath.Join(t.TempDir(), "out"))
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close() //nolint:errcheck // read by its name
			v := status.NewEventPrinter(out, io.Discard, form, false, 0)
			if err := v.PrintEnd((Runner{Config: w.Config, Err: io.Discard}).Run(t.Context(), pl, RunOptions{Yes: true}, v)); err != nil {
				t.Fatal(err)
			}
			said, err := os.ReadFile(out.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range wants {
				if !regexp.MustCompile("(?m)" + want).Match(said) {
					t.Errorf("nothing like %q in\n%s", want, said)
				}
			}
		}
		tell(status.FormatTable,
			"ALARM begun: orders-worker",
			"^  orders-worker has been able to write to the source since 20.*: what it writes may be missing on the target",
			"ALARM over: orders-worker",
			"^  ALARM: orders-worker could write to the source from 20.* to 20.*: what it wrote then may be missing on the target")
		tell(status.FormatJSON, `"event":"end".*"alarms":\["orders-worker could write`)
	})
}
