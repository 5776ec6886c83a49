package plan

import (
	"reflect"
	"regexp"
	"sync"
	"time"

	"pg-migrate-wizard/internal/lazyregexp"
)

// node is a key of the file and all that is known of it. Reading, saving, the schema
// and the table in docs/plan.md walk the tree of nodes.
type node struct {
	key
	name, path string
	typ        reflect.Type
	group      []*node // the keys below it
	entry      *node   // of a list
	fallback   string  // the default, as a text
	form       func() *regexp.Regexp
}

var (
	typeAcceptance = reflect.TypeFor[Acceptance]()
	typeDuration   = reflect.TypeFor[time.Duration]()
)

// nodes has every key by its path; [] stands for each entry of a list. The root of
// the tree has the empty path.
var nodes = sync.OnceValue(func() map[string]*node {
	all := map[string]*node{}
	var grow func(name, path string, v reflect.Value) *node
	grow = func(name, path string, v reflect.Value) *node {
		n := &node{key: keys[path], name: name, path: path, typ: v.Type()}
		all[path] = n
		if n.pattern != "" {
			n.form = lazyregexp.New(n.pattern)
		}
		switch {
		case n.typ == typeAcceptance:
			n.entry = grow("", path+"[]", reflect.ValueOf(""))
		case n.typ.Kind() == reflect.Slice:
			n.entry = grow("", path+"[]", reflect.Zero(n.typ.Elem()))
		case n.typ.Kind() == reflect.Struct:
			for i := range n.typ.NumField() {
				sub := n.typ.Field(i).Tag.Get("yaml")
				n.group = append(n.group, grow(sub, below(path, sub), v.Field(i)))
			}
		case n.typ.Kind() == reflect.Bool || !v.IsZero():
			n.fallback = scalar(v)
		}
		return n
	}
	grow("", "", reflect.ValueOf(Plan{}.withDefaults()))
	return all
})

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// has reports whether a key or any key below it satisfies a condition.
func (n *node) has(is func(*node) bool) bool {
	for _, sub := range n.group {
		if sub.has(is) {
			return true
		}
	}
	return is(n)
}

func (n *node) isRequired() bool { return n.required }

// explained is what a key means, and what holds without it.
func (n *node) explained() string {
	if n.without == "" {
		return n.help
	}
	return n.help + " Without it: " + n.without + "."
}

// example is the first one; empty where there is none.
func (n *node) example() string {
	if len(n.examples) == 0 {
		return ""
	}
	return n.examples[0]
}

// names are the keys of a group.
func (n *node) names() []string {
	var names []string
	for _, sub := range n.group {
		names = append(names, sub.name)
	}
	return names
}

// values are the choices of a key.
func (n *node) values() []string {
	var values []string
	for _, c := range n.choices {
		values = append(values, c.value)
	}
	return values
}
