package plan

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/internal/lazyregexp"
)

const (
	schemaPath   = "plan.schema.json" // beside the plan
	commentWidth = 96
)

const preamble = `# A plan of pg-migrate-wizard: a migration that can be reviewed, and then run unattended.
#
#   pg-migrate-wizard plan check FILE    says all that is wrong with it
#   pg-migrate-wizard run -f FILE        goes as far as until says; can be started again at any time
#   pg-migrate-wizard plan schema        says what each key takes, as a JSON Schema
#
# An editor with a YAML language server completes the keys, when the schema is beside this
# file and the first line is: # yaml-language-server: $schema=` + schemaPath + `
#
# Lines that begin with "# " and a key are not said: the default holds. Whoever may read this
# file may read it all: nothing in it is confidential.
`

// Save writes a plan as a file with comments: every key in its place, those
// that are not set as a comment. What it returns, [Parse] reads as the same
// plan; a plan that Parse would not take is refused with its *[CheckError].
func Save(p Plan) ([]byte, error) {
	p = p.withDefaults()
	var b bytes.Buffer
	b.WriteString(preamble)
	writeGroup(&b, nodes()[""], reflect.ValueOf(p), "")
	if _, err := Parse(b.Bytes()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func writeGroup(b *bytes.Buffer, group *node, v reflect.Value, indent string) {
	for i, n := range group.group {
		f := v.Field(i)
		if group.path == "" {
			b.WriteByte('\n')
		}
		writeComment(b, n, indent)
		unset := f.IsZero() && !n.has((*node).isShown)
		switch {
		case n.group != nil && unset:
			fmt.Fprintf(b, "%s# %s:\n", indent, n.name)
			for _, sub := range n.group {
				fmt.Fprintf(b, "%s#   %s: %s\n", indent, sub.name, sub.sample())
			}
		case n.group != nil:
			fmt.Fprintf(b, "%s%s:\n", indent, n.name)
			writeGroup(b, n, f, indent+"  ")
		case f.IsZero() && n.fallback == "" && !n.required:
			fmt.Fprintf(b, "%s# %s: %s\n", indent, n.name, n.sample())
		default:
			writeValue(b, n, f, indent)
		}
	}
}

// isShown reports whether a key has to be set, or has a default that is worth showing.
func (n *node) isShown() bool { return n.required || n.fallback != "" && n.fallback != "false" }

// sample is what could stand at a key, on one line.
func (n *node) sample() string {
	switch {
	case n.entry != nil:
		return "[" + n.entry.sample() + "]"
	case n.group != nil:
		var parts []string
		for _, sub := range n.group {
			parts = append(parts, sub.name+": "+sub.sample())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case n.typ.Kind() == reflect.Bool || n.typ.Kind() == reflect.Int:
		return n.example()
	case len(n.choices) > 0 && len(n.examples) == 0:
		return n.choices[0].value
	}
	return quoteScalar(n.example())
}

func writeComment(b *bytes.Buffer, n *node, indent string) {
	for _, line := range wrap(n.explained(), commentWidth-len(indent)-2) {
		fmt.Fprintf(b, "%s# %s\n", indent, line)
	}
	choices := n.choices
	if n.entry != nil {
		choices = n.entry.choices
	}
	for _, w := range choices {
		head := "  " + w.value + ": "
		if n.fallback == w.value {
			head = "  " + w.value + " (default): "
		}
		for _, line := range wrap(w.does, commentWidth-len(indent)-2-len(head)) {
			fmt.Fprintf(b, "%s# %s%s\n", indent, head, line)
			head = strings.Repeat(" ", len(head))
		}
	}
}

func writeValue(b *bytes.Buffer, n *node, v reflect.Value, indent string) {
	if a, ok := v.Interface().(Acceptance); ok {
		if a.All {
			fmt.Fprintf(b, "%s%s: %s\n", indent, n.name, identityAll)
			return
		}
		v = reflect.ValueOf(a.Findings)
	}
	if n.entry == nil {
		fmt.Fprintf(b, "%s%s: %s\n", indent, n.name, scalar(v))
		return
	}
	fmt.Fprintf(b, "%s%s:\n", indent, n.name)
	for i := range v.Len() {
		lead := "- "
		for j, sub := range n.entry.group {
			if v.Index(i).Field(j).IsZero() && !sub.required {
				continue // not said
			}
			fmt.Fprintf(b, "%s  %s%s: %s\n", indent, lead, sub.name, scalar(v.Index(i).Field(j)))
			lead = "  "
		}
		if n.entry.group == nil {
			fmt.Fprintf(b, "%s  - %s\n", indent, scalar(v.Index(i)))
		}
	}
}

// scalar writes a value as it stands in a file.
func scalar(v reflect.Value) string {
	switch {
	case v.Type() == typeDuration:
		return durationText(time.Duration(v.Int()))
	case v.Kind() == reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool())
	}
	return quoteScalar(v.String())
}

// YAML reads plain texts as they are, without quotes.
var (
	plain    = lazyregexp.New(`^([A-Za-z][A-Za-z0-9_./-]*|([0-9]+[hms])+)$`)
	notPlain = lazyregexp.New(`(?i)^(true|false|yes|no|on|off|null|y|n)$`)
)

func quoteScalar(text string) string {
	if plain().MatchString(text) && !notPlain().MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

// durationText writes a duration as 1h30m, without what is zero.
func durationText(d time.Duration) string {
	return strings.NewReplacer("h0m0s", "h", "h0m", "h", "m0s", "m").Replace(d.Truncate(time.Second).String())
}

// wrap breaks a text between words into lines of at most width letters.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && len(line)+1+len(w) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(lines, line)
}
