package cfsession

import (
	"errors"
	"strings"
	"testing"

	"pg-migrate-wizard/internal/origin"
)

func TestDerive(t *testing.T) {
	for _, c := range []struct {
		name, api string
		over      Overrides
		want      Landscape // API left out
		flag      string    // that the error names; "" = no error
	}{
		{
			name: "plain region", api: "https://api.cf.eu10.hana.ondemand.com/",
			want: Landscape{Name: "eu10.hana.ondemand.com", Region: "eu10", Provider: AWS, MigrationURL: "https://pg-migrate.cf.eu10.hana.ondemand.com/v1"},
		},
		{
			name: "extension landscape, no scheme, capitals", api: "API.cf.EU10-004.hana.ondemand.com",
			want: Landscape{Name: "eu10-004.hana.ondemand.com", Region: "eu10", Provider: AWS, MigrationURL: "https://pg-migrate.cf.eu10-004.hana.ondemand.com/v1"},
		},
		{
			name: "Google Cloud", api: "https://api.cf.us30.hana.ondemand.com",
			want: Landscape{Name: "us30.hana.ondemand.com", Region: "us30", Provider: GoogleCloud, MigrationURL: "https://pg-migrate.cf.us30.hana.ondemand.com/v1"},
		},
		{
			name: "China", api: "https://api.cf.cn40.platform.sapcloud.cn",
			want: Landscape{Name: "cn40.platform.sapcloud.cn", Region: "cn40", Provider: Alibaba, MigrationURL: "https://pg-migrate.cf.cn40.platform.sapcloud.cn/v1"},
		},
		{name: "no landscape in it", api: "http://127.0.0.1:8080", flag: SettingLandscape},
		{name: "not an address", api: "ftp://x", flag: SettingLandscape},
		{
			name: "unknown naming", api: "https://api.cf.lab.example.com", flag: SettingProvider,
			want: Landscape{Name: "lab.example.com", MigrationURL: "https://pg-migrate.cf.lab.example.com/v1"},
		},
		{
			name: "all by flag", api: "http://127.0.0.1:8080",
			over: Overrides{Provider: "gcp", MigrationURL: "http://127.0.0.1:9090/v1/"},
			want: Landscape{Provider: GoogleCloud, MigrationURL: "http://127.0.0.1:9090/v1"},
		},
		{
			name: "migration address without a path", api: "https://api.cf.eu20.hana.ondemand.com",
			over: Overrides{MigrationURL: "pg-migrate-next.cf.eu20.hana.ondemand.com"},
			want: Landscape{Name: "eu20.hana.ondemand.com", Region: "eu20", Provider: Azure, MigrationURL: "https://pg-migrate-next.cf.eu20.hana.ondemand.com/v1"},
		},
		{
			name: "migration address in the clear", api: "https://api.cf.eu20.hana.ondemand.com", flag: SettingMigrationURL,
			over: Overrides{MigrationURL: "http://pg-migrate.example.com/v1"},
			want: Landscape{Name: "eu20.hana.ondemand.com", Region: "eu20", Provider: Azure},
		},
		{
			name: "migration address of somebody else", api: "https://api.cf.eu20.hana.ondemand.com", flag: SettingMigrationURL,
			over: Overrides{MigrationURL: "https://evil.example/v1"},
			want: Landscape{Name: "eu20.hana.ondemand.com", Region: "eu20", Provider: Azure},
		},
		{
			name: "migration address at another port", api: "https://api.cf.eu20.hana.ondemand.com", flag: SettingMigrationURL,
			over: Overrides{MigrationURL: "https://pg-migrate.cf.eu20.hana.ondemand.com:8443/v1"},
			want: Landscape{Name: "eu20.hana.ondemand.com", Region: "eu20", Provider: Azure},
		},
		{
			name: "another landscape than the API's", api: "https://api.cf.eu20.hana.ondemand.com", flag: SettingLandscape,
			over: Overrides{Name: "evil.example"}, want: Landscape{Name: "eu20.hana.ondemand.com"},
		},
		{
			name: "the API's landscape, said again", api: "https://api.cf.eu20-001.hana.ondemand.com", over: Overrides{Name: "eu20-001"},
			want: Landscape{Name: "eu20-001.hana.ondemand.com", Region: "eu20", Provider: Azure, MigrationURL: "https://pg-migrate.cf.eu20-001.hana.ondemand.com/v1"},
		},
		{
			name: "a landscape of nobody, at an API that tells none", api: "http://127.0.0.1:1", flag: SettingLandscape,
			over: Overrides{Name: "evil.example"}, want: Landscape{Name: "evil.example"},
		},
		{
			name: "short name", api: "http://127.0.0.1:8080", over: Overrides{Name: "cn20"},
			want: Landscape{Name: "cn20.platform.sapcloud.cn", Region: "cn20", Provider: Azure, MigrationURL: "https://pg-migrate.cf.cn20.platform.sapcloud.cn/v1"},
		},
		{
			name: "provider against the rule", api: "https://api.cf.eu10.hana.ondemand.com", over: Overrides{Provider: "Google Cloud"},
			want: Landscape{Name: "eu10.hana.ondemand.com", Region: "eu10", Provider: GoogleCloud, MigrationURL: "https://pg-migrate.cf.eu10.hana.ondemand.com/v1"},
		},
		{name: "a name with a path in it", api: "http://127.0.0.1:1", over: Overrides{Name: "evil.com/x"}, flag: SettingLandscape},
		{name: "a name that is no region", api: "http://127.0.0.1:1", over: Overrides{Name: "frankfurt"}, flag: SettingLandscape},
		{
			name: "a provider nobody knows", api: "https://api.cf.eu10.hana.ondemand.com", over: Overrides{Provider: "ibm"}, flag: SettingProvider,
			want: Landscape{Name: "eu10.hana.ondemand.com", Region: "eu10"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Derive(c.api, c.over)
			e, _ := errors.AsType[*LandscapeError](err)
			if (err != nil) != (c.flag != "") || (e != nil && e.Setting != c.flag) {
				t.Fatalf("error %v, want flag %q", err, c.flag)
			}
			got.API = ""
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// The table and the rule must agree: the rule is what real addresses go by.
func TestKnownLandscapesAgreeWithTheRule(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range KnownLandscapes {
		l, err := Derive(k.API(), Overrides{})
		if err != nil || l.Name != k.Name || l.Region != k.Region || l.Provider != k.Provider {
			t.Errorf("%+v: derived %+v, %v", k, l, err)
		}
		if seen[k.Name] || k.Location == "" || !strings.HasPrefix(k.Name, k.Region) {
			t.Errorf("%+v: twice, or incomplete", k)
		}
		seen[k.Name] = true
	}
	if len(seen) != 49 {
		t.Errorf("%d landscapes", len(seen))
	}
}

func TestProviders(t *testing.T) {
	for text, want := range map[string]Provider{
		"aws": AWS, "Amazon Web Services": AWS, "AZURE": Azure, "Microsoft Azure": Azure, "gcp": GoogleCloud,
		"google-cloud": GoogleCloud, "Alibaba Cloud": Alibaba, "sap": SAP,
	} {
		if got, err := ParseProvider(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, p := range []Provider{AWS, Azure, GoogleCloud, Alibaba, SAP} {
		if got, err := ParseProvider(p.String()); err != nil || got != p {
			t.Errorf("%s is not read back: %v, %v", p, got, err)
		}
	}
	if _, err := ParseProvider(""); err == nil || Unknown.String() != "unknown" {
		t.Error("nothing is no provider")
	}
	if !(Landscape{Provider: GoogleCloud}).GoogleCloud() || (Landscape{Provider: AWS}).GoogleCloud() || (Landscape{}).GoogleCloud() {
		t.Error("GoogleCloud")
	}
	_, err := Derive("http://127.0.0.1:1\x1b[2J", Overrides{})
	if e, ok := errors.AsType[*LandscapeError](err); !ok || e.Setting != SettingLandscape || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("got %q", err)
	}
}

func TestSameOrigin(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://api.test", "https://API.test:443/v3", true},
		{"http://api.test:80", "http://api.test", true},
		{"https://api.test", "http://api.test", false},
		{"https://api.test", "https://api.test:8443", false},
		{"https://api.test", "https://api.test.evil", false},
	} {
		a, _ := parseBase(c.a)
		b, _ := parseBase(c.b)
		if origin.Same(a, b) != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, !c.want)
		}
	}
	for _, bad := range []string{"", "https://", "https://u:p@api.test", "https://api.test?x=1", "file:///etc/passwd"} {
		if _, err := parseBase(bad); err == nil || strings.Contains(err.Error(), ":p@") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
