package cfsession

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// Task is a one-off run of an application that is not over. It runs whether the
// application is started or stopped.
type Task struct {
	GUID    string
	Name    string
	AppGUID string
	State   string    // TaskPending, TaskRunning or TaskCanceling
	Since   time.Time // when it was ordered; zero when the server does not tell
}

// The states of a task that is not over. The Cloud Controller's others are
// SUCCEEDED and FAILED.
const (
	TaskPending   = "PENDING"
	TaskRunning   = "RUNNING"
	TaskCanceling = "CANCELING" // was told to end, and has some seconds to do so: it may still write
)

// over reports a state that a task does not leave again.
func over(state string) bool { return state == "SUCCEEDED" || state == "FAILED" }

// Tasks lists the tasks of some applications that are not over, started and
// stopped applications alike: one request for fifty applications. Of an
// application that the login may not see there is none in the answer.
func (s *Session) Tasks(ctx context.Context, appGUIDs []string) ([]Task, error) {
	r := newRequest("list tasks", "/v3/tasks").whereAny("app_guids", appGUIDs).
		with("states", strings.Join([]string{TaskRunning, TaskPending, TaskCanceling}, ","), "per_page", "1000")
	tasks, err := list(ctx, s, r, func(t resource.Task) Task {
		return Task{t.GUID, t.Name, referred(&t.Relationships.App), t.State, t.CreatedAt}
	})
	return slices.DeleteFunc(tasks, func(t Task) bool { return over(t.State) || !slices.Contains(appGUIDs, t.AppGUID) }), err
}

// CancelTask orders a task to end; one that is over, or gone, is success. It has
// some seconds to end: until then [Session.Tasks] shows it as TaskCanceling.
func (s *Session) CancelTask(ctx context.Context, guid string) error {
	r := newRequest("cancel the task", "/v3/tasks/:guid/actions/cancel", guid)
	err := s.changeUnless(ctx, r, http.MethodPost, nil, func() (bool, error) {
		var now resource.Task
		err := s.get(ctx, newRequest(r.op, "/v3/tasks/:guid", guid), &now)
		return now.GUID == guid && (over(now.State) || now.State == TaskCanceling), err
	})
	if refusalOf(err).status == http.StatusNotFound {
		return nil
	}
	return err
}
