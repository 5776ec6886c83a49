package apiclient

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadPreflight(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       Preflight
		wrong      string // in the error
	}{
		{
			name: "none said", body: `{"sourceDatabaseIssues":{"critical":[],"warning":[]},"targetDatabaseIssues":{"critical":[],"warning":[]}}`,
		},
		{
			name: "null and absent lists", body: `{"sourceDatabaseIssues":{"critical":null},"targetDatabaseIssues":null}`,
		},
		{
			name: "all four lists, in their places",
			body: `{"sourceDatabaseIssues":{"critical":["sc"],"warning":["sw"]},"targetDatabaseIssues":{"critical":["tc"],"warning":["tw"]}}`,
			want: Preflight{
				SourceCritical: []string{"sc"}, SourceWarning: []string{"sw"},
				TargetCritical: []string{"tc"}, TargetWarning: []string{"tw"},
			},
		},
		{
			name: "findings of another form are not dropped",
			body: `{"sourceDatabaseIssues":{"critical":[{"table": "orders"}, 7, "", null, " x "]},"targetDatabaseIssues":{"info":["i"],"warning":["tw"]}}`,
			want: Preflight{SourceCritical: []string{`{"table":"orders"}`, "7", `""`, "null", "x"}, TargetWarning: []string{"tw"}},
		},
		{
			name: "a long finding is kept whole",
			body: `{"sourceDatabaseIssues":{"critical":["` + strings.Repeat("orders, ", 9000) + `end"]},"targetDatabaseIssues":{}}`,
			want: Preflight{SourceCritical: []string{strings.Repeat("orders, ", 9000) + "end"}},
		},
		{name: "empty", body: ``, wrong: "not JSON"},
		{name: "HTML", body: `<html>`, wrong: "not JSON"},
		{name: "null", body: `null`, wrong: "not a JSON object"},
		{name: "a list", body: `[]`, wrong: "not a JSON object"},
		{name: "an empty object", body: `{}`, wrong: "says nothing of sourceDatabaseIssues"},
		{name: "one database only", body: `{"sourceDatabaseIssues":{"critical":[]}}`, wrong: "says nothing of targetDatabaseIssues"},
		{name: "a database as a list", body: `{"sourceDatabaseIssues":["x"],"targetDatabaseIssues":{}}`, wrong: "unknown form"},
		{name: "other lists", body: `{"sourceDatabaseIssues":{"blocking":["x"]},"targetDatabaseIssues":{}}`, wrong: "neither critical nor warning"},
		{name: "a list as text", body: `{"sourceDatabaseIssues":{"critical":"x"},"targetDatabaseIssues":{}}`, wrong: "are not a list"},
		{name: "a list as an object", body: `{"sourceDatabaseIssues":{},"targetDatabaseIssues":{"warning":{"0":"x"}}}`, wrong: "are not a list"},
		{name: "cut", body: `{"sourceDatabaseIssues":{"critical":[]},"targetData`, wrong: "not JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readPreflight(&answer{status: 200, body: []byte(c.body)})
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Errorf("got %v, want %q", err, c.wrong)
				}
				return
			}
			c.want.Raw = c.body
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}
