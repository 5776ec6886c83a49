package apiclient

import (
	"bytes"
	"encoding/json"
	"html"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
)

// message reads what a service means to say out of the body of an error. The
// contract describes no such body, so every common shape is taken: JSON of
// Cloud Foundry, UAA, Spring and RFC 9457, a gateway's HTML, plain text. Its
// result is for people: nothing is decided by it.
func message(body []byte) string {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) == 0 {
		return ""
	}
	var value any
	if json.Unmarshal(body, &value) == nil {
		return head(strings.Join(texts(value, 0), ": "), maxRaw)
	}
	text := head(string(body), 64<<10)
	if text != "" && text[0] == '<' {
		text = fromHTML(text)
	}
	return strings.TrimSpace(head(text, maxRaw))
}

// spoken are the fields that hold words, the general before the particular.
var spoken = []string{
	"error", "title", "message", "error_description", "description", "detail", "details", "reason", "errors",
}

// texts collects the words of a JSON value, none of them twice, and of a very
// long or deep one only the first.
func texts(value any, depth int) []string {
	const deepest, most = 6, 20
	if depth > deepest {
		return nil
	}
	var found []string
	add := func(more []string) {
		for _, s := range more {
			if s = strings.TrimSpace(s); s != "" && len(found) < most && !slices.Contains(found, s) {
				found = append(found, s)
			}
		}
	}
	switch v := value.(type) {
	case string:
		add([]string{v})
	case []any:
		for _, item := range v {
			add([]string{strings.Join(texts(item, depth+1), ": ")})
		}
		if len(found) > 0 {
			found = []string{strings.Join(found, "; ")}
		}
	case map[string]any:
		fields := make(map[string]any, len(v))
		for name, field := range v {
			fields[strings.ToLower(name)] = field
		}
		for _, name := range spoken {
			add(texts(fields[name], depth+1))
		}
	}
	return found
}

var (
	heading = lazyregexp.New(`(?is)<(title|h1)\b[^>]*>(.*?)</(?:title|h1)\s*>`)
	unseen  = lazyregexp.New(`(?is)<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>`)
	tag     = lazyregexp.New(`(?s)<[^>]*>`)
)

// fromHTML returns a page's title and first-level headings, or all its text if
// it has none of them.
func fromHTML(page string) string {
	page = unseen().ReplaceAllString(page, " ")
	plain := func(s string) string {
		return strings.Join(strings.Fields(html.UnescapeString(tag().ReplaceAllString(s, " "))), " ")
	}
	var found []string
	for _, match := range heading().FindAllStringSubmatch(page, 4) {
		if s := plain(match[2]); s != "" && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return plain(page)
	}
	return strings.Join(found, ": ")
}
