package apiclient

import (
	"errors"
	"iter"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Names are the six names that every request carries (contract, "You must send
// the following parameters with each request"). They go over the wire byte for
// byte.
type Names struct {
	Org            string `json:"org"`
	Space          string `json:"space"`
	SourceInstance string `json:"source_service_instance_name"`
	TargetInstance string `json:"target_service_instance_name"`
	SourceKey      string `json:"source_service_key_name"`
	TargetKey      string `json:"target_service_key_name"`
}

// check refuses names that could not mean what the caller means: a missing one,
// and one that is not UTF-8, which JSON would silently turn into another name.
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

// all yields what each name names, and the name.
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

// query is the form of the names for GET. A space is written %20, which every
// server reads as a space; "+" is one only to those that decode forms.
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
