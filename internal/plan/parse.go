package plan

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"pg-migrate-wizard/internal/sanitize"
)

// A plan is a page or two. The parser's time grows faster than the number of
// tokens, and its stack with their depth: both limits are checked before it is called.
const (
	maxBytes  = 1 << 20
	maxTokens = 5000
)

// Parse reads a plan, strictly: a key that is not known, is there twice, or has
// a value that it cannot have is an error, and so is whatever looks like a
// secret. What the plan does not set has its default. The error
// is a *[CheckError] that names all that is wrong, each with line and column.
func Parse(data []byte) (Plan, error) {
	problems := &CheckError{}
	text, ok := readText(data, problems)
	if !ok {
		return Plan{}, problems.orNil()
	}
	tokens := lexer.Tokenize(text)
	secrets := findSecrets(text, tokens, problems)
	root, ok := readTree(text, tokens, secrets, problems)
	if !ok {
		return Plan{}, problems.orNil()
	}
	d := decoder{problems: problems, secrets: secrets, at: map[string]position{}}
	var p Plan
	d.group(root, reflect.ValueOf(&p).Elem(), nodes()[""], "")
	p = p.withDefaults()
	d.contradictions(p)
	if err := problems.orNil(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// readText refuses what is too large, or no text.
func readText(data []byte, problems *CheckError) (string, bool) {
	refuse := func(at position, message string) (string, bool) {
		problems.add(at, "", "%s", message)
		return "", false
	}
	switch {
	case len(data) > maxBytes:
		return refuse(position{}, "the file is larger than 1 MB: that is no plan")
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return refuse(position{}, "the file is in UTF-16: save it as UTF-8")
	}
	text := string(bytes.TrimPrefix(data, []byte("\ufeff"))) // some editors put a mark in front
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for at, r := range text {
		if _, size := utf8.DecodeRuneInString(text[at:]); r == utf8.RuneError && size == 1 {
			return refuse(positionOf(text, at), "the file is not in UTF-8")
		}
		if r >= ' ' && r < utf8.RuneSelf-1 || r == '\n' || r == '\t' {
			continue
		}
		if sanitize.Text(string(r)) != string(r) {
			return refuse(positionOf(text, at), "here is a character that cannot be seen: a plan must show all that it says")
		}
	}
	return text, true
}

func positionOf(text string, offset int) position {
	before := text[:offset]
	return position{strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1}
}

// readTree parses the YAML and returns the one mapping that it has to be.
func readTree(text string, tokens token.Tokens, secrets map[int]bool, problems *CheckError) (*ast.MappingNode, bool) {
	counted := 0
	for _, t := range tokens {
		if t.Type != token.CommentType {
			counted++
		}
	}
	if counted > maxTokens {
		problems.add(position{}, "", "the file has far more in it than a plan can say")
		return nil, false
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := position{}, "this is no YAML"
		if bad, ok := errors.AsType[*yaml.SyntaxError](err); ok {
			if bad.Token != nil && bad.Token.Position != nil {
				at = position{bad.Token.Position.Line, bad.Token.Position.Column}
			}
			switch tab, found := tabIn(text, at.line); {
			case found && PlainYAML(bad.Message) == isTab:
				at, message = tab, isTab
			case !secrets[at.line]:
				message += ": " + PlainYAML(bad.Message)
			}
		}
		problems.add(at, "", "%s", message)
		return nil, false
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if doc.Body.Type() == ast.DirectiveType {
			problems.add(positionOfNode(doc.Body), "", "a plan has no YAML directives: leave this line out")
			continue
		}
		bodies = append(bodies, doc.Body)
	}
	switch {
	case len(bodies) == 0:
		problems.add(position{}, "", "the plan is empty")
		return nil, false
	case len(bodies) > 1:
		problems.add(positionOfNode(bodies[1]), "", "a second document begins here: a file is one plan")
	}
	root, ok := mapping(bodies[0])
	if !ok {
		problems.add(positionOfNode(bodies[0]), "", "a plan is made of lines like `org: acme`")
	}
	return root, ok
}

// tabIn finds the first tab of a line.
func tabIn(text string, line int) (position, bool) {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return position{}, false
	}
	before, _, found := strings.Cut(lines[line-1], "\t")
	return position{line, utf8.RuneCountInString(before) + 1}, found
}

const isTab = "here is a tab: YAML is indented with spaces"

// PlainYAML explains the parser's message to somebody who writes YAML twice a year.
func PlainYAML(message string) string {
	if strings.Contains(message, "\t") || strings.Contains(message, "tab ") {
		return isTab
	}
	message = sanitize.Line(message)
	for _, x := range []struct{ has, plain string }{
		{"mapping value is not allowed", "a key where a value is expected: indent it as the line above, or put a value with a colon in quotes"},
		{"sequence end token", "this [ is never closed with ]"},
		{"flow mapping end token", "this { is never closed with }"},
		{"end character of double-quoted", `this " is never closed`},
		{"end character of single-quoted", "this ' is never closed"},
		{"reserved character", message + ": put the value in quotes"},
		{"unexpected directive", "a value that begins with % needs quotes"},
	} {
		if strings.Contains(message, x.has) {
			return x.plain
		}
	}
	return message
}

// positionOfNode is where a node begins: a block mapping with its first key, where
// the parser has its first colon.
func positionOfNode(n ast.Node) position {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return positionOfNode(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return positionOfNode(m.Key)
	}
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{t.Position.Line, t.Position.Column}
}
