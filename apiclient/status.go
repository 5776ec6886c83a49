package apiclient

import (
	"encoding/json"
	"errors"
	"strings"
)

// The status words of the contract. A finalization is never in sync. Others are
// passed on as they come, and mean nothing here.
const (
	Waiting   = "WAITING"
	Running   = "RUNNING"
	InSync    = "IN-SYNC"
	Failed    = "FAILED"
	Completed = "COMPLETED"
)

// Status is how a replication or a finalization is.
type Status struct {
	Word      string // as it came, trimmed; empty if there is none
	Exists    bool   // false: none has been created yet, or it was deleted
	Raw       string // the body as it came, for the record
	RequestID string
}

// readStatus reads the answer to a status request. An empty body, an absent and
// an empty status mean "none yet" (contract: unsaid; so is 404, which callers
// map to the same). Anything else that is not a status is an error: taking it
// for "none yet" would invite creating a second one.
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
		s.Word = strings.TrimSpace(s.Word)
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
