package cfsession

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/lazyregexp"
)

// get reads a resource.
func (s *Session) get(ctx context.Context, op, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	ans, err := s.roundTrip(ctx, http.MethodGet, path, nil)
	if err != nil {
		return named(op, err)
	}
	if err := json.Unmarshal(ans.body, into); err != nil {
		return &Error{Op: op, Err: fmt.Errorf("HTTP %d, but the answer is not what was asked for: %w", ans.StatusCode, err)}
	}
	return nil
}

// change sends a changing request, once, and returns the job it started, ""
// for none. The body of the answer is not looked at: what was changed is read
// afterwards, and a body that cannot be understood must not make a failure of a
// success.
func (s *Session) change(ctx context.Context, op, method, path string, content any) (job string, err error) {
	ans, err := s.send(ctx, op, method, path, content)
	if err != nil {
		return "", err
	}
	return jobOf(ans.Response), nil
}

// create sends a request that makes a resource, once, and reads the answer,
// where that alone tells which one was made.
func (s *Session) create(ctx context.Context, op, path string, content, into any) error {
	ans, err := s.send(ctx, op, http.MethodPost, path, content)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(ans.body, into); err != nil {
		return &Error{Op: op, Err: fmt.Errorf("HTTP %d, but the answer is not what was asked for: %w", ans.StatusCode, err), unclear: true}
	}
	return nil
}

func (s *Session) send(ctx context.Context, op, method, path string, content any) (*answer, error) {
	var body []byte
	if content != nil {
		var err error
		if body, err = json.Marshal(content); err != nil {
			return nil, named(op, err)
		}
	}
	ans, err := s.roundTrip(ctx, method, path, body)
	return ans, named(op, err)
}

// remove deletes a resource and waits until it is gone; one that is not there
// any more is success.
func (s *Session) remove(ctx context.Context, op, path string) error {
	job, err := s.change(ctx, op, http.MethodDelete, path, nil)
	if refusalOf(err).status == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.await(ctx, op, job)
}

// listing is one page of a list of the Cloud Controller.
type listing[T, I any] struct {
	Pagination resource.Pagination `json:"pagination"`
	Resources  []T                 `json:"resources"`
	Included   I                   `json:"included"`
}

const maxPages = 1000

var errNoList = errors.New("the answer holds no list")

// listPages reads all pages of a list, one request each, and hands them on. A
// page without a list is an error and not an empty list: "no bindings" is a
// ground for deleting things.
func listPages[T, I any](ctx context.Context, s *Session, op, path string, query url.Values, each func([]T, I) error) error {
	for page := 1; ; page++ {
		l, err := listPage[T, I](ctx, s, op, path, query, page)
		if err != nil {
			return err
		}
		if err := each(l.Resources, l.Included); err != nil {
			return err
		}
		if l.Pagination.Next.Href == "" {
			return nil
		}
		if page == maxPages {
			return &Error{Op: op, Err: fmt.Errorf("the list does not end after %d pages", maxPages)}
		}
	}
}

func listPage[T, I any](ctx context.Context, s *Session, op, path string, query url.Values, page int) (listing[T, I], error) {
	var l listing[T, I]
	query.Set("page", strconv.Itoa(page))
	if err := s.get(ctx, op, path, query, &l); err != nil {
		return l, err
	}
	if l.Resources == nil {
		return l, &Error{Op: op, Err: errNoList}
	}
	return l, nil
}

// maxGUIDs is how many guids one query carries: about two thousand characters,
// which every proxy lets pass.
const maxGUIDs = 50

// batches cuts guids into lists for a query, each guid once, in order. No guid,
// no batch: an empty filter would mean everything.
func batches(guids []string) iter.Seq[[]string] {
	return slices.Chunk(slices.Compact(slices.Sorted(slices.Values(guids))), maxGUIDs)
}

// none is for lists without an included part.
type none struct{}

var wholeGUID = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// checkGUID keeps a guid from being anything else once it stands in a path:
// nothing (DELETE of a whole collection), a slash, a query.
func checkGUID(op string, guids ...string) error {
	for _, guid := range guids {
		if !wholeGUID().MatchString(guid) {
			return &Error{Op: op, Err: fmt.Errorf("%q is not a guid", guid)}
		}
	}
	return nil
}

// refersTo is a relationship to one thing.
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
