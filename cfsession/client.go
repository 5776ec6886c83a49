package cfsession

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/client"
	"github.com/cloudfoundry/go-cfclient/v3/config"
)

// standIn is all that go-cfclient gets to see of a token: one that says nothing
// and lives until the year 9999. go-cfclient compares a token's end with the
// local clock and would give up, or renew on its own and keep the new pair to
// itself; with this it does neither, whatever the clock says. The real token is
// set by wire, which overwrites the header.
const standIn = "e30.eyJleHAiOjI1MzQwMjMwMDc5OX0." // {} . {"exp":253402300799}

// newClient makes the session's go-cfclient. No request is sent.
func newClient(s *Session) (*client.Client, error) {
	cfg, err := config.New(s.api.String(),
		config.Token(standIn, ""),
		config.AuthTokenURL(s.api.String(), s.api.String()), // never used: spares a discovery
		config.HttpClient(&http.Client{Transport: wire{s}}),
		config.UserAgent(s.link.agent),
		config.RequestTimeout(time.Hour), // wire limits each attempt
	)
	if err != nil {
		return nil, fmt.Errorf("set up the Cloud Foundry client: %w", err)
	}
	return client.New(cfg)
}

// get reads a resource. go-cfclient would do, but for queries with fields[...],
// for included that may be absent, and for shapes that it decodes too strictly.
func (s *Session) get(ctx context.Context, op, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cf.ApiURL(path), nil)
	if err != nil {
		return named(op, err)
	}
	res, err := s.cf.ExecuteAuthRequest(req)
	if err != nil {
		return named(op, err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return &Error{Op: op, Err: fmt.Errorf("HTTP %d, but the answer is not what was asked for: %w", res.StatusCode, err)}
	}
	return nil
}

// change sends a changing request, once, and returns the job it started, ""
// for none. The body of the answer is not looked at: what was changed is read
// afterwards, and a body that cannot be understood must not make a failure of a
// success. It is sent raw also because go-cfclient's update of an instance
// always carries "tags":null, which the Cloud Controller takes for an order to
// remove the tags.
func (s *Session) change(ctx context.Context, op, method, path string, content any) (job string, err error) {
	res, err := s.send(ctx, op, method, path, content)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	return jobOf(res), nil
}

// create sends a request that makes a resource, once, and reads the answer,
// where that alone tells which one was made.
func (s *Session) create(ctx context.Context, op, path string, content, into any) error {
	res, err := s.send(ctx, op, http.MethodPost, path, content)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return &Error{Op: op, Err: fmt.Errorf("HTTP %d, but the answer is not what was asked for: %w", res.StatusCode, err), unclear: true}
	}
	return nil
}

func (s *Session) send(ctx context.Context, op, method, path string, content any) (*http.Response, error) {
	var body io.Reader
	if content != nil {
		data, err := json.Marshal(content)
		if err != nil {
			return nil, named(op, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.cf.ApiURL(path), body)
	if err != nil {
		return nil, named(op, err)
	}
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := s.cf.ExecuteAuthRequest(req)
	return res, named(op, err)
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
	Pagination struct {
		Total int `json:"total_results"`
		Pages int `json:"total_pages"`
		Next  *struct {
			Href string `json:"href"`
		} `json:"next"`
	} `json:"pagination"`
	Resources []T `json:"resources"`
	Included  I   `json:"included"`
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
		if next := l.Pagination.Next; next == nil || next.Href == "" {
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

var wholeGUID = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// checkGUID keeps a guid from being anything else once it stands in a path:
// nothing (DELETE of a whole collection), a slash, a query.
func checkGUID(op string, guids ...string) error {
	for _, guid := range guids {
		if !wholeGUID.MatchString(guid) {
			return &Error{Op: op, Err: fmt.Errorf("%q is not a guid", guid)}
		}
	}
	return nil
}

// related is a to-one relationship.
type related struct {
	Data struct {
		GUID string `json:"guid"`
	} `json:"data"`
}
