package sandbox

import (
	"encoding/base64"
	"slices"
	"strconv"
)

// The log cache. It holds the events of applications only, since there are no
// containers that could log.

func (cc *cloudController) logInfo(*call) (reply, error) {
	return ok(object{"version": "3.0.0", "vm_uptime": "1"})
}

func (cc *cloudController) readLogs(q *call, a *app) (reply, error) {
	lines := map[string]string{
		eventStart: "Starting app", eventStop: "Stopping app", eventRestart: "Restarting app",
	}
	batch := []object{}
	for _, e := range cc.events {
		if e.app != a {
			continue
		}
		batch = append(batch, object{
			"timestamp": strconv.FormatInt(e.created.UnixNano(), 10), "source_id": a.guid, "instance_id": "0",
			"tags": object{"source_type": "API"},
			"log":  object{"payload": base64.StdEncoding.EncodeToString([]byte(lines[e.kind])), "type": "OUT"},
		})
	}
	if q.r.URL.Query().Get("descending") == "true" {
		slices.Reverse(batch)
	}
	return ok(object{"envelopes": object{"batch": batch}})
}
