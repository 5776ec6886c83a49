package cfsession

import (
	"slices"
	"strings"
	"testing"
)

// signedIn is the beginning of an address with user and password.
const signedIn = "postgres://u:p@"

// TestAddressesOfAllForms: what means the same host is the same host, and what names none
// is none.
func TestAddressesOfAllForms(t *testing.T) {
	for _, c := range []struct {
		name        string
		credentials obj
		hosts       []string
	}{
		{"a name", obj{"hostname": "db.example"}, []string{"db.example"}},
		{"upper case", obj{"hostname": "DB.Example"}, []string{"db.example"}},
		{"a dot at the end", obj{"hostname": "db.example."}, []string{"db.example"}},
		{"a name with its port", obj{"host": "db.example:5432"}, []string{"db.example"}},
		{"port as text", obj{"hostname": "db.example", "port": "5432"}, []string{"db.example"}},
		{"port as number", obj{"hostname": "db.example", "port": 5432.0}, []string{"db.example"}},
		{"without a dot", obj{"hostname": "localhost"}, []string{"localhost"}},
		{"uri", obj{"uri": signedIn + "db.example:5432/d"}, []string{"db.example"}},
		{"uri without a port", obj{"uri": signedIn + "db.example/d"}, []string{"db.example"}},
		{"uri with an empty port", obj{"uri": "postgres://u:p@db.example:/d"}, []string{"db.example"}},
		{"uri without a path", obj{"uri": signedIn + "db.example"}, []string{"db.example"}},
		{"uri without a user", obj{"uri": "postgres://db.example:1/d?sslmode=require"}, []string{"db.example"}},
		{"uri of JDBC", obj{"uri": "jdbc:postgresql://db.example:1/d"}, []string{"db.example"}},
		{"uri with an encoded host", obj{"uri": "postgres://u:p@db%2Dseven.example/d"}, []string{"db-seven.example"}},
		{"uri with several", obj{"uri": "postgres://u:p@a.example:1,B.example.:2,c.example/d"}, []string{"a.example", "b.example", "c.example"}},
		{"uri with the host behind it", obj{"uri": "postgresql://u:p@/d?host=a.example,b.example"}, []string{"a.example", "b.example"}},
		{"uri with nothing but that", obj{"uri": "postgresql:///d?hostaddr=fd00%3A%3A1"}, []string{"fd00::1"}},
		{"several names", obj{"hostname": "a.example, b.example"}, []string{"a.example", "b.example"}},
		{"IPv4", obj{"hostname": "10.0.0.7", "uri": "postgres://u:p@10.0.0.7:5432/d"}, []string{"10.0.0.7"}},
		{"IPv6", obj{"hostname": "fd00::1"}, []string{"fd00::1"}},
		{"IPv6 in brackets", obj{"hostname": "[fd00::1]"}, []string{"fd00::1"}},
		{"IPv6 in brackets with a port", obj{"hostname": "[fd00::1]:5432"}, []string{"fd00::1"}},
		{"IPv6, written at length", obj{"hostname": "FD00:0:0:0:0:0:0:0001"}, []string{"fd00::1"}},
		{"IPv6 in uri", obj{"uri": "postgres://u:p@[fd00::1]:5432/d"}, []string{"fd00::1"}},
		{"IPv6 in uri without a port", obj{"uri": "postgres://u:p@[fd00::1]/d"}, []string{"fd00::1"}},
		{"IPv6 in uri, encoded", obj{"uri": "postgres://u:p@%5Bfd00%3A%3A1%5D:5432/d"}, []string{"fd00::1"}},
		{"IPv6 of a network card", obj{"hostname": "fe80::1%eth0"}, []string{"fe80::1"}},
		{"IPv6 of an IPv4", obj{"hostname": "::ffff:10.0.0.7"}, []string{"10.0.0.7"}},
		{"IPv6 and a name", obj{"hostname": "db.example", "uri": "postgres://u:p@[fd00::1]:1,db.example:2/d"}, []string{"db.example", "fd00::1"}},
		{"nothing", obj{}, nil},
		{"empty", obj{"hostname": "", "uri": ""}, nil},
		{"null", obj{"hostname": nil, "host": nil, "uri": nil}, nil},
		{"numbers", obj{"hostname": 7.0, "uri": 7.0}, nil},
		{"lists", obj{"hostname": []any{"db.example"}}, nil},
		{"a socket", obj{"uri": "postgresql://u:p@%2Fvar%2Frun/d"}, nil},
		{"an unclosed bracket", obj{"hostname": "[fd00::1"}, nil},
		{"no address", obj{"hostname": "fd00::1::2", "uri": "postgres://"}, nil},
		{"a colon", obj{"hostname": ":5432"}, nil},
		{"control characters", obj{"hostname": "db\x1b.example"}, nil},
	} {
		got := markOf(hostsIn(c.credentials))
		if want := markOf(c.hosts); got != want || got.IsZero() != (c.hosts == nil) {
			t.Errorf("%s: %v of %q", c.name, got, hostsIn(c.credentials))
		}
	}
}

// TestAddressesAreFoundInAllForms: whoever names the host in another form names it.
func TestAddressesAreFoundInAllForms(t *testing.T) {
	wanted := watchFor([]HostMark{markOf([]string{"fd00::7:1"}), markOf([]string{"10.0.0.7"})})
	for _, text := range []string{
		"fd00::7:1", "[fd00::7:1]", "[fd00::7:1]:5432", "FD00:0:0:0:0:0:7:1", "postgres://u:p@[fd00::7:1]:5432/d", "host=fd00::7:1 port=5432",
		"tcp(fd00::7:1:5432)", `{"host":"fd00::7:1"}`, "postgres%3A%2F%2Fu%40%5Bfd00%3A%3A7%3A1%5D", "fd00::7:1.", "a.example,[fd00::7:1]:1",
		"10.0.0.7", "10.0.0.7:5432", "jdbc:postgresql://10.0.0.7/d", "::ffff:10.0.0.7",
	} {
		if !wanted.namedIn(text) {
			t.Errorf("not found in %s", text)
		}
	}
	for _, text := range []string{
		"fd00::7:2", "fd00::7", "fd00::7:1:2:3", "afd00::7:1", "fd00::7:1a", "12:30:45", "::", ":", "a:b:c", "10.0.0.70", "110.0.0.7",
		strings.Repeat("fd00::", 40),
	} {
		if wanted.namedIn(text) {
			t.Errorf("found in %s", text)
		}
	}
	if !slices.Equal(hostsIn(obj{"hostname": "x", "uri": "a://b@c"}), []string{"x", "c", "c"}) {
		t.Error("each place is read")
	}
}
