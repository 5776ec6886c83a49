//go:build race

package steps_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain makes the walks fewer: there is nothing to race for in a package
// without goroutines, and make walks runs it without the detector, too.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "4"); err != nil { // a command line goes before
		panic(err)
	}
	plansWalked, blindWalks, handOverWalks = 8, 3, 1
	os.Exit(m.Run())
}
