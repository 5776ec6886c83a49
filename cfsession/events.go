package cfsession

import (
	"context"
	"strings"
	"time"

	"pg-migrate-wizard/internal/sanitize"
)

// AppEvent says who has stopped or started an application, and when.
type AppEvent struct {
	App     string // GUID
	Started bool
	Actor   string
	At      time.Time
}

// Types of audit events that tell it (CF API v3, audit events). A landscape keeps them for
// about a month.
const (
	eventStart = "audit.app.start"
	eventStop  = "audit.app.stop"
)

type auditEvent struct {
	Type      string    `json:"type"`
	CreatedAt time.Time `json:"created_at"`
	Actor     struct {
		Name string `json:"name"`
		GUID string `json:"guid"`
	} `json:"actor"`
	Target struct {
		GUID string `json:"guid"`
	} `json:"target"`
}

// AppEvents reads who has stopped and started these applications last, the newest first:
// one page, which is a hundred events.
func (s *Session) AppEvents(ctx context.Context, appGUIDs []string) ([]AppEvent, error) {
	if len(appGUIDs) > maxGUIDs {
		appGUIDs = appGUIDs[:maxGUIDs]
	}
	r := newRequest("read the audit events", "/v3/audit_events").check(appGUIDs...).
		with("target_guids", strings.Join(appGUIDs, ","), "types", eventStart+","+eventStop, "order_by", "-created_at", "per_page", "100")
	p, err := readPage[auditEvent, struct{}](ctx, s, r, 1)
	if err != nil {
		return nil, err
	}
	var list []AppEvent
	for _, e := range p.Resources {
		actor := sanitize.Line(e.Actor.Name)
		if actor == "" {
			actor = sanitize.Line(e.Actor.GUID)
		}
		list = append(list, AppEvent{App: e.Target.GUID, Started: e.Type == eventStart, Actor: actor, At: e.CreatedAt})
	}
	return list, nil
}
