package cfsession

import (
	"context"
	"net/http"
	"net/url"
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
func over(t resource.Task) bool { return t.State == "SUCCEEDED" || t.State == "FAILED" }

// Tasks lists the tasks of some applications that are not over, started and
// stopped applications alike: one request for fifty applications. Of an
// application that the login may not see there is none in the answer.
func (s *Session) Tasks(ctx context.Context, appGUIDs []string) ([]Task, error) {
	const op = "list tasks"
	if err := checkGUID(op, appGUIDs...); err != nil {
		return nil, err
	}
	var all []Task
	for batch := range batches(appGUIDs) {
		query := url.Values{
			"app_guids": {strings.Join(batch, ",")},
			"states":    {strings.Join([]string{TaskRunning, TaskPending, TaskCanceling}, ",")},
			"per_page":  {"1000"},
		}
		err := listPages(ctx, s, op, "/v3/tasks", query, func(page []resource.Task, _ none) error {
			for _, r := range page {
				app := referred(&r.Relationships.App)
				if !over(r) && slices.Contains(batch, app) {
					all = append(all, Task{r.GUID, r.Name, app, r.State, r.CreatedAt})
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// CancelTask orders a task to end; one that is over, or gone, is success. It has
// some seconds to end: until then [Session.Tasks] shows it as TaskCanceling.
func (s *Session) CancelTask(ctx context.Context, guid string) error {
	const op = "cancel the task"
	if err := checkGUID(op, guid); err != nil {
		return err
	}
	_, err := s.change(ctx, op, http.MethodPost, "/v3/tasks/"+guid+"/actions/cancel", nil)
	switch refusalOf(err).status {
	case http.StatusNotFound:
		return nil
	case http.StatusUnprocessableEntity:
		var now resource.Task
		lookErr := s.get(ctx, op, "/v3/tasks/"+guid, nil, &now)
		if lookErr == nil && now.GUID == guid && (over(now) || now.State == TaskCanceling) {
			return nil
		}
	}
	return err
}
