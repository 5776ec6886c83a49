package sandbox

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
)

// otherField answers as ever, but for a field: every object that has it, at any depth,
// has another value there. With of only those count that are part of the thing with that
// name or GUID, or are it.
func otherField(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	var value any
	missing := f.Value == ""
	if json.Unmarshal([]byte(f.Value), &value) != nil {
		value = f.Value
	}
	path := strings.Split(cmp.Or(f.Name, "state"), ".")
	rewrite(w, r, next, func(body any) any {
		setField(body, path, f.Of, func(object map[string]any, name string) {
			if missing {
				delete(object, name)
			} else {
				object[name] = value
			}
		})
		return body
	})
}

// setField changes a field wherever it is; of: where it belongs to.
func setField(value any, path []string, of string, set func(map[string]any, string)) {
	switch value := value.(type) {
	case []any:
		for _, inner := range value {
			setField(inner, path, of, set)
		}
	case map[string]any:
		if of != "" && (value["name"] == of || value["guid"] == of) {
			of = ""
		}
		if _, has := value[path[0]]; has && of == "" {
			setAt(value, path, set)
			return
		}
		for _, inner := range value {
			setField(inner, path, of, set)
		}
	}
}

func setAt(object map[string]any, path []string, set func(map[string]any, string)) {
	if len(path) == 1 {
		set(object, path[0])
		return
	}
	if inner, is := object[path[0]].(map[string]any); is {
		setAt(inner, path[1:], set)
	}
}
