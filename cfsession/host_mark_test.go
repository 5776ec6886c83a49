package cfsession

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const dbHost = "Postgres-7.db." + canary + ".example"

func TestHostsOfCredentials(t *testing.T) {
	whole := markOf([]string{dbHost})
	for name, credentials := range map[string]obj{
		"hostname":          {"hostname": dbHost, "port": "5432"},
		"host":              {"host": strings.ToLower(dbHost) + "."},
		"uri":               {"uri": "postgres://u:p%40ss@" + dbHost + ":5432/db?sslmode=require"},
		"both":              {"hostname": strings.ToUpper(dbHost), "uri": "postgres://u:p@" + dbHost + ":5432/db"},
		"no user":           {"uri": "postgres://" + dbHost + "/db"},
		"odd password":      {"uri": "postgres://u:p/a?s#s@" + dbHost + ":5432/db"},
		"hostname and junk": {"hostname": dbHost, "uri": "\x00", "port": 5432.0},
	} {
		if got := markOf(hostsIn(credentials)); got != whole {
			t.Errorf("%s: %v", name, got)
		}
	}
	several := markOf([]string{"a.example", "b.example"})
	if got := markOf(hostsIn(obj{"hostname": "b.example", "uri": "postgres://u:p@a.example:1,b.example:2/db"})); got != several || got == whole {
		t.Errorf("several: %v", got)
	}
	for name, credentials := range map[string]any{
		"nothing": nil, "text": "x", "empty": obj{}, "numbers": obj{"hostname": 7.0, "uri": []any{}}, "no address": obj{"uri": "db"},
	} {
		if got := markOf(hostsIn(credentials)); !got.IsZero() || got != (HostMark{}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestNamedIn(t *testing.T) {
	wanted := watchFor([]HostMark{markOf([]string{"other.example"}), markOf([]string{dbHost})})
	quoted, _ := json.Marshal(obj{"db": obj{"host": dbHost}})
	twice, _ := json.Marshal(string(quoted))
	for _, value := range []any{
		dbHost, strings.ToUpper(dbHost), dbHost + ".", "  " + dbHost + "\n",
		"jdbc:postgresql://" + dbHost + ":5432/db", "postgres://u:p@" + dbHost + "/db", "host=" + dbHost + " port=5432",
		"postgres%3A%2F%2Fu%40" + strings.ReplaceAll(dbHost, "-", "%2D"), "postgres%253A%252F%252Fu%2540" + dbHost,
		string(quoted), string(twice), `a: 1\n` + dbHost, "100% of a.example," + dbHost + ",b.example",
		obj{"deep": []any{1.0, nil, obj{"x": "tcp(" + dbHost + ":1)"}}},
		obj{dbHost + ":5432": true},
		"other.example",
	} {
		if !wanted.namedIn(value) {
			t.Errorf("not found in %v", value)
		}
	}
	for _, value := range []any{
		nil, "", 7.0, true,
		[]any{},
		obj{},
		"db." + canary + ".example", "x" + dbHost, "x." + dbHost, dbHost + "x", dbHost + ".x", "{", "%", "%zz",
		strings.ReplaceAll(dbHost, ".", "-"),
	} {
		if wanted.namedIn(value) {
			t.Errorf("found in %v", value)
		}
	}
}

func TestMarksShowNoHost(t *testing.T) {
	m := markOf([]string{dbHost, "second." + canary})
	if m == (HostMark{}) || m != markOf([]string{"second." + canary, strings.ToLower(dbHost), dbHost}) {
		t.Error("equality follows the names")
	}
	inside := struct {
		Mark   HostMark
		hidden HostMark
	}{m, m}
	data, err := json.Marshal(map[string]any{"m": m, "p": &m, "s": inside})
	text := string(data)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		text += fmt.Sprintf(verb+verb, m, inside)
	}
	if err != nil || strings.Contains(strings.ToLower(text), canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
		t.Errorf("%v, %s", err, text)
	}
	if got := m.String(); !strings.HasPrefix(got, "host #") || len(got) != len("host #12345678+12345678") || (HostMark{}).String() != "no host" {
		t.Errorf("prints as %q", got)
	}
}
