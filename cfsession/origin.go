package cfsession

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
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
	case err != nil:
		return nil, fmt.Errorf("not an address: %w", err)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%s is not an https address", address)
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s is not the address of a server", u.Redacted())
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

var errNotPrivate = errors.New("neither https nor this machine, so a token is not sent there")

// privateBase is parseBase for an address that a token, or what gets one, is sent to.
func privateBase(address string) (*url.URL, error) {
	u, err := parseBase(address)
	if err == nil && !private(u) {
		err = fmt.Errorf("%s is %w", (&url.URL{Scheme: u.Scheme, Host: u.Host}).String(), errNotPrivate)
	}
	return u, err
}

// private reports whether what is sent to u cannot be read on the way: https,
// or plain http that does not leave this machine.
func private(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// sameOrigin reports whether two addresses belong to the same server: scheme,
// host and port.
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) &&
		strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if strings.EqualFold(u.Scheme, "http") {
		return "80"
	}
	return "443"
}
