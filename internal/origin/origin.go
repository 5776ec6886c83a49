// Package origin says which servers may get a token: there is one rule, for every
// address, wherever it is named. It sends nothing.
package origin

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// Domains under which SAP's landscapes live; those in China have their own.
const (
	SAP      = ".hana.ondemand.com"
	SAPChina = ".platform.sapcloud.cn"
)

// Domain is the domain of a landscape of SAP, by the first part of its name.
func Domain(landscape string) string {
	if strings.HasPrefix(landscape, "cn") {
		return SAPChina
	}
	return SAP
}

// Loopback reports whether an address is on this machine.
func Loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return strings.EqualFold(u.Hostname(), "localhost") || ip != nil && ip.IsLoopback()
}

// Private reports whether what is sent to u cannot be read on the way: https,
// or plain http that does not leave this machine.
func Private(u *url.URL) bool {
	return strings.EqualFold(u.Scheme, "https") || strings.EqualFold(u.Scheme, "http") && Loopback(u)
}

// Same reports whether two addresses belong to the same server: scheme, host and port.
func Same(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
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

// MayServe reports whether the migration service at an address may get the tokens of a
// Cloud Foundry API. It belongs to the API's own domain, where only the platform can make
// routes (not that of the applications), and speaks at the usual port. Where the API's
// name does not tell its landscape, any landscape of SAP will do. On this machine, as of a
// sandbox or through a tunnel, a token goes to nobody else.
func MayServe(api, service *url.URL) bool {
	switch host := name(service); {
	case service.User != nil || !Private(service):
		return false
	case Loopback(service):
		return true
	case port(service) != "443":
		return false
	case told(api) != "":
		return strings.HasSuffix(host, ".cf."+told(api))
	default:
		own, found := strings.CutPrefix(name(api), "api.")
		return found && strings.Contains(own, ".") && strings.HasSuffix(host, "."+own) || ofSAP(host)
	}
}

// told is the landscape that the name of an API tells, "" if it does not.
func told(api *url.URL) string {
	landscape, _ := strings.CutPrefix(name(api), "api.cf.")
	if landscape == name(api) {
		return ""
	}
	return landscape
}

// ofSAP reports whether a host is the migration service of one of SAP's landscapes.
func ofSAP(host string) bool {
	landscape, found := strings.CutPrefix(host, "pg-migrate.cf.")
	return found && slices.ContainsFunc([]string{SAP, SAPChina}, func(d string) bool {
		region, ends := strings.CutSuffix(landscape, d)
		return ends && region != "" && !strings.Contains(region, ".")
	})
}

func name(u *url.URL) string { return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") }
