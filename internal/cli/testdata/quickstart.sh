#!/bin/sh
# The Quick Start of the migration API's contract, done by script: curl, one request
# after the other, and polling. What it does through cf is done on the same API here.
# It reads API, MIGRATION, TOKEN, ORG, SPACE, SOURCE, TARGET, and the pauses between
# two looks in seconds: POLL_JOB, POLL_REPLICATION, POLL_FINALIZATION.
set -eu

ask() { curl -sS --fail-with-body -H "Authorization: $TOKEN" -H 'Content-Type: application/json' "$@"; }

# change METHOD PATH BODY: sends it, and waits for the job that it started
change() {
	job=$(ask -X "$1" -d "$3" -D - -o /dev/null "$API$2" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
	[ -n "$job" ] || return 0
	while :; do
		case $(ask "$job" | jq -r .state) in
		COMPLETE) return 0 ;;
		FAILED) exit 1 ;;
		esac
		sleep "$POLL_JOB"
	done
}

# await RESOURCE WORD PAUSE
await() {
	while :; do
		word=$(ask -G "$MIGRATION/$1" $query | jq -r .status)
		case $word in
		"$2") return 0 ;;
		FAILED) exit 6 ;;
		esac
		sleep "$3"
	done
}

org=$(ask -G "$API/v3/organizations" --data-urlencode "names=$ORG" | jq -r '.resources[0].guid')
space=$(ask -G "$API/v3/spaces" --data-urlencode "names=$SPACE" -d "organization_guids=$org" | jq -r '.resources[0].guid')
source=$(ask -G "$API/v3/service_instances" --data-urlencode "names=$SOURCE" -d "space_guids=$space" | jq -r '.resources[0].guid')
target=$(ask -G "$API/v3/service_instances" --data-urlencode "names=$TARGET" -d "space_guids=$space" | jq -r '.resources[0].guid')

# 1. Allow network access, and wait until that is done.
change PATCH "/v3/service_instances/$source" '{"parameters":{"prepare_migration":"true"}}'

# 2. Service keys for both.
key() { printf '{"type":"key","name":"script","relationships":{"service_instance":{"data":{"guid":"%s"}}}}' "$1"; }
change POST /v3/service_credential_bindings "$(key "$source")"
change POST /v3/service_credential_bindings "$(key "$target")"

# 3. Preflight check.
names=$(printf '{"org":"%s","space":"%s","source_service_instance_name":"%s","target_service_instance_name":"%s","source_service_key_name":"script","target_service_key_name":"script"}' "$ORG" "$SPACE" "$SOURCE" "$TARGET")
query="-d org=$ORG -d space=$SPACE -d source_service_instance_name=$SOURCE -d target_service_instance_name=$TARGET -d source_service_key_name=script -d target_service_key_name=script"
critical=$(ask -G "$MIGRATION/preflight-check" $query | jq '[.. | .critical? // empty | .[]] | length')
[ "$critical" = 0 ] || exit 3

# 4. Replication.
ask -X POST -d "$names" -o /dev/null "$MIGRATION/replication"
await replication IN-SYNC "$POLL_REPLICATION"

# 5. Stop the applications that are bound to the source.
bindings=$(ask -G "$API/v3/service_credential_bindings" -d type=app -d "service_instance_guids=$source" -d include=app)
bound=$(echo "$bindings" | jq -r '.resources[].relationships.app.data.guid' | sort -u)
started=$(echo "$bindings" | jq -r '.included.apps[] | select(.state=="STARTED") | .guid')
for app in $started; do
	change POST "/v3/apps/$app/actions/stop" ''
done

# 6. Finalization.
ask -X POST -d "$names" -o /dev/null "$MIGRATION/finalization"
await finalization COMPLETED "$POLL_FINALIZATION"

# 7. Rebind, with names and parameters as they were, and start.
for binding in $(echo "$bindings" | jq -r '.resources[].guid'); do
	app=$(echo "$bindings" | jq -r --arg b "$binding" '.resources[] | select(.guid==$b) | .relationships.app.data.guid')
	name=$(echo "$bindings" | jq --arg b "$binding" '.resources[] | select(.guid==$b) | .name')
	parameters=$(ask "$API/v3/service_credential_bindings/$binding/parameters")
	change DELETE "/v3/service_credential_bindings/$binding" ''
	change POST /v3/service_credential_bindings "$(printf '{"type":"app","name":%s,"parameters":%s,"relationships":{"service_instance":{"data":{"guid":"%s"}},"app":{"data":{"guid":"%s"}}}}' "$name" "$parameters" "$target" "$app")"
done
for app in $started; do
	change POST "/v3/apps/$app/actions/start" ''
done
for app in $started; do
	until ask "$API/v3/apps/$app/processes/web/stats" | jq -e '[.resources[].state] | length > 0 and all(. == "RUNNING")' >/dev/null; do
		sleep "$POLL_JOB"
	done
done
