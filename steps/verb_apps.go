package steps

import (
	"slices"
	"time"
)

// What is done to one application (CF API v3, apps).
type (
	stopAppVerb    struct{ onApp }
	startAppVerb   struct{ onApp }
	restageVerb    struct{ onApp }
	cancelTaskVerb struct{ onApp }
)

// onApp is what these have in common with the bindings of an application.
type onApp struct{ noConsent }

func (onApp) traits() traits             { return traits{changes: true, perApp: true} }
func (onApp) key(e Effect) string        { return e.App.GUID }
func (onApp) proofs(Effect) []Observable { return []Observable{ObserveApps} }

func (stopAppVerb) text(e Effect) string { return "stop " + e.App.Name }
func (stopAppVerb) requests(e Effect) []string {
	return []string{"POST " + pathApp(e) + "/actions/stop"}
}

func (stopAppVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	a := s.app(e.App.GUID)
	return a == nil || a.State == Stopped
}

func (stopAppVerb) assume(s *State, e Effect, _ Ref) {
	if a := s.app(e.App.GUID); a != nil {
		a.State = Stopped
	}
}

func (stopAppVerb) settle(s *State, e Effect) {
	s.recordAppEffect(e, AppStopped)
	if c := s.Choices.Switch; c != nil && slices.Contains(c.Again, e.App.GUID) {
		s.Choices.changeSwitch(func(c *SwitchChoice) {
			c.Again = slices.DeleteFunc(slices.Clone(c.Again), func(guid string) bool { return guid == e.App.GUID })
		})
	}
}

func (stopAppVerb) withdraw(s *State, e Effect) { s.withdrawStop(e.App) }

func (stopAppVerb) untouched(e Effect) string {
	return e.App.Name + " is as it was; nothing else was touched."
}

func (startAppVerb) text(e Effect) string { return "start " + e.App.Name }
func (startAppVerb) requests(e Effect) []string {
	return []string{"POST " + pathApp(e) + "/actions/start"}
}

func (startAppVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	a := s.app(e.App.GUID)
	return a != nil && a.State == Started
}

func (startAppVerb) assume(s *State, e Effect, _ Ref) {
	if a := s.app(e.App.GUID); a != nil {
		a.State, a.Healthy, a.Ailment, a.Crashed = Started, Unknown, "", false
	}
}

func (startAppVerb) settle(s *State, e Effect) { s.recordAppEffect(e, AppStarted) }

func (startAppVerb) untouched(e Effect) string {
	return e.App.Name + " is still stopped; its bindings are as they were."
}

func (restageVerb) text(e Effect) string { return "restage " + e.App.Name }

func (restageVerb) requests(e Effect) []string {
	return []string{"POST /v3/builds", "PATCH " + pathApp(e) + "/relationships/current_droplet"}
}

// No observation tells a new droplet from the old one.
func (restageVerb) confirmed(*State, Effect, time.Time) bool { return false }
func (restageVerb) assume(*State, Effect, Ref)               {}
func (restageVerb) untouched(Effect) string                  { return "Nothing else was changed." }

func (cancelTaskVerb) key(e Effect) string { return e.Task.GUID }
func (cancelTaskVerb) text(e Effect) string {
	return "cancel the task " + e.Task.Name + " of " + e.App.Name
}

func (cancelTaskVerb) requests(e Effect) []string {
	return []string{"POST /v3/tasks/" + e.Task.GUID + "/actions/cancel"}
}

func (cancelTaskVerb) confirmed(s *State, e Effect, _ time.Time) bool {
	return !slices.ContainsFunc(s.Facts.Tasks, func(t Task) bool { return t.GUID == e.Task.GUID })
}

// A task may take long to end: nothing is assumed.
func (cancelTaskVerb) assume(*State, Effect, Ref) {}

func (cancelTaskVerb) settle(s *State, e Effect) {
	s.recordAppEffect(e, "task "+e.Task.Name+" cancelled")
}

func (cancelTaskVerb) untouched(Effect) string { return "Nothing else was changed." }
