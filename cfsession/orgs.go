package cfsession

import (
	"context"
	"fmt"
	"net/url"
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
	return s.refs(ctx, "list orgs", "/v3/organizations", url.Values{}, p)
}

// Spaces lists the spaces of an org that the login may see.
func (s *Session) Spaces(ctx context.Context, orgGUID string, p Page) (RefPage, error) {
	const op = "list spaces"
	if err := checkGUID(op, orgGUID); err != nil {
		return RefPage{}, err
	}
	return s.refs(ctx, op, "/v3/spaces", url.Values{"organization_guids": {orgGUID}}, p)
}

// FindOrg finds an org by its exact name. [IsNotFound] when there is none, or
// none that the login may see.
func (s *Session) FindOrg(ctx context.Context, name string) (Ref, error) {
	return s.findRef(ctx, "find org", "/v3/organizations", name, url.Values{})
}

// FindSpace finds a space of an org by its exact name, as FindOrg does.
func (s *Session) FindSpace(ctx context.Context, orgGUID, name string) (Ref, error) {
	const op = "find space"
	if err := checkGUID(op, orgGUID); err != nil {
		return Ref{}, err
	}
	return s.findRef(ctx, op, "/v3/spaces", name, url.Values{"organization_guids": {orgGUID}})
}

type refResource struct {
	GUID string `json:"guid"`
	Name string `json:"name"`
}

func (s *Session) refs(ctx context.Context, op, path string, query url.Values, p Page) (RefPage, error) {
	if p.Number <= 0 {
		p.Number = 1
	}
	if p.Size <= 0 {
		p.Size = 100
	}
	query.Set("order_by", "name")
	query.Set("per_page", strconv.Itoa(p.Size))
	l, err := listPage[refResource, none](ctx, s, op, path, query, p.Number)
	if err != nil {
		return RefPage{}, err
	}
	out := RefPage{Page: p.Number, Pages: l.Pagination.TotalPages, Total: l.Pagination.TotalResults}
	for _, r := range l.Resources {
		out.Items = append(out.Items, Ref(r))
	}
	return out, nil
}

func (s *Session) findRef(ctx context.Context, op, path, name string, query url.Values) (Ref, error) {
	op += fmt.Sprintf(" %q", name)
	query.Set("names", nameFilter(name))
	l, err := listPage[refResource, none](ctx, s, op, path, query, 1)
	if err != nil {
		return Ref{}, err
	}
	for _, r := range l.Resources {
		if r.Name == name {
			return Ref(r), nil
		}
	}
	return Ref{}, &Error{Op: op, Err: ErrNotFound}
}

// nameFilter makes a name one value of a comma separated filter: a comma inside
// it is sent encoded twice.
func nameFilter(name string) string { return strings.ReplaceAll(name, ",", "%2C") }
