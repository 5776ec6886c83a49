package sandbox

import (
	"net/http"
	"strings"
)

// apiVersion is the Cloud Controller version that is emulated. cf derives
// features from it.
const apiVersion = "3.228.0"

// cloudController serves the Cloud Controller API, v3.
type cloudController struct{ *world }

func (l *Landscape) routeCloudController(mux *http.ServeMux) {
	cc := &cloudController{l.world}
	public := service{world: l.world, errorReply: cfErrorReply}
	members := service{world: l.world, authenticate: cc.authenticate, errorReply: cfErrorReply}

	var (
		orgs      = named(&cc.orgs, "Organization")
		apps      = named(&cc.apps, "App")
		instances = named(&cc.instances, "Service instance")
		bindings  = named(&cc.bindings, "Service credential binding")
		plans     = named(&cc.plans, "Service plan")
		tasks     = named(&cc.tasks, "Task")
	)

	mux.Handle("GET /{$}", public.handle(cc.root))
	mux.Handle("GET /v3", public.handle(cc.rootV3))
	mux.Handle("GET /v3/info", public.handle(cc.info))
	for pattern, h := range map[string]handler{
		"GET /v3/organizations":                                                cc.listOrgs,
		"GET /v3/organizations/{guid}":                                         show(orgs, cc.viewOrg),
		"GET /v3/organizations/{guid}/domains":                                 cc.listDomains,
		"GET /v3/organizations/{guid}/relationships/default_isolation_segment": cc.noRelationship,
		"GET /v3/organization_quotas/{guid}":                                   show(named(&cc.orgs, "Organization quota"), cc.viewQuota),
		"GET /v3/spaces":                                                       cc.listSpaces,
		"GET /v3/spaces/{guid}":                                                show(named(&cc.spaces, "Space"), cc.viewSpace, cc.spaceReferences()...),
		"GET /v3/spaces/{guid}/relationships/isolation_segment":                cc.noRelationship,
		"GET /v3/spaces/{guid}/running_security_groups":                        cc.emptyList,
		"GET /v3/spaces/{guid}/staging_security_groups":                        cc.emptyList,
		"GET /v3/isolation_segments":                                           cc.emptyList,
		"GET /v3/domains":                                                      cc.listDomains,
		"GET /v3/domains/{guid}":                                               show(named(&[]*domain{cc.domain}, "Domain"), cc.viewDomain),
		"GET /v3/organizations/{guid}/domains/default":                         on(orgs, cc.defaultDomain),
		"GET /v3/roles":                                                        cc.listRoles,
		"GET /v3/roles/{guid}":                                                 show(cc.pathGrant, cc.viewRole),
		"GET /v3/feature_flags/{name}":                                         cc.getFeatureFlag,

		"GET /v3/service_brokers":                 cc.listBrokers,
		"GET /v3/service_brokers/{guid}":          show(named(&cc.brokers, "Service broker"), cc.viewBroker),
		"GET /v3/service_offerings":               cc.listOfferings,
		"GET /v3/service_offerings/{guid}":        show(named(&cc.offerings, "Service offering"), cc.viewOffering, cc.offeringReferences()...),
		"GET /v3/service_plans":                   cc.listPlans,
		"GET /v3/service_plans/{guid}":            show(plans, cc.viewPlan, cc.planReferences()...),
		"GET /v3/service_plans/{guid}/visibility": show(plans, func(*call, *plan) object { return object{"type": "public"} }),

		"GET /v3/service_instances":                                                  cc.listInstances,
		"POST /v3/service_instances":                                                 withBody(cc.createInstance),
		"GET /v3/service_instances/{guid}":                                           show(instances, cc.viewInstance, cc.instanceReferences()...),
		"PATCH /v3/service_instances/{guid}":                                         onWithBody(writable(instances), cc.updateInstance),
		"DELETE /v3/service_instances/{guid}":                                        on(writable(instances), cc.deleteInstance),
		"GET /v3/service_instances/{guid}/parameters":                                on(instances, cc.instanceParameters),
		"GET /v3/service_instances/{guid}/credentials":                               on(instances, cc.instanceCredentials),
		"GET /v3/service_instances/{guid}/permissions":                               cc.instancePermissions,
		"GET /v3/service_instances/{guid}/relationships/shared_spaces":               on(instances, cc.sharedSpaces),
		"POST /v3/service_instances/{guid}/relationships/shared_spaces":              onWithBody(writable(instances), cc.share),
		"DELETE /v3/service_instances/{guid}/relationships/shared_spaces/{space}":    on(writable(instances), cc.unshare),
		"GET /v3/service_instances/{guid}/relationships/shared_spaces/usage_summary": on(instances, cc.sharedUsage),

		"GET /v3/service_credential_bindings":                   cc.listBindings,
		"POST /v3/service_credential_bindings":                  withBody(cc.createBinding),
		"GET /v3/service_credential_bindings/{guid}":            show(bindings, cc.viewBinding, cc.bindingReferences()...),
		"PATCH /v3/service_credential_bindings/{guid}":          on(writable(bindings), cc.updateBinding),
		"DELETE /v3/service_credential_bindings/{guid}":         on(writable(bindings), cc.deleteBinding),
		"GET /v3/service_credential_bindings/{guid}/details":    on(bindings, cc.bindingDetails),
		"GET /v3/service_credential_bindings/{guid}/parameters": on(bindings, cc.bindingParameters),
		"GET /v3/service_route_bindings":                        cc.emptyList,

		"GET /v3/apps":                                        cc.listApps,
		"GET /v3/apps/{guid}":                                 show(apps, cc.viewApp, cc.appReferences()...),
		"PATCH /v3/apps/{guid}":                               onWithBody(writable(apps), cc.updateApp),
		"POST /v3/apps/{guid}/actions/start":                  on(writable(apps), cc.startAction),
		"POST /v3/apps/{guid}/actions/stop":                   on(writable(apps), cc.stopAction),
		"POST /v3/apps/{guid}/actions/restart":                on(writable(apps), cc.restartAction),
		"GET /v3/apps/{guid}/env":                             show(writable(apps), cc.viewEnv),
		"GET /v3/apps/{guid}/environment_variables":           show(writable(apps), cc.viewVariables),
		"PATCH /v3/apps/{guid}/environment_variables":         onWithBody(writable(apps), cc.setVariables),
		"GET /v3/apps/{guid}/permissions":                     show(apps, cc.viewPermissions),
		"GET /v3/apps/{guid}/ssh_enabled":                     show(apps, cc.viewSSH),
		"GET /v3/apps/{guid}/features/{name}":                 on(apps, cc.appFeature),
		"GET /v3/apps/{guid}/processes":                       on(apps, cc.listProcesses),
		"GET /v3/apps/{guid}/processes/{type}":                show(cc.pathProcess, cc.viewProcess),
		"GET /v3/apps/{guid}/processes/{type}/stats":          show(cc.pathProcess, cc.viewStats),
		"POST /v3/apps/{guid}/processes/{type}/actions/scale": onWithBody(writable(cc.pathProcess), cc.scaleProcess),
		"GET /v3/processes":                                   on(anyApp, cc.listProcesses),
		"GET /v3/processes/{guid}":                            show(cc.pathProcess, cc.viewProcess),
		"GET /v3/processes/{guid}/stats":                      show(cc.pathProcess, cc.viewStats),
		"GET /v3/processes/{guid}/process_instances":          show(cc.pathProcess, cc.viewInstances),
		"GET /v3/processes/{guid}/sidecars":                   cc.emptyList,
		"POST /v3/processes/{guid}/actions/scale":             onWithBody(writable(cc.pathProcess), cc.scaleProcess),
		"GET /v3/apps/{guid}/routes":                          on(apps, cc.listRoutes),
		"GET /v3/routes":                                      on(anyApp, cc.listRoutes),
		"GET /v3/routes/{guid}":                               show(named(&cc.routes, "Route"), cc.viewRoute),

		"GET /v3/apps/{guid}/packages":                        on(apps, cc.listPackages),
		"GET /v3/packages":                                    on(anyApp, cc.listPackages),
		"GET /v3/packages/{guid}":                             show(cc.pathPackage, cc.viewPackage),
		"GET /v3/packages/{guid}/droplets":                    on(cc.packagedApp, cc.listDroplets),
		"GET /v3/apps/{guid}/droplets":                        on(apps, cc.listDroplets),
		"GET /v3/apps/{guid}/droplets/current":                show(apps, func(q *call, a *app) object { return cc.viewDroplet(q, a.droplet) }),
		"GET /v3/droplets":                                    on(anyApp, cc.listDroplets),
		"GET /v3/droplets/{guid}":                             show(cc.pathDroplet, cc.viewDroplet),
		"GET /v3/apps/{guid}/relationships/current_droplet":   show(apps, cc.viewDropletRelationship),
		"PATCH /v3/apps/{guid}/relationships/current_droplet": onWithBody(writable(apps), cc.assignDroplet),
		"POST /v3/builds":                                     withBody(cc.createBuild),
		"GET /v3/builds":                                      cc.listBuilds,
		"GET /v3/builds/{guid}":                               show(named(&cc.builds, "Build"), cc.viewBuild),
		"POST /v3/deployments":                                withBody(cc.createDeployment),
		"GET /v3/deployments":                                 cc.listDeployments,
		"GET /v3/deployments/{guid}":                          show(named(&cc.deploys, "Deployment"), cc.viewDeployment),
		"GET /v3/apps/{guid}/revisions/deployed":              cc.emptyList,

		"GET /v3/tasks":                        on(anyApp, cc.listTasks),
		"GET /v3/tasks/{guid}":                 show(tasks, cc.viewTask),
		"GET /v3/apps/{guid}/tasks":            on(apps, cc.listTasks),
		"POST /v3/apps/{guid}/tasks":           onWithBody(writable(apps), cc.createTask),
		"POST /v3/tasks/{guid}/actions/cancel": on(writable(tasks), cc.cancelTask),
		"PUT /v3/tasks/{guid}/cancel":          on(writable(tasks), cc.cancelTask), // the deprecated form, which cf uses
		"GET /v3/audit_events":                 cc.listEvents,
		"GET /v3/jobs/{guid}":                  cc.job,
	} {
		mux.Handle(pattern, members.handle(h))
	}
	mux.Handle("GET /api/v1/info", public.handle(cc.logInfo))
	mux.Handle("GET /api/v1/read/{guid}", members.handle(on(apps, cc.readLogs)))
	mux.Handle("/v3/", members.handle(unknownRequest))
	mux.Handle("/", public.handle(unknownRequest))
}

func unknownRequest(*call) (reply, error) { return reply{}, errUnknownRequest }

// authenticate requires a valid access token of this landscape.
func (cc *cloudController) authenticate(q *call) error {
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

// bearer returns the bearer token of a request. Clients differ in the case of
// the scheme.
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

// emptyList answers for kinds of resources that the sandbox never has.
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
