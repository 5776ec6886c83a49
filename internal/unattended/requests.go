package unattended

import "pg-migrate-wizard/steps"

// requestsOf lists the requests that carry an effect out, without the looks beside
// them, as the log of a landscape has them: method and path. What is not known before stands in {}.
func requestsOf(e steps.Effect) []string {
	const bindings = "/v3/service_credential_bindings"
	instance, app := "/v3/service_instances/"+e.Instance.GUID, "/v3/apps/"+e.App.GUID
	switch e.Do {
	case steps.DoOpenAccess, steps.DoRenameInstance:
		return []string{"PATCH " + instance}
	case steps.DoDeleteInstance:
		return []string{"DELETE " + instance}
	case steps.DoCreateKey, steps.DoBind:
		return []string{"POST " + bindings}
	case steps.DoDeleteKey:
		return []string{"DELETE " + bindings + "/" + e.Key.GUID}
	case steps.DoUnbind:
		return []string{"DELETE " + bindings + "/" + e.Binding.GUID}
	case steps.DoCheck:
		return []string{"GET /v1/preflight-check"}
	case steps.DoCreateReplication:
		return []string{"POST /v1/replication"}
	case steps.DoDeleteReplication:
		return []string{"DELETE /v1/replication"}
	case steps.DoCreateFinalization:
		return []string{"POST /v1/finalization"}
	case steps.DoDeleteFinalization:
		return []string{"DELETE /v1/finalization"}
	case steps.DoStopApp:
		return []string{"POST " + app + "/actions/stop"}
	case steps.DoStartApp:
		return []string{"POST " + app + "/actions/start"}
	case steps.DoRestage:
		return []string{"POST /v3/builds", "PATCH " + app + "/relationships/current_droplet"}
	case steps.DoCancelTask:
		return []string{"POST /v3/tasks/" + e.Task.GUID + "/actions/cancel"}
	case steps.DoShare:
		return []string{"POST " + instance + "/relationships/shared_spaces"}
	case steps.DoUnshare:
		return []string{"DELETE " + instance + "/relationships/shared_spaces/" + e.Space.GUID}
	}
	return nil
}
