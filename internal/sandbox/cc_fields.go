package sandbox

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// The parameters fields[resource]=a,b and include=resource ask for resources
// that a list or a resource refers to. What comes back holds only those that
// are referred to, and of them only the fields that were asked for.

func checkFields(about, asked string, allowed map[string][]string) error {
	known, found := allowed[about]
	if !found {
		return badQuery("Fields %s is not valid. Valid resources are: %s", about, quoted(slices.Sorted(maps.Keys(allowed))))
	}
	for _, field := range commaList(asked) {
		if !slices.Contains(known, field) {
			return badQuery("Fields valid keys for '%s' are: %s", about, quoted(known))
		}
	}
	return nil
}

// included collects what an answer refers to, each resource once.
type included struct {
	q    *call
	body object
	seen map[string]bool
}

func (q *call) including() *included {
	return &included{q: q, body: object{}, seen: map[string]bool{}}
}

// asks returns the fields asked of a resource, and whether it was asked for.
func (q *call) asks(about string) ([]string, bool) {
	query := q.r.URL.Query()
	if !query.Has("fields[" + about + "]") {
		return nil, false
	}
	return commaList(query.Get("fields[" + about + "]")), true
}

// includes says whether include= names the resource.
func (q *call) includes(about string) bool {
	return slices.Contains(commaList(q.r.URL.Query().Get("include")), about)
}

// checkInclude refuses an include that the list doesn't have.
func checkInclude(query url.Values, allowed ...string) error {
	for _, name := range commaList(query.Get("include")) {
		if !slices.Contains(allowed, name) {
			return badQuery("Invalid included resource: '%s'. Valid included resources are: %s", name, quoted(allowed))
		}
	}
	return nil
}

// open makes sure the list is there, even if nothing will be in it.
func (in *included) open(kind string) {
	if in.body[kind] == nil {
		in.body[kind] = []object{}
	}
}

// add puts a resource in, cut down to the fields; nil means all of it.
func (in *included) add(kind, guid string, view object, fields []string) {
	in.open(kind)
	if in.seen[kind+guid] {
		return
	}
	in.seen[kind+guid] = true
	if fields != nil {
		view = pick(view, fields)
	}
	in.body[kind] = append(in.body[kind].([]object), view)
}

// into adds the collected resources to an answer, if any were asked for.
func (in *included) into(body object) object {
	if len(in.body) > 0 {
		body["included"] = in.body
	}
	return body
}

// pick keeps the named fields of a view; a.b names the field b of a.
func pick(view object, fields []string) object {
	out := object{}
	for _, field := range fields {
		outer, inner, nested := strings.Cut(field, ".")
		value, found := view[outer]
		if !found {
			continue
		}
		if sub, isObject := value.(object); nested && isObject {
			kept, _ := out[outer].(object)
			if kept == nil {
				kept = object{}
			}
			maps.Copy(kept, pick(sub, []string{inner}))
			value = kept
		}
		out[outer] = value
	}
	return out
}
