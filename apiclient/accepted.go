package apiclient

import "net/url"

// Accepted is the response to a creation, which continues in the background.
type Accepted struct {
	// Location is the status URL sent by the service, empty if it is on another
	// server. It is informational: status is read at the documented address.
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
