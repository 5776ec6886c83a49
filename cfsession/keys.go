package cfsession

import (
	"context"
	"encoding/json"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/sanitize"
)

// Key is a service key.
type Key struct {
	GUID          string
	Name          string
	LastOperation LastOperation
}

const bindingsPath = "/v3/service_credential_bindings"

// Keys lists the service keys of an instance.
func (s *Session) Keys(ctx context.Context, instanceGUID string) ([]Key, error) {
	return s.keys(ctx, newRequest("list service keys", bindingsPath).where("service_instance_guids", instanceGUID))
}

func (s *Session) keys(ctx context.Context, r request) ([]Key, error) {
	return list(ctx, s, r.with("type", "key", "per_page", "500"), func(b resource.ServiceCredentialBinding) Key {
		return Key{b.GUID, nameOf(b), lastOperation(b.LastOperation)}
	})
}

// nameOf is the name of a key or binding, "" for an unnamed one.
func nameOf(b resource.ServiceCredentialBinding) string {
	if b.Name == nil {
		return ""
	}
	return *b.Name
}

// CreateKey creates a service key and waits until it is there. params may be
// nil. [IsNameTaken] when the instance has a key of that name; nothing was
// changed then. After a failed job the Cloud Controller may keep a key whose
// LastOperation says so: look, and delete it before trying again.
func (s *Session) CreateKey(ctx context.Context, instanceGUID, name string, params json.RawMessage) (Key, error) {
	r := newRequest("create the service key "+sanitize.Line(name), bindingsPath).check(instanceGUID)
	find := func() ([]Key, error) {
		return s.keys(ctx, newRequest(r.op, bindingsPath).where("service_instance_guids", instanceGUID).with("names", nameFilter(name)))
	}
	order := resource.NewServiceCredentialBindingCreateKey(instanceGUID, name)
	return createBinding(ctx, s, r, order, params, find, func(k Key) bool { return k.Name == name })
}

// KeyParameters reads the parameters that a key was created with. known is
// false when the service does not tell.
func (s *Session) KeyParameters(ctx context.Context, keyGUID string) (params json.RawMessage, known bool, err error) {
	return s.parameters(ctx, newRequest("read the parameters of the service key", bindingsPath+"/:guid/parameters", keyGUID))
}

// Usable says what a key's credentials hold, and nothing of what they are.
type Usable struct {
	Host bool // the address of a database
	User bool // a database user
}

// Whole reports whether the key has all it takes to reach the database.
func (u Usable) Whole() bool { return u.Host && u.User }

// KeyUsable looks whether the credentials of a key are there. They do not leave
// this function. [IsNotFound] while the key is still being made.
func (s *Session) KeyUsable(ctx context.Context, keyGUID string) (Usable, error) {
	var details struct {
		Credentials map[string]json.RawMessage `json:"credentials"`
	}
	if err := s.get(ctx, newRequest("look at the service key", bindingsPath+"/:guid/details", keyGUID), &details); err != nil {
		return Usable{}, err
	}
	s.learn(details.Credentials)
	has := func(names ...string) bool {
		for _, name := range names {
			var text string
			if json.Unmarshal(details.Credentials[name], &text) == nil && text != "" {
				return true
			}
		}
		return false
	}
	return Usable{Host: has("hostname", "host", "uri"), User: has("username", "user", "uri")}, nil
}
