package cfsession_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
)

// embedded is a session on the embedded landscape, opened from the login file
// that cf would have written. It lives in a synctest bubble.
func embedded(t *testing.T, cfg sandbox.Config) (*sandbox.Landscape, *cfsession.Session, cfsession.Options) {
	t.Helper()
	stage := enginetest.New(t, cfg)
	o := cfsession.Options{Home: stage.Config.CFHome, Transport: stage.Config.Transport}
	s, err := cfsession.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return stage.Landscape, s, o
}

// find picks one of a list.
func find[T any](t *testing.T, list []T, err error, want func(T) bool) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if want(one) {
			return one
		}
	}
	t.Fatalf("not among %d", len(list))
	panic("unreachable")
}

func TestTheEmbeddedLandscapeFromEndToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		landscape, s, _ := embedded(t, sandbox.Config{})
		info, ctx := landscape.Info(), t.Context()

		id := s.Identity()
		if id.API != info.API || id.User != info.User || id.Org.Name != info.Org || id.Space.Name != info.Space {
			t.Errorf("identity %+v", id)
		}
		org, err := s.FindOrg(ctx, info.Org)
		if err != nil || org != id.Org {
			t.Errorf("%+v, %v", org, err)
		}
		if space, err := s.FindSpace(ctx, org.GUID, info.Space); err != nil || space != id.Space {
			t.Errorf("%+v, %v", space, err)
		}
		spaces, err := s.Spaces(ctx, org.GUID, cfsession.Page{})
		find(t, spaces.Items, err, func(r cfsession.Ref) bool { return r == id.Space })

		all, err := s.Instances(ctx, id.Space.GUID)
		named := func(name string) cfsession.Instance {
			t.Helper()
			return find(t, all, err, func(i cfsession.Instance) bool { return i.Name == name })
		}
		source, target := named(info.Source), named(info.Target)
		if source.Offering != "postgresql" || target.Offering != "postgresql-db" || source.Plan == "" || source.SpaceGUID != id.Space.GUID || source.Shared {
			t.Errorf("source %+v, target %+v", source, target)
		}

		if err := s.UpdateParameters(ctx, source.GUID, json.RawMessage(`{"prepare_migration":"true"}`)); err != nil {
			t.Fatal(err)
		}
		after, err := s.Instance(ctx, source.GUID)
		if err != nil || strings.Join(after.Tags, ",") != strings.Join(source.Tags, ",") || after.LastOperation.State != "succeeded" {
			t.Errorf("after the update %+v, %v; tags were %v", after, err, source.Tags)
		}
		if _, _, err := s.Parameters(ctx, target.GUID); err != nil {
			t.Error(err)
		}

		key, err := s.CreateKey(ctx, target.GUID, "migration,1", json.RawMessage(`{"enable_session_replication":true}`))
		if err != nil || key.Name != "migration,1" || key.LastOperation.State != "succeeded" {
			t.Fatalf("%+v, %v", key, err)
		}
		if _, err := s.CreateKey(ctx, target.GUID, "migration,1", nil); !cfsession.IsNameTaken(err) || cfsession.Unclear(err) {
			t.Errorf("the same again: %v", err)
		}
		if usable, err := s.KeyUsable(ctx, key.GUID); err != nil || !usable.Whole() {
			t.Errorf("%+v, %v", usable, err)
		}
		if _, _, err := s.KeyParameters(ctx, key.GUID); err != nil {
			t.Error(err)
		}
		keys, err := s.Keys(ctx, target.GUID)
		find(t, keys, err, func(k cfsession.Key) bool { return k == key })

		bindings, err := s.Bindings(ctx, source.GUID)
		if err != nil || len(bindings) < 2 {
			t.Fatalf("%d bindings, %v", len(bindings), err)
		}
		one := find(t, bindings, err, func(b cfsession.Binding) bool { return b.App.State == cfsession.AppStarted })
		params, known, err := s.BindingParameters(ctx, one.GUID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.StopApp(ctx, one.App.GUID); err != nil {
			t.Fatal(err)
		}
		if err := s.StopApp(ctx, one.App.GUID); err != nil {
			t.Errorf("already stopped: %v", err)
		}
		if app, err := s.App(ctx, one.App.GUID); err != nil || app.State != cfsession.AppStopped || app.Name != one.App.Name || len(app.Processes) != len(one.App.Processes) {
			t.Errorf("%+v, %v", app, err)
		}
		if !known {
			params = nil
		}
		// An application has a binding name once, over all its services.
		if _, err := s.Bind(ctx, one.App.GUID, target.GUID, one.Name, params); one.Name != "" && !cfsession.IsNameTaken(err) {
			t.Errorf("the name is taken by the old binding: %v", err)
		}
		if err := s.DeleteBinding(ctx, one.GUID); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteBinding(ctx, one.GUID); err != nil {
			t.Errorf("deleted twice: %v", err)
		}
		bound, err := s.Bind(ctx, one.App.GUID, target.GUID, one.Name, params)
		if err != nil || bound.Name != one.Name || bound.App.GUID != one.App.GUID {
			t.Fatalf("%+v, %v", bound, err)
		}
		if _, err := s.Bind(ctx, one.App.GUID, target.GUID, one.Name, params); !cfsession.IsNameTaken(err) {
			t.Errorf("bound twice: %v", err)
		}
		if err := s.StartApp(ctx, one.App.GUID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		health, err := s.AppHealth(ctx, one.App.GUID)
		find(t, health, err, func(h cfsession.InstanceHealth) bool { return h.State == "RUNNING" && h.Type == "web" })

		if err := s.RenameInstance(ctx, source.GUID, info.Target); !cfsession.IsNameTaken(err) {
			t.Errorf("another's name: %v", err)
		}
		if err := s.RenameInstance(ctx, source.GUID, "retired"); err != nil {
			t.Error(err)
		}
		if err := s.DeleteInstance(ctx, source.GUID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Instance(ctx, source.GUID); !cfsession.IsNotFound(err) {
			t.Errorf("still there: %v", err)
		}
		if err := s.DeleteInstance(ctx, source.GUID); err != nil {
			t.Errorf("deleted twice: %v", err)
		}
	})
}

func TestSigningInOnTheEmbeddedLandscape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		landscape, _, o := embedded(t, sandbox.Config{})
		info, ctx := landscape.Info(), t.Context()
		in := func(way cfsession.SignIn) error {
			way.API = info.API
			s, err := cfsession.SignInWith(ctx, o, way)
			if err != nil {
				return err
			}
			if s.Identity().User == "" {
				t.Error("nobody signed in")
			}
			time.Sleep(time.Hour) // and it renews itself
			_, err = s.Orgs(ctx, cfsession.Page{})
			return err
		}
		passcode := cfsession.SignIn{Passcode: secret.New(info.Passcode)}
		for name, way := range map[string]cfsession.SignIn{
			"password": {User: info.User, Password: secret.New(info.Password)},
			"client":   {ClientID: info.ClientID, ClientSecret: secret.New(info.ClientSecret)},
			"passcode": passcode,
		} {
			if err := in(way); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for want, way := range map[cfsession.SignInReason]cfsession.SignIn{
			cfsession.PasscodeRefused:  passcode,
			cfsession.WrongCredentials: {User: info.User, Password: secret.New("wrong")},
			cfsession.WrongClient:      {ClientID: info.ClientID, ClientSecret: secret.New("wrong")},
		} {
			err := in(way)
			if e, ok := errors.AsType[*cfsession.SignInError](err); !ok || e.Reason != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		page, err := cfsession.PasscodeURL(ctx, o, info.API)
		if err != nil || !strings.HasSuffix(page, "/passcode") {
			t.Errorf("%q, %v", page, err)
		}
	})
}
