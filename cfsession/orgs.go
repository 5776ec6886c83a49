package cfsession

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Page asks for a part of a list. The zero value is the first hundred.
type Page struct {
	Number int // from 1; 0 means 1
	Size   int // at most 5000, the Cloud Controller's bound; 0 means 100
}

// RefPage is a part of a list of orgs or spaces, ordered by name.
type RefPage struct {
	Items []Ref
	Page  int
	Pages int
	Total int
}

// Orgs lists the orgs that the login may see. There is no search by part of a
// name in the Cloud Controller: read on until Pages.
func (s *Session) Orgs(ctx context.Context, p Page) (RefPage, error) {
	return s.refs(ctx, newRequest("list orgs", "/v3/organizations"), p)
}

// Spaces lists the spaces of an org that the login may see.
func (s *Session) Spaces(ctx context.Context, orgGUID string, p Page) (RefPage, error) {
	return s.refs(ctx, newRequest("list spaces", "/v3/spaces").where("organization_guids", orgGUID), p)
}

// FindOrg finds an org by its exact name. [IsNotFound] when there is none, or
// none that the login may see.
func (s *Session) FindOrg(ctx context.Context, name string) (Ref, error) {
	return s.findRef(ctx, newRequest(fmt.Sprintf("find org %q", name), "/v3/organizations"), name)
}

// FindSpace finds a space of an org by its exact name, as FindOrg does.
func (s *Session) FindSpace(ctx context.Context, orgGUID, name string) (Ref, error) {
	return s.findRef(ctx, newRequest(fmt.Sprintf("find space %q", name), "/v3/spaces").where("organization_guids", orgGUID), name)
}

type refResource struct {
	GUID string `json:"guid"`
	Name string `json:"name"`
}

func (s *Session) refs(ctx context.Context, r request, p Page) (RefPage, error) {
	p.Number = max(p.Number, 1)
	if p.Size <= 0 {
		p.Size = 100
	}
	l, err := readPage[refResource, struct{}](ctx, s, r.with("order_by", "name", "per_page", strconv.Itoa(p.Size)), p.Number)
	if err != nil {
		return RefPage{}, err
	}
	out := RefPage{Page: p.Number, Pages: l.Pagination.TotalPages, Total: l.Pagination.TotalResults}
	for _, r := range l.Resources {
		out.Items = append(out.Items, Ref(r))
	}
	return out, nil
}

func (s *Session) findRef(ctx context.Context, r request, name string) (Ref, error) {
	l, err := readPage[refResource, struct{}](ctx, s, r.with("names", nameFilter(name)), 1)
	if err != nil {
		return Ref{}, err
	}
	for _, found := range l.Resources {
		if found.Name == name {
			return Ref(found), nil
		}
	}
	return Ref{}, &Error{Op: r.op, Err: ErrNotFound}
}

// nameFilter makes a name one value of a comma separated filter: a comma inside
// it is sent encoded twice.
func nameFilter(name string) string { return strings.ReplaceAll(name, ",", "%2C") }
