package sandbox_test

import (
	_ "embed"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

//go:embed testdata/cf.txt
var recorded string

var (
	recordedLine = regexp.MustCompile(`^(GET|POST|PATCH|PUT|DELETE) (\S+) (\d{3})(?: (\{.*?\}))?(?: ~ (.*))?$`)
	placeholder  = regexp.MustCompile(`\{([a-z][^{}":]*)\}`)
)

// TestRecordedConversationsOfCF replays what cf v9 was seen to ask, so that the
// landscape stays true to it also where no cf is at hand.
func TestRecordedConversationsOfCF(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := replay{lab: newLab(t, sandbox.Config{}), guids: map[string]string{}}
		commands, requests := 0, 0
		for number, line := range strings.Split(recorded, "\n") {
			where := fmt.Sprintf("testdata/cf.txt:%d: ", number+1)
			switch {
			case line == "" || strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, "> "):
				commands++
			case strings.HasPrefix(line, "SLEEP "):
				d, err := time.ParseDuration(line[len("SLEEP "):])
				if err != nil {
					t.Fatal(where, err)
				}
				time.Sleep(d)
			case strings.HasPrefix(line, "WAIT "):
				state, _, _ := strings.Cut(line[len("WAIT "):], " ~ ")
				_, says, _ := strings.Cut(line, " ~ ")
				if got, detail := r.wait(r.job); got != state || !strings.Contains(detail, says) {
					t.Errorf("%sthe job ended %s %q", where, got, detail)
				}
			default:
				requests++
				if problem := r.ask(line); problem != "" {
					t.Errorf("%s%s", where, problem)
				}
			}
		}
		if commands < 20 || requests < 80 {
			t.Errorf("only %d commands with %d requests were replayed", commands, requests)
		}
	})
}

type replay struct {
	*lab
	guids map[string]string
	job   answer // to the request that started a job last
}

func (r *replay) ask(line string) string {
	if !recordedLine.MatchString(line) {
		return "not understood"
	}
	// The body may hold braces in braces: it ends where the expectation begins.
	head, says, _ := strings.Cut(line, " ~ ")
	parts := strings.SplitN(head, " ", 4)
	method, path, status := parts[0], r.filled(parts[1]), parts[2]
	var body []byte
	if len(parts) == 4 {
		body = []byte(r.filled(parts[3]))
	}
	if before, query, found := strings.Cut(path, "?"); found {
		values := url.Values{}
		for pair := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(pair, "=")
			values.Add(name, value)
		}
		path = before + "?" + values.Encode()
	}
	got := r.do(r.request(method, path, body, r.token()))
	if got.header.Get("Location") != "" {
		r.job = got
	}
	switch {
	case strconv.Itoa(got.status) != status:
		return fmt.Sprintf("got %d %s", got.status, got.text)
	case !strings.Contains(got.text, r.filled(says)):
		return fmt.Sprintf("%q is not in %s", r.filled(says), got.text)
	}
	return ""
}

// filled puts guids in the place of names. A name keeps its guid, whatever
// becomes of what it named.
func (r *replay) filled(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		name := found[1 : len(found)-1]
		if r.guids[name] == "" {
			r.guids[name] = r.lookUp(name)
		}
		return r.guids[name]
	})
}

func (r *replay) lookUp(name string) string {
	kind, query := "service_instances", "names="+name+"&space_guids="
	switch {
	case name == "org":
		kind, query = "organizations", "names="+r.info.Org
	case name == "space":
		kind, query = "spaces", "names="+r.info.Space
	case name == "playground" || name == "dev":
		kind, query = "spaces", "names="+name
	case name == "standard" || name == "premium" || name == "v9.6-small":
		kind, query = "service_plans", "names="+name+"&service_offering_names=postgresql,postgresql-db"
	case name == "postgresql":
		kind, query = "service_offerings", "names="+name
	case name == "k":
		kind, query = "service_credential_bindings", "type=key&names="+name
	case name == "db@orders-admin":
		kind, query = "service_credential_bindings", "names=db&app_names=orders-admin"
	case name == "t":
		kind, query = "tasks", "names="+name
	case strings.HasPrefix(name, "droplet of "): // the newest one
		a := r.cc("GET", "/v3/builds?app_guids="+r.filled("{"+strings.TrimPrefix(name, "droplet of ")+"}"), nil)
		return a.json["resources"].([]any)[0].(map[string]any)["droplet"].(map[string]any)["guid"].(string)
	case strings.HasPrefix(name, "package of "):
		kind, query = "packages", "app_guids="+r.filled("{"+strings.TrimPrefix(name, "package of ")+"}")
	case strings.HasPrefix(name, "orders-") && !strings.HasSuffix(name, "-db"):
		kind, query = "apps", "names="+name+"&space_guids="
	}
	if strings.HasSuffix(query, "space_guids=") {
		query += r.filled("{space}")
	}
	a := r.cc("GET", "/v3/"+kind+"?"+query, nil)
	list, _ := a.json["resources"].([]any)
	if len(list) != 1 {
		r.t.Fatalf("%d %s are called %s: %s", len(list), kind, name, a.text)
	}
	return list[0].(map[string]any)["guid"].(string)
}

// TestEveryLinkLeadsSomewhere follows all that the landscape's answers refer to.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		seen := map[string]bool{}
		var visit func(path, from string)
		visit = func(path, from string) {
			if seen[path] {
				return
			}
			seen[path] = true
			a := l.cc("GET", path, nil)
			if a.status != 200 && a.cfError(t).Code != 120004 && a.cfError(t).Code != 90007 {
				t.Errorf("%s, from %s: %d %s", path, from, a.status, a.text)
				return
			}
			for _, link := range hrefs(a.json) {
				if to, local := strings.CutPrefix(link, l.info.API); local && strings.HasPrefix(to, "/v3/") {
					visit(to, path)
				}
			}
		}
		visit("/v3", "here")
		if len(seen) < 150 {
			t.Errorf("only %d links", len(seen))
		}
	})
}

// hrefs are the links in a body that can be read: not those to be posted to.
func hrefs(body any) []string {
	var list []string
	switch value := body.(type) {
	case map[string]any:
		if href, isLink := value["href"].(string); isLink && value["method"] == nil {
			list = append(list, href)
		}
		for _, inner := range value {
			list = append(list, hrefs(inner)...)
		}
	case []any:
		for _, inner := range value {
			list = append(list, hrefs(inner)...)
		}
	}
	return list
}
