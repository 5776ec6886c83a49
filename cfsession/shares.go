package cfsession

import (
	"context"
	"net/http"
	"slices"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// SharedSpace is a space that a service instance is shared with. The names are
// "" where the server does not tell them.
type SharedSpace struct {
	Space Ref
	Org   Ref
}

// SharedSpaces lists the spaces that a service instance is shared with, those
// included that the login may not look into: one request.
func (s *Session) SharedSpaces(ctx context.Context, instanceGUID string) ([]SharedSpace, error) {
	return s.sharedSpaces(ctx, "list the spaces the service instance is shared with", instanceGUID)
}

func (s *Session) sharedSpaces(ctx context.Context, op, instanceGUID string) ([]SharedSpace, error) {
	var list struct {
		resource.ServiceInstanceSharedSpaceRelationships
		Included struct {
			Spaces []resource.Space        `json:"spaces"`
			Orgs   []resource.Organization `json:"organizations"`
		} `json:"included"`
	}
	r := newRequest(op, sharesPath, instanceGUID).with(
		"fields[space]", "guid,name,relationships.organization", "fields[space.organization]", "guid,name",
	)
	if err := s.get(ctx, r, &list); err != nil {
		return nil, err
	}
	if list.Data == nil {
		return nil, &Error{Op: op, Err: errNoList}
	}
	orgs := map[string]Ref{}
	for _, o := range list.Included.Orgs {
		orgs[o.GUID] = Ref{o.GUID, o.Name}
	}
	spaces := map[string]SharedSpace{}
	for _, in := range list.Included.Spaces {
		var org Ref
		if in.Relationships != nil {
			org.GUID = referred(in.Relationships.Organization)
		}
		if known, ok := orgs[org.GUID]; ok {
			org = known
		}
		spaces[in.GUID] = SharedSpace{Ref{in.GUID, in.Name}, org}
	}
	var all []SharedSpace
	for _, d := range list.Data {
		space, ok := spaces[d.GUID]
		if !ok {
			space = SharedSpace{Space: Ref{GUID: d.GUID}}
		}
		all = append(all, space)
	}
	return all, nil
}

// Share shares a service instance with another space, whose applications may
// then be bound to it; one that is shared with it already is success. It takes a
// space developer of both spaces, and an offering that may be shared.
func (s *Session) Share(ctx context.Context, instanceGUID, spaceGUID string) error {
	r := newRequest("share the service instance", sharesPath, instanceGUID).check(spaceGUID)
	return s.changeUnless(ctx, r, http.MethodPost, resource.NewToManyRelationships([]string{spaceGUID}), func() (bool, error) {
		return s.sharedWith(ctx, r.op, instanceGUID, spaceGUID)
	})
}

func (s *Session) sharedWith(ctx context.Context, op, instanceGUID, spaceGUID string) (bool, error) {
	shares, err := s.sharedSpaces(ctx, op, instanceGUID)
	return slices.ContainsFunc(shares, func(s SharedSpace) bool { return s.Space.GUID == spaceGUID }), err
}

// Unshare ends the sharing of a service instance with a space; one that is not
// shared with it is success. The Cloud Controller deletes the bindings of that
// space's applications FIRST, without asking: look for bindings before.
func (s *Session) Unshare(ctx context.Context, instanceGUID, spaceGUID string) error {
	r := newRequest("unshare the service instance", sharesPath+"/:guid", instanceGUID, spaceGUID)
	return s.changeUnless(ctx, r, http.MethodDelete, nil, func() (bool, error) {
		shared, err := s.sharedWith(ctx, r.op, instanceGUID, spaceGUID)
		return !shared, err
	})
}

const sharesPath = instancesPath + "/:guid/relationships/shared_spaces"
