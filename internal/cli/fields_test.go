package cli

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/status"
)

// TestFieldsAreDocumentedAndSpeltAlike: a field that a program reads stands in the
// docs, and one thing has one name in whatever is printed.
func TestFieldsAreDocumentedAndSpeltAlike(t *testing.T) {
	t.Parallel()
	docs := ""
	for _, page := range []string{"commands.md", "events.md"} {
		text, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		docs += string(text)
	}
	otherwise := map[string]string{ // spellings of what has another name
		"source_instance": "source_service_instance_name", "target_instance": "target_service_instance_name",
		"source_key": "source_service_key_name", "target_key": "target_service_key_name",
		"api_url": "api", "url": "migration_url", "migration-url": "migration_url", "app_guid": "guid", "reason": "says",
	}
	fields := map[string]string{}
	for _, value := range []any{status.Page{}, status.Event{}, status.StepResult{}, status.ProgressResult{}, status.WritersResult{}, targetView{}, migrationList{}, planProblem{}, loginView{}, Finding{}} {
		fieldsOf(reflect.TypeOf(value), fields)
	}
	if len(fields) < 60 {
		t.Fatalf("only %d fields were found", len(fields))
	}
	for field, of := range fields {
		switch instead, known := otherwise[field]; {
		case !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(field):
			t.Errorf("%s.%s: lower case and underscores", of, field)
		case known && !(field == "reason" && of == "Place"): // why nobody is signed in
			t.Errorf("%s.%s: it is called %s", of, field, instead)
		case !strings.Contains(docs, "`"+field+"`"):
			t.Errorf("%s.%s is not in the docs", of, field)
		}
	}
}

func fieldsOf(t reflect.Type, into map[string]string) {
	for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice}, t.Kind()) {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		if _, seen := into[name]; !seen {
			into[name] = t.Name()
		}
		if f.Type != t && f.Type != reflect.PointerTo(t) {
			fieldsOf(f.Type, into)
		}
	}
}
