package cfsession

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"pg-migrate-wizard/internal/origin"
)

// parseBase reads an address that requests are built on. Without a scheme it is
// https, as for cf api. A trailing slash is dropped.
func parseBase(address string) (*url.URL, error) {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err != nil: // its text quotes the address, and a password in it
		return nil, errNoAddress
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%s is not an https address", serverOf(u))
	case u.User != nil:
		return nil, fmt.Errorf("%s has a user name or a password in front of it: an address holds none", serverOf(u))
	case u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s is not the address of a server", serverOf(u))
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

var errNoAddress = errors.New("it is not an address, like https://api.cf.eu10.hana.ondemand.com")

var errNotPrivate = errors.New("neither https nor this machine, so a token is not sent there")

// privateBase is parseBase for an address that a token, or what gets one, is sent to.
func privateBase(address string) (*url.URL, error) {
	u, err := parseBase(address)
	if err == nil && !origin.Private(u) {
		err = fmt.Errorf("%s is %w", serverOf(u), errNotPrivate)
	}
	return u, err
}

// mayServe checks an address of the migration service that tokens of an API go to.
func mayServe(api, service *url.URL) error {
	if origin.MayServe(api, service) {
		return nil
	}
	return fmt.Errorf("%s does not belong to %s: its token is not sent there", serverOf(service), api.Hostname())
}

// CheckService checks addresses as [Derive] does: whether the migration service at one
// may get the tokens of the Cloud Foundry API at the other. The error is a
// *[LandscapeError].
func CheckService(apiURL, migrationURL string) error {
	api, err := parseBase(apiURL)
	if err == nil {
		var service *url.URL
		if service, err = parseBase(migrationURL); err == nil {
			err = mayServe(api, service)
		}
	}
	if err != nil {
		return &LandscapeError{apiURL, SettingMigrationURL, err.Error()}
	}
	return nil
}

// serverOf is an address without what may be a secret in it.
func serverOf(u *url.URL) string { return (&url.URL{Scheme: u.Scheme, Host: u.Host}).String() }

// withoutUser is what may be shown of a text that should be an address, and is none: not
// what stands before an @, nor a query.
func withoutUser(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		scheme, rest = "", address
	} else {
		scheme += "://"
	}
	if _, behind, user := cutLast(rest, "@"); user {
		rest = behind
	}
	rest, _, _ = strings.Cut(rest, "?")
	return scheme + rest
}
