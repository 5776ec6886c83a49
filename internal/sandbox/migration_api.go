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

// migrationService serves /v1 as the contract describes it. What the contract
// leaves open is decided here in the way a careful service would.
type migrationService struct{ *world }

func (l *Landscape) routeMigration(mux *http.ServeMux) {
	s := &migrationService{l.world}
	d := door{world: l.world, admit: s.admit, refuse: migrationFailure}
	for pattern, h := range map[string]handler{
		"GET /v1/preflight-check": s.preflightCheck,
		"GET /v1/replication":     s.getReplication,
		"POST /v1/replication":    s.createReplication,
		"DELETE /v1/replication":  s.removeReplication,
		"GET /v1/finalization":    s.getFinalization,
		"POST /v1/finalization":   s.createFinalization,
		"DELETE /v1/finalization": s.removeFinalization,
	} {
		mux.Handle(pattern, d.through(h))
	}
	mux.Handle("/v1/", d.through(func(q *call) (reply, error) {
		return reply{}, &serviceError{status: http.StatusNotFound, message: "There is no " + q.r.URL.Path + " for " + q.r.Method}
	}))
}

// serviceError is an error of the migration service. Its form is not in the
// contract; this one is common.
type serviceError struct {
	status  int
	message string
	missing []string // parameters
}

func (e *serviceError) Error() string { return e.message }

func migrationFailure(err error) reply {
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

func refused(status int, format string, args ...any) *serviceError {
	return &serviceError{status: status, message: fmt.Sprintf(format, args...)}
}

// admit checks the token. An expired one gets 403 (contract: "If the REST API
// starts to reject your requests with 403 Forbidden you must obtain a fresh
// token").
func (s *migrationService) admit(q *call) error {
	token, found := bearer(q.r)
	if !found {
		return refused(http.StatusUnauthorized, "A bearer token is needed in the Authorization header")
	}
	// The contract has the output of `cf oauth-token` copied with its prefix, and
	// then put behind another one: both work.
	if prefix, rest, doubled := strings.Cut(token, " "); doubled && strings.EqualFold(prefix, "bearer") {
		token = strings.TrimSpace(rest)
	}
	who, err := s.holder(token, q.now)
	switch {
	case errors.Is(err, errTokenExpired):
		return refused(http.StatusForbidden, "The token has expired")
	case err != nil:
		return refused(http.StatusUnauthorized, "The token is not valid")
	}
	q.who = who
	return nil
}

// names are the six parameters of every request, in the order of the contract.
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

// read takes the names from the query of a GET, from the JSON body otherwise.
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
			return n, refused(http.StatusUnsupportedMediaType, "The Content-Type of the request must be application/json")
		}
		if err := json.Unmarshal(q.body, &n); err != nil {
			return n, refused(http.StatusBadRequest, "The request body is not a JSON object of the six names")
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

// parties are what the six names stand for.
type parties struct {
	source, target       *instance
	sourceKey, targetKey *binding
}

// resolve finds the parties, and refuses those that can't be migrated at all.
func (s *migrationService) resolve(q *call) (names, parties, error) {
	n, err := s.read(q)
	if err != nil {
		return n, parties{}, err
	}
	home := s.spaceNamed(n.Org, n.Space)
	switch {
	case home == nil || !q.who.reads(home):
		return n, parties{}, refused(http.StatusNotFound, "There is no space %s in org %s that you may see", n.Space, n.Org)
	case !q.who.writes(home):
		return n, parties{}, refused(http.StatusForbidden, "The role space developer is needed in %s / %s", n.Org, n.Space)
	}
	var p parties
	if p.source, p.sourceKey, err = s.side(home, n.Source, n.SourceKey, "source", oldPostgres); err != nil {
		return n, p, err
	}
	if p.target, p.targetKey, err = s.side(home, n.Target, n.TargetKey, "target", newPostgres); err != nil {
		return n, p, err
	}
	return n, p, nil
}

func (w *world) spaceNamed(orgName, spaceName string) *space {
	for _, s := range w.spaces {
		if s.name == spaceName && s.org.name == orgName {
			return s
		}
	}
	return nil
}

func (s *migrationService) side(home *space, name, keyName, what string, wanted databaseKind) (*instance, *binding, error) {
	i := s.instanceNamed(home, name)
	switch {
	case i == nil:
		return nil, nil, refused(http.StatusNotFound, "There is no %s service instance %s", what, name)
	case i.space != home:
		return nil, nil, refused(http.StatusUnprocessableEntity, "The %s service instance %s belongs to another space", what, name)
	case i.database() != wanted:
		offerings := map[databaseKind]string{oldPostgres: offeringOld, newPostgres: offeringNew}
		return nil, nil, refused(http.StatusUnprocessableEntity, "The %s service instance %s is not of the service %s", what, name, offerings[wanted])
	case i.plan.trial:
		return nil, nil, refused(http.StatusUnprocessableEntity, "The %s service instance %s is a trial instance: these can not be migrated", what, name)
	case i.op.kind == "create" && i.op.state != succeeded:
		return nil, nil, refused(http.StatusUnprocessableEntity, "The %s service instance %s is not there yet", what, name)
	}
	key := s.keyNamed(i, keyName)
	switch {
	case key == nil:
		return nil, nil, refused(http.StatusNotFound, "There is no service key %s of %s", keyName, name)
	case key.op.kind != "create" || key.op.state != succeeded:
		return nil, nil, refused(http.StatusUnprocessableEntity, "The service key %s of %s can not be used: %s %s", keyName, name, key.op.kind, key.op.state)
	}
	return i, key, nil
}

func (s *migrationService) preflightCheck(q *call) (reply, error) {
	if _, _, err := s.resolve(q); err != nil {
		return reply{}, err
	}
	return reply{wait: max(s.real(timeToCheck), shortestCheck), later: func(q *call) (reply, error) {
		_, p, err := s.resolve(q) // the world went on meanwhile
		if err != nil {
			return reply{}, err
		}
		if p.source.accessOpened() {
			s.preflights++
		}
		return ok(s.findings(p, s.preflights))
	}}, nil
}

// current finds the migration that a request is about.
func (s *migrationService) current(q *call) (names, parties, *migration, error) {
	n, p, err := s.resolve(q)
	if err != nil {
		return n, p, nil, err
	}
	m := s.migrationOf(p.source, p.target)
	if m == nil {
		err = refused(http.StatusNotFound, "There is no replication from %s to %s", n.Source, n.Target)
	}
	return n, p, m, err
}

func (s *migrationService) getReplication(q *call) (reply, error) {
	_, _, m, err := s.current(q)
	if err != nil {
		return reply{}, err
	}
	return ok(object{"status": m.replication.status})
}

func (s *migrationService) createReplication(q *call) (reply, error) {
	n, p, err := s.resolve(q)
	if err != nil {
		return reply{}, err
	}
	switch other := s.live(func(m *migration) bool { return m.source == p.source || m.target == p.target }); {
	case other != nil && other.source == p.source && other.target == p.target:
		return reply{}, refused(http.StatusConflict, "The replication exists already; its status is %s", other.replication.status)
	case other != nil:
		return reply{}, refused(http.StatusConflict, "There is a replication from %s to %s; parallel migrations are not supported", other.source.name, other.target.name)
	case !p.source.accessOpened():
		return reply{}, refused(http.StatusUnprocessableEntity, "The source %s can not be reached: update the service instance with prepare_migration", n.Source)
	case s.needsSession(p.targetKey):
		return reply{}, refused(http.StatusUnprocessableEntity, "The target key %s lacks enable_session_replication, which is needed on this landscape", n.TargetKey)
	}
	s.replicate(p, q.now)
	return begun(q, n), nil
}

// begun answers that the work goes on in the background, and where to look.
func begun(q *call, n names) reply {
	return reply{
		status: http.StatusAccepted,
		header: map[string]string{"Location": q.base + q.r.URL.Path + "?" + n.query()},
	}
}

func (s *migrationService) removeReplication(q *call) (reply, error) {
	_, _, m, err := s.current(q)
	if err != nil {
		return reply{}, err
	}
	if m.finalization != nil {
		return reply{}, refused(http.StatusConflict, "The replication has a finalization; delete that first")
	}
	m.deleteReplication()
	return reply{status: http.StatusNoContent}, nil
}

// finalized is current with a finalization.
func (s *migrationService) finalized(q *call) (*migration, error) {
	n, _, m, err := s.current(q)
	if err != nil {
		return nil, err
	}
	if m.finalization == nil {
		return nil, refused(http.StatusNotFound, "There is no finalization from %s to %s", n.Source, n.Target)
	}
	return m, nil
}

func (s *migrationService) getFinalization(q *call) (reply, error) {
	m, err := s.finalized(q)
	if err != nil {
		return reply{}, err
	}
	return ok(object{"status": m.finalization.status})
}

func (s *migrationService) createFinalization(q *call) (reply, error) {
	n, _, m, err := s.current(q)
	switch {
	case err != nil:
		return reply{}, err
	case m.finalization != nil:
		return reply{}, refused(http.StatusConflict, "The finalization exists already; its status is %s", m.finalization.status)
	case !m.replication.is(statusInSync):
		return reply{}, refused(http.StatusConflict, "The replication is %s, not %s", m.replication.status, statusInSync)
	}
	s.finalize(m, q.now)
	return begun(q, n), nil
}

func (s *migrationService) removeFinalization(q *call) (reply, error) {
	m, err := s.finalized(q)
	if err != nil {
		return reply{}, err
	}
	m.deleteFinalization()
	return reply{status: http.StatusNoContent}, nil
}
