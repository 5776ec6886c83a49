/*
Package engine runs a migration. It is the only place that calls steps.Apply, that
sends requests to Cloud Foundry and to the migration service, and that writes the
journal. It holds no rule of a migration and draws nothing.

# Starting and stopping

	e := engine.New(engine.Config{StateDir: dir, CFHome: home})
	e.Start()
	for range e.Updates() {
		now := e.Snapshot()
		... // show now.State; e.Answer(...) when steps.Ask(now.State) asks
	}
	err := e.Stop()

An engine runs once. Start returns at once; Done is closed when the run has ended,
by Stop or because it cannot go on; Stop waits for that and returns why. Snapshot,
Answer, LookAgain and Requests never wait, neither before nor after the run.
Updates says that there is a new Snapshot, and may say it once for several.

Stop gives up what only reads (looks, preflight checks) and waits some seconds for
changes under way. A change that takes longer has no outcome in the journal, and
the next run looks before it does anything else.

# The loop

All events go through one inbox into one goroutine, in the order of arrival: answers,
outcomes of effects, what looks have seen. For each event the loop

 1. applies it: steps.Apply(state, event) gives the next state and the effects due;
 2. records in the journal what has changed: choices, moments, the intent of each
    changing effect, outcomes; the line is on the disk before anything is sent;
 3. performs the effects, each in a goroutine of its own that posts the outcome
    (steps.Did, steps.WentWrong, ...) to the inbox; where step 2 failed, no effect
    that changes anything is performed;
 4. begins the looks that are due, and publishes a Snapshot.

So the loop owns the state, the journal and the schedule of looks, and needs no lock
for them. The goroutines of looks and effects get a copy of the state, which is a
value, and share only what is safe for that: the session, the caches of what never
changes (keys, parameters of bindings), the log of requests. The fields of Engine
say which is which.

# Looks

A look reads one thing (a steps.Observable) and changes nothing. steps.Looks says what the
present step wants looked at and how often; Config.Looks adds to that, each as soon
as it is known what to ask for. One look at a thing is under way at a time. It
carries the number of the state that it was begun with; if an event has made its
answer worthless meanwhile, it is given up and made anew. A look that fails is
repeated after a pause that grows to a minute. Config.Pace divides all pauses.

# Looking only

With Config.LookOnly nothing is changed: effects that would change something are not
sent but shown in Snapshot.Withheld, no journal is locked or written, and the state
directory need not be writable. It starts from the journal that Config.Resume names
or, without one, from Config.WithoutRecord. LookOnce runs such an engine until everything
wanted has been looked at (Snapshot.Looked), and returns what it saw.

# Resuming

A journal is read as steps.Resumed: choices, moments, what was done, and the requests
that were announced and have no outcome. Facts are not kept: looks bring them. One
journal is open in one engine at a time, held by a lock beside it.
*/
package engine
