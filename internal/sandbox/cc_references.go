package sandbox

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// reference is a related resource that a request may ask for with include=name,
// or with fields[name]=a,b. It is listed below "included", once for all items
// that refer to it.
type reference[T any] struct {
	name   string
	fields []string              // valid in fields[name]; nil: requested by include=
	kind   string                // key below "included"
	view   func(*call, T) object // nil for an item without the reference
}

// references are those of one type of resource, for items.
func references[T resource](refs []reference[T]) []reference[item] {
	list := make([]reference[item], len(refs))
	for i, r := range refs {
		list[i] = reference[item]{r.name, r.fields, r.kind, func(q *call, x item) object { return r.view(q, x.(T)) }}
	}
	return list
}

// asked returns the requested fields, and whether the reference is requested.
func (r reference[T]) asked(query url.Values) (fields []string, asked bool) {
	if r.fields == nil {
		return nil, slices.Contains(commaList(query.Get("include")), r.name)
	}
	return commaList(query.Get("fields[" + r.name + "]")), query.Has("fields[" + r.name + "]")
}

// accepts reports whether a query parameter is about references at all.
func accepts(refs []reference[item], parameter string) bool {
	return slices.ContainsFunc(refs, func(r reference[item]) bool {
		return r.fields == nil && parameter == "include" || r.fields != nil && strings.HasPrefix(parameter, "fields[")
	})
}

// checkReferences returns an error for unknown references and fields.
func checkReferences(query url.Values, refs []reference[item]) error {
	var includes []string
	fields := map[string][]string{}
	for _, r := range refs {
		if r.fields != nil {
			fields[r.name] = r.fields
		} else if !slices.Contains(includes, r.name) {
			includes = append(includes, r.name)
		}
	}
	for _, parameter := range slices.Sorted(maps.Keys(query)) {
		if !accepts(refs, parameter) {
			continue
		}
		about, isFields := strings.CutPrefix(strings.TrimSuffix(parameter, "]"), "fields[")
		known := includes
		if isFields {
			var found bool
			if known, found = fields[about]; !found {
				return badQuery("Fields %s is not valid. Valid resources are: %s", about, quoted(slices.Sorted(maps.Keys(fields))))
			}
		}
		for _, name := range commaList(query.Get(parameter)) {
			switch {
			case slices.Contains(known, name):
			case isFields:
				return badQuery("Fields valid keys for '%s' are: %s", about, quoted(known))
			default:
				return badQuery("Invalid included resource: '%s'. Valid included resources are: %s", name, quoted(known))
			}
		}
	}
	return nil
}

// including adds the requested references of the items to a body.
func including(q *call, body object, items []item, refs []reference[item]) object {
	included, seen := object{}, map[string]bool{}
	for _, r := range refs {
		fields, asked := r.asked(q.r.URL.Query())
		if !asked {
			continue
		}
		views, _ := included[r.kind].([]object)
		if views == nil {
			views = []object{}
		}
		for _, each := range items {
			view := r.view(q, each)
			if view == nil || seen[r.kind+view["guid"].(string)] {
				continue
			}
			seen[r.kind+view["guid"].(string)] = true
			if fields != nil {
				view = pick(view, fields)
			}
			views = append(views, view)
		}
		included[r.kind] = views
	}
	if len(included) > 0 {
		body["included"] = included
	}
	return body
}

// pick copies the named fields of a view; a.b is field b of object a.
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
