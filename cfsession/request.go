package cfsession

import (
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/lazyregexp"
)

// A request is one call of the Cloud Controller: what it is for, and its address.
// Every guid is checked when it is put in; after a wrong one err is set, and
// nothing is sent.
type request struct {
	op    string // what is tried, in words: "list service keys"
	path  string
	query url.Values
	err   error

	// among lists the guids of a filter that is sent in batches.
	filter string
	among  []string
}

// newRequest fills each :guid of path, as the documentation of the API writes it,
// with the next of guids.
func newRequest(op, path string, guids ...string) request {
	r := request{op: op, path: path, query: url.Values{}}.check(guids...)
	for _, guid := range guids {
		r.path = strings.Replace(r.path, ":guid", guid, 1)
	}
	return r
}

var wholeGUID = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// check keeps a guid from being anything else once it stands in an address:
// nothing (DELETE of a whole collection), a slash, a query.
func (r request) check(guids ...string) request {
	for _, guid := range guids {
		if r.err == nil && !wholeGUID().MatchString(guid) {
			r.err = &Error{Op: r.op, Err: fmt.Errorf("%q is not a guid", guid)}
		}
	}
	return r
}

// with sets parameters of the query: name, value, name, value.
func (r request) with(parameters ...string) request {
	for p := range slices.Chunk(parameters, 2) {
		r.query.Set(p[0], p[1])
	}
	return r
}

// where filters a list by one guid.
func (r request) where(filter, guid string) request {
	return r.check(guid).with(filter, guid)
}

// whereAny filters a list by some guids, sent in batches. Without a guid nothing
// is sent and the list is empty: an empty filter would mean everything.
func (r request) whereAny(filter string, guids []string) request {
	r = r.check(guids...)
	r.filter, r.among = filter, guids
	return r
}

// maxGUIDs is how many guids one query carries: about two thousand characters,
// which every proxy lets pass.
const maxGUIDs = 50

// batches yields the request once for each batch of its guids, each guid once, in
// order; once as it is without such a filter.
func (r request) batches() iter.Seq[request] {
	return func(yield func(request) bool) {
		if r.filter == "" {
			yield(r)
			return
		}
		for batch := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(r.among))), maxGUIDs) {
			if !yield(r.with(r.filter, strings.Join(batch, ","))) {
				return
			}
		}
	}
}

// refersTo is a relationship to one resource.
func refersTo(guid string) resource.ToOneRelationship {
	return resource.ToOneRelationship{Data: &resource.Relationship{GUID: guid}}
}

// referred is the guid of what a relationship refers to, "" for nothing.
func referred(to *resource.ToOneRelationship) string {
	if to == nil || to.Data == nil {
		return ""
	}
	return to.Data.GUID
}
