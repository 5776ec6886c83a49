package cfsession

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/secret"
)

// StagingError is a build that ended FAILED: the application keeps the droplet
// that it had.
type StagingError struct {
	BuildGUID string
	Reason    string // the Cloud Controller's words, "" when it gave none
}

func (e *StagingError) Error() string {
	text := "restage the application: the build failed"
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return sanitize.Line(text + " [build " + e.BuildGUID + "]")
}

// buildResource is what counts of a resource.Build, which cannot be decoded where
// its lifecycle is told without data.
type buildResource struct {
	resource.Resource
	State   resource.BuildState   `json:"state"`
	Error   string                `json:"error"`
	Droplet resource.Relationship `json:"droplet"`
}

// Restage builds an application anew from its newest package, as cf restage
// does, waits until that is done and makes the outcome its current droplet. It
// neither stops nor starts: what runs goes on with the old droplet until the next
// start. A build that failed is a [*StagingError]; [IsNotFound] when there is no
// package to build from. When it broke off it may be called again: until its last
// request nothing of the application has changed.
func (s *Session) Restage(ctx context.Context, appGUID string) error {
	const op = "restage the application"
	build, err := s.build(ctx, op, appGUID)
	if err != nil {
		return err
	}
	err = s.watch(ctx, func() (bool, error) {
		var now buildResource
		if err := s.get(ctx, newRequest(op, "/v3/builds/:guid", build.GUID), &now); err != nil {
			return false, err
		}
		switch now.State {
		case resource.BuildStateStaged:
			build = now
			return true, nil
		case resource.BuildStateFailed:
			return false, &StagingError{build.GUID, secret.Scrub(now.Error)}
		case "":
			return false, &Error{Op: op, Err: errors.New("the build has no state")}
		}
		return false, nil
	})
	if _, failed := errors.AsType[*StagingError](err); failed {
		return err
	}
	if err != nil {
		return named(op, err)
	}
	r := newRequest(op, "/v3/apps/:guid/relationships/current_droplet", appGUID).check(build.Droplet.GUID)
	return s.change(ctx, r, http.MethodPatch, refersTo(build.Droplet.GUID))
}

// build orders a build of the newest package.
func (s *Session) build(ctx context.Context, op, appGUID string) (buildResource, error) {
	newest := newRequest(op, "/v3/packages").where("app_guids", appGUID).
		with("states", "READY", "order_by", "-created_at", "per_page", "1")
	packages, err := readPage[resource.Resource, struct{}](ctx, s, newest, 1)
	if err != nil {
		return buildResource{}, err
	}
	if len(packages.Resources) == 0 {
		return buildResource{}, &Error{Op: op, Err: fmt.Errorf("a package to build from: %w", ErrNotFound)}
	}
	order := resource.BuildCreate{Package: resource.Relationship{GUID: packages.Resources[0].GUID}}
	var made buildResource
	err = s.create(ctx, newRequest(op, "/v3/builds"), order, &made)
	return made, err
}
