package plan

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
)

// Schema returns the JSON Schema (draft 2020-12) of a plan, as published in
// docs/plan.schema.json. Editors complete and check with it; [Parse] knows all
// that it says, and more: what contradicts what, and what a secret looks like.
func Schema() ([]byte, error) {
	root := groupSchema(reflect.TypeFor[Plan](), "")
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "Plan of pg-migrate-wizard"
	root.Description = "A migration that can be reviewed, and then run unattended. No secret belongs in it."
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return b.Bytes(), err
}

// schema is the part of JSON Schema that a plan needs, in the order in which it
// reads best.
type schema struct {
	Schema      string     `json:"$schema,omitempty"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Type        any        `json:"type,omitempty"` // a text, or several
	OneOf       []*schema  `json:"oneOf,omitempty"`
	AnyOf       []*schema  `json:"anyOf,omitempty"`
	Const       any        `json:"const,omitempty"`
	Properties  properties `json:"properties,omitempty"`
	Required    []string   `json:"required,omitempty"`
	Additional  *bool      `json:"additionalProperties,omitempty"`
	Items       *schema    `json:"items,omitempty"`
	Unique      bool       `json:"uniqueItems,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	MinLength   int        `json:"minLength,omitempty"`
	Minimum     int        `json:"minimum,omitempty"`
	Maximum     int        `json:"maximum,omitempty"`
	Default     any        `json:"default,omitempty"`
	Examples    []any      `json:"examples,omitempty"`
}

// properties keeps the order of the keys, which a map would lose.
type properties []property

type property struct {
	name   string
	schema *schema
}

// MarshalJSON implements json.Marshaler.
func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, x := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(x.name) + ":")
		if err := e.Encode(x.schema); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// groupSchema describes a group. Its keys may all be left out where none is
// needed, and then the group may stand there empty.
func groupSchema(t reflect.Type, path string) *schema {
	s := &schema{Description: keys[path].says, Additional: new(bool)}
	for name, i := range fields(t) {
		p := below(path, name)
		f := t.Field(i).Type
		s.Properties = append(s.Properties, property{name, keySchema(f, p)})
		if keys[p].required || isGroup(f) && hasRequired(f, p) {
			s.Required = append(s.Required, name)
		}
	}
	s.Type = "object"
	if len(s.Required) == 0 {
		s.Type = []string{"object", "null"}
	}
	return s
}

func hasRequired(t reflect.Type, path string) bool {
	for name, i := range fields(t) {
		p := below(path, name)
		if keys[p].required || isGroup(t.Field(i).Type) && hasRequired(t.Field(i).Type, p) {
			return true
		}
	}
	return false
}

func keySchema(t reflect.Type, path string) *schema {
	k := keys[path]
	says := k.says
	if k.without != "" {
		says += " Without it: " + k.without + "."
	}
	s := &schema{Description: says}
	switch {
	case t == typeAcceptance:
		s.OneOf = []*schema{{Const: identityAll, Description: "All warnings."}, listSchema(reflect.TypeFor[string](), path)}
		s.Examples = []any{identityAll, []any{keys[path+"[]"].examples[0]}}
		return s
	case isGroup(t):
		group := groupSchema(t, path)
		group.Description = says
		return group
	case t.Kind() == reflect.Slice:
		list := listSchema(t.Elem(), path)
		list.Description = says
		return list
	case t.Kind() == reflect.Bool:
		s.Type, s.Default = "boolean", false
		return s
	case t.Kind() == reflect.Int:
		s.Type, s.Minimum, s.Maximum = "integer", 1, k.max
		for _, e := range k.examples {
			n, _ := strconv.Atoi(e) // a test holds that they are numbers
			s.Examples = append(s.Examples, n)
		}
		if d, err := strconv.Atoi(fallbacks[path]); err == nil {
			s.Default = d
		}
		return s
	}
	if d := fallbacks[path]; d != "" {
		s.Default = d
	}
	for _, w := range k.words {
		s.OneOf = append(s.OneOf, &schema{Const: w.word, Description: w.does})
	}
	if path == "provider" {
		s.OneOf, s.AnyOf = nil, append(s.OneOf, &schema{Type: "string", Pattern: providerPattern(), Description: "The same, as it is written elsewhere."})
	}
	if len(k.words) > 0 {
		return s
	}
	s.Type, s.Pattern, s.MinLength = "string", k.pattern, 1
	for _, e := range k.examples {
		s.Examples = append(s.Examples, e)
	}
	return s
}

func listSchema(element reflect.Type, path string) *schema {
	return &schema{Type: "array", Items: keySchema(element, path+"[]"), Unique: true}
}
