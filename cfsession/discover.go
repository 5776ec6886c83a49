package cfsession

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

var errNotCloudFoundry = errors.New("this is not the address of a Cloud Foundry API")

// discover reads the root document, which tells where the other servers of a
// Cloud Foundry are. It needs no token and gets none.
func discover(ctx context.Context, l requester, api *url.URL) (resource.RootLinks, error) {
	const op = "look at the API address"
	ans, err := l.send(ctx, message{method: http.MethodGet, url: api.String() + "/"})
	switch {
	case err != nil:
		return resource.RootLinks{}, &Error{Op: op, Err: err}
	case ans.StatusCode != http.StatusOK:
		return resource.RootLinks{}, refusalError(op, ans)
	case ans.cut != nil:
		return resource.RootLinks{}, &Error{Op: op, Err: ans.cut}
	}
	var root resource.Root
	if err := json.Unmarshal(ans.body, &root); err != nil || root.Links.Login.Href == "" || root.Links.Uaa.Href == "" {
		return resource.RootLinks{}, &Error{Op: op, Err: errNotCloudFoundry}
	}
	return root.Links, nil
}
