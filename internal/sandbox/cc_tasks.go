package sandbox

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// defaultTaskDuration is the simulated duration of tasks created by API.
const defaultTaskDuration = 10 * time.Minute

// task is a one-off process of an application.
type task struct {
	appPart
	startedWith environment
	sequence    int
	name        string
	command     string
	state       string
	reason      string // of a failure
	memory      int
	disk        int
}

const (
	taskRunning   = "RUNNING"
	taskSucceeded = "SUCCEEDED"
	taskFailed    = "FAILED"
)

func (cc *cloudController) viewTask(q *call, t *task) object {
	cancel := q.link("/v3/tasks/" + t.guid + "/actions/cancel")
	cancel["method"] = "POST"
	v := q.resource(&t.meta, "/v3/tasks", object{
		"app": q.link("/v3/apps/" + t.app.guid), "cancel": cancel, "droplet": q.link("/v3/droplets/" + t.app.droplet.guid),
	})
	v["sequence_id"], v["name"], v["state"] = t.sequence, t.name, t.state
	v["memory_in_mb"], v["disk_in_mb"], v["log_rate_limit_in_bytes_per_second"], v["user"] = t.memory, t.disk, -1, "vcap"
	v["result"], v["droplet_guid"] = object{"failure_reason": nullable(t.reason)}, t.app.droplet.guid
	v["relationships"] = object{"app": refersTo(t.app.guid)}
	if q.who.writes(t.app.space) {
		v["command"] = t.command // may hold secrets: for space developers only
	}
	return v
}

func (cc *cloudController) listTasks(q *call, of *app) (reply, error) {
	return list[*task]{
		path: q.r.URL.Path, items: partsOf(of, cc.tasks), view: cc.viewTask,
		filters: appFilters(map[string]filter[*task]{
			"names":        by(func(t *task) string { return t.name }),
			"states":       by(func(t *task) string { return t.state }),
			"sequence_ids": by(func(t *task) string { return strconv.Itoa(t.sequence) }),
		}),
	}.answer(q)
}

type createTask struct {
	Name     string    `json:"name"`
	Command  string    `json:"command"`
	Memory   int       `json:"memory_in_mb"`
	Disk     int       `json:"disk_in_mb"`
	LogRate  *int      `json:"log_rate_limit_in_bytes_per_second"`
	Droplet  string    `json:"droplet_guid"`
	Metadata *metadata `json:"metadata"`
}

func (cc *cloudController) createTask(q *call, a *app, req createTask) (reply, error) {
	if req.Command == "" {
		return reply{}, unprocessable("Command can't be blank")
	}
	t := cc.runTask(a, taskSpec{name: req.Name, command: req.Command, takes: defaultTaskDuration, memory: req.Memory, disk: req.Disk}, q.now)
	t.annotate(req.Metadata)
	return reply{status: 202, body: cc.viewTask(q, t)}, nil
}

type taskSpec struct {
	name, command string
	takes         time.Duration // simulated
	memory, disk  int
}

func (w *world) runTask(a *app, spec taskSpec, at time.Time) *task {
	a.lastTask++
	t := &task{
		appPart: w.newPart(a, at), startedWith: w.environment(a), sequence: a.lastTask, command: spec.command, state: taskRunning,
		memory: cmp.Or(spec.memory, 256), disk: cmp.Or(spec.disk, 1024),
	}
	t.name = cmp.Or(spec.name, fmt.Sprintf("%.8s", t.guid))
	w.tasks = append(w.tasks, t)
	w.writerStarted(writer{task: t}, at)
	w.after(at, spec.takes, func(at time.Time) {
		if t.state == taskRunning {
			w.endTask(t, taskSucceeded, "", at)
		}
	})
	return t
}

func (w *world) endTask(t *task, state, reason string, at time.Time) {
	t.state, t.reason = state, reason
	t.touch(at.UTC().Truncate(time.Second))
	w.writerStopped(writer{task: t}, at)
}

func (cc *cloudController) cancelTask(q *call, t *task) (reply, error) {
	if t.state != taskRunning {
		return reply{}, unprocessable("Task state is %s and therefore cannot be canceled", t.state)
	}
	cc.endTask(t, taskFailed, "task was cancelled", q.now)
	return reply{status: 202, body: cc.viewTask(q, t)}, nil
}
