package engine

import (
	"context"
	"encoding/json"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/secret"
)

// Platform is what the engine needs of Cloud Foundry. *cfsession.Session is one.
type Platform interface {
	Token(ctx context.Context) (secret.Text, error)
	Renew(ctx context.Context, rejected secret.Text) (secret.Text, error)
	Identity() cfsession.Identity
	CFTarget() (cfsession.Kept, error)
	Hide(text string) string

	Orgs(ctx context.Context, p cfsession.Page) (cfsession.RefPage, error)
	Spaces(ctx context.Context, orgGUID string, p cfsession.Page) (cfsession.RefPage, error)

	Instances(ctx context.Context, spaceGUID string) ([]cfsession.Instance, error)
	Plans(ctx context.Context, offering, spaceGUID string) ([]cfsession.ServicePlan, error)
	CreateInstance(ctx context.Context, n cfsession.NewInstance) error
	Instance(ctx context.Context, guid string) (cfsession.Instance, error)
	Labelled(ctx context.Context, label string) ([]cfsession.Instance, error)
	SetMetadata(ctx context.Context, instanceGUID string, m cfsession.Metadata) error
	Parameters(ctx context.Context, instanceGUID string) (json.RawMessage, bool, error)
	UpdateParameters(ctx context.Context, instanceGUID string, params json.RawMessage) error
	RenameInstance(ctx context.Context, guid, name string) error
	DeleteInstance(ctx context.Context, guid string) error
	SharedSpaces(ctx context.Context, instanceGUID string) ([]cfsession.SharedSpace, error)
	Share(ctx context.Context, instanceGUID, spaceGUID string) error
	Unshare(ctx context.Context, instanceGUID, spaceGUID string) error

	Keys(ctx context.Context, instanceGUID string) ([]cfsession.Key, error)
	CreateKey(ctx context.Context, instanceGUID, name string, params json.RawMessage) (cfsession.Key, error)
	KeyParameters(ctx context.Context, keyGUID string) (json.RawMessage, bool, error)
	KeyUsable(ctx context.Context, keyGUID string) (cfsession.Usable, error)

	Bindings(ctx context.Context, instanceGUIDs ...string) ([]cfsession.Binding, error)
	BindingParameters(ctx context.Context, bindingGUID string) (json.RawMessage, bool, error)
	Bind(ctx context.Context, appGUID, instanceGUID, name string, params json.RawMessage) (cfsession.Binding, error)
	DeleteBinding(ctx context.Context, guid string) error

	App(ctx context.Context, guid string) (cfsession.App, error)
	Apps(ctx context.Context, guids []string) ([]cfsession.App, error)
	AppHealth(ctx context.Context, guid string) ([]cfsession.InstanceHealth, error)
	StopApp(ctx context.Context, guid string) error
	StartApp(ctx context.Context, guid string) error
	Restage(ctx context.Context, appGUID string) error
	AppEvents(ctx context.Context, appGUIDs []string) ([]cfsession.AppEvent, error)
	Tasks(ctx context.Context, appGUIDs []string) ([]cfsession.Task, error)
	CancelTask(ctx context.Context, guid string) error

	HostOf(ctx context.Context, keyOrBindingGUID string) (cfsession.HostMark, error)
	Mentions(ctx context.Context, spaceGUID string, marks []cfsession.HostMark) ([]cfsession.Mention, error)
	BoundServices(ctx context.Context, appGUIDs []string) ([]cfsession.BoundService, error)
}

// Service is what the engine needs of the migration service. *apiclient.Client
// is one.
type Service interface {
	Preflight(ctx context.Context, n apiclient.Names) (apiclient.Preflight, error)
	Replication(ctx context.Context, n apiclient.Names) (apiclient.Status, error)
	CreateReplication(ctx context.Context, n apiclient.Names) (apiclient.Accepted, error)
	DeleteReplication(ctx context.Context, n apiclient.Names) error
	Finalization(ctx context.Context, n apiclient.Names) (apiclient.Status, error)
	CreateFinalization(ctx context.Context, n apiclient.Names) (apiclient.Accepted, error)
	DeleteFinalization(ctx context.Context, n apiclient.Names) error
}

var (
	_ Platform = (*cfsession.Session)(nil)
	_ Service  = (*apiclient.Client)(nil)
)
