package cfsession

import (
	"context"
	"errors"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Mention is something besides a binding that names the address of a database.
type Mention struct {
	Kind string // KindUserProvided or KindEnvironment
	GUID string // of the user-provided service instance, or of the application
	Name string

	// BoundApps are the applications that a user-provided instance is bound to;
	// empty for KindEnvironment, where the application itself is named.
	BoundApps []Ref
	// Variables are the names of the environment variables that hold an address.
	Variables []string
	// Marks are those of the hosts that it names, in the order in which they were asked for.
	Marks []HostMark
}

// The kinds of mentions.
const (
	KindUserProvided = "user-provided" // credentials of a user-provided service instance
	KindEnvironment  = "environment"   // environment variables of an application
)

// looksAtOnce bounds how many looks are under way at a time.
const looksAtOnce = 4

var (
	errNoMarks     = errors.New("no host to look for")
	errNoVariables = errors.New("the answer holds no environment variables")
)

// Mentions finds who else in a space knows the address of a database: the user-
// provided service instances whose credentials name one of the hosts, and the
// applications whose environment variables do. What is read is compared by
// fingerprint and dropped; no value of it leaves this function, in an error
// neither. A name that is encoded, encrypted, an alias, or built into the
// application's own files is not found.
//
// It takes one request for each user-provided instance and each application, and
// the Cloud Controller records an audit event for each. Where one of them, or
// the space, may not be looked into, the error is an [*UnseenError] and the
// result holds what the others say; with any other error there is no result.
func (s *Session) Mentions(ctx context.Context, spaceGUID string, marks []HostMark) ([]Mention, error) {
	const op = "look who else names the database"
	if len(marks) == 0 || slices.ContainsFunc(marks, HostMark.IsZero) {
		return nil, &Error{Op: op, Err: errNoMarks}
	}
	// The lists of a space that may not be seen are empty, which is not "nobody".
	var space refResource
	if err := s.get(ctx, newRequest("look at the space", "/v3/spaces/:guid", spaceGUID), &space); concernsOneResource(err) {
		return nil, &UnseenError{op, []Unseen{{Kind: KindSpace, GUID: spaceGUID, Err: err}}}
	} else if err != nil {
		return nil, err
	}
	places, err := s.places(ctx, op, spaceGUID)
	if err != nil {
		return nil, err
	}
	if err := s.lookInto(ctx, op, places, marks); err != nil {
		return nil, err
	}
	var found []Mention
	var unseen []Unseen
	for _, p := range places {
		switch {
		case p.err != nil:
			unseen = append(unseen, Unseen{p.kind, p.ref.GUID, p.ref.Name, p.err})
		case p.found:
			found = append(found, Mention{Kind: p.kind, GUID: p.ref.GUID, Name: p.ref.Name, Variables: p.variables, Marks: p.marks})
		}
	}
	if err := s.addBoundApps(ctx, op, found); err != nil {
		return nil, err
	}
	if len(unseen) > 0 {
		return found, &UnseenError{op, unseen}
	}
	return found, nil
}

// place is where an address may be named, and what the look into it told.
type place struct {
	kind      string
	ref       Ref
	found     bool
	variables []string
	marks     []HostMark // that it names
	err       error
}

// names notes which of the hosts are named in values of it; found tells whether any is.
func (p *place) names(marks []HostMark, values ...any) {
	for _, m := range marks {
		one := watchFor([]HostMark{m})
		if !slices.Contains(p.marks, m) && slices.ContainsFunc(values, one.namedIn) {
			p.marks = append(p.marks, m)
		}
	}
	p.found = true
}

// places lists all user-provided instances and all applications of a space.
func (s *Session) places(ctx context.Context, op, spaceGUID string) ([]*place, error) {
	in := func(path string) request {
		return newRequest(op, path).where("space_guids", spaceGUID).with("per_page", "1000", "order_by", "name")
	}
	of := func(kind string) func(refResource) *place {
		return func(r refResource) *place { return &place{kind: kind, ref: Ref(r)} }
	}
	provided, err := list(ctx, s, in(instancesPath).with("type", "user-provided"), of(KindUserProvided))
	if err != nil {
		return nil, err
	}
	apps, err := list(ctx, s, in("/v3/apps"), of(KindEnvironment))
	return append(provided, apps...), err
}

// lookInto looks into all places, a few at a time. A failure that concerns one
// place stays with it; any other ends the looking.
func (s *Session) lookInto(ctx context.Context, op string, places []*place, marks []HostMark) error {
	wanted := watchFor(marks)
	looks, ctx := errgroup.WithContext(ctx)
	looks.SetLimit(looksAtOnce)
	for _, p := range places {
		looks.Go(func() error {
			err := s.look(ctx, p, wanted, marks)
			if concernsOneResource(err) || errors.Is(err, errNoVariables) {
				p.err, err = err, nil
			}
			return err
		})
	}
	return named(op, looks.Wait())
}

func (s *Session) look(ctx context.Context, p *place, wanted watchlist, marks []HostMark) error {
	if p.kind == KindUserProvided {
		credentials, err := s.getHidden(ctx, newRequest("read the credentials", instancesPath+"/:guid/credentials", p.ref.GUID))
		if err == nil && wanted.namedIn(credentials) {
			p.names(marks, credentials)
		}
		return err
	}
	r := newRequest("read the environment variables", "/v3/apps/:guid/environment_variables", p.ref.GUID)
	body, err := s.getHidden(ctx, r)
	if err != nil {
		return err
	}
	variables, ok := member(body, "var").(map[string]any)
	if !ok {
		return &Error{Op: r.op, Err: errNoVariables}
	}
	for name, value := range variables {
		switch {
		case wanted.namedInText(name): // then the name would tell the address
			p.names(marks, name, value)
		case wanted.namedIn(value):
			p.names(marks, value)
			p.variables = append(p.variables, name)
		}
	}
	slices.Sort(p.variables)
	p.marks = slices.DeleteFunc(slices.Clone(marks), func(m HostMark) bool { return !slices.Contains(p.marks, m) }) // in order
	return nil
}

// addBoundApps fills in who is bound to the user-provided instances.
func (s *Session) addBoundApps(ctx context.Context, op string, found []Mention) error {
	provided := map[string]*Mention{}
	for i, m := range found {
		if m.Kind == KindUserProvided {
			provided[m.GUID] = &found[i]
		}
	}
	r := newRequest(op, bindingsPath).whereAny("service_instance_guids", slices.Collect(maps.Keys(provided)))
	return s.appBindings(ctx, r, func(app, instance Ref) {
		if m := provided[instance.GUID]; m != nil && !slices.Contains(m.BoundApps, app) {
			m.BoundApps = append(m.BoundApps, app)
		}
	})
}
