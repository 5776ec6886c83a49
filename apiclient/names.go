package apiclient

import (
	"errors"
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

// fields are the names, with what each is the name of and its parameter.
func (n Names) fields() [][3]string {
	return [][3]string{
		{"org", "org", n.Org},
		{"space", "space", n.Space},
		{"source service instance", "source_service_instance_name", n.SourceInstance},
		{"target service instance", "target_service_instance_name", n.TargetInstance},
		{"source service key", "source_service_key_name", n.SourceKey},
		{"target service key", "target_service_key_name", n.TargetKey},
	}
}

// check returns an error for empty names and for invalid UTF-8, which JSON would
// silently change.
func (n Names) check() error {
	var wrong []string
	for _, f := range n.fields() {
		switch what, name := f[0], f[2]; {
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

// query encodes the names for a GET. Spaces become %20, since not every server
// decodes "+".
func (n Names) query() string {
	query := url.Values{}
	for _, f := range n.fields() {
		query.Set(f[1], f[2])
	}
	return strings.ReplaceAll(query.Encode(), "+", "%20")
}
