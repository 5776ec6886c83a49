package apiclient

import (
	"encoding/json"
	"errors"
	"strings"

	"pg-migrate-wizard/internal/secret"
)

// States defined by the contract. A finalization is never IN-SYNC. Others are
// passed on unchanged.
const (
	Waiting   = "WAITING"
	Running   = "RUNNING"
	InSync    = "IN-SYNC"
	Failed    = "FAILED"
	Completed = "COMPLETED"
)

// Status is the status of a replication or finalization.
type Status struct {
	Word      string // the state, trimmed; empty if there is none
	Exists    bool   // false: not created yet, or deleted
	Raw       string // the body
	RequestID string
}

// longestWord bounds what is shown of a status that nobody knows.
const longestWord = 100

// readStatus parses a status. An empty body and an absent or empty status mean
// that there is none, as 404 does for callers (the contract is silent). Anything
// else without a status is an error: taken for "none", it might lead to a second
// creation.
func readStatus(a *answer) (Status, error) {
	s := Status{Raw: string(a.body), RequestID: requestID(a.header)}
	if strings.TrimSpace(s.Raw) == "" || strings.TrimSpace(s.Raw) == "null" {
		return s, nil
	}
	fields, err := readObject(a.body)
	if err != nil {
		return s, err
	}
	if value, _ := fields.field("status"); !isNull(value) {
		if err := json.Unmarshal(value, &s.Word); err != nil {
			return s, errors.New("its status is not a word")
		}
		s.Word = bounded(secret.Scrub(strings.TrimSpace(s.Word)), longestWord)
		s.Exists = s.Word != ""
		return s, nil
	}
	for name, value := range fields {
		switch {
		case isNull(value):
		case strings.EqualFold(name, "error") || strings.EqualFold(name, "errors"):
			return s, errors.New("it reports an error in place of a status")
		case value[0] == '{' || value[0] == '[':
			return s, errors.New("it holds something else in place of a status")
		}
	}
	return s, nil
}
