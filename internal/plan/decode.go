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
	"github.com/goccy/go-yaml/token"

	"pg-migrate-wizard/internal/lazyregexp"
	"pg-migrate-wizard/internal/sanitize"
)

// decoder reads a YAML tree into a plan. It never stops at an error: it notes the
// problem and reads on.
type decoder struct {
	problems *CheckError
	secrets  map[int]bool        // lines that hold a secret: nothing of them is repeated
	at       map[string]position // where each value stands that was read
}

func (d *decoder) wrong(at position, path, format string, args ...any) {
	if d.secrets[at.line] {
		return // this line is reported already
	}
	d.problems.add(at, path, format, args...)
}

// mismatch notes that a node is not what belongs there; anchors, aliases, merges and
// tags are refused as such, wherever they are.
func (d *decoder) mismatch(n ast.Node, path, format string, args ...any) {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		format, args = "anchors, aliases and merges are not taken in a plan: write it out", nil
	case *ast.TagNode:
		format, args = "tags (!) are not taken in a plan", nil
	}
	d.wrong(positionOfNode(n), path, format, args...)
}

// mapping returns a node with keys below it; one key alone is no mapping to the parser.
func mapping(n ast.Node) (*ast.MappingNode, bool) {
	if one, single := n.(*ast.MappingValueNode); single {
		return ast.Mapping(one.Start, false, one), true
	}
	m, ok := n.(*ast.MappingNode)
	return m, ok
}

func (d *decoder) group(n ast.Node, v reflect.Value, k *node, path string) {
	m, ok := mapping(n)
	if !ok {
		d.mismatch(n, path, "%s takes keys below it (%s), not %s", path, strings.Join(k.names(), ", "), form(n))
		return
	}
	seen := map[string]int{}
	for _, entry := range m.Values {
		d.entry(entry, v, k, path, seen)
	}
	for _, sub := range k.group {
		if seen[sub.name] == 0 {
			d.missing(sub, below(path, sub.name), positionOfNode(m))
		}
	}
}

// missing notes the keys that have to be there and are not.
func (d *decoder) missing(k *node, path string, at position) {
	if k.required {
		d.problems.add(at, path, "%s is missing: %s", path, inShort(k.help))
	}
	for _, sub := range k.group {
		d.missing(sub, below(path, sub.name), at)
	}
}

func (d *decoder) entry(entry *ast.MappingValueNode, v reflect.Value, k *node, path string, seen map[string]int) {
	at := positionOfNode(entry.Key)
	text, ok := entry.Key.(*ast.StringNode)
	if !ok {
		d.mismatch(entry.Key, path, "a key is a name, not %s", form(entry.Key))
		return
	}
	name := text.Value
	p := below(path, quoted(name, false))
	i := slices.Index(k.names(), name)
	switch line := seen[name]; {
	case isSecretKey(name):
		d.wrong(at, p, noSecretKey)
	case i < 0:
		where := ""
		if path != "" {
			where = " in " + path
		}
		d.wrong(at, p, "there is no key %s%s%s", quoted(name, true), where, Suggest(name, k.names()))
	case line > 0:
		d.wrong(at, p, "%s stands here a second time; the first is in line %d", p, line)
	default:
		seen[name] = at.line
		d.value(entry.Value, v.Field(i), k.group[i], p)
	}
}

func (d *decoder) value(n ast.Node, v reflect.Value, k *node, path string) {
	at := positionOfNode(n)
	d.at[path] = at
	switch {
	case n.Type() == ast.NullType && k.group != nil:
		d.missing(k, path, at)
	case n.Type() == ast.NullType:
		d.wrong(at, path, "%s has no value: say one, or leave the line out", path)
	case k.typ == typeAcceptance:
		d.acceptance(n, v, k, path)
	case k.group != nil:
		d.group(n, v, k, path)
	case k.entry != nil:
		d.list(n, v, k.entry, path)
	case k.typ == typeDuration:
		if text, ok := d.text(n, k, path); ok {
			length, err := time.ParseDuration(text)
			if err != nil || length <= 0 {
				d.wrong(at, path, "%s is %s, not %s", path, k.shape, quoted(text, true))
				return
			}
			v.SetInt(int64(length))
		}
	case v.Kind() == reflect.String:
		if text, ok := d.text(n, k, path); ok {
			v.SetString(text)
		}
	case v.Kind() == reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.mismatch(n, path, "%s is true or false, not %s", path, form(n))
			return
		}
		v.SetBool(b.Value)
	case v.Kind() == reflect.Int:
		d.number(n, v, k, path)
	}
}

func (d *decoder) number(n ast.Node, v reflect.Value, k *node, path string) {
	i, ok := n.(*ast.IntegerNode)
	if !ok {
		d.mismatch(n, path, "%s is a whole number, not %s", path, form(n))
		return
	}
	switch number, err := strconv.Atoi(i.Token.Value); {
	case err != nil:
		d.mismatch(n, path, "%s is a whole number, written in digits", path)
	case number < 1:
		d.mismatch(n, path, "%s is at least 1", path)
	case number > k.max:
		d.mismatch(n, path, "%s: %s", path, k.beyond)
	default:
		v.SetInt(int64(number))
	}
}

// number is what YAML 1.2 reads as a number where it is not in quotes.
var number = lazyregexp.New(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^0o[0-7]+$|^0x[0-9a-fA-F]+$`)

// text reads a text and checks it against what its key allows.
func (d *decoder) text(n ast.Node, k *node, path string) (string, bool) {
	refuse := func(format string, args ...any) (string, bool) {
		d.mismatch(n, path, format, args...)
		return "", false
	}
	var text string
	switch s := n.(type) {
	case *ast.StringNode:
		if text = s.Value; s.Token.Type == token.StringType && number().MatchString(text) { // 1e3, which this parser takes for a text
			return refuse("%s is a text, and YAML reads this as a number: put it in quotes", path)
		}
	case *ast.LiteralNode:
		text = strings.TrimRight(s.Value.Value, "\n")
	case ast.ScalarNode:
		if len(k.choices) == 0 {
			return refuse("%s is a text, and YAML reads this as %s: put it in quotes", path, form(n))
		}
		return refuse("%s is %s, not %s", path, alternatives(k), form(n))
	default:
		if len(k.choices) == 0 {
			return refuse("%s is a text, not %s", path, form(n))
		}
		return refuse("%s is %s, not %s", path, alternatives(k), form(n))
	}
	if path == KeyProvider && ProviderWord(text) != "" {
		text = ProviderWord(text)
	}
	switch {
	case secretIn(text) >= 0:
		return refuse(noSecretValue)
	case len(k.choices) > 0 && !slices.Contains(k.values(), text):
		return refuse("%s is %s, not %s%s", path, alternatives(k), quoted(text, true), Suggest(text, k.values()))
	case strings.Contains(text, "\n") || sanitize.Text(text) != text:
		return refuse("%s is one line, of characters that can be seen", path)
	case text == "" && k.required:
		return refuse("%s is empty: %s", path, inShort(k.help))
	case text == "":
		return refuse("%s is empty: say one, or leave the line out", path)
	case k.form == nil || k.form().MatchString(text):
		return text, true
	case k.path == KeyAccept+"[]" && strings.Contains(text, "-critical-"):
		return refuse("a critical finding cannot be accepted: mend it, and check again")
	}
	return refuse("%s is %s, not %s", path, k.shape, quoted(text, true))
}

func (d *decoder) list(n ast.Node, v reflect.Value, k *node, path string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.mismatch(n, path, "%s is a list, not %s: write each entry on a line of its own, behind `- `", path, form(n))
		return
	}
	// Entries with keys below them are the same when the first key is.
	same := func(a, b reflect.Value) bool {
		if k.group != nil {
			a, b = a.Field(0), b.Field(0)
		}
		return a.Interface() == b.Interface()
	}
	for i, entry := range seq.Values {
		p := fmt.Sprintf("%s[%d]", path, i)
		element := reflect.New(k.typ).Elem()
		before := len(d.problems.Problems)
		d.value(entry, element, k, p)
		if len(d.problems.Problems) > before {
			continue
		}
		for j := range v.Len() {
			if same(v.Index(j), element) {
				d.wrong(positionOfNode(entry), p, "%s names the same twice", path)
				break
			}
		}
		v.Set(reflect.Append(v, element))
	}
}

// acceptance reads the word all, or a list of identities.
func (d *decoder) acceptance(n ast.Node, v reflect.Value, k *node, path string) {
	s, ok := n.(*ast.StringNode)
	switch {
	case !ok:
		d.list(n, v.FieldByName("Findings"), k.entry, path)
	case s.Value == identityAll:
		v.FieldByName("All").SetBool(true)
	default:
		d.mismatch(n, path, "%s is the word all, or a list of identities%s", path, Suggest(s.Value, []string{identityAll}))
	}
}

// form describes the kind of a node, for messages.
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

func alternatives(k *node) string {
	list := k.values()
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// quoted shows the beginning of what somebody wrote, without secrets.
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

// inShort is the first sentence of a description, to end another sentence with.
func inShort(help string) string {
	help, _, _ = strings.Cut(strings.TrimSuffix(help, "."), ". ")
	first, size := utf8.DecodeRuneInString(help)
	return strings.ToLower(string(first)) + help[size:]
}
