//go:build race

package steps_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain makes the walks fewer: there is nothing to race for in a package
// without goroutines, and make test runs it without the detector, too.
func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == checks })
	if !set {
		if err := flag.Set(checks, "10"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// checks is the flag of rapid that says how often a property is tried.
const checks = "rapid.checks"
