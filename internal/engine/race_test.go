//go:build race

package engine_test

// underRace is for tests that play hours or many likes of one way: make walks plays all of
// them without the detector, which finds nothing in them that it does not find in some.
const underRace = true
