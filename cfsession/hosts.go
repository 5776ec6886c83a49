package cfsession

import (
	"net/netip"
	"net/url"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
)

// The hosts that credentials name, in all forms in which they are written: a name or an
// address of IPv4 or IPv6, bare or in brackets, with or without a port, several in a row,
// in upper case, with a dot at the end, percent encoded.

// hostsIn are the hosts that credentials name where credentials name them. An
// address may list several (libpq: host1:5432,host2:5432), and may name them behind it
// (libpq: ?host=).
func hostsIn(credentials any) []string {
	field := func(name string) string {
		text, _ := member(credentials, name).(string)
		return text
	}
	_, address, _ := strings.Cut(field("uri"), "://")
	_, afterAt, _ := cutLast(address, "@") // a password may hold a slash that nobody encoded
	lists := []string{field("hostname"), field("host"), authority(address), authority(afterAt)}
	if _, query, found := strings.Cut(afterAt, "?"); found || afterAt == "" {
		if afterAt == "" {
			_, query, _ = strings.Cut(address, "?")
		}
		values, _ := url.ParseQuery(query)
		lists = append(lists, values.Get("host"), values.Get("hostaddr"))
	}
	var hosts []string
	for _, list := range lists {
		for one := range strings.SplitSeq(list, ",") {
			if host := hostIn(one); host != "" {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

// hostPort is one host of an address, with or without its port.
var hostPort = lazyregexp.New(`^([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?)(?::[0-9]*)?$`)

// hostIn is the host of one "host:port"; empty where there is none.
func hostIn(text string) string {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "%") {
		if plain, err := url.PathUnescape(text); err == nil {
			text = plain
		}
	}
	if address, ok := ipv6(text); ok {
		return address
	}
	if parts := hostPort().FindStringSubmatch(text); parts != nil {
		return parts[1]
	}
	return ""
}

// ipv6 reads an address of IPv6, bare or in brackets, in brackets perhaps with a port.
func ipv6(text string) (address string, ok bool) {
	if inside, found := strings.CutPrefix(text, "["); found {
		inside, port, closed := strings.Cut(inside, "]")
		if !closed || port != "" && !strings.HasPrefix(port, ":") {
			return "", false
		}
		text = inside
	}
	a, err := netip.ParseAddr(text)
	if err != nil || !a.Is6() {
		return "", false
	}
	return plainHost(a.String()), true
}

// plainHost is the one way in which a host is written here, of all that mean the same.
func plainHost(host string) string {
	host = strings.ToLower(strings.TrimRight(host, "."))
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().WithZone("").String()
	}
	return host
}

// authority is what stands between user and path of an address.
func authority(address string) string {
	if end := strings.IndexAny(address, "/?#"); end >= 0 {
		address = address[:end]
	}
	if _, hosts, found := cutLast(address, "@"); found {
		return hosts
	}
	return address
}
