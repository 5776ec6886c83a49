package plan

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/internal/lazyregexp"
)

const (
	schemaPath   = "plan.schema.json" // beside the plan
	commentWidth = 96
)

const preamble = `# yaml-language-server: $schema=` + schemaPath + `
#
# A plan of pg-migrate-wizard: a migration that can be reviewed, and then run unattended.
#
#   pg-migrate-wizard plan check FILE    says all that is wrong with it
#   pg-migrate-wizard run -f FILE        goes as far as until says; can be started again at any time
#   pg-migrate-wizard plan schema > plan.schema.json    beside it: an editor completes the keys
#
# docs/plan.md explains every key. Lines that begin with "# " and a key are not said: the
# default holds. Whoever may read this file may read it all: nothing in it is confidential.
`

// Save writes a plan as a file with comments: every key in its place, those
// that are not said as a comment. What it returns, [Parse] reads as the same
// plan; a plan that Parse would not take is refused with its *[CheckError].
func Save(p Plan) ([]byte, error) {
	p = p.withDefaults()
	var b bytes.Buffer
	b.WriteString(preamble)
	writeGroup(&b, reflect.ValueOf(p), "", "")
	if _, err := Parse(b.Bytes()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func writeGroup(b *bytes.Buffer, v reflect.Value, path, indent string) {
	for name, i := range fields(v.Type()) {
		p, f := below(path, name), v.Field(i)
		if path == "" {
			b.WriteByte('\n')
		}
		writeComment(b, p, indent)
		unsaid := f.IsZero() && fallbacks[p] == "" && !keys[p].required
		switch {
		case isGroup(f.Type()) && unsaid && !needs(f.Type(), p):
			writeUnsaid(b, f.Type(), p, name, indent)
		case isGroup(f.Type()):
			fmt.Fprintf(b, "%s%s:\n", indent, name)
			writeGroup(b, f, p, indent+"  ")
		case unsaid:
			fmt.Fprintf(b, "%s# %s: %s\n", indent, name, example(f.Type(), p))
		default:
			writeValue(b, f, name, indent)
		}
	}
}

// needs reports whether something in a group has to be said, or has a default
// that is worth showing.
func needs(group reflect.Type, path string) bool {
	for name, i := range fields(group) {
		p := below(path, name)
		if keys[p].required || fallbacks[p] != "" && fallbacks[p] != "false" || isGroup(group.Field(i).Type) && needs(group.Field(i).Type, p) {
			return true
		}
	}
	return false
}

// writeUnsaid writes a group that is not said: its keys as a comment.
func writeUnsaid(b *bytes.Buffer, group reflect.Type, path, name, indent string) {
	fmt.Fprintf(b, "%s# %s:\n", indent, name)
	for sub, i := range fields(group) {
		p := below(path, sub)
		fmt.Fprintf(b, "%s#   %s: %s\n", indent, sub, example(group.Field(i).Type, p))
	}
}

// example is what could stand at a key, on one line.
func example(t reflect.Type, path string) string {
	k := keys[path]
	one := func(path string) string {
		e := keys[path].examples
		if len(e) == 0 {
			return ""
		}
		return quoteScalar(e[0])
	}
	switch {
	case t == typeAcceptance:
		return "[" + one(path+"[]") + "]"
	case t.Kind() == reflect.Slice && isGroup(t.Elem()):
		var parts []string
		for name := range fields(t.Elem()) {
			parts = append(parts, name+": "+one(path+"[]."+name))
		}
		return "[{" + strings.Join(parts, ", ") + "}]"
	case t.Kind() == reflect.Slice:
		return "[" + one(path+"[]") + "]"
	case t.Kind() == reflect.Bool || t.Kind() == reflect.Int:
		return k.examples[0]
	case len(k.words) > 0:
		return k.words[0].word
	}
	return one(path)
}

func writeComment(b *bytes.Buffer, path, indent string) {
	k := keys[path]
	says := k.says
	if k.without != "" {
		says += " Without it: " + k.without + "."
	}
	for _, line := range wrap(says, commentWidth-len(indent)-2) {
		fmt.Fprintf(b, "%s# %s\n", indent, line)
	}
	for _, w := range append(slices.Clip(k.words), keys[path+"[]"].words...) {
		mark := ""
		if fallbacks[path] == w.word {
			mark = " (default)"
		}
		head := "  " + w.word + mark + ": "
		for i, line := range wrap(w.does, commentWidth-len(indent)-2-len(head)) {
			if i > 0 {
				head = strings.Repeat(" ", len(head))
			}
			fmt.Fprintf(b, "%s# %s%s\n", indent, head, line)
		}
	}
}

func writeValue(b *bytes.Buffer, v reflect.Value, name, indent string) {
	if v.Type() == typeAcceptance {
		if a := v.Interface().(Acceptance); a.All {
			fmt.Fprintf(b, "%s%s: %s\n", indent, name, identityAll)
			return
		}
		v = v.FieldByName("Findings")
	}
	if v.Kind() != reflect.Slice {
		fmt.Fprintf(b, "%s%s: %s\n", indent, name, scalar(v))
		return
	}
	fmt.Fprintf(b, "%s%s:\n", indent, name)
	for i := range v.Len() {
		entry := v.Index(i)
		if !isGroup(entry.Type()) {
			fmt.Fprintf(b, "%s  - %s\n", indent, scalar(entry))
			continue
		}
		lead := "- "
		for sub, j := range fields(entry.Type()) {
			fmt.Fprintf(b, "%s  %s%s: %s\n", indent, lead, sub, scalar(entry.Field(j)))
			lead = "  "
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

// plain texts need no quotes: YAML reads them as the text that they are.
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
	var b strings.Builder
	for _, unit := range []struct {
		length time.Duration
		letter string
	}{{time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / unit.length; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, unit.letter)
			d -= n * unit.length
		}
	}
	return b.String()
}

// wrap breaks a text between words into lines of at most so many letters.
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
