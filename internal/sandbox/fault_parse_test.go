package sandbox_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pg-migrate-wizard/internal/sandbox"
)

func TestFaultsInOneLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]sandbox.Fault{
		"lost-answer":                       {Card: "lost-answer"},
		"any every lost-answer":             {Card: "lost-answer"},
		"POST /v1/replication @1 refused":   {Method: "POST", Path: "/v1/replication", First: 1, Last: 1, Card: "refused"},
		"@3- migration 503 retry-after=10s": {Service: "migration", First: 3, Card: "503", RetryAfter: 10 * time.Second},
		"cf  GET\t@3-5 delay for=90":        {Service: "cf", Method: "GET", First: 3, Last: 5, Card: "delay", For: 90 * time.Second},
		`422 text="a \"b\"\n" done`:         {Card: "422", Text: "a \"b\"\n", Done: true},
		`422 text='it is "so"'`:             {Card: "422", Text: `it is "so"`},
		"redirect to=https://a.example":     {Card: "redirect", To: "https://a.example"},
		"unknown-status word=PAUSED":        {Card: "unknown-status", Word: "PAUSED"},
		"wrong-type type=text/csv":          {Card: "wrong-type", Type: "text/csv"},
	} {
		got, err := sandbox.ParseFault(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestFaultsThatAreNone(t *testing.T) {
	t.Parallel()
	for line, says := range map[string][]string{
		"":                                   {"no card", "lost-answer", "job-fails"},
		"POST /v1/replication":               {"no card", "lost-answer"},
		"teapot":                             {`"teapot" is no card`, "lost-answer", "html-502", "cf, uaa, migration"},
		"@0 403":                             {`"0"`, "every", "3-5"},
		"@3-2 403":                           {`"3-2"`},
		"@x 403":                             {`"x"`},
		"delay for=soon":                     {"for=soon", "30s"},
		"delay for=-3s":                      {"negative"},
		"delay for":                          {"no value"},
		"delay speed=3":                      {`no option "speed"`, "for="},
		"lost-answer for=3s":                 {"lost-answer has no option for"},
		"delay done":                         {"delay has no option done", "for"},
		"migration job-fails":                {"is for the service cf"},
		"redirect to=elsewhere.example":      {"no origin", "https://elsewhere.example"},
		"redirect to=https://a.example/path": {"no origin"},
		`422 text="never closed`:             {"not closed"},
	} {
		_, err := sandbox.ParseFault(line)
		var wrong *sandbox.FaultError
		if !errors.As(err, &wrong) || wrong.Card != line {
			t.Errorf("%s: %v", line, err)
			continue
		}
		for _, part := range says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", line, err, part)
			}
		}
	}
}

func TestAFileOfFaults(t *testing.T) {
	t.Parallel()
	want := []sandbox.Fault{
		{Service: "migration", Method: "GET", Path: "/v1/replication", First: 3, Last: 5, Card: "503", RetryAfter: 10 * time.Second},
		{Method: "POST", First: 1, Last: 1, Card: "html-502", Done: true},
		{Service: "cf", Card: "422", Text: "no more: quota"},
		{Card: "delay", For: 90 * time.Second},
	}
	for name, file := range map[string]string{
		"YAML": `
# The third to fifth look fails.
- service: migration
  method: get
  path: /v1/replication
  requests: 3-5
  card: 503
  retry-after: 10s
- method: POST
  requests: 1
  card: html-502
  done: true
- 'cf 422 text="no more: quota"'
- service: any
  requests: every
  card: delay
  for: 90
`,
		"JSON": `[
	{"service":"migration","method":"GET","path":"/v1/replication","requests":"3-5","card":"503","retry-after":"10s"},
	{"method":"POST","requests":1,"card":"html-502","done":true},
	"cf 422 text=\"no more: quota\"",
	{"card":"delay","for":"1m30s"}
]`,
	} {
		got, err := sandbox.ReadFaults(strings.NewReader(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got, err := sandbox.ReadFaults(strings.NewReader("# nothing today\n")); err != nil || len(got) != 0 {
		t.Errorf("an empty file: %v, %v", got, err)
	}
}

func TestFilesOfFaultsThatAreNone(t *testing.T) {
	t.Parallel()
	for file, says := range map[string][]string{
		"card: 503":                   {"not a list"},
		"- [503]":                     {"fault card 1", "neither"},
		"- lost-answer\n- card: tea":  {"fault card 2", `no card "tea"`, "lost-answer"},
		"- card: 503\n  retry: 3":     {`no field "retry"`, "retry-after"},
		"- card: 503\n  method: BREW": {`no method "BREW"`, "GET"},
		"- card: 503\n  service: tea": {`no service "tea"`, "migration"},
		"- card: 503\n  path: v3":     {`"v3"`, "slash"},
		"- card: 503\n  done: maybe":  {"maybe", "true"},
		"- card: 503\n  requests: 0":  {`"0"`, "every"},
		"- requests: 3":               {"no card"},
	} {
		_, err := sandbox.ReadFaults(strings.NewReader(file))
		if err == nil {
			t.Errorf("%q was taken", file)
			continue
		}
		for _, part := range says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q: %q does not say %q", file, err, part)
			}
		}
	}
}

// TestAFaultReadsAsItIsWritten: what String says, ParseFault understands.
func TestAFaultReadsAsItIsWritten(t *testing.T) {
	t.Parallel()
	cards := sandbox.Cards()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(cards).Draw(t, "card")
		f := sandbox.Fault{
			Card:   c.Name,
			Method: rapid.SampledFrom([]string{"", "GET", "DELETE"}).Draw(t, "method"),
			Path:   rapid.SampledFrom([]string{"", "/v1/*", "/v3/**", "**"}).Draw(t, "path"),
			First:  rapid.IntRange(0, 9).Draw(t, "first"),
		}
		if f.First > 0 && rapid.Bool().Draw(t, "ends") {
			f.Last = f.First + rapid.IntRange(0, 9).Draw(t, "more")
		}
		f.Lasts = time.Duration(rapid.IntRange(0, 99).Draw(t, "lasts")) * time.Second
		for _, o := range c.Options {
			switch o {
			case "for":
				f.For = time.Duration(rapid.Int64Range(0, 1e12).Draw(t, o))
			case "retry-after":
				f.RetryAfter = time.Duration(rapid.IntRange(0, 999).Draw(t, o)) * time.Second
			case "text":
				f.Text = rapid.StringMatching(`[a-zü\x{202e} "'\\\n\t=#]*`).Draw(t, o)
			case "to":
				f.To = rapid.SampledFrom([]string{"", "https://a.example", "http://127.0.0.1:8080"}).Draw(t, o)
			case "type":
				f.Type = rapid.SampledFrom([]string{"", "text/html; charset=utf-8"}).Draw(t, o)
			case "word":
				f.Word = rapid.StringMatching(`[A-Z-]*`).Draw(t, o)
			case "name":
				f.Name = rapid.StringMatching(`[a-z_.]*`).Draw(t, o)
			case "value":
				f.Value = rapid.SampledFrom([]string{"", "false", "DOWN", `{"state": "failed"}`}).Draw(t, o)
			case "of":
				f.Of = rapid.StringMatching(`[a-z -]*`).Draw(t, o)
			case "done":
				f.Done = rapid.Bool().Draw(t, o)
			default:
				t.Fatalf("an option %s that this test doesn't know", o)
			}
		}
		got, err := sandbox.ParseFault(f.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f, diff)
		}
	})
}

// TestTrainersGuide: the guide knows every scenario and every card, and its
// examples work.
func TestTrainersGuide(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/trainers.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(data)
	for _, s := range sandbox.Scenarios() {
		if !strings.Contains(guide, "| `"+s.Name+"` | "+s.Teaches+" |") {
			t.Errorf("no line on the scenario %s as the program describes it", s.Name)
		}
	}
	for _, c := range sandbox.Cards() {
		f, err := sandbox.ParseFault(c.Example)
		if err != nil || f.Card != c.Name {
			t.Errorf("the example of %s: %v", c.Name, err)
		}
		if c.Does == "" || c.Teaches == "" || !strings.Contains(guide, "### `"+c.Name+"`\n\n"+c.Does+" *"+c.Teaches+"*\n\n    --fault '"+c.Example+"'\n") {
			t.Errorf("no section on the card %s as the program describes it", c.Name)
		}
	}
	for _, quoted := range regexp.MustCompile(`--fault '([^']*)'`).FindAllStringSubmatch(guide, -1) {
		if _, err := sandbox.ParseFault(quoted[1]); err != nil {
			t.Error(err)
		}
	}
	_, file, found := strings.Cut(guide, "```yaml\n")
	file, _, closed := strings.Cut(file, "```")
	if faults, err := sandbox.ReadFaults(strings.NewReader(file)); !found || !closed || err != nil || len(faults) < 3 {
		t.Errorf("the file of cards: %v, %v", faults, err)
	}
}
