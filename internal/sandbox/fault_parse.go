package sandbox

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// ParseFault parses a fault card on one line: the requests that it applies to,
// the name of the card, and its options.
//
//	POST /v1/replication @1 lost-answer
//	migration GET /v1/* @3-5 503 retry-after=10s
//	cf 422 text="the quota is used up"
//
// Requests are selected by service, method, path, which may hold * and **, and
// number among the matching requests: @n, @n-m, @n- or every. All are optional.
// The error is a *FaultError.
func ParseFault(line string) (Fault, error) {
	wrong := func(problem string, possible ...string) (Fault, error) {
		return Fault{}, &FaultError{Card: line, Problem: problem, Possible: possible}
	}
	words, err := splitWords(line)
	if err != nil {
		return wrong(err.Error())
	}
	var f Fault
	for _, word := range words {
		if f.Card != "" {
			name, value, given := strings.Cut(word, "=")
			if err := f.setOption(name, value, given); err != nil {
				return Fault{}, withCard(err, line)
			}
			continue
		}
		switch {
		case word == "any":
		case slices.Contains(faultServices, word):
			f.Service = word
		case slices.Contains(faultMethods, word):
			f.Method = word
		case strings.HasPrefix(word, "/"), strings.HasPrefix(word, "*"):
			f.Path = word
		case word == "every", strings.HasPrefix(word, "@"):
			if err := f.setRequests(strings.TrimPrefix(word, "@")); err != nil {
				return Fault{}, withCard(err, line)
			}
		default:
			if _, known := findCard(word); !known {
				return wrong(fmt.Sprintf("%q is no card, no service (%s), no method, no path and no request (@1, @2-4, every)",
					word, strings.Join(faultServices, ", ")), cardNames()...)
			}
			f.Card = word
		}
	}
	return f, withCard(f.check(), line)
}

// maxCards bounds a file of fault cards: one is a line.
const maxCards = 1 << 20

// ReadFaults reads a list of fault cards in YAML or JSON. An entry is a line for
// ParseFault, or a mapping of service, method, path, requests, card and options.
// An invalid entry is reported as a *FaultError.
func ReadFaults(r io.Reader) ([]Fault, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxCards+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("fault cards: %w", err)
	case len(data) > maxCards:
		return nil, errors.New("fault cards: the file is larger than 1 MB")
	}
	var entries []any
	if err := yaml.Unmarshal(data, &entries); err != nil {
		return nil, fmt.Errorf("fault cards: the file is not a list in YAML or JSON: %w", err)
	}
	var faults []Fault
	for n, entry := range entries {
		f, err := readFault(entry)
		if err != nil {
			return nil, fmt.Errorf("fault card %d: %w", n+1, err)
		}
		faults = append(faults, f)
	}
	return faults, nil
}

func readFault(entry any) (Fault, error) {
	shown := strings.TrimSpace(fmt.Sprint(entry))
	switch entry := entry.(type) {
	case string:
		return ParseFault(entry)
	case map[string]any:
		var f Fault
		for name, value := range entry {
			if err := f.setField(name, value); err != nil {
				return Fault{}, withCard(err, shown)
			}
		}
		return f, withCard(f.check(), shown)
	}
	return Fault{}, &FaultError{Card: shown, Problem: "neither a line of text nor a mapping", Possible: fieldNames()}
}

func fieldNames() []string {
	names := []string{"service", "method", "path", "requests", "card"}
	for _, o := range options {
		names = append(names, o.name)
	}
	return append(names, optionDone)
}

// setField sets a field from an entry of a mapping.
func (f *Fault) setField(name string, value any) error {
	text := fmt.Sprint(value)
	switch name {
	case "service":
		if text != "any" {
			f.Service = text
		}
	case "method":
		f.Method = strings.ToUpper(text)
	case "path":
		f.Path = text
	case "requests":
		return f.setRequests(text)
	case "card":
		f.Card = text
	case optionDone:
		done, isBool := value.(bool)
		if !isBool {
			return &FaultError{Problem: fmt.Sprintf("done is %q", text), Possible: []string{"true", "false"}}
		}
		f.Done = done
	default:
		if !slices.Contains(fieldNames(), name) {
			return &FaultError{Problem: fmt.Sprintf("there is no field %q", name), Possible: fieldNames()}
		}
		return f.setOption(name, text, true)
	}
	return nil
}

// setRequests parses every, n, n-m or n-.
func (f *Fault) setRequests(text string) error {
	if text == "every" {
		f.First, f.Last = 0, 0
		return nil
	}
	from, to, ranged := strings.Cut(text, "-")
	var err1, err2 error
	f.First, err1 = strconv.Atoi(from)
	switch {
	case !ranged:
		f.Last = f.First
	case to == "":
		f.Last = 0
	default:
		f.Last, err2 = strconv.Atoi(to)
	}
	if errors.Join(err1, err2) != nil || f.First < 1 || to != "" && f.Last < f.First {
		return &FaultError{Problem: fmt.Sprintf("%q is not which requests to strike", text), Possible: []string{"every", "3", "3-5", "3-"}}
	}
	return nil
}

func (f *Fault) setOption(name, value string, given bool) error {
	if name == optionDone && !given {
		f.Done = true
		return nil
	}
	names := []string{optionDone}
	for _, o := range options {
		names = append(names, o.name+"=")
		if o.name != name {
			continue
		}
		if !given || value == "" {
			return &FaultError{Problem: fmt.Sprintf("the option %s has no value", name)}
		}
		if err := o.set(f, value); err != nil {
			return &FaultError{Problem: fmt.Sprintf("%s=%s is no length of time", name, value), Possible: []string{"30s", "1m30s", "30"}}
		}
		return nil
	}
	return &FaultError{Problem: fmt.Sprintf("there is no option %q", name), Possible: names}
}

// withCard sets the card that an error quotes.
func withCard(err error, shown string) error {
	if wrong, is := errors.AsType[*FaultError](err); is {
		wrong.Card = shown
	}
	return err
}

// splitWords splits at white space outside quotes. In double quotes a backslash
// escapes the next character; \n is a line break.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	inside, escaped := false, false
	for _, r := range line {
		switch {
		case escaped:
			if r == 'n' {
				r = '\n'
			}
			word.WriteRune(r)
			escaped = false
		case quote == '"' && r == '\\':
			escaped = true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, inside = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a %c is not closed", quote)
	}
	if inside {
		words = append(words, word.String())
	}
	return words, nil
}
