package steps

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

type cleanUpStep struct{ stepDefaults }

func (cleanUpStep) done(s *State) bool {
	return s.Choices.Ended != nil && s.Choices.Ended.How == EndCompleted
}

func (cleanUpStep) badge(s *State) string {
	if s.Choices.Validated == nil {
		return ""
	}
	return s.openBadge()
}

func (cleanUpStep) guide() Guide {
	return Guide{
		What: "What the migration needed and what the old database leaves behind is deleted, piece by piece, on your word.",
		Why:  "On Google Cloud the target's migration key must not be used after the migration. The old instance costs money as long as it exists.",
		Tips: []string{
			"Deleting the source deletes its data for good. Many teams wait a week. Quit, and come back: the wizard finds this step again.",
			"The order is: keys, bindings, shares, the instance. The platform would delete bindings together with an instance or a share without a word; the wizard asks for each.",
			"Swapping the names keeps manifests going that name the service. After it this wizard cannot back out any more: the migration service finds everything by name.",
		},
	}
}

// looks leaves out what belongs to a source that is gone.
func (cleanUpStep) looks(s *State) []Look {
	looks := []Look{{ObserveInstances, paceIdle}, {ObserveTargetKeys, paceIdle}, {ObserveApps, paceCopying}}
	if s.fresh(ObserveInstances) && s.instance(s.Choices.Source) == nil {
		return looks
	}
	return append(append(looks, Look{ObserveShares, paceIdle}), s.elsewhereLooks()...)
}

// lookedForCleanUp reports whether what is left can be told.
func (s *State) lookedForCleanUp() bool {
	return s.fresh(ObserveInstances, ObserveApps, ObserveTargetKeys) &&
		(s.instance(s.Choices.Source) == nil || s.fresh(ObserveSourceKeys, ObserveShares))
}

func (cleanUpStep) ask(s *State) *Question {
	if !s.lookedForCleanUp() {
		return nil
	}
	if q := s.askNotUp(CleanUp); q != nil {
		return q
	}
	if q := s.askItems(s.targetItems()); q != nil {
		return q
	}
	if q := s.askNameSwap(); q != nil {
		return q
	}
	items := s.sourceItems()
	if len(items) > 0 && s.Choices.CleanUp[itemCooling] == "" {
		return s.askCooling(items)
	}
	return s.askItems(items)
}

// askItems asks about the first thing that is not settled.
func (s *State) askItems(items []cleanItem) *Question {
	item := find(items, func(i cleanItem) bool { return !s.settled(i) })
	switch {
	case item == nil:
		return nil
	case item.going, s.decided(*item) == cleanDelete && item.blocked == "":
		return working(QuestionCleanUpWorking, "The platform is deleting.")
	}
	return s.askItem(*item)
}

// coolingOff is how long a source is kept as a rule: within a week most periodic jobs
// have run.
const coolingOff = 7 * 24 * time.Hour

// askCooling asks before anything of the source is deleted.
func (s *State) askCooling(items []cleanItem) *Question {
	until := s.keptUntil()
	day := until.Format(dayInWords)
	q := &Question{
		ID: QuestionCleanUpCooling, Recommended: OptionWait, Unattended: OptionDeleteNow, Title: "Keep the source for a week?",
		Why: "It holds all data from before the switch, to compare and to look things up; it costs money as long as it exists. Come back on " + day + ": the wizard finds this step again.",
		Options: []Option{
			{
				ID: OptionWait, Label: "Keep it until " + day, Wait: true, Consequence: "nothing is done; quit whenever you like",
				Then: "It is kept: nothing deletes it by itself. Quit now; on " + day + " start the wizard again, and it asks here.",
			},
			{ID: OptionDeleteNow, Deletes: true, Label: "Delete it now, step by step", Consequence: "asks for each thing that belongs to it, and for the instance last"},
			{ID: OptionLeave, Label: "Leave the source on purpose, and end here", Consequence: leavingWhat(items)},
		},
	}
	if !s.At.Before(until) {
		q.Title, q.Recommended, q.Unattended = "The source was kept for a week. Delete it now?", OptionDeleteNow, ""
		q.Why = "You have confirmed on " + s.Choices.Validated.At.Format(dayInWords) + " that the applications work. The source costs money as long as it exists."
		q.Options[0].Label = "Keep it for now"
	}
	s.warnOfOpen(q, OptionDeleteNow, OptionWait, OptionLeave)
	if s.lossWords() != "" {
		q.Options = append(q.Options, s.comparedOption())
		s.warnOfLoss(q, OptionDeleteNow, OptionWait, OptionLeave)
	}
	return q
}

func leavingWhat(items []cleanItem) string {
	if len(items) == 1 {
		return "it stays as it is; the record says so"
	}
	return "it stays as it is, with " + plural(len(items)-1, "thing", "things") + " of its own; the record lists them"
}

func (cleanUpStep) decide(s *State, a Answer) {
	id := a.Question.item()
	if s.Choices.CleanUp == nil {
		s.Choices.CleanUp = map[string]string{}
	}
	decisions := s.Choices.CleanUp
	switch a.Option {
	case OptionDelete:
		decisions[id] = cleanDelete // a last look decides
		s.invalidate(ObserveInstances, ObserveTargetKeys, ObserveSourceKeys, ObserveApps, ObserveShares)
	case OptionKeep:
		decisions[id] = cleanKeep
		s.renameAgain()
	case OptionKeepAll:
		for _, item := range s.sourceItems() {
			decisions[item.id] = cleanKeep
		}
	case OptionAgain:
		for _, item := range s.sourceItems() {
			delete(decisions, item.id)
		}
		s.dropWork(Work.leftUndone)
	case OptionDeleteNow:
		decisions[itemCooling] = coolingOver
	case OptionLeave:
		decisions[itemCooling] = cleanKeep
	case OptionSwap, OptionRestore:
		decisions[itemNameSwap] = a.Option
		s.renameAgain()
		s.invalidate(ObserveInstances, ObserveShares, ObserveApps)
	}
}

func (cleanUpStep) want(s *State) []Effect {
	if !s.completed() || s.Choices.Validated == nil || !s.lookedForCleanUp() || len(s.notUp(Target)) > 0 {
		return nil
	}
	var want []Effect
	if e, ok := s.wantedRename(); ok {
		want = append(want, e)
	}
	for _, item := range s.cleanItems() {
		if s.decided(item) == cleanDelete && item.blocked == "" && !item.going {
			want = append(want, item.effect)
		}
	}
	return want
}

// settleCleanUp drops decisions that the facts have outdated, and ends the migration
// when everything is gone or left on purpose. However a migration ends, it records what
// is left.
func settleCleanUp(s *State) {
	defer s.keepInventory()
	if s.Choices.Ended != nil || !s.signedIn() || current(s) != CleanUp || !s.lookedForCleanUp() || s.busy() {
		return
	}
	if down := s.notUp(Target); len(down) > 0 {
		s.withdrawAll(listNames(down, func(m AppMemory) string { return m.Name }) + " is not up on the target")
		return
	}
	items := s.cleanItems()
	s.withdrawDecisions(items)
	if s.swapSettled() && !slices.ContainsFunc(items, func(i cleanItem) bool { return !s.settled(i) }) {
		s.Choices.Ended = &Ending{At: s.At, How: EndCompleted}
	}
}

// reopen takes back the end of a migration that ended well, and the decisions to leave
// something on purpose.
func (s *State) reopen() {
	if e := s.Choices.Ended; e == nil || e.How != EndCompleted {
		return
	}
	s.Choices.Ended = nil
	maps.DeleteFunc(s.Choices.CleanUp, func(item, decided string) bool { return decided == cleanKeep || item == itemCooling })
}

// withdrawAll drops the decisions that would take something away, because what they rest
// on is not so any more.
func (s *State) withdrawAll(why string) {
	for item, word := range s.Choices.CleanUp {
		if word == cleanDelete || word == cleanSwap || word == cleanRestore {
			delete(s.Choices.CleanUp, item)
			s.Notice = "Nothing more was changed: " + why + "."
		}
	}
}

// withdrawDecisions drops decisions on what is gone, so that they do not apply to
// another thing of that name, and on what has become impossible.
func (s *State) withdrawDecisions(items []cleanItem) {
	there := map[string]bool{}
	for _, item := range items {
		there[item.id] = true
		if s.decided(item) == cleanDelete && item.blocked != "" {
			delete(s.Choices.CleanUp, item.id)
			s.Notice = "Nothing was deleted: " + item.blocked + "."
		}
	}
	maps.DeleteFunc(s.Choices.CleanUp, func(id, decided string) bool { return decided == cleanDelete && !there[id] })
	if s.Choices.CleanUp[itemNameSwap] == cleanRestore && !s.halfSwapped() {
		s.Choices.CleanUp[itemNameSwap] = cleanKeep
	}
}

func (cleanUpStep) show(s *State, _ time.Time) []Item {
	var items []Item
	ended := s.Choices.Ended
	if ended != nil {
		head := Item{Kind: ItemHeadline, Tone: Good, Text: "MIGRATION COMPLETE"}
		switch n := len(s.open()); {
		case s.lossWords() != "":
			head.Tone, head.Text = Bad, "MIGRATION COMPLETE, AN ALARM IS OPEN"
		case n > 0:
			head.Tone, head.Text = Warn, "COMPLETE; "+strings.ToUpper(plural(n, "thing", "things")+" "+isAre(n)+" still open")
		}
		items = append(append(items, head), s.closing()...)
	} else {
		items = append(items, s.ledgerItems()...)
	}
	if !s.lookedForCleanUp() && ended == nil {
		return append(items, quiet("Looking at what is left…"))
	}
	for _, done := range s.doneSince(CleanUp) {
		items = append(items, fact("Done", "%s", done))
	}
	if ended != nil {
		for _, l := range ended.Left {
			items = append(items, fact("Left", "%s (%s)", l, l.Why))
		}
		return append(items, s.rows()...)
	}
	for _, item := range s.cleanItems() {
		items = append(items, s.cleanItemFact(item))
	}
	if s.halfSwapped() && s.swapImpossible() == "" {
		items = append(items, fact("Name", "%s is free: the source has given it up, the target has not taken it", s.Choices.Source.Name))
	}
	if why := s.swapImpossible(); why != "" {
		items = append(items, quiet("The names stay as they are: %s.", why))
	}
	if s.renamed() {
		items = append(items, quiet("The migration service does not find this migration any more: it knows the names from before."))
	}
	return append(items, s.rows()...)
}

// doneSince lists the requests that were carried out since a step began.
func (s *State) doneSince(id ID) []string {
	var done []string
	begun := false
	for m := range s.History.In(s.Choices.Round) {
		begun = begun || m.Kind == MomentStep && m.Step() == id
		if begun && m.Done() {
			done = append(done, m.Object)
		}
	}
	return done
}

func (cleanUpStep) commands(s *State) []Command {
	n := s.Names()
	source, target := s.presentName(s.Choices.Source), s.presentName(s.Choices.Target)
	commands := []Command{{"delete the migration's key of the target", cf("delete-service-key", target, n.TargetKey)}}
	if e, ok := s.nextRename(); ok {
		if s.sourceHasItsName() {
			commands = append(commands, Command{"give the source's name free", cf("rename-service", source, e.NewName)})
		}
		commands = append(commands, Command{"let the target take it", cf("rename-service", target, n.SourceInstance)})
	}
	commands = append(commands, Command{"delete the migration's key of the source", cf("delete-service-key", source, n.SourceKey)})
	for _, item := range s.sourceItems() {
		e := item.effect
		switch {
		case e.Do == DoDeleteKey && e.Key.Name != n.SourceKey:
			commands = append(commands, Command{"delete another key of the source", cf("delete-service-key", source, e.Key.Name)})
		case e.Do == DoUnbind:
			commands = append(commands, Command{"unbind " + e.App.Name + " from the source", cf("unbind-service", e.App.Name, source)})
		case e.Do == DoUnshare:
			commands = append(commands, Command{"end the sharing with " + spaceWord(e.Space) + " (unbinds its applications)", cf("unshare-service", source, "-s", cmp.Or(e.Space.Name, "SPACE"))})
		}
	}
	return append(commands, Command{"delete the source (also its data)", cf("delete-service", source)})
}
