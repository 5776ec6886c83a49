package plan_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"pg-migrate-wizard/internal/plan"
)

const schemaFile = "../../docs/plan.schema.json"

// golden compares a file with what it should hold; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, file string, want []byte) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what it should be (UPDATE_GOLDEN=1 makes it so):\n%s", file, diff)
	}
}

func TestTheSchemaIsPublished(t *testing.T) {
	t.Parallel()
	want, err := plan.Schema()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, schemaFile, want)
}

// published compiles the published schema, which holds it against draft 2020-12.
func published(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plan.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("plan.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// holds validates a plan's YAML against the schema.
func holds(t testing.TB, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	js, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(js))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// TestSchemaAndParseAgree: what one key may hold, both say the same of. What
// contradicts what is Parse's alone.
func TestSchemaAndParseAgree(t *testing.T) {
	t.Parallel()
	s := published(t)
	for _, c := range []struct {
		lines string
		good  bool
	}{
		{"", true},
		{"version: 1", true},
		{"version: 2", false},
		{"landscape: eu10-004", true},
		{"landscape: EU10", false},
		{"api: https://api.cf.eu10.hana.ondemand.com", true},
		{"api: eu10", false},
		{"api: https://dana@api.example", false},
		{"provider: gcp", true},
		{"provider: GCP", true},
		{"provider: AWS", true},
		{"provider: Google Cloud", true},
		{"provider: Googol Cloud", false},
		{"limits:", true},
		{"limits: {size-gb: 20, schemas: 3, relations: 30000}", true},
		{"limits: {relations: 30001, anyway: true}", true},
		{"limits: {relations: 1000000001, anyway: true}", false},
		{"limits: {sure: [quiet, frozen, no-large-objects, no-pg-schemas]}", true},
		{"limits: {sure: [quite]}", false},
		{"limits: {sure: [quiet, quiet]}", false},
		{"limits: {size-gb: 0}", false},
		{"limits: {size-gb: 1.5}", false},
		{"limits: {size: 1}", false},
		{"accept: all", true},
		{"accept: [source-warning-1f2e3d4c]", true},
		{"accept: [source-warning-1f2e3d4c-2]", true},
		{"accept: [source-critical-1f2e3d4c]", false},
		{"accept: none", false},
		{"waive: [{writer: 'app:board', reason: reads only}]", true},
		{"waive: [{writer: 'app:board'}]", false},
		{"waive: [{writer: board, reason: x}]", false},
		{"waive: [{writer: 'app:board', reason: ' '}]", false},
		{"stop: {decision-after: 1h30m}", true},
		{"stop: {decision-after: 45}", false},
		{"stop: {decision-after: 1.5h}", false},
		{"switch: {how: restage}", true},
		{"switch: {how: reboot}", false},
		{"switch: {patience: 20m}", true},
		{"switch: {patience: 0m}", false},
		{"switch: {patience: 5m}", true},
		{"switch: {patience: 300s}", true},
		{"switch: {patience: 1h}", true},
		{"switch: {patience: 4m59s}", false},
		{"switch: {patience: 299s}", false},
		{"switch: {canary: a, order: [a, b]}", true},
		{"switch: {order: [a, a]}", false},
		{"clean-up: {source-keys: later}", false},
		{"clean-up: {source-instance: later, name-swap: false}", true},
		{"clean-up: {name-swap: 'yes'}", false},
		{"on-failure: back-out", true},
		{"on-failure: back-out-with-loss", true},
		{"on-failure: retry", false},
		{"on-late: go-on", true},
		{"waive: {a: b}", false},
		{"switch: [a]", false},
	} {
		text := []byte(minimal + c.lines + "\n")
		_, parsed := plan.Parse(text)
		valid := holds(t, s, text)
		if (parsed == nil) != c.good || (valid == nil) != c.good {
			t.Errorf("%q: Parse says %v, the schema %v", c.lines, parsed, valid)
		}
	}
	for line := range strings.Lines(minimal) {
		text := []byte(strings.Replace(minimal, line, "", 1))
		if _, err := plan.Parse(text); err == nil || holds(t, s, text) == nil {
			t.Errorf("without %q it is taken", line)
		}
	}
}

const minimal = `org: acme
space: prod
source: {instance: orders-db}
target: {instance: orders-hyperscaler}
until: in-sync
`
