package steps

import (
	"fmt"
	"strings"
	"time"
)

// AppEvent is what somebody did to an application, as the platform's audit events say.
type AppEvent struct {
	App     string // GUID
	Started bool   // else it was stopped
	By      string
	At      time.Time
}

// SawAppEvents are the audit events of the applications of which it is not known how they were
// before.
type SawAppEvents struct {
	Observation
	Events []AppEvent // the newest first
}

func (e SawAppEvents) happen(s *State) []Effect {
	return s.take(ObserveAppEvents, e.Observation, func() { s.Facts.AppEvents = e.Events })
}

// appEventLooks are wanted while somebody is asked what the platform may know.
func (s *State) appEventLooks() []Look {
	if len(s.unsureApps()) == 0 {
		return nil
	}
	return []Look{{ObserveAppEvents, paceIdle}}
}

// whoStopped says who has stopped the applications, as far as the platform tells: a hint
// for whoever is asked, and never an answer.
func (s *State) whoStopped(apps []App) string {
	if !s.looked(ObserveAppEvents) {
		return ""
	}
	var says []string
	for _, a := range apps {
		if d := find(s.Facts.AppEvents, func(d AppEvent) bool { return d.App == a.GUID }); d != nil && !d.Started {
			says = append(says, fmt.Sprintf("%s has stopped %s, %s", d.By, a.Name, clockTime(d.At, s.At)))
		}
	}
	if len(says) == 0 {
		return " Who has stopped " + them(len(apps)) + ", the platform does not say (its events are kept for about a month)."
	}
	return " The platform's events say: " + strings.Join(says, "; ") + "."
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
