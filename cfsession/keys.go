package cfsession

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

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
	const op = "list service keys"
	if err := checkGUID(op, instanceGUID); err != nil {
		return nil, err
	}
	return s.keys(ctx, op, url.Values{"service_instance_guids": {instanceGUID}})
}

func (s *Session) keys(ctx context.Context, op string, query url.Values) ([]Key, error) {
	query.Set("type", "key")
	query.Set("per_page", "500")
	var all []Key
	err := listPages(ctx, s, op, bindingsPath, query, func(page []resource.ServiceCredentialBinding, _ none) error {
		for _, r := range page {
			all = append(all, Key{r.GUID, nameOf(r), lastOperation(r.LastOperation)})
		}
		return nil
	})
	return all, err
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
	op := "create the service key " + sanitize.Line(name)
	if err := checkGUID(op, instanceGUID); err != nil {
		return Key{}, err
	}
	order := resource.NewServiceCredentialBindingCreateKey(instanceGUID, name)
	if len(params) > 0 {
		order.Parameters = &params
	}
	job, err := s.change(ctx, op, http.MethodPost, bindingsPath, order)
	if err != nil {
		return Key{}, err
	}
	if err := s.await(ctx, op, job); err != nil {
		return Key{}, err
	}
	found, err := s.keys(ctx, op, url.Values{
		"service_instance_guids": {instanceGUID}, "names": {nameFilter(name)},
	})
	for _, k := range found {
		if k.Name == name {
			return k, nil
		}
	}
	return Key{}, vanished(op, err)
}

// vanished is a thing that was made but could not be found afterwards.
func vanished(op string, err error) error {
	if err == nil {
		err = ErrNotFound
	}
	return &Error{Op: op + ", then look for it", Err: err, unclear: true}
}

// KeyParameters reads the parameters that a key was created with. known is
// false when the service does not tell.
func (s *Session) KeyParameters(ctx context.Context, keyGUID string) (params json.RawMessage, known bool, err error) {
	return s.bindingParameters(ctx, "read the parameters of the service key", keyGUID)
}

func (s *Session) bindingParameters(ctx context.Context, op, guid string) (json.RawMessage, bool, error) {
	if err := checkGUID(op, guid); err != nil {
		return nil, false, err
	}
	return s.parameters(ctx, op, bindingsPath+"/"+guid+"/parameters")
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
	const op = "look at the service key"
	if err := checkGUID(op, keyGUID); err != nil {
		return Usable{}, err
	}
	var details struct {
		Credentials map[string]json.RawMessage `json:"credentials"`
	}
	if err := s.get(ctx, op, bindingsPath+"/"+keyGUID+"/details", nil, &details); err != nil {
		return Usable{}, err
	}
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

// DeleteBinding deletes a service key or an application's binding and waits
// until it is gone; one that is gone already is success.
func (s *Session) DeleteBinding(ctx context.Context, guid string) error {
	const op = "delete the binding"
	if err := checkGUID(op, guid); err != nil {
		return err
	}
	return s.remove(ctx, op, bindingsPath+"/"+guid)
}
