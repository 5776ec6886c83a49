package cfsession

import (
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/secret"
)

// LastOperation is what was last done to an instance, key or binding, and how
// far it got. State is the Cloud Controller's word: "initial", "in progress",
// "succeeded", "failed".
type LastOperation struct {
	Type        string // create, update, delete
	State       string
	Description string // the broker's words
	At          time.Time
}

func lastOperation(r resource.LastOperation) LastOperation {
	at := r.UpdatedAt
	if at.IsZero() {
		at = r.CreatedAt
	}
	return LastOperation{r.Type, r.State, secret.Scrub(r.Description), at}
}
