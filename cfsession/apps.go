package cfsession

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cloudfoundry/go-cfclient/v3/resource"
)

// App is an application as far as a migration is concerned with it.
type App struct {
	GUID      string
	Name      string
	SpaceGUID string
	State     string // AppStarted or AppStopped: what is wanted of it, not how it is
	Processes []Process
}

// The two states of an application.
const (
	AppStarted = "STARTED"
	AppStopped = "STOPPED"
)

// Process is one process type of an application and how many instances of it
// are wanted.
type Process struct {
	Type      string
	Instances int
}

// InstanceHealth is how one instance of a process really is.
type InstanceHealth struct {
	Type    string // process type: web, worker
	Index   int
	State   string // RUNNING, STARTING, CRASHED, DOWN, STOPPING
	Details string // why it could not be placed, "" mostly
}

// appResource is what counts of a resource.App, which cannot be decoded where
// its lifecycle is told without data.
type appResource struct {
	resource.Resource
	Name          string                    `json:"name"`
	State         string                    `json:"state"`
	Relationships resource.AppRelationships `json:"relationships"`
}

func (r appResource) app() App {
	return App{GUID: r.GUID, Name: r.Name, SpaceGUID: referred(&r.Relationships.Space), State: r.State}
}

// App reads an application and its processes.
func (s *Session) App(ctx context.Context, guid string) (App, error) {
	const op = "look at the application"
	app, err := s.app(ctx, op, guid)
	if err != nil {
		return App{}, err
	}
	apps := map[string]App{guid: app}
	err = s.addProcesses(ctx, op, apps)
	return apps[guid], err
}

// Apps reads some applications and their processes: two requests for fifty. One
// that is gone, or that the login may not see, is left out.
func (s *Session) Apps(ctx context.Context, guids []string) ([]App, error) {
	const op = "look at the applications"
	if err := checkGUID(op, guids...); err != nil {
		return nil, err
	}
	var all []App
	for batch := range batches(guids) {
		apps := map[string]App{}
		query := url.Values{"guids": {strings.Join(batch, ",")}, "per_page": {"1000"}}
		err := listPages(ctx, s, op, "/v3/apps", query, func(page []appResource, _ none) error {
			for _, r := range page {
				if slices.Contains(batch, r.GUID) {
					apps[r.GUID] = r.app()
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if err := s.addProcesses(ctx, op, apps); err != nil {
			return nil, err
		}
		for _, guid := range batch {
			if app, found := apps[guid]; found {
				all = append(all, app)
			}
		}
	}
	return all, nil
}

func (s *Session) app(ctx context.Context, op, guid string) (App, error) {
	if err := checkGUID(op, guid); err != nil {
		return App{}, err
	}
	var r appResource
	if err := s.get(ctx, op, "/v3/apps/"+guid, nil, &r); err != nil {
		return App{}, err
	}
	if r.GUID != guid {
		return App{}, &Error{Op: op, Err: errors.New("the answer is about another application")}
	}
	return r.app(), nil
}

// addProcesses fills in the processes of some applications with one request.
func (s *Session) addProcesses(ctx context.Context, op string, apps map[string]App) error {
	if len(apps) == 0 {
		return nil
	}
	query := url.Values{
		"app_guids": {strings.Join(slices.Sorted(maps.Keys(apps)), ",")},
		"per_page":  {"1000"},
	}
	return listPages(ctx, s, op, "/v3/processes", query, func(page []resource.Process, _ none) error {
		for _, p := range page {
			app, ok := apps[referred(&p.Relationships.App)]
			if !ok {
				continue
			}
			app.Processes = append(app.Processes, Process{p.Type, p.Instances})
			apps[app.GUID] = app
		}
		return nil
	})
}

// StopApp stops an application; one that is stopped is success. Its instances
// may take a few seconds more to end: see AppHealth.
func (s *Session) StopApp(ctx context.Context, guid string) error {
	return s.turn(ctx, "stop the application", guid, "stop", AppStopped)
}

// StartApp starts an application; one that is started is success. Whether it
// really runs is for AppHealth to tell.
func (s *Session) StartApp(ctx context.Context, guid string) error {
	return s.turn(ctx, "start the application", guid, "start", AppStarted)
}

// turn stops or starts. A refusal is no failure when the application is already
// as it was to be.
func (s *Session) turn(ctx context.Context, op, guid, action, want string) error {
	if err := checkGUID(op, guid); err != nil {
		return err
	}
	_, err := s.change(ctx, op, http.MethodPost, "/v3/apps/"+guid+"/actions/"+action, nil)
	if refusalOf(err).status == http.StatusUnprocessableEntity {
		if app, lookErr := s.app(ctx, op, guid); lookErr == nil && app.State == want {
			return nil
		}
	}
	return err
}

// AppHealth tells how the instances of an application's processes are. Process
// types of which no instance is wanted are left out.
func (s *Session) AppHealth(ctx context.Context, guid string) ([]InstanceHealth, error) {
	const op = "look how the application runs"
	if err := checkGUID(op, guid); err != nil {
		return nil, err
	}
	var processes []resource.Process
	err := listPages(ctx, s, op, "/v3/processes", url.Values{"app_guids": {guid}, "per_page": {"1000"}},
		func(page []resource.Process, _ none) error {
			processes = append(processes, page...)
			return nil
		})
	if err != nil {
		return nil, err
	}
	var all []InstanceHealth
	for _, p := range processes {
		if p.Instances == 0 || referred(&p.Relationships.App) != guid {
			continue
		}
		if err := checkGUID(op, p.GUID); err != nil {
			return nil, err
		}
		var stats struct { // resource.ProcessStats is strict about usage and ports, which nobody asks for
			Resources []struct {
				Type    string `json:"type"`
				Index   int    `json:"index"`
				State   string `json:"state"`
				Details string `json:"details"`
			} `json:"resources"`
		}
		if err := s.get(ctx, op, "/v3/processes/"+p.GUID+"/stats", nil, &stats); err != nil {
			return nil, err
		}
		for _, r := range stats.Resources {
			all = append(all, InstanceHealth{r.Type, r.Index, r.State, r.Details})
		}
	}
	return all, nil
}
