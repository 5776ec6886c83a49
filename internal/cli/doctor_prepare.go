package cli

import (
	"context"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// prepare tells what is to be prepared for the migration, where one is known that has not
// come to its downtime. It is a list: nothing fails for it.
func (d *doctor) prepare(ctx context.Context, about subject, s *cfsession.Session) {
	if s == nil || !about.names.Complete() && about.is.record == nil {
		return
	}
	runner := d.p.runner(about.place.config())
	var page status.Page
	var err error
	switch m := about.is; {
	case m.record != nil && m.record.Ended != nil:
		return
	case m.record != nil:
		page, _, err = runner.LookOnce(ctx, *m.record)
	case m.plan != nil:
		page, err = runner.LookWithoutJournal(ctx, *m.plan)
	}
	if err != nil || page.Step.Number == 0 || page.Step.Number > steps.Replicate.Number() {
		return // that it cannot be looked at is said by the findings before
	}
	open := 0
	for _, x := range page.Prepare {
		if !x.State.Settled() {
			open++
			d.attention("prepare", x.Why+" Who: "+x.Who, "%s, %s: %s", x.What, x.State.Words(), x.Seen)
		}
	}
	if open == 0 && len(page.Prepare) > 0 {
		d.ok("prepare", "nothing is open that should be done before the downtime")
	}
}
