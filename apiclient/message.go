package apiclient

import (
	"bytes"
	"encoding/json"
	"html"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
)

// message extracts the message from the body of an error. The contract does not
// specify the format, so all common ones are accepted: JSON of Cloud Foundry,
// UAA, Spring and RFC 9457, HTML of gateways, plain text. It is for display only.
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

// messageFields are the fields that hold messages, from general to specific.
var messageFields = []string{
	"error", "title", "message", "error_description", "description", "detail", "details", "reason", "errors",
}

// texts collects the distinct messages in a JSON value, with limits on their
// number and depth.
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
		for _, name := range messageFields {
			add(texts(fields[name], depth+1))
		}
	}
	return found
}

var (
	heading   = lazyregexp.New(`(?is)<(title|h1)\b[^>]*>(.*?)</(?:title|h1)\s*>`)
	invisible = lazyregexp.New(`(?is)<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>`)
	tag       = lazyregexp.New(`(?s)<[^>]*>`)
)

// fromHTML returns the title and first-level headings of a page, or all its text
// if there are none.
func fromHTML(page string) string {
	page = invisible().ReplaceAllString(page, " ")
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
