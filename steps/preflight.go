package steps

import (
	"fmt"
	"slices"
	"time"
)

type preflightStep struct{}

func (preflightStep) done(s *State) bool {
	return s.replicating() || s.checkPassed()
}

func (preflightStep) badge(s *State) string {
	f := s.valid()
	if f == nil {
		if s.replicating() && s.Choices.Checked == nil {
			return "not run"
		}
		return ""
	}
	critical, warnings := f.count()
	switch {
	case critical > 0:
		return fmt.Sprintf("%d crit", critical)
	case warnings > 0:
		return fmt.Sprintf("%d warn", warnings)
	}
	return "clean"
}

func (preflightStep) revise(s *State) *Question {
	return &Question{
		ID: QuestionPreflightRevise, Title: "Run the preflight check again?", Why: "For example after you changed something in the source.",
		Options: []Option{
			{ID: OptionCheck, Label: "Check again", Consequence: "takes a moment; nothing is changed"},
			{ID: OptionLimits, Label: "Say more about the source", Consequence: "its size, and what no check can see", Fields: s.limitFields()},
		},
	}
}

func (preflightStep) want(s *State) []Effect {
	if s.Choices.Check == nil || !s.Names().Complete() {
		return nil
	}
	return []Effect{{Do: DoCheck, Names: s.Names()}}
}

func (preflightStep) looks(*State) []Look {
	return []Look{{ObserveSourceKeys, paceIdle}, {ObserveTargetKeys, paceIdle}, {ObserveReplication, paceIdle}, {ObserveFinalization, paceIdle}, {ObserveApps, paceIdle}, {ObserveMigrations, 0}, {ObserveElsewhere, 0}}
}

func (preflightStep) guide() Guide {
	return Guide{
		What: "The migration service looks at both databases and lists what stands in the way (critical) and what you should know (warnings).",
		Why:  "With a critical finding the migration will fail. It is better to know before anything has been copied.",
		Tips: []string{
			"Tables without a primary key are copied only during the finalization, while the applications are down. Give large ones a key, if you can.",
			"Roles and access rights are not migrated: note the ones that you need.",
			"From the start of the replication on, nobody may change the schema (no DDL) until the migration is complete.",
			prepareLabel, prepareManifests,
		},
	}
}

// valid returns the findings that count: those for exactly these six names and
// these keys.
func (s *State) valid() *Findings {
	f := s.Facts.Findings
	if f == nil || f.Names != s.Names() || f.Keys != s.keyGUIDs() {
		return nil
	}
	return f
}

func (f *Findings) count() (critical, warnings int) {
	for _, x := range f.List {
		if x.Critical {
			critical++
		} else {
			warnings++
		}
	}
	return critical, warnings
}

func (s *State) checkPassed() bool {
	f := s.valid()
	if f == nil || s.Choices.Check != nil || s.tooLarge() || len(s.taken()) > 0 {
		return false
	}
	critical, _ := f.count()
	return critical == 0 && len(s.pending(f)) == 0
}

func (preflightStep) ask(s *State) *Question {
	check := Option{ID: OptionCheck, Label: "Check again", Consequence: "takes a moment; nothing is changed"}
	if s.Choices.Check != nil {
		return &Question{
			ID: QuestionPreflightRunning, Kind: KindWaiting, Title: "The service is checking both databases.", Recommended: OptionWait,
			Why: "This can take minutes. Nothing is changed by it.",
			Options: []Option{
				{ID: OptionWait, Label: "Stay and watch", Wait: true},
				{ID: OptionCancel, Label: "Cancel the check", Consequence: "nothing is lost; it can be run again"},
			},
		}
	}
	databases := Option{ID: OptionDatabases, Label: "Choose other databases", Consequence: "nothing is changed"}
	f := s.valid()
	if f == nil {
		if !s.fresh(ObserveReplication, ObserveFinalization) {
			return nil
		}
		for _, p := range []*process{replication, finalization} {
			if q := p.askDoubted(s, QuestionReplicating); q != nil {
				return q // whether there is one decides what is asked here
			}
		}
		if len(s.Choices.Memory) > 0 {
			return s.askUnusable(&Question{
				ID: QuestionPreflightLost, Title: "The service does not know the replication any more.",
				Why: "Applications were stopped for it. Start them again on the source.",
			})
		}
		if !s.looked(ObserveApps) {
			return nil
		}
		if q := s.askTaken(); q != nil {
			return q
		}
		check.Label, check.Fields = "Run the preflight check", s.limitFields()
		return &Question{
			ID: QuestionPreflight, Title: "Check both databases for problems?", Recommended: OptionCheck,
			Why:     "The service looks at " + s.Choices.Source.Name + " and " + s.Choices.Target.Name + " and says what could stand in the way. What it cannot see, you are asked about.",
			Options: []Option{check},
		}
	}
	if q := s.askTaken(); q != nil {
		return q
	}
	if critical, _ := f.count(); critical > 0 {
		return &Question{
			ID: QuestionPreflightCritical, Kind: KindBlocked, Tone: Bad, Recommended: OptionCheck,
			Title:   fmt.Sprintf("%s to be mended first.", plural(critical, "critical finding has", "critical findings have")),
			Why:     "With them the migration would fail. Mend them in the database or in your applications, then check again.",
			Options: []Option{check, databases},
		}
	}
	if s.tooLarge() {
		return s.askLimits(databases)
	}
	return s.askWarnings(f, check, databases)
}

func (s *State) askWarnings(f *Findings, check, databases Option) *Question {
	open := s.pending(f)
	warnings := plural(len(open), "warning", "warnings")
	q := &Question{
		ID: QuestionPreflightWarnings, Tone: Warn, Recommended: OptionAccept,
		Title:   fmt.Sprintf("No critical findings; %s to read and accept.", warnings),
		Why:     "They do not stop the migration. Your name goes into the record with them.",
		Options: []Option{{ID: OptionAccept, Label: "Accept " + warnings + " and go on", Consequence: "you can still turn back; nothing is changed"}},
	}
	harmless := slices.DeleteFunc(slices.Clone(open), func(x Finding) bool { return s.explain(x).Grave })
	if graves := len(open) - len(harmless); graves > 0 {
		accept := &q.Options[0]
		q.Recommended, q.Unattended = OptionCheck, OptionAccept
		q.Why = "Data is at stake with " + plural(graves, "of them", "of them") + ": mend that, or accept it by a word of its own. Your name goes into the record."
		accept.Typed, accept.Consequence = "accept the risk", "also those with which data is at stake; nothing is changed yet"
	}
	if len(open) > 1 && len(harmless) > 0 {
		some := pick("findings", "Which ones do you accept?", harmless, func(x Finding) Choice { return Choice{x.ID, x.Text, string(x.Side)} })
		q.Options = append(q.Options, Option{ID: OptionAcceptSome, Label: "Accept some of them", Consequence: "the others stay to be decided", Fields: []Field{some}})
	}
	databases.Consequence = "for example an empty target"
	q.Options = append(q.Options, check, databases)
	return q
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (preflightStep) decide(s *State, a Answer) {
	if s.decideTaken(a) {
		return
	}
	switch a.Option {
	case OptionLook:
		s.invalidate(ObserveReplication, ObserveFinalization, ObserveApps)
	case OptionCheck:
		s.takeLimits(a)
		s.Choices.Check = s.consent()
	case OptionLimits:
		s.takeLimits(a)
	case OptionAccept:
		s.acceptWarnings(s.valid().List)
	case OptionAcceptSome:
		s.acceptWarnings(slices.DeleteFunc(slices.Clone(s.valid().List), func(x Finding) bool {
			return !slices.Contains(a.Values["findings"], x.ID)
		}))
	case OptionAnyway:
		s.goOnAnyway()
	case OptionDatabases:
		s.Choices.Replicate = nil
		databasesStep{}.decide(s, Answer{Option: OptionAgain})
	}
}

// A run is kept so that the next one can be compared with it, also after a restart.
func (e Checked) happen(s *State) []Effect {
	delete(s.Work, e.Effect.ID())
	c := &s.Choices
	c.Check = nil
	f := &Findings{At: s.At, Names: e.Effect.Names, Keys: s.keyGUIDs(), List: distinctIDs(e.Findings)}
	c.LastCheck = nil
	if c.Checked != nil && c.Checked.sameDatabases(f.Names) {
		c.LastCheck = c.Checked
	}
	c.Checked, s.Facts.Findings = f, f
	critical, warnings := f.count()
	s.record(momentOf(e.Effect, fmt.Sprintf("%d critical, %d warnings", critical, warnings)))
	return nil
}

func (f *Findings) sameDatabases(n Names) bool {
	return f.Names.Org == n.Org && f.Names.Space == n.Space &&
		f.Names.SourceInstance == n.SourceInstance && f.Names.TargetInstance == n.TargetInstance
}

// checkedElsewhere says what is known of a check whose findings do not count for what is
// chosen now, where the replication is there.
func (s *State) checkedElsewhere() Item {
	if f := s.Choices.Checked; f != nil {
		return fact("Checked", "%s, with other keys than those that are there now", clockTime(f.At, s.At))
	}
	return toned(Warn, "Not run from here: the replication was there already. What its check has found is not known.")
}

func (preflightStep) show(s *State, now time.Time) []Item {
	for _, w := range s.Work {
		if w.Effect.Do == DoCheck && w.Status == InFlight {
			return []Item{running("CHECKING", w.At, now)}
		}
	}
	f := s.valid()
	if f == nil {
		if s.replicating() {
			return append([]Item{s.checkedElsewhere()}, s.limitItems()...)
		}
		items := append([]Item{quiet("Not run yet for these databases and keys.")}, s.excessItems()...)
		items = append(items, s.limitItems()...)
		return append(items, s.prepareItems(false)...)
	}
	items := []Item{f.verdict(), fact("Checked", "%s ago", lasting(now.Sub(f.At)))}
	items[1].Key = "Checked"
	var d Difference
	if last := s.Choices.LastCheck; last != nil {
		d = Compare(last.List, f.List)
		items = append(items, fact("Since the last check", "%s", d))
	}
	items = append(items, s.excessItems()...)
	for _, critical := range []bool{true, false} {
		for _, x := range f.List {
			if x.Critical == critical {
				items = append(items, showFinding(s, d, x))
			}
		}
	}
	for _, x := range d.Mended {
		items = append(items, Item{Kind: ItemFinding, Tone: Good, Label: label(x) + ", mended", Text: x.Text})
	}
	items = append(items, s.limitItems()...)
	if !s.begun() {
		items = append(items, s.prepareItems(false)...)
	}
	return items
}

// verdict says in one line what the check has come to.
func (f *Findings) verdict() Item {
	critical, warnings := f.count()
	item := Item{Kind: ItemHeadline, Tone: Warn, Text: "No critical finding", Label: plural(warnings, "warning", "warnings"), Key: "verdict"}
	switch {
	case critical > 0:
		item.Tone, item.Text = Bad, plural(critical, "critical finding", "critical findings")
	case warnings == 0:
		item.Tone, item.Text, item.Label = Good, "No findings at all", ""
	}
	return item
}

func label(x Finding) string {
	if x.Critical {
		return string(x.Side) + ", critical"
	}
	return string(x.Side) + ", warning"
}

// showFinding shows the service's own words first, and explains what is not accepted.
func showFinding(s *State, d Difference, x Finding) Item {
	item := Item{Kind: ItemFinding, Tone: Warn, Label: label(x), Text: x.Text}
	if x.Critical {
		item.Tone = Bad
	}
	same := func(y Finding) bool { return y.ID == x.ID }
	switch {
	case slices.ContainsFunc(d.New, same):
		item.Label += ", new"
	case slices.ContainsFunc(d.Still, same):
		item.Label += ", still there"
	}
	if a, ok := s.Choices.Acceptance(x.ID); ok && !x.Critical {
		item.Label += ", accepted"
		if a.By != "" {
			item.Label += " by " + a.By
		}
		return item
	}
	item.Cells = ExplainFinding(x).cells()
	return item
}

// commands are the check by hand, then the statements for what was found and for what
// no check can see, each once.
func (preflightStep) commands(s *State) []Command {
	list := []Command{{"run the preflight check", s.curl("GET", "/preflight-check")}}
	var statements []Statement
	if f := s.valid(); f != nil {
		for _, x := range f.List {
			statements = append(statements, ExplainFinding(x).SQL...)
		}
	}
	for _, q := range append(statements, uncheckedStatements...) {
		if c := (Command{q.Does, q.Line}); !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}
