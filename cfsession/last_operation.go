package cfsession

import "time"

// LastOperation is what was last done to an instance, key or binding, and how
// far it got. State is the Cloud Controller's word: "initial", "in progress",
// "succeeded", "failed".
type LastOperation struct {
	Type        string // create, update, delete
	State       string
	Description string // the broker's words
	At          time.Time
}

type lastOperationResource struct {
	Type        string `json:"type"`
	State       string `json:"state"`
	Description string `json:"description"`
	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`
}

func (r lastOperationResource) last() LastOperation {
	out := LastOperation{Type: r.Type, State: r.State, Description: r.Description}
	for _, stamp := range []string{r.UpdatedAt, r.CreatedAt} {
		if at, err := time.Parse(time.RFC3339, stamp); err == nil {
			out.At = at
			break
		}
	}
	return out
}
