package steps

import (
	"fmt"
	"strings"
	"time"
)

type replicateStep struct{ stepDefaults }

func (replicateStep) done(s *State) bool {
	return s.completed() || s.Facts.Finalization.Exists || s.Facts.Replication.Is(InSync) && s.Choices.GoOn != nil
}

func (replicateStep) badge(s *State) string {
	if p := s.Facts.Replication; p.Exists && !s.completed() {
		return p.Word
	}
	return ""
}

func (replicateStep) want(s *State) []Effect {
	e := Effect{Do: DoCreateReplication, Names: s.Names(), Round: s.Choices.Round}
	if s.Choices.Replicate == nil || s.did(e) || !s.freshSince(ObserveReplication, s.Choices.Replicate) ||
		s.replicating() || !s.checkPassed() {
		return nil
	}
	return []Effect{e}
}

func (replicateStep) looks(s *State) []Look {
	every := paceCopying
	switch {
	case !s.Facts.Replication.Exists && s.Choices.Replicate == nil:
		every = paceIdle
	case !s.Facts.Replication.Exists:
		every = paceSettling
	case s.Facts.Replication.Is(InSync) || s.Facts.Replication.Is(Failed):
		every = paceInSync
	}
	if s.downtime() {
		every = paceDowntime
	}
	looks := []Look{{ObserveReplication, every}, {ObserveFinalization, paceIdle}} // a finalization would be a colleague's
	switch {
	case len(s.Choices.Memory) > 0:
		looks = append(looks, Look{ObserveApps, every})
	case !s.begun(): // the target may come into use
		looks = append(looks, Look{ObserveApps, paceIdle})
	}
	return looks
}

func (replicateStep) commands(s *State) []Command {
	return replication.commands(s)
}

func (replicateStep) guide() Guide {
	return Guide{
		What: "The service copies the source to the target in the background, and then keeps both in sync until you finalize.",
		Why:  "The applications go on working meanwhile. When the databases are in sync, only little is left to do while they are down.",
		Tips: []string{
			"At the start the service needs a short lock on every table: choose a quiet hour, without long transactions.",
			"From the start until the migration is complete, do not change the schema (no DDL): keep deployments with database changes back.",
			"The first copy is one transaction: if it fails, it starts again from zero, on a new target.",
			"You can close the wizard at any time. The service goes on; come back and it looks where things stand.",
		},
	}
}

func (replicateStep) ask(s *State) *Question {
	p := s.Facts.Replication
	switch {
	case !s.fresh(ObserveReplication) && !p.Known, !s.looked(ObserveFinalization):
		return nil
	case p.Missed > 0 && (p.Exists || !p.Known):
		return replication.askDoubted(s, QuestionReplicating)
	case p.Known && !p.Exists && s.did(Effect{Do: DoCreateReplication}):
		q := &Question{
			ID: QuestionReplicationGone, Tone: Bad, Title: "The service does not know the replication any more.",
			Why:     "It was started, and somebody or something has removed it. " + s.whereApps(),
			Options: []Option{{ID: OptionLook, Label: "Look again"}},
		}
		q.Recommended = OptionBackOut
		return s.orBack(q)
	case !p.Exists && s.Choices.Replicate != nil:
		return working(QuestionReplicationStarting, "The replication is being started.")
	case !p.Exists:
		return &Question{
			ID: QuestionReplicate, Title: "Start the replication?", Recommended: OptionStart,
			Why: "The service begins to copy " + s.Choices.Source.Name + " to " + s.Choices.Target.Name + " in the background. For a moment it needs a lock on every table of the source; from now on nobody may change the schema." + s.greenThere(),
			Options: []Option{
				{ID: OptionStart, Label: "Start the replication", Consequence: "applications go on working; can be cancelled, but a next try needs a new target", Undo: UndoWork},
				{ID: OptionCheck, Label: "Run the preflight check again"},
			},
		}
	case p.Word == Failed:
		return s.askSupport(QuestionReplicationFailed, "The service says that the replication has FAILED.",
			s.whereApps()+" Contact SAP support (component BC-CP-BSB-POSTGRESQL) with the names and times shown here; they may want to see it before it is removed.")
	case p.Word == InSync:
		q := &Question{
			ID: QuestionInSync, Title: "Both databases are in sync, and are kept so until you finalize.", Tone: Good, Recommended: OptionGoOn,
			Why: "There is no hurry. You can quit: the service goes on without you.",
			Options: []Option{
				{ID: OptionGoOn, Label: "Go on to Stop writers", Consequence: "the downtime starts there, not yet"},
				{ID: OptionWait, Label: "Stay and watch", Wait: true},
			},
		}
		return s.orBack(q)
	}
	q := working(QuestionReplicating, "The service is copying the data.")
	q.Why = "This takes minutes to days, depending on the size. You can quit: the service goes on without you."
	switch {
	case p.Word == Waiting:
		q.Title = "The service prepares the replication."
		q.Why = "It needs a short lock on every table of the source. If this takes long, look for long transactions there."
	case p.Word == Completed:
		q.Title = "The service says that the replication is COMPLETED, and knows of no finalization."
		q.Why = "Somebody may have finalized and removed it. Nothing is unlocked by this; ask who works on it."
	case !KnownWord(p.Word):
		q.Title = fmt.Sprintf("The service says %q, which its documentation does not name.", p.Word)
		q.Why = "Nothing is unlocked by an unknown word. Watch on, or ask SAP support."
	}
	return s.orBack(q)
}

func (replicateStep) decide(s *State, a Answer) {
	switch a.Option {
	case OptionStart:
		s.Choices.Replicate = s.consent()
		s.noteStopped()
		s.invalidate(ObserveReplication)
	case OptionCheck:
		s.Choices.Check = s.consent()
		s.Choices.LastCheck = s.Facts.Findings
		s.Facts.Findings = nil
	case OptionGoOn:
		s.Choices.GoOn = s.consent()
		s.invalidate(ObserveMigrations, ObserveNotes)                   // does another downtime run by now?
		s.invalidate(ObserveApps, ObserveReplication, ObserveElsewhere) // the census counts as of now
	case OptionLook:
		s.invalidate(ObserveReplication, ObserveFinalization)
	case OptionSupport:
		s.Choices.Ended = &Ending{At: s.At, How: EndForHelp}
	}
}

func (replicateStep) show(s *State, now time.Time) []Item {
	p := s.Facts.Replication
	n := s.Names()
	if !p.Known && !s.completed() {
		return []Item{quiet("Looking at the replication…")}
	}
	flow := Item{Kind: ItemFlow, Label: n.SourceInstance, Text: n.TargetInstance, Of: ObserveReplication}
	if !p.Exists && !s.completed() {
		none := quiet("No replication exists yet.")
		none.Of = ObserveReplication
		return append([]Item{flow, none}, s.prepareItems(true)...)
	}
	head := p.headline(now)
	head.Of = ObserveReplication
	switch p.Word {
	case InSync, Completed:
		head.Tone, flow.Tone = Good, Good
	case Failed:
		head.Tone, flow.Tone = Bad, Bad
	case Running:
		flow.Tone = Good
	}
	if !p.Exists {
		head = Item{Kind: ItemHeadline, Text: Completed, Tone: Good}
	}
	items := []Item{head, flow, replication.states(s, now)}
	switch {
	case p.Is(Failed):
		items = append(items, s.evidenceItems()...)
	case !s.completed() && !s.downtime():
		items = append(items, s.prepareItems(false)...)
	}
	return items
}

// curl is the line that does the same by hand. The token is asked for anew each
// time, and stays out of the line.
func (s *State) curl(method, path string) string {
	url := "https://pg-migrate.cf.LANDSCAPE/v1"
	if w := s.Choices.Where; w != nil && w.MigrationURL != "" {
		url = w.MigrationURL
	}
	n := s.Names()
	line := "curl -G"
	if method != "GET" {
		line = "curl -X " + method
	}
	line += ` -H "Authorization: $(cf oauth-token)"`
	var fields []string
	for _, p := range [][2]string{
		{"org", n.Org},
		{"space", n.Space},
		{"source_service_instance_name", n.SourceInstance},
		{"target_service_instance_name", n.TargetInstance},
		{"source_service_key_name", n.SourceKey},
		{"target_service_key_name", n.TargetKey},
	} {
		if method == "GET" {
			line += " --data-urlencode " + shell(p[0]+"="+p[1])
		}
		fields = append(fields, fmt.Sprintf("%q: %q", p[0], p[1]))
	}
	if method != "GET" {
		line += " -H 'Content-Type: application/json' -d " + shell("{"+strings.Join(fields, ", ")+"}")
	}
	return line + " " + shell(url+path)
}
