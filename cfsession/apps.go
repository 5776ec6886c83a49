package cfsession

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sort"
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
	MTA       string // the multitarget application that it was deployed with; "" for none
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
	Type    string `json:"type"` // process type: web, worker
	Index   int    `json:"index"`
	State   string `json:"state"`   // RUNNING, STARTING, CRASHED, DOWN, STOPPING
	Details string `json:"details"` // why it could not be placed, "" mostly

	// Routable tells whether its readiness check lets requests reach it. Nil: the
	// platform does not tell.
	Routable *bool `json:"routable"`
}

// NotReady reports an instance that runs, and that no request reaches.
func (h InstanceHealth) NotReady() bool {
	return h.State == instanceRunning && h.Routable != nil && !*h.Routable
}

// appResource is what counts of a resource.App, which cannot be decoded where
// its lifecycle is told without data.
type appResource struct {
	resource.Resource
	Name          string                    `json:"name"`
	State         string                    `json:"state"`
	Relationships resource.AppRelationships `json:"relationships"`
	Metadata      resource.Metadata         `json:"metadata"`
}

func (r appResource) app() App {
	return App{GUID: r.GUID, Name: r.Name, SpaceGUID: referred(&r.Relationships.Space), State: r.State, MTA: r.mta()}
}

// mta is what the MTA deploy service notes of an application: its name as an annotation,
// beside a digest of it as a label, by which it finds the application again.
func (r appResource) mta() string {
	const mark = "mta_id"
	for _, notes := range []map[string]*string{r.Metadata.Annotations, r.Metadata.Labels} {
		if id := notes[mark]; id != nil && *id != "" {
			return *id
		}
	}
	return ""
}

// App reads an application and its processes. [IsNotFound] when it is gone or the
// login may not see it.
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
	var all []App
	r := newRequest(op, "/v3/apps").whereAny("guids", guids).with("per_page", "1000")
	err := eachPage(ctx, s, r, func(found []appResource, _ struct{}) error {
		apps := map[string]App{}
		for _, r := range found {
			if slices.Contains(guids, r.GUID) {
				apps[r.GUID] = r.app()
			}
		}
		err := s.addProcesses(ctx, op, apps)
		all = slices.AppendSeq(all, maps.Values(apps))
		return err
	})
	sort.Slice(all, func(i, j int) bool { return all[i].GUID < all[j].GUID })
	return all, err
}

func (s *Session) app(ctx context.Context, op, guid string) (App, error) {
	var r appResource
	if err := s.get(ctx, newRequest(op, "/v3/apps/:guid", guid), &r); err != nil {
		return App{}, err
	}
	if r.GUID != guid {
		return App{}, &Error{Op: op, Err: errors.New("the answer is about another application")}
	}
	return r.app(), nil
}

// processResource is what counts of a resource.Process, with whether the platform tells
// how many instances are wanted.
type processResource struct {
	GUID          string                        `json:"guid"`
	Type          string                        `json:"type"`
	Instances     *int                          `json:"instances"`
	Relationships resource.ProcessRelationships `json:"relationships"`
}

// wanted is how many instances are wanted. Where that is not told it is one, which then
// has to be seen: silence is not "none".
func (p processResource) wanted() int {
	if p.Instances == nil {
		return 1
	}
	return *p.Instances
}

func itself(p processResource) processResource { return p }

// addProcesses fills in the processes of some applications with one request.
func (s *Session) addProcesses(ctx context.Context, op string, apps map[string]App) error {
	if len(apps) == 0 {
		return nil
	}
	r := newRequest(op, "/v3/processes").with("app_guids", strings.Join(slices.Sorted(maps.Keys(apps)), ","), "per_page", "1000")
	processes, err := list(ctx, s, r, itself)
	for _, p := range processes {
		if app, ok := apps[referred(&p.Relationships.App)]; ok {
			app.Processes = append(app.Processes, Process{p.Type, p.wanted()})
			apps[app.GUID] = app
		}
	}
	return err
}

// StopApp stops an application; one that is stopped is success. Its instances
// may take a few seconds more to end: see AppHealth.
func (s *Session) StopApp(ctx context.Context, guid string) error {
	return s.setState(ctx, newRequest("stop the application", "/v3/apps/:guid/actions/stop", guid), guid, AppStopped)
}

// StartApp starts an application; one that is started is success. Whether it
// really runs is for AppHealth to tell.
func (s *Session) StartApp(ctx context.Context, guid string) error {
	return s.setState(ctx, newRequest("start the application", "/v3/apps/:guid/actions/start", guid), guid, AppStarted)
}

func (s *Session) setState(ctx context.Context, r request, guid, state string) error {
	return s.changeUnless(ctx, r, http.MethodPost, nil, func() (bool, error) {
		app, err := s.app(ctx, r.op, guid)
		return app.State == state, err
	})
}

// AppHealth returns the state of each instance of an application's processes.
// Process types of which no instance is wanted are left out.
func (s *Session) AppHealth(ctx context.Context, guid string) ([]InstanceHealth, error) {
	const op = "look how the application runs"
	processes, err := list(ctx, s, newRequest(op, "/v3/processes").where("app_guids", guid).with("per_page", "1000"), itself)
	if err != nil {
		return nil, err
	}
	var all []InstanceHealth
	for _, p := range processes {
		if p.wanted() == 0 || referred(&p.Relationships.App) != guid {
			continue
		}
		var stats struct { // resource.ProcessStats is strict about usage and ports, which are not needed
			Resources []InstanceHealth `json:"resources"`
		}
		if err := s.get(ctx, newRequest(op, "/v3/processes/:guid/stats", p.GUID), &stats); err != nil {
			return nil, err
		}
		all = append(all, stats.Resources...)
	}
	return all, nil
}
