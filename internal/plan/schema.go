package plan

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
)

// Schema returns the JSON Schema (draft 2020-12) of a plan, as published in
// docs/plan.schema.json, for editors to complete and check with. [Parse] checks all
// that it does, and also what contradicts what, and what looks like a secret.
func Schema() ([]byte, error) {
	root := nodes()[""].schema()
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

// schema is the part of JSON Schema that a plan needs, in the order that reads best.
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

func (n *node) schema() *schema {
	s := &schema{Description: n.explained()}
	switch {
	case n.typ == typeAcceptance:
		s.OneOf = []*schema{{Const: identityAll, Description: "All warnings."}, {Type: "array", Items: n.entry.schema(), Unique: true}}
		s.Examples = []any{identityAll, []any{n.entry.example()}}
	case n.group != nil:
		s.Additional = new(bool)
		for _, sub := range n.group {
			s.Properties = append(s.Properties, property{sub.name, sub.schema()})
			if sub.has((*node).isRequired) {
				s.Required = append(s.Required, sub.name)
			}
		}
		s.Type = "object"
		if len(s.Required) == 0 { // its keys may all be left out, and then it may stand there empty
			s.Type = []string{"object", "null"}
		}
	case n.entry != nil:
		s.Type, s.Items, s.Unique = "array", n.entry.schema(), true
	case n.typ.Kind() == reflect.Bool:
		s.Type, s.Default = "boolean", false
	case n.typ.Kind() == reflect.Int:
		s.Type, s.Minimum, s.Maximum = "integer", 1, n.max
		for _, e := range n.examples {
			number, _ := strconv.Atoi(e) // a test holds that they are numbers
			s.Examples = append(s.Examples, number)
		}
		if d, err := strconv.Atoi(n.fallback); err == nil {
			s.Default = d
		}
	default:
		s.text(n)
	}
	return s
}

// text describes what a text may be: one of the choices, or what matches a pattern.
func (s *schema) text(n *node) {
	if n.fallback != "" {
		s.Default = n.fallback
	}
	var choices []*schema
	for _, w := range n.choices {
		choices = append(choices, &schema{Const: w.value, Description: w.does})
	}
	switch {
	case n.path == KeyProvider:
		s.AnyOf = append(choices, &schema{Type: "string", Pattern: providerPattern(), Description: "The same, as it is written elsewhere."})
	case choices != nil:
		s.OneOf = choices
	default:
		s.Type, s.Pattern, s.MinLength = "string", n.pattern, 1
		for _, e := range n.examples {
			s.Examples = append(s.Examples, e)
		}
	}
}
