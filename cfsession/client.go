package cfsession

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// get reads a resource.
func (s *Session) get(ctx context.Context, r request, into any) error {
	ans, err := s.send(ctx, r, http.MethodGet, nil)
	if err != nil {
		return err
	}
	return ans.decode(r.op, into)
}

// submit sends a changing request, once, and returns the job it started, ""
// for none. The body of the answer is ignored: what was changed is read
// afterwards, and a body that cannot be understood must not make a failure of a
// success.
func (s *Session) submit(ctx context.Context, r request, method string, content any) (job string, err error) {
	ans, err := s.send(ctx, r, method, content)
	if err != nil {
		return "", err
	}
	return jobOf(ans.Response), nil
}

// change sends a changing request, once, and waits for the end of its job.
func (s *Session) change(ctx context.Context, r request, method string, content any) error {
	job, err := s.submit(ctx, r, method, content)
	if err != nil {
		return err
	}
	return s.await(ctx, r.op, job)
}

// changeUnless is change for requests that the Cloud Controller refuses (422) when
// things are already as they would be afterwards: that is success.
func (s *Session) changeUnless(ctx context.Context, r request, method string, content any, already func() (bool, error)) error {
	err := s.change(ctx, r, method, content)
	if refusalOf(err).status == http.StatusUnprocessableEntity {
		if done, lookErr := already(); lookErr == nil && done {
			return nil
		}
	}
	return err
}

// remove deletes a resource and waits until it is gone; one that is not there
// any more is success.
func (s *Session) remove(ctx context.Context, r request) error {
	job, err := s.submit(ctx, r, http.MethodDelete, nil)
	switch {
	case refusalOf(err).status == http.StatusNotFound:
		return nil
	case err != nil:
		return err
	}
	return s.await(ctx, r.op, job)
}

// create sends a request that makes a resource, once, and reads the answer,
// where that alone tells which one was made.
func (s *Session) create(ctx context.Context, r request, content, into any) error {
	ans, err := s.send(ctx, r, http.MethodPost, content)
	if err != nil {
		return err
	}
	err = ans.decode(r.op, into)
	if e, ok := errors.AsType[*Error](err); ok {
		e.unclear = true
	}
	return err
}

func (s *Session) send(ctx context.Context, r request, method string, content any) (*answer, error) {
	if r.err != nil {
		return nil, r.err
	}
	var body []byte
	if content != nil {
		var err error
		if body, err = json.Marshal(content); err != nil {
			return nil, named(r.op, err)
		}
	}
	path := r.path
	if len(r.query) > 0 {
		path += "?" + r.query.Encode()
	}
	ans, err := s.roundTrip(ctx, method, path, body)
	return ans, named(r.op, err)
}

// page is one page of a list of the Cloud Controller: resources R, and what was
// included with them.
type page[R, Included any] struct {
	Pagination resource.Pagination `json:"pagination"`
	Resources  []R                 `json:"resources"`
	Included   Included            `json:"included"`
}

const maxPages = 300

var (
	errNoList  = errors.New("the answer holds no list")
	errEndless = errors.New("the list names another page after its last one")
)

// eachPage reads all pages of a list, one request each, and hands them on. A
// page without a list is an error and not an empty list: "no bindings" is a
// ground for deleting things.
func eachPage[R, Included any](ctx context.Context, s *Session, r request, each func([]R, Included) error) error {
	var p *page[R, Included]
	return s.pages(ctx, r, func() any {
		p = new(page[R, Included])
		return p
	}, func() (next string, err error) {
		if p.Resources == nil {
			return "", &Error{Op: r.op, Err: errNoList}
		}
		return p.Pagination.Next.Href, each(p.Resources, p.Included)
	}, func() int { return p.Pagination.TotalPages })
}

// pages reads the pages of a list: each is read into what blank returns, and taken; total
// is how many there are, as the page says, 0 if it does not. It is compiled once, not for
// each type of resource.
func (s *Session) pages(ctx context.Context, r request, blank func() any, take func() (next string, err error), total func() int) error {
	if r.err != nil {
		return r.err
	}
	for batch := range r.batches() {
		for number := 1; ; number++ {
			if err := s.get(ctx, batch.with("page", strconv.Itoa(number)), blank()); err != nil {
				return err
			}
			next, err := take()
			if err != nil {
				return err
			}
			if next == "" {
				break
			}
			if n := total(); n > 0 && number >= n {
				return &Error{Op: r.op, Err: errEndless}
			}
			if number == maxPages {
				return &Error{Op: r.op, Err: fmt.Errorf("the list does not end after %d pages", maxPages)}
			}
		}
	}
	return nil
}

func readPage[R, Included any](ctx context.Context, s *Session, r request, number int) (page[R, Included], error) {
	var p page[R, Included]
	if err := s.get(ctx, r.with("page", strconv.Itoa(number)), &p); err != nil {
		return p, err
	}
	if p.Resources == nil {
		return p, &Error{Op: r.op, Err: errNoList}
	}
	return p, nil
}

// list reads a whole list without included resources.
func list[R, T any](ctx context.Context, s *Session, r request, convert func(R) T) ([]T, error) {
	var all []T
	err := eachPage(ctx, s, r, func(resources []R, _ struct{}) error {
		for _, r := range resources {
			all = append(all, convert(r))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// createBinding creates a service key or a binding, waits until that is done, and
// finds it: the answer does not tell its guid.
func createBinding[T any](
	ctx context.Context, s *Session, r request, order *resource.ServiceCredentialBindingCreate, params json.RawMessage,
	find func() ([]T, error), wanted func(T) bool,
) (T, error) {
	if len(params) > 0 {
		order.Parameters = &params
	}
	var none T
	if err := s.change(ctx, r, http.MethodPost, order); err != nil {
		return none, err
	}
	found, err := find()
	for i := len(found) - 1; i >= 0; i-- { // the newest is listed last
		if wanted(found[i]) {
			return found[i], nil
		}
	}
	if err == nil {
		err = ErrNotFound
	}
	return none, &Error{Op: r.op + ", then look for it", Err: err, unclear: true}
}
