package steps

import (
	"cmp"
	"time"
)

type openAccessStep struct{ stepDefaults }

func (openAccessStep) ask(s *State) *Question {
	if !s.looked(ObserveAccess) {
		return nil
	}
	if s.Choices.OpenAccess != nil {
		return working(QuestionOpenAccessWorking, "The platform is updating "+s.Choices.Source.Name+".")
	}
	q := &Question{
		ID: QuestionOpenAccess, Title: "Let the migration service reach " + s.Choices.Source.Name + "?",
		Why:         "It needs network access and permissions on the source. The service allows it at any time: do it days ahead.",
		Recommended: OptionOpen,
		Options:     []Option{{ID: OptionOpen, Label: "Open access now", Consequence: "updates the source with prepare_migration"}},
	}
	if s.Facts.Access == Unknown {
		q.Why += " Whether it was done before, this service does not tell; it can be done again."
	}
	return q
}

func (openAccessStep) decide(s *State, _ Answer) { s.Choices.OpenAccess = s.consent() }

func (openAccessStep) want(s *State) []Effect {
	if s.Choices.OpenAccess == nil {
		return nil
	}
	return []Effect{{Do: DoOpenAccess, Side: Source, Instance: *s.Choices.Source}}
}

func (openAccessStep) looks(s *State) []Look {
	return []Look{{ObserveAccess, paceIdle}, {ObserveInstances, paceIdle}}
}

func (openAccessStep) show(s *State, _ time.Time) []Item {
	items := []Item{fact("Source", "%s", s.Choices.Source.nameOr("not chosen"))}
	switch s.Facts.Access {
	case Yes:
		items = append(items, fact("Access", "open"))
	case No:
		items = append(items, fact("Access", "closed"))
	}
	return items
}

func (openAccessStep) commands(s *State) []Command {
	return []Command{{
		"open the source for the migration service",
		"cf update-service " + shell(cmp.Or(s.Names().SourceInstance, "SOURCE")) + ` -c '{"prepare_migration": "true"}'`,
	}}
}

func (openAccessStep) guide() Guide {
	return Guide{
		What: "The source is updated with the parameter prepare_migration, which lets the migration service in.",
		Why:  "Without network access and permissions the service can neither check nor copy the database. The data is not touched.",
		Tips: []string{"Safe at any time, also with a release long before the migration: it shortens the night itself."},
	}
}

// done: the parameter was seen, or we set it and the broker does not tell,
// or a replication proves it.
func (openAccessStep) done(s *State) bool {
	if s.replicating() || s.Facts.Access == Yes {
		return true
	}
	source := s.Choices.Source
	return source != nil && s.Facts.Access == Unknown && s.everDid(Effect{Do: DoOpenAccess, Instance: *source})
}

func (r *Ref) nameOr(word string) string {
	if r == nil {
		return word
	}
	return r.Name
}

// working is the question while something is under way: there is only watching.
func working(id QuestionID, title string) *Question {
	return &Question{
		ID: id, Kind: KindWaiting, Title: title, Recommended: OptionWait,
		Options: []Option{{ID: OptionWait, Label: "Stay and watch", Wait: true}},
	}
}
