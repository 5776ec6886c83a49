package cfsession

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/lazyregexp"
	"pg-migrate-wizard/internal/origin"
	"pg-migrate-wizard/internal/sanitize"
)

// Provider is whose machines a landscape runs on. It matters because Google
// Cloud needs another service key for the target, one with session replication
// (contract, Quick Start, IMPORTANT).
type Provider string

// The providers of SAP BTP regions.
const (
	Unknown     Provider = ""
	AWS         Provider = "AWS"
	Azure       Provider = "Azure"
	GoogleCloud Provider = "Google Cloud"
	Alibaba     Provider = "Alibaba Cloud"
	SAP         Provider = "SAP Cloud Infrastructure"
)

// String implements fmt.Stringer.
func (p Provider) String() string {
	if p == Unknown {
		return "unknown"
	}
	return string(p)
}

// ParseProvider reads a provider as people write it: gcp, google, aws, azure...
func ParseProvider(text string) (Provider, error) {
	name := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(text))
	for provider, names := range map[Provider][]string{
		AWS:         {"aws", "amazon", "amazonwebservices"},
		Azure:       {"azure", "microsoft", "microsoftazure"},
		GoogleCloud: {"gcp", "google", "googlecloud", "googlecloudplatform"},
		Alibaba:     {"alibaba", "alicloud", "alibabacloud"},
		SAP:         {"sap", "converged", "sapcloudinfrastructure"},
	} {
		if slices.Contains(names, name) {
			return provider, nil
		}
	}
	return Unknown, fmt.Errorf("%q is no provider: aws, azure, gcp, alibaba or sap", text)
}

// Landscape is where a Cloud Foundry API belongs: one region, or one of the
// extension landscapes of a region.
type Landscape struct {
	API          string
	Name         string // eu10.hana.ondemand.com, eu10-004.hana.ondemand.com
	Region       string // eu10; "" when the name does not tell
	Provider     Provider
	MigrationURL string // base of the migration API, ending in /v1, no slash after it
}

// GoogleCloud reports whether the rules for Google Cloud apply.
func (l Landscape) GoogleCloud() bool { return l.Provider == GoogleCloud }

// Overrides are the flags that settle what an API address does not tell. ""
// leaves a value to be derived.
type Overrides struct {
	Name         string // --landscape: eu10.hana.ondemand.com, or short eu10-004
	Provider     string // --provider
	MigrationURL string // --migration-url
}

// The settings that a LandscapeError may name.
const (
	SettingLandscape    = "landscape"
	SettingProvider     = "provider"
	SettingMigrationURL = "migration-url"
)

// LandscapeError says what could not be derived, and which of the [Overrides]
// settles it.
type LandscapeError struct {
	API     string
	Setting string
	Why     string
}

func (e *LandscapeError) Error() string {
	return sanitize.Line(fmt.Sprintf("landscape of %s: %s", e.API, e.Why))
}

// Derive tells landscape, provider and migration API from a Cloud Foundry API
// address (pattern https://api.cf.<landscape>, migration API
// https://pg-migrate.cf.<landscape>/v1: contract, head). With a
// *[LandscapeError] comes what could be derived all the same.
func Derive(apiURL string, over Overrides) (Landscape, error) {
	var l Landscape
	unsettled := func(setting, format string, args ...any) (Landscape, error) {
		return l, &LandscapeError{l.API, setting, fmt.Sprintf(format, args...)}
	}
	api, err := parseBase(apiURL)
	if err != nil {
		l.API = withoutUser(apiURL)
		return unsettled(SettingLandscape, "%v", err)
	}
	l.API = api.String()

	name, told := strings.CutPrefix(strings.ToLower(api.Hostname()), "api.cf.")
	if told {
		l.Name = name
	}
	if over.Name != "" {
		if l.Name, err = fullName(over.Name); err != nil {
			return unsettled(SettingLandscape, "%v", err)
		}
		if told && l.Name != name {
			l.Name = name
			return unsettled(SettingLandscape, "the API is in %s, and not in %s", name, over.Name)
		}
	}
	l.Region = regionOf(l.Name)

	l.Provider = providerOf(l.Region)
	if over.Provider != "" {
		if l.Provider, err = ParseProvider(over.Provider); err != nil {
			return unsettled(SettingProvider, "%v", err)
		}
	}

	switch {
	case over.MigrationURL != "":
		u, err := migrationBase(over.MigrationURL)
		if err == nil && !nowhere(api) {
			err = mayServe(api, u)
		}
		if err != nil {
			return unsettled(SettingMigrationURL, "%v", err)
		}
		l.MigrationURL = u.String()
	case l.Name == "":
		return unsettled(SettingLandscape, "the address does not begin with api.cf., so it does not tell the landscape")
	default:
		u := &url.URL{Scheme: "https", Host: "pg-migrate.cf." + l.Name, Path: "/v1"}
		if err := mayServe(api, u); err != nil && !nowhere(api) {
			return unsettled(SettingLandscape, "%v", err)
		}
		l.MigrationURL = u.String()
	}
	if l.Provider == Unknown {
		return unsettled(SettingProvider, "the name does not tell whether it runs on Google Cloud")
	}
	return l, nil
}

var (
	hostName   = lazyregexp.New(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	regionName = lazyregexp.New(`^([a-z]{2}[0-9]{2})(-[0-9]{3})?$`)
)

// fullName completes the short form of a landscape name.
func fullName(name string) (string, error) {
	name = strings.Trim(strings.ToLower(strings.TrimSpace(name)), ".")
	if !hostName().MatchString(name) {
		return "", fmt.Errorf("%q is not the name of a landscape", name)
	}
	if strings.Contains(name, ".") {
		return name, nil
	}
	if !regionName().MatchString(name) {
		return "", fmt.Errorf("%q is neither a region, like eu10 or eu10-004, nor a whole name", name)
	}
	return name + origin.Domain(name), nil
}

// regionOf is the region in a landscape's name, without the number of an
// extension landscape.
func regionOf(name string) string {
	first, _, _ := strings.Cut(name, ".")
	if m := regionName().FindStringSubmatch(first); m != nil {
		return m[1]
	}
	return ""
}

// providerOf goes by the first digit of the region. The rule holds for every
// region that SAP lists (state August 2026).
func providerOf(region string) Provider {
	if len(region) != 4 {
		return Unknown
	}
	return map[byte]Provider{'0': SAP, '1': AWS, '2': Azure, '3': GoogleCloud, '4': Alibaba}[region[2]]
}

// nowhere reports whether an address stands for an API that is not known (RFC 2606): no
// token is ever got there that could be sent anywhere.
func nowhere(api *url.URL) bool {
	return strings.HasSuffix(strings.ToLower(api.Hostname()), ".invalid")
}

// migrationBase checks an address that a token will be sent to.
func migrationBase(address string) (*url.URL, error) {
	u, err := privateBase(address)
	if err == nil && u.Path == "" {
		u.Path = "/v1"
	}
	return u, err
}
