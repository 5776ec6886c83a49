package apiclient

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMessageTakesEveryCommonShape(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"white space", " \n\t", ""},
		{"plain text", " no such instance \n", "no such instance"},
		{"error", `{"error":"no such org"}`, "no such org"},
		{"message", `{"message":"no such org"}`, "no such org"},
		{"other letter case", `{"Message":"no such org"}`, "no such org"},
		{"description", `{"description":"no such org"}`, "no such org"},
		{"details as text", `{"message":"bad","details":"no such org"}`, "bad: no such org"},
		{"details as a list", `{"message":"bad","details":["no org","no space"]}`, "bad: no org; no space"},
		{"error as an object", `{"error":{"code":17,"message":"no such org"}}`, "no such org"},
		{
			"Cloud Foundry", `{"errors":[{"code":10008,"title":"CF-UnprocessableEntity","detail":"name is taken"}]}`,
			"CF-UnprocessableEntity: name is taken",
		},
		{"several errors", `{"errors":[{"title":"A","detail":"a"},{"detail":"b"}]}`, "A: a; b"},
		{"errors as words", `{"errors":["a","b","a"]}`, "a; b"},
		{"UAA", `{"error":"unauthorized","error_description":"Bad credentials"}`, "unauthorized: Bad credentials"},
		{
			"Spring", `{"timestamp":"2026-01-01","status":404,"error":"Not Found","message":"no replication","path":"/v1"}`,
			"Not Found: no replication",
		},
		{"problem details", `{"type":"about:blank","title":"Conflict","status":409,"detail":"it exists"}`, "Conflict: it exists"},
		{"said twice", `{"error":"gone","message":"gone"}`, "gone"},
		{"a JSON string", `"no such org"`, "no such org"},
		{"a list", `["a",{"message":"b"}]`, "a; b"},
		{"null", `null`, ""},
		{"a number", `42`, ""},
		{"an object without words", `{"status":500}`, ""},
		{"words of another type", `{"error":true,"message":7}`, ""},
		{"a byte order mark", "\ufeff{\"error\":\"x\"}", "x"},
		{"cut JSON", `{"error":"no su`, `{"error":"no su`},
		{
			"a gateway's page",
			"<html>\n<head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center><hr>nginx</body></html>",
			"502 Bad Gateway",
		},
		{"title and heading", "<!DOCTYPE html><TITLE lang=en>Oops</TITLE><h1 class='x'>It <b>broke</b> &amp; fell</h1>", "Oops: It broke & fell"},
		{"a page without either", "<p>It  broke</p><script>alert(1)</script><!-- <h1>no</h1> -->", "It broke"},
		{"XML", "<error><message>no such org</message></error>", "no such org"},
		{"a cut tag", "<h1>It broke</h1><p", "It broke"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := message([]byte(c.body)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestMessageOfAVeryLongListIsItsBeginning(t *testing.T) {
	var items []string
	for i := range maxBody / 10 { // one that is compared with all others takes minutes
		items = append(items, fmt.Sprintf(`"%07d"`, i))
	}
	got := message([]byte("[" + strings.Join(items, ",") + "]"))
	if !strings.HasPrefix(got, "0000000; 0000001; ") || len(got) > 500 {
		t.Errorf("%d bytes: %.100s", len(got), got)
	}
}

func FuzzDecoding(f *testing.F) {
	for _, seed := range []string{
		"", "null", "[]", "{}", "\xff", `{"status":"RUNNING"}`, `{"status":null}`, `{"status":{}}`, `{"STATUS":" X "}`,
		`{"sourceDatabaseIssues":{"critical":["a",{"b":1},null,""]},"targetDatabaseIssues":null}`,
		`{"errors":[{"title":"a","detail":["b",{"error":{"message":"c"}}]}]}`,
		"<html><title>502</title><h1>Bad</h1>", "<h1", strings.Repeat("[", 20000), strings.Repeat("ü", maxRaw),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m := message(body)
		if !utf8.ValidString(m) || len(m) > maxRaw {
			t.Errorf("message of %d bytes, valid: %v", len(m), utf8.ValidString(m))
		}
		a := &answer{status: 200, body: body}
		s, err := readStatus(a)
		if s.Exists != (s.Word != "") && err == nil || s.Raw != string(body) || s.Word != strings.TrimSpace(s.Word) {
			t.Errorf("%+v, %v", s, err)
		}
		if p, err := readPreflight(a); err == nil {
			text := strings.ToLower(string(body))
			if !strings.Contains(text, "issues") && !strings.Contains(text, `\u`) && !strings.Contains(text, "ſ") {
				t.Errorf("findings read from %q: %+v", body, p)
			}
			for _, finding := range append(append(append(p.SourceCritical, p.SourceWarning...), p.TargetCritical...), p.TargetWarning...) {
				if strings.TrimSpace(finding) == "" {
					t.Errorf("an empty finding from %q", body)
				}
			}
		}
		e := call{op: "read", method: "GET"}.reject(KindUnreadable, a, err)
		if text := e.Error(); len(text) > 8<<10 || strings.ContainsAny(text, "\n\r\x1b\x00") || len(e.Raw) > maxRaw {
			t.Errorf("error of %d bytes: %q", len(text), text)
		}
	})
}
