package apiclient

import "net/url"

// Accepted is the answer to a creation: the service goes on in the background.
type Accepted struct {
	// Location is where the service says that the status can be read, if that is
	// on the same server; empty otherwise. Replication and Finalization read the
	// status at the documented address, so it is for the record only.
	Location  string
	Raw       string
	RequestID string
}

func readAccepted(a *answer, request *url.URL) Accepted {
	return Accepted{
		Location:  sameOrigin(a.header.Get("Location"), request),
		Raw:       string(a.body),
		RequestID: requestID(a.header),
	}
}
