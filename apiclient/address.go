package apiclient

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// An AddressError reports an invalid address of the migration API.
type AddressError struct {
	Address string // scheme and host only: the rest may hold a password
	Reason  string
}

func (e *AddressError) Error() string {
	if e.Address == "" {
		return "the address of the migration API " + e.Reason
	}
	return fmt.Sprintf("the address of the migration API, %s, %s", e.Address, e.Reason)
}

// parseAddress accepts https://…/v1, and http://…/v1 on loopback only, since
// tokens must not be sent unencrypted.
func parseAddress(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return nil, &AddressError{Reason: "is not an address: https://host/v1 is expected"}
	}
	refuse := func(reason string) (*url.URL, error) {
		return nil, &AddressError{Address: origin(u), Reason: reason}
	}
	u.Path = strings.TrimRight(u.Path, "/")
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("must begin with https://")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return refuse("must begin with https://: plain http is for this machine alone")
	case u.User != nil:
		return refuse("must hold no user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("must end in /v1")
	case !strings.HasSuffix(u.Path, "/v1") || u.RawPath != "":
		return refuse("must end in /v1")
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// origin returns scheme, host and port, with the port always explicit. Servers
// are the same if their origins are equal.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port))
}
