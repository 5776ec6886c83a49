package plan

import (
	"iter"
	"reflect"
	"time"
)

var (
	typeAcceptance = reflect.TypeFor[Acceptance]()
	typeDuration   = reflect.TypeFor[time.Duration]()
)

// fields yields the keys of a group, in their order, with their place in it.
func fields(group reflect.Type) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i := range group.NumField() {
			if !yield(group.Field(i).Tag.Get("yaml"), i) {
				return
			}
		}
	}
}

// isGroup reports whether a key has keys below it.
func isGroup(t reflect.Type) bool { return t.Kind() == reflect.Struct && t != typeAcceptance }

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// walk visits every key of a value, in the order of the file, groups before
// what is in them.
func walk(v reflect.Value, path string, visit func(path string, v reflect.Value)) {
	for name, i := range fields(v.Type()) {
		p, f := below(path, name), v.Field(i)
		visit(p, f)
		if isGroup(f.Type()) {
			walk(f, p, visit)
		}
	}
}

// fallbacks are the defaults, by path, as texts.
var fallbacks = func() map[string]string {
	m := map[string]string{}
	walk(reflect.ValueOf(Plan{}.withDefaults()), "", func(path string, v reflect.Value) {
		switch {
		case isGroup(v.Type()) || v.Type() == typeAcceptance || v.Kind() == reflect.Slice:
		case v.Kind() == reflect.Bool:
			m[path] = "false"
		case !v.IsZero():
			m[path] = scalar(v)
		}
	})
	return m
}()
