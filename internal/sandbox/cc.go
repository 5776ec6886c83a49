package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// apiVersion is the Cloud Controller's that the landscape behaves as. cf reads
// features off it.
const apiVersion = "3.228.0"

// cloudController serves Cloud Foundry's own API.
type cloudController struct{ *world }

func (l *Landscape) routeCloudController(mux *http.ServeMux) {
	cc := &cloudController{l.world}
	public := door{world: l.world, refuse: failure}
	members := door{world: l.world, admit: cc.admit, refuse: failure}

	mux.Handle("GET /{$}", public.through(cc.root))
	mux.Handle("GET /v3", public.through(cc.rootV3))
	mux.Handle("GET /v3/info", public.through(cc.info))
	for pattern, h := range map[string]handler{
		"GET /v3/organizations":                                                cc.listOrgs,
		"GET /v3/organizations/{guid}":                                         cc.getOrg,
		"GET /v3/organizations/{guid}/domains":                                 cc.listDomains,
		"GET /v3/organizations/{guid}/relationships/default_isolation_segment": cc.noRelationship,
		"GET /v3/organization_quotas/{guid}":                                   cc.getQuota,
		"GET /v3/spaces":                                                       cc.listSpaces,
		"GET /v3/spaces/{guid}":                                                cc.getSpace,
		"GET /v3/spaces/{guid}/relationships/isolation_segment":                cc.noRelationship,
		"GET /v3/spaces/{guid}/running_security_groups":                        cc.emptyList,
		"GET /v3/spaces/{guid}/staging_security_groups":                        cc.emptyList,
		"GET /v3/isolation_segments":                                           cc.emptyList,
		"GET /v3/domains":                                                      cc.listDomains,
		"GET /v3/domains/{guid}":                                               cc.getDomain,
		"GET /v3/organizations/{guid}/domains/default":                         cc.defaultDomain,
		"GET /v3/roles":                                                        cc.listRoles,
		"GET /v3/roles/{guid}":                                                 cc.getRole,
		"GET /v3/feature_flags/{name}":                                         cc.getFeatureFlag,

		"GET /v3/service_brokers":                 cc.listBrokers,
		"GET /v3/service_brokers/{guid}":          cc.getBroker,
		"GET /v3/service_offerings":               cc.listOfferings,
		"GET /v3/service_offerings/{guid}":        cc.getOffering,
		"GET /v3/service_plans":                   cc.listPlans,
		"GET /v3/service_plans/{guid}":            cc.getPlan,
		"GET /v3/service_plans/{guid}/visibility": cc.planVisibility,

		"GET /v3/service_instances":                                                  cc.listInstances,
		"POST /v3/service_instances":                                                 cc.createInstance,
		"GET /v3/service_instances/{guid}":                                           cc.getInstance,
		"PATCH /v3/service_instances/{guid}":                                         cc.updateInstance,
		"DELETE /v3/service_instances/{guid}":                                        cc.deleteInstance,
		"GET /v3/service_instances/{guid}/parameters":                                cc.instanceParameters,
		"GET /v3/service_instances/{guid}/credentials":                               cc.instanceCredentials,
		"GET /v3/service_instances/{guid}/permissions":                               cc.instancePermissions,
		"GET /v3/service_instances/{guid}/relationships/shared_spaces":               cc.sharedSpaces,
		"POST /v3/service_instances/{guid}/relationships/shared_spaces":              cc.share,
		"DELETE /v3/service_instances/{guid}/relationships/shared_spaces/{space}":    cc.unshare,
		"GET /v3/service_instances/{guid}/relationships/shared_spaces/usage_summary": cc.sharedUsage,

		"GET /v3/service_credential_bindings":                   cc.listBindings,
		"POST /v3/service_credential_bindings":                  cc.createBinding,
		"GET /v3/service_credential_bindings/{guid}":            cc.getBinding,
		"PATCH /v3/service_credential_bindings/{guid}":          cc.updateBinding,
		"DELETE /v3/service_credential_bindings/{guid}":         cc.deleteBinding,
		"GET /v3/service_credential_bindings/{guid}/details":    cc.bindingDetails,
		"GET /v3/service_credential_bindings/{guid}/parameters": cc.bindingParameters,
		"GET /v3/service_route_bindings":                        cc.emptyList,

		"GET /v3/apps":                                        cc.listApps,
		"GET /v3/apps/{guid}":                                 cc.getApp,
		"PATCH /v3/apps/{guid}":                               cc.updateApp,
		"POST /v3/apps/{guid}/actions/start":                  cc.startAction,
		"POST /v3/apps/{guid}/actions/stop":                   cc.stopAction,
		"POST /v3/apps/{guid}/actions/restart":                cc.restartAction,
		"GET /v3/apps/{guid}/env":                             cc.appEnv,
		"GET /v3/apps/{guid}/environment_variables":           cc.getVariables,
		"PATCH /v3/apps/{guid}/environment_variables":         cc.setVariables,
		"GET /v3/apps/{guid}/permissions":                     cc.appPermissions,
		"GET /v3/apps/{guid}/ssh_enabled":                     cc.sshEnabled,
		"GET /v3/apps/{guid}/features/{name}":                 cc.appFeature,
		"GET /v3/apps/{guid}/processes":                       cc.listAppProcesses,
		"GET /v3/apps/{guid}/processes/{type}":                cc.getProcess,
		"GET /v3/apps/{guid}/processes/{type}/stats":          cc.processStats,
		"POST /v3/apps/{guid}/processes/{type}/actions/scale": cc.scaleProcess,
		"GET /v3/processes":                                   cc.listProcesses,
		"GET /v3/processes/{guid}":                            cc.getProcess,
		"GET /v3/processes/{guid}/stats":                      cc.processStats,
		"GET /v3/processes/{guid}/process_instances":          cc.processInstances,
		"GET /v3/processes/{guid}/sidecars":                   cc.emptyList,
		"POST /v3/processes/{guid}/actions/scale":             cc.scaleProcess,
		"GET /v3/apps/{guid}/routes":                          cc.listAppRoutes,
		"GET /v3/routes":                                      cc.listRoutes,
		"GET /v3/routes/{guid}":                               cc.getRoute,

		"GET /v3/apps/{guid}/packages":                        cc.listPackages,
		"GET /v3/packages":                                    cc.listPackages,
		"GET /v3/packages/{guid}":                             cc.getPackage,
		"GET /v3/packages/{guid}/droplets":                    cc.listDroplets,
		"GET /v3/apps/{guid}/droplets":                        cc.listDroplets,
		"GET /v3/apps/{guid}/droplets/current":                cc.currentDroplet,
		"GET /v3/droplets":                                    cc.listDroplets,
		"GET /v3/droplets/{guid}":                             cc.getDroplet,
		"GET /v3/apps/{guid}/relationships/current_droplet":   cc.currentDropletRelationship,
		"PATCH /v3/apps/{guid}/relationships/current_droplet": cc.assignDroplet,
		"POST /v3/builds":                                     cc.createBuild,
		"GET /v3/builds":                                      cc.listBuilds,
		"GET /v3/builds/{guid}":                               cc.getBuild,
		"POST /v3/deployments":                                cc.createDeployment,
		"GET /v3/deployments":                                 cc.listDeployments,
		"GET /v3/deployments/{guid}":                          cc.getDeployment,
		"GET /v3/apps/{guid}/revisions/deployed":              cc.emptyList,

		"GET /v3/tasks":                        cc.listTasks,
		"GET /v3/tasks/{guid}":                 cc.getTask,
		"GET /v3/apps/{guid}/tasks":            cc.listTasks,
		"POST /v3/apps/{guid}/tasks":           cc.createTask,
		"POST /v3/tasks/{guid}/actions/cancel": cc.cancelTask,
		"PUT /v3/tasks/{guid}/cancel":          cc.cancelTask, // the older form, which cf uses
		"GET /v3/audit_events":                 cc.listEvents,
		"GET /v3/jobs/{guid}":                  cc.job,
	} {
		mux.Handle(pattern, members.through(h))
	}
	mux.Handle("GET /api/v1/info", public.through(cc.logInfo))
	mux.Handle("GET /api/v1/read/{guid}", members.through(cc.readLogs))
	mux.Handle("/v3/", members.through(unknownRequest))
	mux.Handle("/", public.through(unknownRequest))
}

func unknownRequest(*call) (reply, error) { return reply{}, errUnknownRequest }

// admit lets in who carries a valid token of this landscape.
func (cc *cloudController) admit(q *call) error {
	token, found := bearer(q.r)
	if !found {
		return errNotAuthenticated
	}
	who, err := cc.holder(token, q.now)
	if err != nil {
		return errInvalidToken
	}
	q.who = who
	return nil
}

// bearer returns the token of a request. The scheme's case differs between
// clients.
func bearer(r *http.Request) (string, bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, found && strings.EqualFold(scheme, "bearer") && token != ""
}

func (cc *cloudController) root(q *call) (reply, error) {
	_, host, _ := strings.Cut(q.base, "://")
	return ok(object{"links": object{
		"self":                object{"href": q.base},
		"cloud_controller_v2": nil,
		"cloud_controller_v3": object{"href": q.base + "/v3", "meta": object{"version": apiVersion}},
		"network_policy_v0":   nil,
		"network_policy_v1":   object{"href": q.base + "/networking/v1/external"},
		"login":               object{"href": q.base},
		"uaa":                 object{"href": q.base},
		"credhub":             nil,
		"routing":             object{"href": q.base + "/routing"},
		"logging":             object{"href": strings.Replace(q.base, "http", "ws", 1)},
		"log_cache":           object{"href": q.base},
		"log_stream":          nil,
		"app_ssh": object{"href": host, "meta": object{
			"host_key_fingerprint": "none: there are no containers here", "oauth_client": "ssh-proxy",
		}},
	}})
}

func (cc *cloudController) rootV3(q *call) (reply, error) {
	links := object{"self": q.link("/v3")}
	for _, name := range []string{
		"apps", "audit_events", "builds", "deployments", "domains", "droplets", "isolation_segments",
		"organizations", "packages", "processes", "roles", "routes", "service_brokers", "service_credential_bindings",
		"service_instances", "service_offerings", "service_plans", "spaces", "tasks",
	} {
		links[name] = q.link("/v3/" + name)
	}
	return ok(object{"links": links})
}

func (cc *cloudController) info(q *call) (reply, error) {
	return ok(object{
		"build": "", "cli_version": object{"minimum": "", "recommended": ""}, "custom": object{},
		"description": "An embedded landscape", "name": "sandbox", "version": 0,
		"links": object{"self": q.link("/v3/info"), "support": object{"href": ""}},
	})
}

// emptyList is a list of something that does not occur here.
func (cc *cloudController) emptyList(q *call) (reply, error) {
	href := object{"href": q.base + q.r.URL.Path + "?page=1&per_page=50"}
	return ok(object{
		"pagination": object{
			"total_results": 0, "total_pages": 1, "first": href, "last": href, "next": nil, "previous": nil,
		},
		"resources": []object{},
	})
}

func (cc *cloudController) noRelationship(q *call) (reply, error) {
	return ok(object{"data": nil, "links": object{"self": q.link(q.r.URL.Path)}})
}

// decode reads the JSON body of a request. An empty body is an empty object, as
// cf sends it with actions. A field that v doesn't have is an error, as there.
func (q *call) decode(v any) error {
	if len(bytes.TrimSpace(q.body)) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(q.body, &fields) != nil {
		return errParse
	}
	decoder := json.NewDecoder(bytes.NewReader(q.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return unprocessable("Unknown field(s): '%s'", strings.Trim(name, `"`))
		}
		return unprocessable("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// toOne is a relationship to one resource.
type toOne struct {
	Data *struct {
		GUID string `json:"guid"`
	} `json:"data"`
}

func (t toOne) guid() string {
	if t.Data == nil {
		return ""
	}
	return t.Data.GUID
}

// metadata is what clients attach to resources.
type metadata struct {
	Labels      map[string]*string `json:"labels"`
	Annotations map[string]*string `json:"annotations"`
}

// annotate applies metadata: a null removes.
func (m *meta) annotate(change *metadata) {
	if change == nil {
		return
	}
	merge := func(into *map[string]string, from map[string]*string) {
		for key, value := range from {
			if value == nil {
				delete(*into, key)
				continue
			}
			if *into == nil {
				*into = map[string]string{}
			}
			(*into)[key] = *value
		}
	}
	merge(&m.labels, change.Labels)
	merge(&m.notes, change.Annotations)
}

// resource begins the view of a resource with what all of them have.
func (q *call) resource(m *meta, path string, links object) object {
	all := object{"self": q.link(path + "/" + m.guid)}
	for name, link := range links {
		all[name] = link
	}
	orEmpty := func(m map[string]string) map[string]string {
		if m == nil {
			return map[string]string{}
		}
		return m
	}
	return object{
		"guid": m.guid, "created_at": stamp(m.created), "updated_at": stamp(m.updated),
		"metadata": object{"labels": orEmpty(m.labels), "annotations": orEmpty(m.notes)},
		"links":    all,
	}
}

// refersTo is a relationship in a view.
func refersTo(guid string) object { return object{"data": object{"guid": guid}} }
