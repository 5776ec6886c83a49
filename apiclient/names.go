package apiclient

import (
	"errors"
	"iter"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Names are the parameters of every request (contract, "You must send the
// following parameters with each request"). They are sent unchanged.
type Names struct {
	Org            string `json:"org"`
	Space          string `json:"space"`
	SourceInstance string `json:"source_service_instance_name"`
	TargetInstance string `json:"target_service_instance_name"`
	SourceKey      string `json:"source_service_key_name"`
	TargetKey      string `json:"target_service_key_name"`
}

// check returns an error for empty names and for invalid UTF-8, which JSON would
// silently change.
func (n Names) check() error {
	var wrong []string
	for what, name := range n.all() {
		switch {
		case name == "":
			wrong = append(wrong, "the name of the "+what+" is missing")
		case !utf8.ValidString(name):
			wrong = append(wrong, "the name of the "+what+" is not valid text")
		}
	}
	if wrong == nil {
		return nil
	}
	return errors.New(strings.Join(wrong, "; "))
}

// all yields the description of each name, and the name.
func (n Names) all() iter.Seq2[string, string] {
	return func(yield func(what, name string) bool) {
		_ = yield("org", n.Org) &&
			yield("space", n.Space) &&
			yield("source service instance", n.SourceInstance) &&
			yield("target service instance", n.TargetInstance) &&
			yield("source service key", n.SourceKey) &&
			yield("target service key", n.TargetKey)
	}
}

// query encodes the names for a GET. Spaces become %20, since not every server
// decodes "+".
func (n Names) query() string {
	return strings.ReplaceAll(url.Values{
		"org":                          {n.Org},
		"space":                        {n.Space},
		"source_service_instance_name": {n.SourceInstance},
		"target_service_instance_name": {n.TargetInstance},
		"source_service_key_name":      {n.SourceKey},
		"target_service_key_name":      {n.TargetKey},
	}.Encode(), "+", "%20")
}
