package steps

import (
	"fmt"
	"strings"
	"time"
)

type replicateStep struct{ stepDefaults }

func (replicateStep) title() string { return "Replicate" }

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
	if s.Choices.Replicate == nil || s.did(e.ID()) || !s.freshSince(SeeReplication, s.Choices.Replicate) ||
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
	looks := []Look{{SeeReplication, every}, {SeeFinalization, paceIdle}} // a finalization would be a colleague's
	if len(s.Choices.Memory) > 0 {
		looks = append(looks, Look{SeeApps, every})
	}
	return looks
}

func (replicateStep) commands(s *State) []Command {
	return []Command{
		{"start the replication", s.curl("POST", "/replication")},
		{"ask for its status", s.curl("GET", "/replication")},
		{"remove it", s.curl("DELETE", "/replication")},
	}
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
	case !s.fresh(SeeReplication) && !p.Known, s.Seen[SeeFinalization].At.IsZero():
		return nil
	case p.Known && !p.Exists && s.did(Effect{Do: DoCreateReplication, Round: s.Choices.Round}.ID()):
		q := &Question{
			ID: QuestionReplicationGone, Tone: Bad, Title: "The service does not know the replication any more.",
			Why:     "It was started, and somebody or something has removed it. Source and applications are as they were.",
			Options: []Option{{ID: OptionLook, Label: "Look again"}},
		}
		q.Recommended = OptionBackOut
		q.Options = append(q.Options, wayBack(s)...)
		return q
	case !p.Exists && s.Choices.Replicate != nil:
		return working(QuestionReplicationStarting, "The replication is being started.")
	case !p.Exists:
		return &Question{
			ID: QuestionReplicate, Title: "Start the replication?", Recommended: OptionStart,
			Why: "The service begins to copy " + s.Choices.Source.Name + " to " + s.Choices.Target.Name + " in the background. For a moment it needs a lock on every table of the source; from now on nobody may change the schema.",
			Options: []Option{
				{ID: OptionStart, Label: "Start the replication", Consequence: "applications go on working; can be cancelled, but a next try needs a new target", Undo: UndoWork},
				{ID: OptionCheck, Label: "Run the preflight check again"},
			},
		}
	case p.Word == Failed:
		q := &Question{
			ID: QuestionReplicationFailed, Kind: KindServiceFailed, Tone: Bad, Title: "The service says that the replication has FAILED.", Recommended: OptionSupport,
			Why: "Your applications and the source are as they were. Contact SAP support (component BC-CP-BSB-POSTGRESQL) with the names and times shown here; they may want to see it before it is removed.",
			Options: []Option{
				{ID: OptionSupport, Label: "Leave it as it is, for support, and end here", Consequence: "what is left of the replication stays on the source until it is removed"},
			},
		}
		q.Options = append(q.Options, wayBack(s)...)
		return q
	case p.Word == InSync:
		q := &Question{
			ID: QuestionInSync, Title: "Both databases are in sync, and are kept so until you finalize.", Tone: Good, Recommended: OptionGoOn,
			Why: "There is no hurry. You can quit: the service goes on without you.",
			Options: []Option{
				{ID: OptionGoOn, Label: "Go on to Stop writers", Consequence: "the downtime starts there, not yet"},
				{ID: OptionWait, Label: "Stay and watch", Wait: true},
			},
		}
		q.Options = append(q.Options, wayBack(s)...)
		return q
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
	q.Options = append(q.Options, wayBack(s)...)
	return q
}

func (replicateStep) decide(s *State, a Answer) {
	switch a.Option {
	case OptionStart:
		s.Choices.Replicate = s.consent()
		s.overtake(SeeReplication)
	case OptionCheck:
		s.Choices.Check = s.consent()
		s.Choices.LastCheck = s.Facts.Findings
		s.Facts.Findings = nil
	case OptionGoOn:
		s.Choices.GoOn = s.consent()
		s.overtake(SeeApps, SeeReplication)
	case OptionLook:
		s.overtake(SeeReplication, SeeFinalization)
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
	flow := Item{Kind: ItemFlow, Label: n.SourceInstance, Text: n.TargetInstance}
	if !p.Exists && !s.completed() {
		return []Item{flow, quiet("No replication exists yet.")}
	}
	head := p.headline(now)
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
	return []Item{head, flow, s.states(MomentReplication, now)}
}

// states is the history of a status: "WAITING 12 s · RUNNING 1 h 58 min". How
// long a word lasted that was there already, nobody has seen.
func (s *State) states(kind MomentKind, now time.Time) Item {
	item := Item{Kind: ItemStates}
	var last *Moment
	tell := func(until time.Time) {
		cell := last.Status
		if !until.IsZero() && (len(item.Cells) > 0 || !s.found(kind)) {
			cell += " " + lasting(until.Sub(last.At))
		}
		item.Cells, item.Text = append(item.Cells, cell), last.Status
	}
	for i := range s.History {
		m := &s.History[i]
		if m.Kind != kind || m.Round != s.Choices.Round {
			continue
		}
		if last != nil {
			tell(m.At)
		}
		last = m
	}
	switch {
	case last == nil:
	case last.Status == Completed || last.Status == Failed:
		tell(time.Time{})
	default:
		tell(now)
	}
	return item
}

// curl is the line that does the same by hand. The token is asked for anew each
// time, and stays out of the line.
func (s *State) curl(method, path string) string {
	url := "https://pg-migrate.cf.LANDSCAPE/v1"
	if w := s.Choices.Where; w != nil && w.MigrationURL != "" {
		url = w.MigrationURL
	}
	n := s.Names()
	pairs := [][2]string{
		{"org", n.Org},
		{"space", n.Space},
		{"source_service_instance_name", n.SourceInstance},
		{"target_service_instance_name", n.TargetInstance},
		{"source_service_key_name", n.SourceKey},
		{"target_service_key_name", n.TargetKey},
	}
	var b strings.Builder
	b.WriteString("curl")
	if method == "GET" {
		b.WriteString(" -G")
	} else {
		b.WriteString(" -X " + method)
	}
	b.WriteString(` -H "Authorization: $(cf oauth-token)"`)
	if method == "GET" {
		for _, p := range pairs {
			b.WriteString(" --data-urlencode " + shell(p[0]+"="+p[1]))
		}
	} else {
		b.WriteString(" -H 'Content-Type: application/json' -d ")
		fields := make([]string, len(pairs))
		for i, p := range pairs {
			fields[i] = fmt.Sprintf("%q: %q", p[0], p[1])
		}
		b.WriteString(shell("{" + strings.Join(fields, ", ") + "}"))
	}
	b.WriteString(" " + shell(url+path))
	return b.String()
}
