package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

// Of the benchmark: how much faster than the real world the landscape's time
// runs, and how much quicker both sides look. A replication of 80 minutes takes
// 48 s then, and what is 15 s between two looks is 1.5 s: much more than starting
// a process takes, so that both hear of a turn equally soon.
const (
	quickSpeed = 100
	quickPace  = 10
)

// paced is a pause of the real world, in seconds of the benchmark; the program
// never looks more often than every 50 ms.
func paced(d time.Duration) string {
	return fmt.Sprintf("%.3f", max(d/quickPace, 50*time.Millisecond).Seconds())
}

// BenchmarkQuickStart carries out the same migration, until the applications run
// on the target, by the contract's Quick Start as a script, and by run. Both pause
// equally long between two looks: 15 s while the data is copied, 3 s in the
// downtime. docs/benchmarks.md has the figures.
func BenchmarkQuickStart(b *testing.B) {
	b.Run("curl", func(b *testing.B) {
		for _, tool := range []string{"sh", "curl", "jq"} {
			if _, err := exec.LookPath(tool); err != nil {
				b.Skipf("the script needs %s", tool)
			}
		}
		quickStart(b, func(l *sandbox.Landscape, home, _ string) *exec.Cmd {
			i := l.Info()
			cmd := exec.CommandContext(b.Context(), "sh", "testdata/quickstart.sh") //nolint:gosec // of this benchmark
			cmd.Env = append(os.Environ(),
				"API="+i.API, "MIGRATION="+i.Migration, "TOKEN="+tokenIn(b, home),
				"ORG="+i.Org, "SPACE="+i.Space, "SOURCE="+i.Source, "TARGET="+i.Target,
				"POLL_JOB="+paced(time.Second), "POLL_REPLICATION="+paced(15*time.Second), "POLL_FINALIZATION="+paced(3*time.Second))
			return cmd
		})
	})
	b.Run("run", func(b *testing.B) {
		program := filepath.Join(b.TempDir(), "pg-migrate-wizard")
		if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "../..").CombinedOutput(); err != nil { //nolint:gosec // our own
			b.Fatalf("%v: %s", err, out)
		}
		quickStart(b, func(l *sandbox.Landscape, home, dir string) *exec.Cmd {
			file := filepath.Join(dir, "plan.yaml")
			text := planFor(l.Info(), "switched", "accept: all",
				`waive: [{writer: "scheduler:nightly-jobs", reason: its jobs are off}, {writer: "key:reporting", reason: reads only}]`)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			cmd := exec.CommandContext(b.Context(), program, "run", "-f", file, "--yes", "--pace", fmt.Sprint(quickPace), "--state-dir", dir) //nolint:gosec // our own
			cmd.Env = append(os.Environ(), "CF_HOME="+home)
			return cmd
		})
	})
}

// quickStart measures a way through a migration, each time on a landscape of its
// own: wall time, requests, and whether every application came back.
func quickStart(b *testing.B, way func(l *sandbox.Landscape, home, dir string) *exec.Cmd) {
	b.Helper()
	requests, changes := 0, 0
	for b.Loop() {
		b.StopTimer()
		l, err := sandbox.Start(sandbox.Config{Speed: quickSpeed})
		if err != nil {
			b.Fatal(err)
		}
		home := b.TempDir()
		if err := l.WriteCFHome(home); err != nil {
			b.Fatal(err)
		}
		cmd := way(l, home, b.TempDir())
		b.StartTimer()
		out, err := cmd.CombinedOutput()
		b.StopTimer()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		requests += len(l.Requests())
		changes += len(changing(l))
		switched(b, l)
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(requests)/float64(b.N), "requests/op")
	b.ReportMetric(float64(changes)/float64(b.N), "changes/op")
}

// switched holds the landscape to what either way is for.
func switched(b *testing.B, l *sandbox.Landscape) {
	b.Helper()
	i, truth := l.Info(), l.Truth()
	space, _ := truth.Space(i.Org, i.Space)
	n := 0
	for _, a := range space.Apps {
		for _, binding := range a.Bindings {
			switch binding.Instance {
			case i.Source:
				b.Fatalf("%s is bound to the source", a.Name)
			case i.Target:
				n++
			}
		}
	}
	if m := truth.Migrations; n == 0 || len(m) != 1 || m[0].Finalization == nil || m[0].Finalization.Status != "COMPLETED" || len(m[0].LostWrites) > 0 {
		b.Fatalf("%d bindings to the target; %+v", n, m)
	}
}

// tokenIn is what cf oauth-token would say.
func tokenIn(b *testing.B, home string) string {
	b.Helper()
	data, err := os.ReadFile(filepath.Join(home, ".cf", "config.json"))
	if err != nil {
		b.Fatal(err)
	}
	var config struct{ AccessToken string }
	if err := json.Unmarshal(data, &config); err != nil {
		b.Fatal(err)
	}
	return config.AccessToken
}
