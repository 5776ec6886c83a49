package apiclient

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// object is a JSON object with raw fields.
type object map[string]json.RawMessage

// readObject parses an object. Its errors quote nothing of the input.
func readObject(body []byte) (object, error) {
	if !json.Valid(body) {
		return nil, errors.New("it is not JSON")
	}
	var o object
	if err := json.Unmarshal(body, &o); err != nil || o == nil {
		return nil, errors.New("it is not a JSON object")
	}
	return o, nil
}

// field returns a field by name, preferring an exact match over one in another
// case, as encoding/json does.
func (o object) field(name string) (value json.RawMessage, there bool) {
	if value, there = o[name]; there {
		return value, true
	}
	for _, other := range slices.Sorted(maps.Keys(o)) {
		if strings.EqualFold(other, name) {
			return o[other], true
		}
	}
	return nil, false
}

func isNull(value json.RawMessage) bool { return value == nil || string(value) == "null" }
