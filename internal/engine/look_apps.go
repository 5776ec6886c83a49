package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// lookApps reads who is bound to source and target, how those are that this
// migration remembers and those that know either otherwise, what tasks they
// run, and of those that were brought back whether they are well.
func (e *Engine) lookApps(ctx context.Context, p Platform, o steps.Observation, s steps.State) (steps.Occurrence, error) {
	apps, err := e.boundApps(ctx, p, s)
	if err != nil {
		return nil, err
	}
	mentioned := mentionedApps(s.Facts.Elsewhere.Mentions)
	var unread []steps.Ref
	for _, m := range s.Choices.Memory {
		unread = append(unread, m.Ref)
	}
	unread = slices.DeleteFunc(append(unread, mentioned...), func(r steps.Ref) bool { return apps[r.GUID] != nil })
	others, err := readApps(ctx, p, unread)
	if err != nil {
		return nil, err
	}
	for _, m := range s.Choices.Memory {
		if app := others[m.GUID]; app != nil {
			apps[m.GUID] = app
		}
	}
	if err := lookHealth(ctx, p, apps, steps.HealthWanted(s)); err != nil {
		return nil, err
	}
	seen := steps.SawApps{Observation: o}
	for _, guid := range slices.Sorted(maps.Keys(apps)) {
		seen.Apps = append(seen.Apps, *apps[guid])
	}
	for _, ref := range mentioned {
		if app := apps[ref.GUID]; app != nil {
			seen.Mentioned = append(seen.Mentioned, *app)
		} else if app := others[ref.GUID]; app != nil {
			seen.Mentioned = append(seen.Mentioned, *app)
		}
	}
	maps.Copy(others, apps)
	seen.Tasks, err = lookTasks(ctx, p, others)
	return seen, err
}

// boundApps reads the bindings of both sides.
func (e *Engine) boundApps(ctx context.Context, p Platform, s steps.State) (map[string]*steps.App, error) {
	type boundApp struct {
		cfsession.Binding
		is steps.Binding
	}
	var sides []string
	for _, side := range []*steps.Ref{s.Choices.Source, s.Choices.Target} {
		if side != nil {
			sides = append(sides, side.GUID)
		}
	}
	bindings, err := p.Bindings(ctx, sides...)
	if err != nil {
		return nil, err
	}
	var bound []*boundApp
	for _, b := range bindings {
		bound = append(bound, &boundApp{Binding: b})
	}
	err = atOnce(ctx, bound, func(ctx context.Context, b *boundApp) (err error) {
		b.is, err = e.binding(ctx, p, b.Binding)
		return err
	})
	if err != nil {
		return nil, err
	}
	apps := map[string]*steps.App{}
	for _, b := range bound {
		if apps[b.App.GUID] == nil {
			apps[b.App.GUID] = application(b.App)
		}
		app := apps[b.App.GUID]
		if s.Choices.Source != nil && b.InstanceGUID == s.Choices.Source.GUID {
			app.Source = newestFirst(app.Source, b.is)
		} else {
			app.Target = newestFirst(app.Target, b.is)
		}
	}
	return apps, nil
}

// newestFirst adds a binding. Of two that were made in the same second, or of which that
// is not told, the one that the platform lists later counts as the newer.
func newestFirst(list steps.Bindings, b steps.Binding) steps.Bindings {
	list = append(list, b)
	for i := len(list) - 1; i > 0 && !list[i-1].Made.After(b.Made); i-- {
		list[i-1], list[i] = list[i], list[i-1]
	}
	return list
}

// mentionedApps are those that know source or target otherwise than by a binding to
// it, each once.
func mentionedApps(mentions []steps.Mention) []steps.Ref {
	var refs []steps.Ref
	for _, m := range mentions {
		for _, app := range m.Apps {
			if !slices.ContainsFunc(refs, func(r steps.Ref) bool { return r.GUID == app.GUID }) {
				refs = append(refs, app.Ref)
			}
		}
	}
	return refs
}

// readApps reads applications together. One that is missing in the answer is
// asked for alone, and is gone when that says so.
func readApps(ctx context.Context, p Platform, refs []steps.Ref) (map[string]*steps.App, error) {
	apps := map[string]*steps.App{}
	var guids []string
	for _, ref := range refs {
		guids = append(guids, ref.GUID)
	}
	found, err := p.Apps(ctx, guids)
	if err != nil {
		return nil, err
	}
	for _, app := range found {
		apps[app.GUID] = application(app)
	}
	for _, ref := range refs {
		if apps[ref.GUID] != nil {
			continue
		}
		app, err := p.App(ctx, ref.GUID)
		switch {
		case cfsession.IsNotFound(err):
			apps[ref.GUID] = &steps.App{Ref: ref, Gone: true}
		case err != nil:
			return nil, err
		default:
			apps[ref.GUID] = application(app)
		}
	}
	return apps, nil
}

func application(a cfsession.App) *steps.App {
	app := &steps.App{Ref: steps.Ref{GUID: a.GUID, Name: a.Name}, SpaceGUID: a.SpaceGUID, State: a.State, MTA: a.MTA}
	if app.Name == "" {
		app.Name = "application " + a.GUID // in a space that the login may not see
	}
	for _, p := range a.Processes {
		app.Processes = append(app.Processes, steps.Process(p))
	}
	return app
}

// lookTasks reads the tasks that are not over. They run whether their
// application is started or stopped.
func lookTasks(ctx context.Context, p Platform, apps map[string]*steps.App) ([]steps.Task, error) {
	var guids []string
	for guid, app := range apps {
		if !app.Gone {
			guids = append(guids, guid)
		}
	}
	tasks, err := p.Tasks(ctx, guids)
	var seen []steps.Task
	for _, t := range tasks {
		seen = append(seen, steps.Task{
			Ref: steps.Ref{GUID: t.GUID, Name: t.Name}, App: apps[t.AppGUID].Ref, State: t.State, Since: t.Since,
		})
	}
	return seen, err
}

// lookHealth asks of the applications that are wanted, and started, whether all
// their instances run. What the platform does not tell stays unknown, and is no
// reason to lose sight of the rest.
func lookHealth(ctx context.Context, p Platform, apps map[string]*steps.App, wanted []string) error {
	var list []*steps.App
	for _, guid := range wanted {
		if app := apps[guid]; app != nil && app.State == steps.Started {
			list = append(list, app)
		}
	}
	return atOnce(ctx, list, func(ctx context.Context, app *steps.App) error {
		health, err := p.AppHealth(ctx, app.GUID)
		if refused, ok := errors.AsType[*cfsession.Error](err); ok && (refused.Status != 0 || cfsession.IsNotUnderstood(err)) && !cfsession.IsUnauthorized(err) {
			app.Ailment = "not known: " + problemOf(err).Says
			return nil
		}
		if err != nil {
			return err
		}
		var processes []cfsession.Process
		for _, process := range app.Processes {
			processes = append(processes, cfsession.Process(process))
		}
		if len(processes) == 0 {
			app.Ailment = "not known: the platform names no process of it"
			return nil
		}
		well, ailment := cfsession.Healthy(health, processes)
		app.Healthy, app.Ailment = yesNo(well), ailment
		app.Crashed = !well && slices.ContainsFunc(health, cfsession.InstanceHealth.Crashed)
		app.NotReady = !well && !app.Crashed && slices.ContainsFunc(health, cfsession.InstanceHealth.NotReady)
		return nil
	})
}

// binding reads a binding's parameters once: they never change.
func (e *Engine) binding(ctx context.Context, p Platform, b cfsession.Binding) (steps.Binding, error) {
	out := steps.Binding{GUID: b.GUID, Name: b.Name, Operation: operation(b.LastOperation), Made: b.Created}
	if known, ok := e.params.Load(b.GUID); ok {
		read := known.(steps.Params) //nolint:forcetypeassert // only Params are stored
		out.Params, out.ParamsKnown = read.Raw, read.Known
		return out, nil
	}
	if out.Operation.Busy() {
		return out, nil
	}
	params, known, err := p.BindingParameters(ctx, b.GUID)
	switch {
	case cfsession.IsNotFound(err), cfsession.IsForbidden(err):
		return out, nil
	case err != nil:
		return out, err
	}
	if s := strings.TrimSpace(string(params)); s == "{}" || s == "null" {
		params = nil
	}
	out.Params, out.ParamsKnown = params, known
	e.params.Store(b.GUID, steps.Params{Raw: params, Known: known})
	return out, nil
}

// looksAtOnce bounds how many requests of one look are under way at a time.
const looksAtOnce = 4

// atOnce does something for each of a list, a few at a time. The first error
// ends it.
func atOnce[T any](ctx context.Context, list []T, do func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(looksAtOnce)
	for _, one := range list {
		group.Go(func() (err error) {
			defer recoverTo(&err)
			return do(ctx, one)
		})
	}
	return group.Wait()
}
