package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"pg-migrate-wizard/internal/sanitize"
)

// decoder carries a tree into a plan. It never gives up: what is wrong is noted,
// and the rest is read on.
type decoder struct {
	problems *CheckError
	secrets  map[int]bool        // lines that hold a secret: nothing of them is repeated
	at       map[string]position // where each value stands that was read
}

func (d *decoder) wrong(at position, path, format string, args ...any) {
	if d.secrets[at.line] {
		return // what is wrong with this line was said
	}
	d.problems.add(at, path, format, args...)
}

func (d *decoder) group(n ast.Node, v reflect.Value, path string) {
	m, ok := n.(*ast.MappingNode)
	if one, single := n.(*ast.MappingValueNode); single {
		m, ok = ast.Mapping(one.Start, false, one), true
	}
	if !ok {
		if !d.refused(n, path) {
			d.wrong(positionOfNode(n), path, "%s takes keys below it (%s), not %s", path, strings.Join(keysOf(v.Type()), ", "), form(n))
		}
		return
	}
	seen := map[string]int{}
	for _, entry := range m.Values {
		d.entry(entry, v, path, seen)
	}
	for name, i := range fields(v.Type()) {
		p := below(path, name)
		d.required(v.Field(i).Type(), p, seen[name] > 0, positionOfNode(m))
	}
}

// required notes what is missing, also in a group that is missing as a whole.
func (d *decoder) required(t reflect.Type, path string, there bool, at position) {
	if there {
		return
	}
	if keys[general(path)].required {
		d.problems.add(at, path, "%s is missing: %s", path, inShort(keys[general(path)].says))
	}
	if isGroup(t) {
		for name, i := range fields(t) {
			d.required(t.Field(i).Type, below(path, name), false, at)
		}
	}
}

func (d *decoder) entry(entry *ast.MappingValueNode, v reflect.Value, path string, seen map[string]int) {
	at := positionOfNode(entry.Key)
	if _, merge := entry.Key.(*ast.MergeKeyNode); merge {
		d.wrong(at, path, "anchors, aliases and merges are not taken in a plan: write it out")
		return
	}
	text, ok := entry.Key.(*ast.StringNode)
	if !ok {
		if !d.refused(entry.Key, path) {
			d.wrong(at, path, "a key is a name, not %s", form(entry.Key))
		}
		return
	}
	name := text.Value
	p := below(path, quoted(name, false))
	if isSecretKey(name) {
		d.wrong(at, p, noSecretKey)
		return
	}
	known := keysOf(v.Type())
	i := slices.Index(known, name)
	if i < 0 {
		where := ""
		if path != "" {
			where = " in " + path
		}
		d.wrong(at, p, "there is no key %s%s%s", quoted(name, true), where, Suggest(name, known))
		return
	}
	if line := seen[name]; line > 0 {
		d.wrong(at, p, "%s stands here a second time; the first is in line %d", p, line)
		return
	}
	seen[name] = at.line
	d.value(entry.Value, v.Field(i), p)
}

func (d *decoder) value(n ast.Node, v reflect.Value, path string) {
	at := positionOfNode(n)
	d.at[path] = at
	if n.Type() == ast.NullType {
		if !isGroup(v.Type()) {
			d.wrong(at, path, "%s has no value: say one, or leave the line out", path)
			return
		}
		d.required(v.Type(), path, false, at)
		return
	}
	switch {
	case v.Type() == typeAcceptance:
		d.acceptance(n, v, path)
	case isGroup(v.Type()):
		d.group(n, v, path)
	case v.Kind() == reflect.Slice:
		d.list(n, v, path)
	case v.Type() == typeDuration:
		if text, ok := d.text(n, path); ok {
			length, err := time.ParseDuration(text)
			if err != nil || length <= 0 {
				d.wrong(at, path, "%s is %s, not %s", path, keys[general(path)].shape, quoted(text, true))
				return
			}
			v.SetInt(int64(length))
		}
	case v.Kind() == reflect.String:
		if text, ok := d.text(n, path); ok {
			v.SetString(text)
		}
	case v.Kind() == reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			if !d.refused(n, path) {
				d.wrong(at, path, "%s is true or false, not %s", path, form(n))
			}
			return
		}
		v.SetBool(b.Value)
	case v.Kind() == reflect.Int:
		d.number(n, v, path)
	}
}

func (d *decoder) number(n ast.Node, v reflect.Value, path string) {
	at, k := positionOfNode(n), keys[general(path)]
	i, ok := n.(*ast.IntegerNode)
	if !ok {
		if !d.refused(n, path) {
			d.wrong(at, path, "%s is a whole number, not %s", path, form(n))
		}
		return
	}
	number, err := strconv.Atoi(i.Token.Value)
	switch {
	case err != nil:
		d.wrong(at, path, "%s is a whole number, written in digits", path)
	case number < 1:
		d.wrong(at, path, "%s is at least 1", path)
	case number > k.max:
		d.wrong(at, path, "%s: %s", path, k.beyond)
	default:
		v.SetInt(int64(number))
	}
}

// text reads a text and holds it against what is allowed at its path.
func (d *decoder) text(n ast.Node, path string) (string, bool) {
	at, k := positionOfNode(n), keys[general(path)]
	var text string
	switch s := n.(type) {
	case *ast.StringNode:
		text = s.Value
	case *ast.LiteralNode:
		text = strings.TrimRight(s.Value.Value, "\n")
	default:
		switch {
		case d.refused(n, path):
		case len(k.words) > 0:
			d.wrong(at, path, "%s is %s, not %s", path, wordsOf(k), form(n))
		case isScalar(n):
			d.wrong(at, path, "%s is a text, and YAML reads this as %s: put it in quotes", path, form(n))
		default:
			d.wrong(at, path, "%s is a text, not %s", path, form(n))
		}
		return "", false
	}
	if secretIn(text) >= 0 {
		d.wrong(at, path, noSecretValue)
		return "", false
	}
	if path == "provider" && ProviderWord(text) != "" {
		text = ProviderWord(text)
	}
	switch {
	case len(k.words) > 0:
		if !slices.ContainsFunc(k.words, func(w word) bool { return w.word == text }) {
			d.wrong(at, path, "%s is %s, not %s%s", path, wordsOf(k), quoted(text, true), Suggest(text, justWords(k)))
			return "", false
		}
	case strings.Contains(text, "\n") || sanitize.Text(text) != text:
		d.wrong(at, path, "%s is one line, of characters that can be seen", path)
		return "", false
	case text == "" && k.required:
		d.wrong(at, path, "%s is empty: %s", path, inShort(k.says))
		return "", false
	case text == "":
		d.wrong(at, path, "%s is empty: say one, or leave the line out", path)
		return "", false
	case compiled()[general(path)] != nil && !compiled()[general(path)].MatchString(text):
		if general(path) == "accept[]" && strings.Contains(text, "-critical-") {
			d.wrong(at, path, "a critical finding cannot be accepted: mend it, and check again")
			return "", false
		}
		d.wrong(at, path, "%s is %s, not %s", path, k.shape, quoted(text, true))
		return "", false
	}
	return text, true
}

func (d *decoder) list(n ast.Node, v reflect.Value, path string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if !d.refused(n, path) {
			d.wrong(positionOfNode(n), path, "%s is a list, not %s: write each entry on a line of its own, behind `- `", path, form(n))
		}
		return
	}
	for i, entry := range seq.Values {
		p := fmt.Sprintf("%s[%d]", path, i)
		element := reflect.New(v.Type().Elem()).Elem()
		before := len(d.problems.Problems)
		d.value(entry, element, p)
		if len(d.problems.Problems) > before {
			continue
		}
		for j := range v.Len() {
			if v.Index(j).Interface() == element.Interface() || isGroup(element.Type()) && v.Index(j).Field(0).Interface() == element.Field(0).Interface() {
				d.wrong(positionOfNode(entry), p, "%s names the same twice", path)
				break
			}
		}
		v.Set(reflect.Append(v, element))
	}
}

// acceptance is the word all, or a list of identities.
func (d *decoder) acceptance(n ast.Node, v reflect.Value, path string) {
	if s, ok := n.(*ast.StringNode); ok {
		if s.Value == identityAll {
			v.Set(reflect.ValueOf(Acceptance{All: true}))
			return
		}
		d.wrong(positionOfNode(n), path, "%s is the word all, or a list of identities%s", path, Suggest(s.Value, []string{identityAll}))
		return
	}
	d.list(n, v.FieldByName("Findings"), path)
}

// refused notes what has no place in a plan, whatever stands there.
func (d *decoder) refused(n ast.Node, path string) bool {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		d.wrong(positionOfNode(n), path, "anchors, aliases and merges are not taken in a plan: write it out")
	case *ast.TagNode:
		d.wrong(positionOfNode(n), path, "tags (!) are not taken in a plan")
	default:
		return false
	}
	return true
}

func isScalar(n ast.Node) bool { _, ok := n.(ast.ScalarNode); return ok }

// form says what a node is, for people.
func form(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys below it"
	case *ast.SequenceNode:
		return "a list"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "nothing"
	}
	return "a text"
}

func keysOf(group reflect.Type) []string {
	var names []string
	for name := range fields(group) {
		names = append(names, name)
	}
	return names
}

// general is a path as it stands in keys: without the numbers of entries.
func general(path string) string {
	var b strings.Builder
	inside := false
	for _, r := range path {
		if r == ']' {
			inside = false
		}
		if !inside {
			b.WriteRune(r)
		}
		if r == '[' {
			inside = true
		}
	}
	return b.String()
}

func justWords(k key) []string {
	list := make([]string, len(k.words))
	for i, w := range k.words {
		list[i] = w.word
	}
	return list
}

func wordsOf(k key) string {
	list := justWords(k)
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// quoted shows a little of what somebody wrote.
func quoted(text string, marks bool) string {
	text = sanitize.Line(text)
	if secretIn(text) >= 0 {
		text = "•••"
	}
	if utf8.RuneCountInString(text) > maxTextInMessage {
		text = string([]rune(text)[:maxTextInMessage]) + "…"
	}
	if marks {
		return `"` + text + `"`
	}
	return text
}

// inShort is the first sentence of a description, to go on a sentence with.
func inShort(says string) string {
	says, _, _ = strings.Cut(strings.TrimSuffix(says, "."), ". ")
	first, size := utf8.DecodeRuneInString(says)
	return strings.ToLower(string(first)) + says[size:]
}
