package sandbox

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// A finder returns the resource that the path of a request names.
type finder[T any] func(*call) (T, error)

// named finds a resource by its GUID. Resources that the caller may not read are
// not found.
func named[T resource](all *[]T, what string) finder[T] {
	return func(q *call) (T, error) {
		var none T
		r := find(*all, q.r.PathValue("guid"))
		if r == none || !r.readableBy(q.who) {
			return none, notFound(what)
		}
		return r, nil
	}
}

// writable restricts a finder to resources in spaces that the caller may write.
func writable[T interface{ owner() *space }](found finder[T]) finder[T] {
	return func(q *call) (T, error) {
		r, err := found(q)
		if err == nil && !q.who.writes(r.owner()) {
			err = errNotAuthorized
		}
		return r, err
	}
}

// on calls a handler with the resource named in the path.
func on[T any](found finder[T], h func(*call, T) (reply, error)) handler {
	return func(q *call) (reply, error) {
		r, err := found(q)
		if err != nil {
			return reply{}, err
		}
		return h(q, r)
	}
}

// show replies with the view of a resource and its requested references.
func show[T resource](found finder[T], view func(*call, T) object, refs ...reference[T]) handler {
	return on(found, func(q *call, r T) (reply, error) {
		if err := checkReferences(q.r.URL.Query(), references(refs)); err != nil {
			return reply{}, err
		}
		return ok(including(q, view(q, r), []item{r}, references(refs)))
	})
}

// withBody calls a handler with the decoded body.
func withBody[B any](h func(*call, B) (reply, error)) handler {
	return func(q *call) (reply, error) {
		var body B
		if err := q.decode(&body); err != nil {
			return reply{}, err
		}
		return h(q, body)
	}
}

// onWithBody combines on and withBody.
func onWithBody[T, B any](found finder[T], h func(*call, T, B) (reply, error)) handler {
	return on(found, func(q *call, r T) (reply, error) {
		return withBody(func(q *call, body B) (reply, error) { return h(q, r, body) })(q)
	})
}

// decode reads the JSON body. An empty body counts as an empty object: cf sends
// it with actions. Unknown fields are errors, as on the Cloud Controller.
func (q *call) decode(v any) error {
	if len(bytes.TrimSpace(q.body)) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(q.body, &fields) != nil {
		return errParse
	}
	decoder := json.NewDecoder(bytes.NewReader(q.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return unprocessable("Unknown field(s): '%s'", strings.Trim(name, `"`))
		}
		return unprocessable("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// toOne is a to-one relationship in a request.
type toOne struct {
	Data *struct {
		GUID string `json:"guid"`
	} `json:"data"`
}

func (t toOne) guid() string {
	if t.Data == nil {
		return ""
	}
	return t.Data.GUID
}

// metadata holds labels and annotations in a request.
type metadata struct {
	Labels      map[string]*string `json:"labels"`
	Annotations map[string]*string `json:"annotations"`
}

// check refuses what the platform does not take (CF API v3, metadata): names of at most 63
// characters, values of labels of as many, those of annotations of 5,000.
func (m *metadata) check() error {
	if m == nil {
		return nil
	}
	for kind, list := range map[string]map[string]*string{"label": m.Labels, "annotation": m.Annotations} {
		longest := 63
		if kind == "annotation" {
			longest = 5000
		}
		for key, value := range list {
			_, name, prefixed := strings.Cut(key, "/")
			if !prefixed {
				name = key
			}
			switch {
			case name == "" || len(name) > 63:
				return unprocessable("Metadata %s key error: key name is empty or longer than 63 characters", kind)
			case value != nil && utf8.RuneCountInString(*value) > longest:
				return unprocessable("Metadata %s value error: value is greater than %d characters", kind, longest)
			}
		}
	}
	return nil
}

// annotate merges metadata; null removes an entry.
func (m *meta) annotate(change *metadata) {
	if change == nil {
		return
	}
	merge := func(into *map[string]string, from map[string]*string) {
		for key, value := range from {
			if value == nil {
				delete(*into, key)
				continue
			}
			if *into == nil {
				*into = map[string]string{}
			}
			(*into)[key] = *value
		}
	}
	merge(&m.labels, change.Labels)
	merge(&m.annotations, change.Annotations)
}

// resource returns the part of a view that all resources have in common.
func (q *call) resource(m *meta, path string, links object) object {
	all := object{"self": q.link(path + "/" + m.guid)}
	for name, link := range links {
		all[name] = link
	}
	orEmpty := func(m map[string]string) map[string]string {
		if m == nil {
			return map[string]string{}
		}
		return m
	}
	return object{
		"guid": m.guid, "created_at": timestamp(m.created), "updated_at": timestamp(m.updated),
		"metadata": object{"labels": orEmpty(m.labels), "annotations": orEmpty(m.annotations)},
		"links":    all,
	}
}

// refersTo is a to-one relationship in a view.
func refersTo(guid string) object { return object{"data": object{"guid": guid}} }
