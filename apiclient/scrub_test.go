package apiclient

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Whatever the service quotes of credentials, nothing of it is handed on.
func TestNothingTheServiceSaysHandsOnCredentials(t *testing.T) {
	const password = "hunter2-hunter2"
	for _, quoted := range []string{
		"no connection: postgres://u:" + password + "@db.example/d", "password=" + password, `{"password": "` + password + `"}`, "Basic " + password,
	} {
		for _, status := range []int{200, 400, 422} {
			c := startWild(t, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(status)
				text := fmt.Sprintf("%q", quoted)
				if status != 200 {
					_, _ = fmt.Fprintf(w, `{"error":"x","message":%s}`, text)
				} else if strings.HasSuffix(r.URL.Path, "preflight-check") {
					_, _ = fmt.Fprintf(w, `{"sourceDatabaseIssues":{"critical":[%s],"warning":[{"of":%s}]},"targetDatabaseIssues":{"warning":[%s]}}`, text, text, text)
				} else {
					_, _ = fmt.Fprintf(w, `{"status":%s}`, text)
				}
			})
			p, err1 := c.Preflight(t.Context(), names)
			s, err2 := c.Replication(t.Context(), names)
			said := fmt.Sprint(p.SourceCritical, p.SourceWarning, p.TargetWarning, s.Word, err1, err2)
			for _, err := range []error{err1, err2} {
				if e, ok := err.(*Error); ok { //nolint:errorlint // every method returns this type
					said += e.Message + e.Raw
				}
			}
			if strings.Contains(said, password) || !strings.Contains(said, "•••") {
				t.Errorf("%d, %s: %s", status, quoted, said)
			}
		}
	}
}

func TestALongAnswerIsKeptWithinBounds(t *testing.T) {
	many := `"` + strings.Repeat(`x","`, 1999) + `last"`
	p, err := readPreflight(&answer{status: 200, body: []byte(`{"sourceDatabaseIssues":{"critical":[` + many + `]},"targetDatabaseIssues":{"warning":["` +
		strings.Repeat("a", 300_000) + `","b","c"]}}`)})
	if err != nil || len(p.SourceCritical) != mostFindings+1 || p.SourceCritical[mostFindings] != "1500 more findings like these" {
		t.Errorf("%d findings, the last %q, %v", len(p.SourceCritical), p.SourceCritical[len(p.SourceCritical)-1], err)
	}
	if len(p.TargetWarning) != 2 || len(p.TargetWarning[0]) > mostOfAll || p.TargetWarning[1] != "2 more findings like these" {
		t.Errorf("%d warnings", len(p.TargetWarning))
	}
	s, err := readStatus(&answer{status: 200, body: []byte(`{"status":"` + strings.Repeat("W", 100_000) + `"}`)})
	if err != nil || !s.Exists || len(s.Word) > longestWord+len("…") {
		t.Errorf("a word of %d bytes, %v", len(s.Word), err)
	}
}
