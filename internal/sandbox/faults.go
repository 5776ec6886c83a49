package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/internal/lazyregexp"
)

// Fault is a card and the requests that it disturbs. The zero value of a
// selecting field matches all.
type Fault struct {
	Service string // cf, uaa or migration
	Method  string
	// Path is a pattern: * matches any text without a slash, ** any text.
	Path string
	// First and Last number the affected requests among the matching ones, from 1.
	// First 0 means every request, Last 0 all from First on.
	First, Last int
	// Lasts is how long the card strikes, in real time from the first request that it
	// strikes on; 0: for good. Every card has it.
	Lasts time.Duration
	Card  string // name of one of Cards

	// Options; Card.Options lists those that a card has.
	For        time.Duration // duration in real time
	RetryAfter time.Duration // in the response, rounded up to seconds
	Text       string        // message in the response
	To         string        // origin to redirect to: scheme and host
	Type       string        // Content-Type
	Word       string        // a status word
	Name       string        // a field, with dots in between: last_operation.state
	Value      string        // what the field holds then, as JSON or text; empty: the field is missing
	Of         string        // name or GUID of the only thing that it concerns; empty: all
	Done       bool          // the request is carried out all the same
}

// Card describes a kind of fault.
type Card struct {
	Name    string   `json:"name"`
	Does    string   `json:"does"`
	Teaches string   `json:"teaches"`
	Options []string `json:"options"` // that it accepts
	Example string   `json:"example"`
}

// Cards lists all kinds of faults.
func Cards() []Card {
	var list []Card
	for _, c := range cards() {
		list = append(list, c.Card)
	}
	return list
}

// FaultError reports an invalid fault card.
type FaultError struct {
	Card     string   // as written
	Problem  string   // what is wrong
	Possible []string // valid alternatives; may be empty
}

func (e *FaultError) Error() string {
	text := fmt.Sprintf("fault %q: %s", e.Card, e.Problem)
	if len(e.Possible) > 0 {
		text += "; possible: " + strings.Join(e.Possible, ", ")
	}
	return text
}

// String formats the fault for ParseFault.
func (f Fault) String() string {
	var words []string
	add := func(word string) {
		if word != "" {
			words = append(words, word)
		}
	}
	add(f.Service)
	add(f.Method)
	add(f.Path)
	switch {
	case f.First == 0:
	case f.Last == f.First:
		add(fmt.Sprintf("@%d", f.First))
	case f.Last == 0:
		add(fmt.Sprintf("@%d-", f.First))
	default:
		add(fmt.Sprintf("@%d-%d", f.First, f.Last))
	}
	add(f.Card)
	for _, o := range options {
		if value := o.get(&f); value != "" {
			if strings.ContainsAny(value, " \t\n\"'\\") {
				value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
			}
			add(o.name + "=" + value)
		}
	}
	if f.Done {
		add(optionDone)
	}
	return strings.Join(words, " ")
}

var (
	faultServices = []string{ServiceCF, ServiceUAA, ServiceMigration}
	faultMethods  = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
)

// check validates a fault.
func (f Fault) check() error {
	wrong := func(problem string, possible ...string) error {
		return &FaultError{Card: f.String(), Problem: problem, Possible: possible}
	}
	c, known := findCard(f.Card)
	switch {
	case f.Card == "":
		return wrong("no card", cardNames()...)
	case !known:
		return wrong(fmt.Sprintf("there is no card %q", f.Card), cardNames()...)
	case f.Service != "" && !slices.Contains(faultServices, f.Service):
		return wrong(fmt.Sprintf("there is no service %q", f.Service), append([]string{"any"}, faultServices...)...)
	case f.Method != "" && !slices.Contains(faultMethods, f.Method):
		return wrong(fmt.Sprintf("there is no method %q", f.Method), faultMethods...)
	case f.Path != "" && !strings.HasPrefix(f.Path, "/") && !strings.HasPrefix(f.Path, "*"):
		return wrong(fmt.Sprintf("the path %q does not begin with a slash", f.Path), "/v1/replication", "/v3/apps/*/actions/start", "/v3/**")
	case f.First < 0 || f.Last < 0 || f.First == 0 && f.Last != 0 || f.Last != 0 && f.Last < f.First:
		return wrong("requests are counted from 1", "every", "@3", "@3-5", "@3-")
	case c.service != "" && f.Service != "" && f.Service != c.service:
		return wrong(fmt.Sprintf("the card %s is for the service %s", c.Name, c.service), c.service)
	}
	for _, o := range options {
		if o.get(&f) != "" && o.name != optionLasts && !slices.Contains(c.Options, o.name) {
			return wrong(fmt.Sprintf("the card %s has no option %s", c.Name, o.name), c.Options...)
		}
	}
	switch {
	case f.Done && !slices.Contains(c.Options, optionDone):
		return wrong(fmt.Sprintf("the card %s has no option %s", c.Name, optionDone), c.Options...)
	case f.For < 0 || f.RetryAfter < 0 || f.Lasts < 0:
		return wrong("a time is negative")
	case f.To != "" && !originPattern().MatchString(f.To):
		return wrong(fmt.Sprintf("%q is no origin", f.To), "https://elsewhere.example", "http://127.0.0.1:8080")
	}
	return nil
}

var originPattern = lazyregexp.New(`^https?://[^/?#\s]+$`)

// option is an option with a value.
type option struct {
	name string
	get  func(*Fault) string
	set  func(*Fault, string) error
}

// optionDone is the one option without a value.
const optionDone = "done"

// optionLasts is the one option that every card has.
const optionLasts = "lasts"

var options = []option{
	{optionLasts, func(f *Fault) string { return duration(f.Lasts) }, func(f *Fault, v string) error { return setDuration(&f.Lasts, v) }},
	{"for", func(f *Fault) string { return duration(f.For) }, func(f *Fault, v string) error { return setDuration(&f.For, v) }},
	{"retry-after", func(f *Fault) string { return duration(f.RetryAfter) }, func(f *Fault, v string) error { return setDuration(&f.RetryAfter, v) }},
	{"text", func(f *Fault) string { return f.Text }, func(f *Fault, v string) error { f.Text = v; return nil }},
	{"to", func(f *Fault) string { return f.To }, func(f *Fault, v string) error { f.To = v; return nil }},
	{"type", func(f *Fault) string { return f.Type }, func(f *Fault, v string) error { f.Type = v; return nil }},
	{"word", func(f *Fault) string { return f.Word }, func(f *Fault, v string) error { f.Word = v; return nil }},
	{"name", func(f *Fault) string { return f.Name }, func(f *Fault, v string) error { f.Name = v; return nil }},
	{"value", func(f *Fault) string { return f.Value }, func(f *Fault, v string) error { f.Value = v; return nil }},
	{"of", func(f *Fault) string { return f.Of }, func(f *Fault, v string) error { f.Of = v; return nil }},
}

func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// setDuration parses a duration like 1m30s, or a number of seconds.
func setDuration(d *time.Duration, text string) error {
	if seconds, err := strconv.Atoi(text); err == nil {
		*d = time.Duration(seconds) * time.Second
		return nil
	}
	var err error
	*d, err = time.ParseDuration(text)
	return err
}

func cardNames() []string {
	var names []string
	for _, c := range cards() {
		names = append(names, c.Name)
	}
	return names
}

func findCard(name string) (card, bool) {
	all := cards()
	i := slices.IndexFunc(all, func(c card) bool { return c.Name == name })
	if i < 0 {
		return card{}, false
	}
	return all[i], true
}
