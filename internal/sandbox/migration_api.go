package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// migrationService serves /v1 as the contract describes it. Where the contract
// is silent, it is strict.
type migrationService struct{ *world }

func (l *Landscape) routeMigration(mux *http.ServeMux) {
	s := &migrationService{l.world}
	v1 := service{world: l.world, authenticate: s.authenticate, errorReply: migrationErrorReply}
	for pattern, h := range map[string]handler{
		"GET /v1/preflight-check": s.preflightCheck,
		"GET /v1/replication":     on(s.current, func(_ *call, m *migration) (reply, error) { return ok(object{"status": m.replication.status}) }),
		"POST /v1/replication":    s.createReplication,
		"DELETE /v1/replication":  on(s.current, s.deleteReplication),
		"GET /v1/finalization":    on(s.currentFinalized, func(_ *call, m *migration) (reply, error) { return ok(object{"status": m.finalization.status}) }),
		"POST /v1/finalization":   on(s.current, s.createFinalization),
		"DELETE /v1/finalization": on(s.currentFinalized, s.deleteFinalization),
	} {
		mux.Handle(pattern, v1.handle(h))
	}
	mux.Handle("/v1/", v1.handle(func(q *call) (reply, error) {
		return reply{}, migrationErrorf(http.StatusNotFound, "There is no %s for %s", q.r.URL.Path, q.r.Method)
	}))
}

// serviceError is an error of the migration service. The contract does not
// specify the format; this one is common.
type serviceError struct {
	status  int
	message string
	missing []string // missing parameters
}

func (e *serviceError) Error() string { return e.message }

func migrationErrorReply(err error) reply {
	var e *serviceError
	if !errors.As(err, &e) {
		e = &serviceError{status: http.StatusInternalServerError, message: err.Error()}
	}
	body := object{"error": http.StatusText(e.status), "message": e.message}
	if len(e.missing) > 0 {
		body["missing"] = e.missing
	}
	return reply{status: e.status, body: body}
}

func migrationErrorf(status int, format string, args ...any) *serviceError {
	return &serviceError{status: status, message: fmt.Sprintf(format, args...)}
}

// authenticate checks the token. An expired one gets 403 (contract: "If the REST
// API starts to reject your requests with 403 Forbidden you must obtain a fresh
// token").
func (s *migrationService) authenticate(q *call) error {
	token, found := bearer(q.r)
	if !found {
		return migrationErrorf(http.StatusUnauthorized, "A bearer token is needed in the Authorization header")
	}
	// The contract puts the output of `cf oauth-token`, which has a prefix, after
	// another prefix: accept both forms.
	if prefix, rest, doubled := strings.Cut(token, " "); doubled && strings.EqualFold(prefix, "bearer") {
		token = strings.TrimSpace(rest)
	}
	who, err := s.holder(token, q.now)
	switch {
	case errors.Is(err, errTokenExpired):
		return migrationErrorf(http.StatusForbidden, "The token has expired")
	case err != nil:
		return migrationErrorf(http.StatusUnauthorized, "The token is not valid")
	}
	q.who = who
	return nil
}

// names are the parameters of every request, in the order of the contract.
type names struct {
	Org       string `json:"org"`
	Space     string `json:"space"`
	Source    string `json:"source_service_instance_name"`
	Target    string `json:"target_service_instance_name"`
	SourceKey string `json:"source_service_key_name"`
	TargetKey string `json:"target_service_key_name"`
}

func (n *names) all() []struct {
	parameter string
	value     *string
} {
	return []struct {
		parameter string
		value     *string
	}{
		{"org", &n.Org},
		{"space", &n.Space},
		{"source_service_instance_name", &n.Source},
		{"target_service_instance_name", &n.Target},
		{"source_service_key_name", &n.SourceKey},
		{"target_service_key_name", &n.TargetKey},
	}
}

func (n *names) query() string {
	values := url.Values{}
	for _, p := range n.all() {
		values.Set(p.parameter, *p.value)
	}
	return values.Encode()
}

// read parses the names: the query of a GET, the JSON body otherwise.
func (s *migrationService) read(q *call) (names, error) {
	var n names
	if q.r.Method == http.MethodGet || q.r.Method == http.MethodHead {
		query := q.r.URL.Query()
		for _, p := range n.all() {
			*p.value = query.Get(p.parameter)
		}
	} else {
		kind, _, err := mime.ParseMediaType(q.r.Header.Get("Content-Type"))
		if err != nil || kind != "application/json" {
			return n, migrationErrorf(http.StatusUnsupportedMediaType, "The Content-Type of the request must be application/json")
		}
		if err := json.Unmarshal(q.body, &n); err != nil {
			return n, migrationErrorf(http.StatusBadRequest, "The request body is not a JSON object of the six names")
		}
	}
	var missing []string
	for _, p := range n.all() {
		if *p.value == "" {
			missing = append(missing, p.parameter)
		}
	}
	if len(missing) > 0 {
		return n, &serviceError{
			status: http.StatusBadRequest, missing: missing,
			message: "Missing parameters: " + strings.Join(missing, ", "),
		}
	}
	return n, nil
}

// endpoints are the instances and keys that a request names.
type endpoints struct {
	names                names
	source, target       *instance
	sourceKey, targetKey *binding
}

// resolve finds the endpoints and checks that they can be migrated.
func (s *migrationService) resolve(q *call) (endpoints, error) {
	n, err := s.read(q)
	p := endpoints{names: n}
	if err != nil {
		return p, err
	}
	home := s.spaceNamed(n.Org, n.Space)
	switch {
	case home == nil || !q.who.reads(home):
		return p, migrationErrorf(http.StatusNotFound, "There is no space %s in org %s that you may see", n.Space, n.Org)
	case !q.who.writes(home):
		return p, migrationErrorf(http.StatusForbidden, "The role space developer is needed in %s / %s", n.Org, n.Space)
	}
	if p.source, p.sourceKey, err = s.endpoint(home, n.Source, n.SourceKey, "source", oldPostgres); err != nil {
		return p, err
	}
	p.target, p.targetKey, err = s.endpoint(home, n.Target, n.TargetKey, "target", newPostgres)
	return p, err
}

func (w *world) spaceNamed(orgName, spaceName string) *space {
	for _, s := range w.spaces {
		if s.name == spaceName && s.org.name == orgName {
			return s
		}
	}
	return nil
}

// endpoint finds and checks the instance and key of one side.
func (s *migrationService) endpoint(home *space, name, keyName, what string, wanted databaseKind) (*instance, *binding, error) {
	i := s.instanceNamed(home, name)
	switch {
	case i == nil:
		return nil, nil, migrationErrorf(http.StatusNotFound, "There is no %s service instance %s", what, name)
	case i.space != home:
		return nil, nil, migrationErrorf(http.StatusUnprocessableEntity, "The %s service instance %s belongs to another space", what, name)
	case i.database() != wanted:
		offerings := map[databaseKind]string{oldPostgres: offeringOld, newPostgres: offeringNew}
		return nil, nil, migrationErrorf(http.StatusUnprocessableEntity, "The %s service instance %s is not of the service %s", what, name, offerings[wanted])
	case i.plan.trial:
		return nil, nil, migrationErrorf(http.StatusUnprocessableEntity, "The %s service instance %s is a trial instance: these can not be migrated", what, name)
	case i.op.kind == "create" && i.op.state != succeeded:
		return nil, nil, migrationErrorf(http.StatusUnprocessableEntity, "The %s service instance %s is not there yet", what, name)
	}
	key := s.keyNamed(i, keyName)
	switch {
	case key == nil:
		return nil, nil, migrationErrorf(http.StatusNotFound, "There is no service key %s of %s", keyName, name)
	case key.op.kind != "create" || key.op.state != succeeded:
		return nil, nil, migrationErrorf(http.StatusUnprocessableEntity, "The service key %s of %s can not be used: %s %s", keyName, name, key.op.kind, key.op.state)
	}
	return i, key, nil
}

func (s *migrationService) preflightCheck(q *call) (reply, error) {
	if _, err := s.resolve(q); err != nil {
		return reply{}, err
	}
	return reply{wait: max(s.wallClock(preflightDuration), minPreflight), later: func(q *call) (reply, error) {
		p, err := s.resolve(q) // the state may have changed meanwhile
		if err != nil {
			return reply{}, err
		}
		if p.source.accessOpened() {
			s.preflights++
		}
		return ok(s.findings(p, s.preflights))
	}}, nil
}

// current finds the migration between the endpoints of a request.
func (s *migrationService) current(q *call) (*migration, error) {
	p, err := s.resolve(q)
	if err != nil {
		return nil, err
	}
	m := s.migrationOf(p.source, p.target)
	if m == nil {
		return nil, migrationErrorf(http.StatusNotFound, "There is no replication from %s to %s", p.names.Source, p.names.Target)
	}
	return m, nil
}

// currentFinalized is current, restricted to migrations with a finalization.
func (s *migrationService) currentFinalized(q *call) (*migration, error) {
	m, err := s.current(q)
	if err == nil && m.finalization == nil {
		err = migrationErrorf(http.StatusNotFound, "There is no finalization from %s to %s", m.source.name, m.target.name)
	}
	return m, err
}

func (s *migrationService) createReplication(q *call) (reply, error) {
	p, err := s.resolve(q)
	if err != nil {
		return reply{}, err
	}
	switch other := s.activeMigration(func(m *migration) bool { return m.source == p.source || m.target == p.target }); {
	case other != nil && other.source == p.source && other.target == p.target:
		return reply{}, migrationErrorf(http.StatusConflict, "The replication exists already; its status is %s", other.replication.status)
	case other != nil:
		return reply{}, migrationErrorf(http.StatusConflict, "There is a replication from %s to %s; parallel migrations are not supported", other.source.name, other.target.name)
	case !p.source.accessOpened():
		return reply{}, migrationErrorf(http.StatusUnprocessableEntity, "The source %s can not be reached: update the service instance with prepare_migration", p.names.Source)
	case s.lacksSessionReplication(p.targetKey):
		return reply{}, migrationErrorf(http.StatusUnprocessableEntity, "The target key %s lacks enable_session_replication, which is needed on this landscape", p.names.TargetKey)
	}
	s.replicate(p, q.now)
	return s.accepted(q)
}

// accepted replies with the location of the status.
func (s *migrationService) accepted(q *call) (reply, error) {
	n, err := s.read(q)
	return reply{
		status: http.StatusAccepted,
		header: map[string]string{"Location": q.base + q.r.URL.Path + "?" + n.query()},
	}, err
}

func (s *migrationService) deleteReplication(q *call, m *migration) (reply, error) {
	if m.finalization != nil {
		return reply{}, migrationErrorf(http.StatusConflict, "The replication has a finalization; delete that first")
	}
	m.replication.deleted = true
	m.endCollisions(q.now)
	return reply{status: http.StatusNoContent}, nil
}

func (s *migrationService) createFinalization(q *call, m *migration) (reply, error) {
	switch {
	case m.finalization != nil:
		return reply{}, migrationErrorf(http.StatusConflict, "The finalization exists already; its status is %s", m.finalization.status)
	case !m.replication.is(statusInSync):
		return reply{}, migrationErrorf(http.StatusConflict, "The replication is %s, not %s", m.replication.status, statusInSync)
	}
	s.finalize(m, q.now)
	return s.accepted(q)
}

func (s *migrationService) deleteFinalization(_ *call, m *migration) (reply, error) {
	m.finalization.deleted = true
	m.pastFinalizations = append(m.pastFinalizations, m.finalization)
	m.finalization = nil
	return reply{status: http.StatusNoContent}, nil
}
