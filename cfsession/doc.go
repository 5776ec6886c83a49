// Package cfsession is Cloud Foundry as this program needs it: the login that
// the cf CLI keeps (read, renewed in time, written back), signing in anew, and
// the resources a migration touches: orgs, spaces, service instances, keys,
// bindings, applications, each change awaited to its end. It speaks in the types
// of go-cfclient, and sends requests, renews tokens and checks answers itself. It decides nothing
// about a migration, keeps no state of one and shows nothing.
//
// Three errors tell what stood in a request's way. A *[SignedOutError]: a person must
// sign in. A *[TokenError]: there is no token at the moment, which passes. An *[Error]:
// all else, with the server's answer, if one came. Of all of them [RetryAfter] tells how
// long a server asks to wait, and [Unclear] whether a change may have been carried out.
// Ask for the first two before the third: they wrap one.
package cfsession
