package sandbox

import "time"

// job is an asynchronous job of the Cloud Controller.
type job struct {
	meta
	operation string
	state     string
	err       *cfError // of a failed job
	kind      string   // path segment of its resource
	resource  string   // GUID of its resource
	failure   string   // message that it will fail with; empty: it may succeed
}

// States of a job. POLLING means that the Cloud Controller polls the broker: `cf`
// without --wait stops waiting then.
const (
	jobPolling  = "POLLING"
	jobComplete = "COMPLETE"
	jobFailed   = "FAILED"
)

// jobSpec describes a job.
type jobSpec struct {
	operation  string
	subject    string // for jitter
	kind, guid string
	// finish applies the result; failure is the message to fail with, if any.
	finish func(at time.Time, failure string) *cfError
}

func (w *world) startJob(spec jobSpec, at time.Time) *job {
	j := &job{
		meta: w.newMeta(at), operation: spec.operation, state: jobPolling,
		kind: spec.kind, resource: spec.guid,
	}
	w.jobs[j.guid] = j
	takes := w.jitter(w.scenario.jobDurations[spec.operation], spec.operation+" "+spec.subject, at)
	w.after(at, takes, func(at time.Time) {
		if j.failure == "" {
			j.failure = w.jobFailures[spec.operation]
			delete(w.jobFailures, spec.operation)
		}
		j.state = jobComplete
		if j.err = spec.finish(at, j.failure); j.err != nil {
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
		"guid": j.guid, "created_at": timestamp(j.created), "updated_at": timestamp(j.updated),
		"operation": j.operation, "state": j.state,
		"errors": errors, "warnings": []object{}, "links": links,
	})
}
