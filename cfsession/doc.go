// Package cfsession is Cloud Foundry as this program needs it: the login that
// the cf CLI keeps (read, renewed in time, written back), signing in anew, and
// the resources a migration touches: orgs, spaces, service instances, keys,
// bindings, applications, each change awaited to its end. It speaks in the types
// of go-cfclient, and sends requests, renews tokens and checks answers itself. It decides nothing
// about a migration, keeps no state of one and shows nothing.
package cfsession
