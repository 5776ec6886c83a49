package plan

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
)

// TestEveryKeyIsDescribed: types and descriptions name the same keys, and an
// example is one that the key would take.
func TestEveryKeyIsDescribed(t *testing.T) {
	t.Parallel()
	left := maps.Clone(keys)
	for path, n := range nodes() {
		delete(left, path)
		if n.help == "" && path != "" {
			t.Errorf("%s is not described", path)
		}
		for _, e := range n.examples {
			number, err := strconv.Atoi(e)
			switch {
			case n.typ.Kind() == reflect.Int && (err != nil || number < 1 || number > n.max), n.form != nil && !n.form().MatchString(e):
				t.Errorf("%s: %s is no example", path, e)
			}
		}
		if n.fallback != "" && len(n.choices) > 0 && !slices.Contains(n.values(), n.fallback) {
			t.Errorf("%s: the default %s is no word of it", path, n.fallback)
		}
		if isSecretKey(path) {
			t.Errorf("%s would be taken for a secret", path)
		}
	}
	for path := range left {
		t.Errorf("%s is described and is no key", path)
	}
	for _, u := range untils {
		if u.step.Number() == 0 {
			t.Errorf("%s ends at no step", u.until)
		}
	}
	if got := len(keys[KeyUntil].choices); got != len(untils) {
		t.Errorf("%d words for until, and %d ends", got, len(untils))
	}
}
