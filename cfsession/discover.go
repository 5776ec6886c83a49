package cfsession

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// rootDocument is GET / of a Cloud Foundry API: where its other servers are.
type rootDocument struct {
	Links map[string]struct {
		Href string `json:"href"`
		Meta struct {
			Version     string `json:"version"`
			OAuthClient string `json:"oauth_client"`
		} `json:"meta"`
	} `json:"links"`
}

func (r rootDocument) login() string      { return r.Links["login"].Href }
func (r rootDocument) uaa() string        { return r.Links["uaa"].Href }
func (r rootDocument) apiVersion() string { return r.Links["cloud_controller_v3"].Meta.Version }

var errNotCloudFoundry = errors.New("this is not the address of a Cloud Foundry API")

// discover reads the root document. It needs no token and gets none.
func discover(ctx context.Context, l link, api *url.URL) (rootDocument, error) {
	const op = "look at the API address"
	ans, err := l.send(ctx, http.MethodGet, func(ctx context.Context) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, api.String()+"/", nil)
	})
	switch {
	case err != nil:
		return rootDocument{}, &Error{Op: op, Err: err}
	case ans.StatusCode != http.StatusOK:
		return rootDocument{}, refusalError(op, ans)
	case ans.cut != nil:
		return rootDocument{}, &Error{Op: op, Err: ans.cut}
	}
	var root rootDocument
	if err := json.Unmarshal(ans.body, &root); err != nil || root.login() == "" || root.uaa() == "" {
		return rootDocument{}, &Error{Op: op, Err: errNotCloudFoundry}
	}
	return root, nil
}
