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
	var is func(path string, typ reflect.Type)
	is = func(path string, typ reflect.Type) {
		k, ok := keys[path]
		if !ok || k.says == "" {
			t.Errorf("%s is not described", path)
		}
		delete(left, path)
		switch {
		case typ == typeAcceptance:
			is(path+"[]", reflect.TypeFor[string]())
		case isGroup(typ):
			for name, i := range fields(typ) {
				is(below(path, name), typ.Field(i).Type)
			}
		case typ.Kind() == reflect.Slice:
			is(path+"[]", typ.Elem())
		case typ.Kind() == reflect.Int:
			for _, e := range k.examples {
				if n, err := strconv.Atoi(e); err != nil || n < 1 || n > k.max {
					t.Errorf("%s: %s is no example", path, e)
				}
			}
		default:
			for _, e := range k.examples {
				if k.pattern != "" && !compiled()[path].MatchString(e) {
					t.Errorf("%s: %s is no example", path, e)
				}
			}
		}
		if d := fallbacks[path]; d != "" && len(k.words) > 0 && !slices.Contains(justWords(k), d) {
			t.Errorf("%s: the default %s is no word of it", path, d)
		}
		if isSecretKey(path) {
			t.Errorf("%s would be taken for a secret", path)
		}
	}
	for name, i := range fields(reflect.TypeFor[Plan]()) {
		is(name, reflect.TypeFor[Plan]().Field(i).Type)
	}
	for path := range left {
		t.Errorf("%s is described and is no key", path)
	}
	for _, u := range untils {
		if u.step.Number() == 0 {
			t.Errorf("%s ends at no step", u.until)
		}
	}
	if got := len(keys["until"].words); got != len(untils) {
		t.Errorf("%d words for until, and %d ends", got, len(untils))
	}
}
