package engine

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/secret"
)

// redactor takes secrets out of a trace, in three ways that do not rely on each
// other: by the name of what holds them (headers, query, form and JSON members),
// by their look (tokens, addresses with a password, name=value), and by value:
// what has once been sent as a secret, or was read out of credentials, is not
// shown again, in whatever encoding a server quotes it.
type redactor struct {
	known    []known // oldest first
	replacer *strings.Replacer
}

// known is a secret, and what it may look like.
type known struct {
	secret string
	forms  []string
}

// Bounds of what is remembered. A secret shorter than leastKnown would stand in
// many a word that is none.
const (
	mostKnown  = 256
	leastKnown = 4
)

var secretWord = lazyregexp.New(`password|passwd|pwd|passphrase|passcode|secret|token|assertion|authorization|cookie|credential|apikey|accesskey|privatekey|sharedkey|jwt`)

// harmless are names that have such a word in them.
var harmless = []string{
	"tokentype", "tokenendpoint", "authorizationendpoint", "servicecredentialbinding", "servicecredentialbindings",
	"servicecredentialbindingsurl",
}

func secretName(name string) bool {
	plain := strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(name))
	return secretWord().MatchString(plain) && !slices.Contains(harmless, plain)
}

// shownInForms are the members of a form that are no secret; all others may be.
var shownInForms = []string{"grant_type", "response_type", "client_id", "username", "login_hint", "scope"}

// unnamed are JSON members below which everything may be a secret, whatever it
// is called: environments, and the commands of tasks and processes.
var unnamed = []string{
	"credentials", "var", "environment_variables", "system_env_json", "staging_env_json", "running_env_json",
	"application_env_json", "command",
}

func (r *redactor) header(name, value string) string {
	if secretName(name) || strings.EqualFold(name, "X-Api-Key") {
		return secret.Mask
	}
	return value
}

// address is the path and query of a request.
func (r *redactor) address(u *url.URL) string {
	path := u.EscapedPath()
	if u.RawQuery == "" {
		return path
	}
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		if name, _, _ := strings.Cut(part, "="); secretName(name) || name == "code" {
			parts[i] = name + "=" + secret.Mask
		}
	}
	return path + "?" + strings.Join(parts, "&")
}

func (r *redactor) body(contentType, path string, body []byte) string {
	if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		return formOf(body)
	}
	if v, ok := decoded(body); ok {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if enc.Encode(masked(v, styleOf(path))) == nil {
			return strings.TrimRight(out.String(), "\n")
		}
	}
	if strings.Contains(contentType, "json") { // cut off: its members cannot be told apart
		return fmt.Sprintf("[%d bytes that are not whole JSON]", len(body))
	}
	return string(body)
}

func formOf(body []byte) string {
	parts := strings.Split(string(body), "&")
	for i, part := range parts {
		if name, _, _ := strings.Cut(part, "="); !slices.Contains(shownInForms, name) {
			parts[i] = name + "=" + secret.Mask
		}
	}
	return strings.Join(parts, "&")
}

func decoded(body []byte) (any, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil, false
	}
	_, err := d.Token()
	return v, errors.Is(err, io.EOF)
}

// style says what of a JSON value is shown.
type style int

const (
	showAll    style = iota
	showNames        // no value
	showSwitch       // values that are on or off, as prepare_migration
)

// styleOf knows the answers that are a secret as a whole.
func styleOf(path string) style {
	switch {
	case strings.HasSuffix(path, "/parameters"):
		return showSwitch
	case strings.HasSuffix(path, "/env"), strings.HasSuffix(path, "/environment_variables"), strings.HasSuffix(path, "/credentials"):
		return showNames
	}
	return showAll
}

func masked(v any, how style) any {
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		for name, member := range v {
			below := how
			switch {
			case slices.Contains(unnamed, name) || secretName(name):
				below = showNames
			case name == "parameters" && how == showAll:
				below = showSwitch
			}
			out[name] = masked(member, below)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = masked(v[i], how)
		}
		return out
	case nil, bool:
		return v
	}
	if how == showNames || how == showSwitch && v != "true" && v != "false" {
		return secret.Mask
	}
	return v
}

// text takes out of a whole text what looks like a secret, and what is known.
func (r *redactor) text(s string) string {
	if r.replacer != nil {
		s = r.replacer.Replace(s)
	}
	return secret.Scrub(s)
}

// learnRequest keeps what is sent as a secret.
func (r *redactor) learnRequest(req *http.Request, body []byte) {
	scheme, credential, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	r.learn(credential)
	if plain, err := base64.StdEncoding.DecodeString(credential); err == nil && strings.EqualFold(scheme, "basic") {
		_, password, _ := strings.Cut(string(plain), ":")
		r.learn(password)
	}
	for name, values := range req.URL.Query() {
		if secretName(name) || name == "code" {
			r.learn(values...)
		}
	}
	if form, err := url.ParseQuery(string(body)); err == nil && strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		for name, values := range form {
			if !slices.Contains(shownInForms, name) {
				r.learn(values...)
			}
		}
	}
	if v, ok := decoded(body); ok {
		r.learnMembers(v, true)
	}
}

// learnAnswer keeps tokens that were handed out, and what credentials hold.
func (r *redactor) learnAnswer(h http.Header, path string, body []byte) {
	for _, cookie := range h["Set-Cookie"] {
		if c, err := http.ParseSetCookie(cookie); err == nil {
			r.learn(c.Value)
		}
	}
	if v, ok := decoded(body); ok {
		r.learnMembers(v, strings.HasSuffix(path, "/credentials"))
	}
}

// learnMembers looks for secrets in JSON. Of answers only tokens and credentials
// count: elsewhere a member with such a name is a text about secrets.
func (r *redactor) learnMembers(v any, every bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			text, ok := member.(string)
			switch {
			case ok && (every && secretName(name) || slices.Contains([]string{"access_token", "refresh_token", "id_token"}, name)):
				r.learn(text)
			case ok && every && strings.Contains(strings.ToLower(name), "uri"):
				r.learn(text)
			default:
				r.learnMembers(member, every || name == "credentials")
			}
		}
	case []any:
		for _, member := range v {
			r.learnMembers(member, every)
		}
	}
}

func (r *redactor) learn(secrets ...string) {
	learnt := false
	for _, s := range secrets {
		is := func(k known) bool { return k.secret == s }
		if len(s) >= leastKnown && !slices.ContainsFunc(r.known, is) {
			r.known, learnt = append(r.known, known{s, formsOf(s)}), true
		}
	}
	if !learnt {
		return
	}
	r.known = r.known[max(0, len(r.known)-mostKnown):]
	var forms []string
	for _, k := range r.known {
		forms = append(forms, k.forms...)
	}
	r.replacer = secret.Replacer(forms)
}

// formsOf are the ways in which a secret may be quoted, as they look in a
// sanitized text.
func formsOf(s string) []string {
	forms := secret.Forms(s)
	for i := range forms {
		forms[i] = sanitize.Text(forms[i])
	}
	return slices.DeleteFunc(forms, func(form string) bool { return len(form) < leastKnown })
}
