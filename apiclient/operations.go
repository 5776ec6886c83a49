package apiclient

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Preflight runs the preflight check (GET /preflight-check), which takes minutes.
// After a timeout of a gateway, KindTimeout, it is not repeated. An unknown format
// is an error, KindUnreadable, rather than "no findings".
func (c *Client) Preflight(ctx context.Context, n Names) (Preflight, error) {
	k := call{op: "run the preflight check", method: http.MethodGet, limit: c.limits.Preflight, once: true}
	return run(ctx, c, k, "preflight-check", n, readPreflight)
}

// Replication reads the status of the replication (GET /replication). If there is
// none, Status.Exists is false and the error is nil.
func (c *Client) Replication(ctx context.Context, n Names) (Status, error) {
	return c.status(ctx, "read the status of the replication", "replication", n)
}

// CreateReplication starts a replication (POST /replication). If one exists, the
// error is KindConflict. If Error.Unclear, check the state before a retry.
func (c *Client) CreateReplication(ctx context.Context, n Names) (Accepted, error) {
	return c.create(ctx, "create the replication", "replication", n)
}

// DeleteReplication stops and removes the replication (DELETE /replication). It
// is no error if there is none.
func (c *Client) DeleteReplication(ctx context.Context, n Names) error {
	return c.remove(ctx, "delete the replication", "replication", n)
}

// Finalization reads the status of the finalization (GET /finalization). If there
// is none, Status.Exists is false and the error is nil.
func (c *Client) Finalization(ctx context.Context, n Names) (Status, error) {
	return c.status(ctx, "read the status of the finalization", "finalization", n)
}

// CreateFinalization starts the finalization (POST /finalization). If one exists,
// the error is KindConflict. If Error.Unclear, check the state before a retry.
func (c *Client) CreateFinalization(ctx context.Context, n Names) (Accepted, error) {
	return c.create(ctx, "create the finalization", "finalization", n)
}

// DeleteFinalization stops and removes the finalization (DELETE /finalization). It
// is no error if there is none.
func (c *Client) DeleteFinalization(ctx context.Context, n Names) error {
	return c.remove(ctx, "delete the finalization", "finalization", n)
}

func (c *Client) status(ctx context.Context, op, resource string, n Names) (Status, error) {
	k := call{op: op, method: http.MethodGet, limit: c.limits.Status}
	s, err := run(ctx, c, k, resource, n, readStatus)
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindNotFound {
		return Status{Raw: e.Raw, RequestID: e.RequestID}, nil
	}
	return s, err
}

func (c *Client) create(ctx context.Context, op, resource string, n Names) (Accepted, error) {
	k := call{op: op, method: http.MethodPost, limit: c.limits.Change}
	return run(ctx, c, k, resource, n, func(a *answer) (Accepted, error) {
		return readAccepted(a, c.base.JoinPath(resource)), nil
	})
}

func (c *Client) remove(ctx context.Context, op, resource string, n Names) error {
	k := call{op: op, method: http.MethodDelete, limit: c.limits.Change}
	_, err := run(ctx, c, k, resource, n, func(*answer) (struct{}, error) { return struct{}{}, nil })
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindNotFound {
		return nil
	}
	return err
}

// run sends a call and parses the response. The names are in the query of a GET
// and in a JSON body otherwise (contract: "For all other requests, provide the
// parameters in the request body"), even for DELETE.
func run[T any](ctx context.Context, c *Client, k call, resource string, n Names, read func(*answer) (T, error)) (T, error) {
	var none T
	u := c.base.JoinPath(resource)
	k.path = u.Path
	err := n.check()
	if err == nil && k.changes() {
		k.body, err = json.Marshal(n)
	}
	if err != nil {
		return none, k.neverSent(err)
	}
	if !k.changes() {
		u.RawQuery = n.query()
	}
	k.url = u.String()

	a, err := c.chain.do(ctx, k)
	if err != nil {
		return none, err
	}
	v, err := read(a)
	if err != nil {
		return none, k.reject(KindUnreadable, a, err)
	}
	return v, nil
}
