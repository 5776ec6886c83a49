package sandbox

import "time"

// job is an asynchronous job of the Cloud Controller.
type job struct {
	meta
	operation string
	state     string
	err       *cfError // of a failed one
	kind      string   // of the resource it works on, as its path names it
	resource  string   // its guid
	doom      string   // what its broker will say no with, if it is to fail
}

// The states of a job. A broker's work is polled by the Cloud Controller, and
// `cf` without --wait goes on once it sees that.
const (
	jobPolling  = "POLLING"
	jobComplete = "COMPLETE"
	jobFailed   = "FAILED"
)

// work is what a job does.
type work struct {
	operation  string
	about      string // by name
	kind, guid string
	// finish does it, or fails with the broker's refusal if there is one.
	finish func(at time.Time, refusal string) *cfError
}

func (w *world) start(todo work, at time.Time) *job {
	j := &job{
		meta: w.newMeta(at), operation: todo.operation, state: jobPolling,
		kind: todo.kind, resource: todo.guid,
	}
	w.jobs[j.guid] = j
	takes := w.spread(w.scenario.jobDurations[todo.operation], todo.operation+" "+todo.about, at)
	w.after(at, takes, func(at time.Time) {
		if j.doom == "" {
			j.doom = w.jobFailures[todo.operation]
			delete(w.jobFailures, todo.operation)
		}
		j.state = jobComplete
		if j.err = todo.finish(at, j.doom); j.err != nil {
			j.state = jobFailed
		}
		j.touch(at.UTC().Truncate(time.Second))
	})
	return j
}

func (cc *cloudController) job(q *call) (reply, error) {
	j := cc.jobs[q.r.PathValue("guid")]
	if j == nil {
		return reply{}, notFound("Job")
	}
	errors := []object{}
	if j.err != nil {
		errors = append(errors, j.err.view())
	}
	links := object{"self": q.link("/v3/jobs/" + j.guid)}
	if j.kind != "" {
		links[j.kind] = q.link("/v3/" + j.kind + "/" + j.resource)
	}
	return ok(object{
		"guid": j.guid, "created_at": stamp(j.created), "updated_at": stamp(j.updated),
		"operation": j.operation, "state": j.state,
		"errors": errors, "warnings": []object{}, "links": links,
	})
}
