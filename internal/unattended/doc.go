/*
Package unattended leads migrations, and looks at them, without the screen: by a plan
(run), by one-line commands, in plain lines, or only watching. A Runner carries out
what a command asks for. It knows of no command line but the names of the flags that
its refusals point at.

# Who answers

One loop (drive) leads a migration through an engine. It asks whom it was given:

  - a plan, for run and for the one-line commands (StepCommand): what the plan does not
    answer stays open and ends the drive;
  - the recommendation, for demo --auto (Converse with Auto);
  - a person at lines (Converse). They answer in their own time, and may open a question
    beside the road, so they are listened to in every round, and never asked.

A question is answered when everything at its step was looked at and no request is under
way. The next answer waits until the engine has taken the last one in. The same answer
in the same situation is given a few times at most: then nothing comes of it, and the
question stays open. A request without a clear answer is never sent again by a drive:
the machine looks first (package steps).

# When it ends

When what was asked for is reached, a question stays open, the migration has ended, the
time is up, or the context has ended. After that nothing is under way any more: the
engine is stopped, and a change in flight was waited for as engine.Stop says. How it
ended is a driveResult for run and watch, a StepEnd for one-line commands; its exit
status is one of package status, by the kind of the question and by what has failed,
never by a text.

# Looking

Whatever only looks runs an engine that only looks. A migration with a record is looked
at once (LookOnce) or watched, as its journal has it; one without is found by what a
plan says of it (observe). What is not known then the state says itself
(steps.State.Unrecorded). A look that fails is repeated as engine.Config says, and what
was given up is in engine.Snapshot. Before a one-line command ends it looks at what its
result tells, with an engine that from then on changes nothing (Engine.LookAround).

A dry run looks as far as nothing has to be done and plays the rest in the machine alone
(simulation). That is the only place beside the engine that calls steps.Apply.
*/
package unattended
