// Package engine runs the migration: it feeds events to the machine of package
// steps, performs the effects that come back, looks at the world as often as the
// machine asks, and keeps the journal, always before it acts. It holds no rule of
// a migration and draws nothing; it is the only place that talks to Cloud Foundry
// and to the migration service.
package engine
