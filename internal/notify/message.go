package notify

import (
	"time"

	"pg-migrate-wizard/internal/status"
)

// Version is the version of the form of a message. Fields are added to it, and not changed.
const Version = 1

// Message is what somebody is told. Its JSON is a public interface (docs/events.md), with
// no secret in it.
type Message struct {
	Version   int          `json:"version"`
	At        time.Time    `json:"at"`
	Reason    Reason       `json:"reason"`
	Migration string       `json:"migration"` // source and target; empty: not known yet
	Text      string       `json:"text"`      // for people, on one line
	Event     status.Event `json:"event"`     // without the page
}

// Reason is why somebody is told. The values are a public interface.
type Reason string

// Reasons.
const (
	Question Reason = "question" // a person is waited for
	Changed  Reason = "status"   // the service has another word
	Failed   Reason = "failed"   // the service says FAILED
	Alarm    Reason = "alarm"    // something can write that should not, or cannot any more
	Waiting  Reason = "waiting"  // a request has failed for long, and is tried again
	Decision Reason = "decision" // the plan turns back where something went wrong
	End      Reason = "end"      // of the program's work
)
