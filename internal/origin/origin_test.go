package origin

import (
	"net/url"
	"testing"
)

func TestMayServe(t *testing.T) {
	const eu10, own, here = "https://api.cf.eu10.hana.ondemand.com", "https://api.lab.example.com", "http://127.0.0.1:8080"
	for _, c := range []struct {
		api, service string
		want         bool
	}{
		{eu10, "https://pg-migrate.cf.eu10.hana.ondemand.com/v1", true},
		{eu10, "https://PG-Migrate.CF.EU10.hana.ondemand.com:443/v1", true},
		{eu10, "https://pg-migrate.cf.eu10.hana.ondemand.com./v1", true},
		{eu10, "https://pg-migrate-next.cf.eu10.hana.ondemand.com/v1", true},
		{eu10, "http://127.0.0.1:9/v1", true},
		{eu10, "http://[::1]:9/v1", true},
		{eu10, "https://localhost:9/v1", true},

		{eu10, "https://evil.example/v1", false},
		{eu10, "https://pg-migrate.cf.eu10.hana.ondemand.com:8443/v1", false},
		{eu10, "http://pg-migrate.cf.eu10.hana.ondemand.com/v1", false},
		{eu10, "http://pg-migrate.cf.eu10.hana.ondemand.com:443/v1", false},
		{eu10, "ftp://pg-migrate.cf.eu10.hana.ondemand.com/v1", false},
		{eu10, "https://pg-migrate.cf.eu20.hana.ondemand.com/v1", false},
		{eu10, "https://pg-migrate.cf.eu10.hana.ondemand.com.evil.example/v1", false},
		{eu10, "https://pg-migrate.cf.eu10.hana.ondemand.com@evil.example/v1", false},
		{eu10, "https://evil.example@pg-migrate.cf.eu10.hana.ondemand.com/v1", false},
		{eu10, "https://evil-pg-migrate.cfapps.eu10.hana.ondemand.com/v1", false}, // anybody's application
		{eu10, "https://evilcf.eu10.hana.ondemand.com/v1", false},
		{eu10, "https://cf.eu10.hana.ondemand.com/v1", false},
		{eu10, "https://127.0.0.1.evil.example/v1", false},
		{eu10, "https://localhost.evil.example/v1", false},
		{eu10, "https://10.0.0.1/v1", false},

		{own, "https://pg-migrate.lab.example.com/v1", true},
		{own, "https://pg-migrate.cf.eu10.hana.ondemand.com/v1", true},
		{own, "https://pg-migrate.example.com/v1", false},
		{own, "https://pg-migrate.cf.evil.example/v1", false},
		{own, "https://pg-migrate.cf.a.b.hana.ondemand.com/v1", false},
		{"https://api.com", "https://evil.com/v1", false},
		{"https://lab.example.com", "https://pg-migrate.example.com/v1", false},

		{here, "http://localhost:9090/v1", true},
		{here, "https://pg-migrate.cf.cn20.platform.sapcloud.cn/v1", true},
		{here, "https://evil.example/v1", false},
	} {
		api, err := url.Parse(c.api)
		if err != nil {
			t.Fatal(err)
		}
		service, err := url.Parse(c.service)
		if err != nil {
			t.Fatal(err)
		}
		if got := MayServe(api, service); got != c.want {
			t.Errorf("%s at %s: %v", c.service, c.api, got)
		}
	}
}

func TestPrivate(t *testing.T) {
	for address, want := range map[string]bool{
		"https://api.example": true, "HTTPS://api.example": true, "http://localhost": true, "http://127.0.0.2:1": true, "http://[::1]": true,
		"http://api.example": false, "http://127.0.0.1.example": false, "http://localhost.example": false, "http://10.0.0.1": false,
		"http://0.0.0.0": false, "ftp://127.0.0.1": false, "//127.0.0.1": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if Private(u) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
}
