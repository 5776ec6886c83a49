package cfsession

import (
	"context"
	"net/http"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// Metadata is what a change makes of labels and annotations of a resource; nil takes an
// entry off (CF API v3, metadata). Keys have at most 63 characters, the values of labels
// too, those of annotations 5,000. What has no prefix in its key is not sent to brokers.
type Metadata struct {
	Labels      map[string]*string `json:"labels,omitempty"`
	Annotations map[string]*string `json:"annotations,omitempty"`
}

// MaxAnnotation is how many characters the value of an annotation may have.
const MaxAnnotation = 5000

func annotations(m *resource.Metadata) map[string]string {
	if m == nil || len(m.Annotations) == 0 {
		return nil
	}
	all := make(map[string]string, len(m.Annotations))
	for key, value := range m.Annotations {
		if value != nil {
			all[key] = *value
		}
	}
	return all
}

// SetMetadata changes labels and annotations of a service instance, all in one request,
// and nothing else of it: no broker is asked.
func (s *Session) SetMetadata(ctx context.Context, instanceGUID string, m Metadata) error {
	r := newRequest("write the metadata of the service instance", instancesPath+"/:guid", instanceGUID)
	return s.change(ctx, r, http.MethodPatch, map[string]Metadata{"metadata": m})
}

// Labelled lists the service instances with a label, in all spaces that the login may
// see. Shared is false: they are not asked about from a space.
func (s *Session) Labelled(ctx context.Context, label string) ([]Instance, error) {
	return s.instances(ctx, newRequest("list the service instances with the label "+label, instancesPath).with("label_selector", label), "")
}
