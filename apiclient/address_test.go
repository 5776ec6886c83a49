package apiclient

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestNewTakesOnlyAnAddressThatATokenMaySee(t *testing.T) {
	for _, c := range []struct {
		address string
		ok      bool
	}{
		{"https://pg-migrate.cf.eu10.hana.ondemand.com/v1", true},
		{"https://pg-migrate.cf.eu10.hana.ondemand.com/v1/", true},
		{"HTTPS://host/prefix/v1", true},
		{"http://127.0.0.1:8080/v1", true},
		{"http://127.9.9.9/v1", true},
		{"http://[::1]:8080/v1", true},
		{"http://localhost:8080/v1", true},
		{"http://pg-migrate.cf.eu10.hana.ondemand.com/v1", false},
		{"http://10.0.0.1/v1", false},
		{"http://localhost.example/v1", false},
		{"http://127.0.0.1.example/v1", false},
		{"ftp://host/v1", false},
		{"pg-migrate.cf.eu10.hana.ondemand.com/v1", false},
		{"https:///v1", false},
		{"https://host", false},
		{"https://host/v2", false},
		{"https://host/xv1", false},
		{"https://host/v1?x=1", false},
		{"https://host/v1#x", false},
		{"https://user:s3cr3t@host/v1", false},
		{"https://user:s3cr3t@host/v1%zz", false},
		{"://s3cr3t", false},
		{"", false},
	} {
		_, err := New(c.address, newSession("t"))
		if (err == nil) != c.ok {
			t.Errorf("%q: %v", c.address, err)
			continue
		}
		if c.ok {
			continue
		}
		if _, typed := errors.AsType[*AddressError](err); !typed {
			t.Errorf("%q: %T", c.address, err)
		}
		if shown := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(shown, "s3cr3t") {
			t.Errorf("%q: the password is in %s", c.address, shown)
		}
	}
}

func TestNewNeedsTokens(t *testing.T) {
	if _, err := New(base, nil); err == nil {
		t.Error("no error")
	}
}
