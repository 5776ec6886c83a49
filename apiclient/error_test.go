package apiclient

import (
	"errors"
	"strings"
	"testing"
)

func TestTheTextOfAnError(t *testing.T) {
	for _, c := range []struct {
		e    Error
		want string
	}{
		{
			Error{
				Op: "create the replication", Method: "POST", Status: 409, Kind: KindConflict,
				Message: "exists\x1b[31m\nalready", RequestID: "id-7",
			},
			"could not create the replication: the service says that it is in the way of what exists already " +
				"(HTTP 409 Conflict): exists already [request id id-7]",
		},
		{
			Error{Op: "delete the finalization", Method: "DELETE", Status: 502, Kind: KindUnavailable},
			"could not delete the finalization: the service is not available at the moment (HTTP 502 Bad Gateway); " +
				"it may have been carried out all the same, so look before trying again",
		},
		{
			Error{Op: "create the replication", Method: "POST", Kind: KindNetwork, NotSent: true, Err: errors.New("no such host")},
			"could not create the replication: the service could not be reached: no such host",
		},
		{
			Error{Op: "read", Method: "GET", Kind: KindRedirect, Status: 302, Err: errors.New("https://evil.example:443")},
			"could not read: the service points to another address, which is not followed (HTTP 302 Found): https://evil.example:443",
		},
		{
			Error{Op: "read", Method: "GET", Kind: KindUnavailable, Status: 599},
			"could not read: the service is not available at the moment (HTTP 599)",
		},
	} {
		if got := c.e.Error(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestEveryKindHasItsWords(t *testing.T) {
	seen := map[string]Kind{}
	for _, kind := range []Kind{
		KindNoToken, KindUnauthorized, KindForbidden, KindInvalid, KindNotFound, KindConflict, KindTooMany,
		KindUnavailable, KindTimeout, KindNetwork, KindCancelled, KindRedirect, KindUnreadable,
	} {
		words := (&Error{Kind: kind}).what()
		if other, twice := seen[words]; twice || words == (&Error{}).what() {
			t.Errorf("%s has the words of %q: %s", kind, other, words)
		}
		seen[words] = kind
	}
}

func TestALongMessageIsCut(t *testing.T) {
	e := Error{Op: "read", Message: strings.Repeat("ü", 5000), RequestID: strings.Repeat("i", 5000)}
	if n := len(e.Error()); n > 2000 {
		t.Errorf("%d bytes", n)
	}
}
