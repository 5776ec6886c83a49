package steps

import (
	"slices"
	"time"
)

type validateStep struct{ stepDefaults }

func (validateStep) done(s *State) bool { return s.Choices.Validated != nil }

// ask asks only what the applications let be asked: while one that ran is not up, it is
// asked about that.
func (validateStep) ask(s *State) *Question {
	if !s.looked(ObserveApps) {
		return nil
	}
	if q := s.askNotUp(Validate); q != nil {
		return q
	}
	if q := s.askAlarm(); q != nil {
		return q
	}
	q := &Question{
		ID: QuestionValidate, Title: "Do your applications work as they should?", Recommended: OptionYes,
		Why: "Only you can tell. Sign in, read, write, look at the logs. The source is untouched until the next step.",
		Options: []Option{
			{ID: OptionYes, Label: "Yes, they work", Consequence: "goes on to cleaning up, which asks for each thing"},
			{ID: OptionWait, Label: "Not sure yet", Wait: true, Consequence: "take your time; you can quit and come back"},
		},
	}
	if open := closable(s.holding()); len(open) > 0 {
		q.Tone = Warn
		q.Why += " " + thingsOpen(len(open)) + ", as listed here: each is closed by a look or by a word."
		q.Options[0].Consequence += "; " + stayOpen(len(open))
		q.Options = slices.Insert(q.Options, 1, s.closeOption(open))
	}
	s.warnOfLoss(q, OptionYes, OptionWait, OptionYes)
	return s.orBack(q)
}

func (validateStep) decide(s *State, a Answer) {
	if a.Option == OptionYes {
		s.Choices.Validated = s.consent()
	}
}

func (validateStep) looks(s *State) []Look {
	return append([]Look{{ObserveApps, paceCopying}}, s.elsewhereLooks()...)
}

func (validateStep) badge(s *State) string {
	if s.Choices.Validated != nil {
		return ""
	}
	return s.openBadge()
}

func (validateStep) show(s *State, now time.Time) []Item {
	items := append(append(s.downtimeItems(now), s.ledgerItems()...), s.rows()...)
	if d := LastDowntime(*s); !d.End.IsZero() {
		items = append(items, fact("Downtime", "from %s to %s, %s", d.Begin.Format("15:04:05"), d.End.Format("15:04:05"), d.lasting(now)))
		if sum, times := DowntimeInAll(*s, now); times > 1 {
			items = append(items, fact("With those before", "%s", SayDowntimeInAll(sum, times)))
		}
		if c := s.Choices.Stop; c != nil && c.Forecast != nil {
			low, high := c.Forecast.Total()
			items = append(items, fact("Forecast was", "%s to %s", lasting(low), lasting(high)))
		}
	}
	return items
}

func (validateStep) commands(s *State) []Command {
	commands := []Command{{"see the applications", "cf apps"}}
	for _, m := range s.Choices.Memory {
		commands = append(commands, Command{"read what " + m.Name + " logs", cf("logs", m.Name, "--recent")})
	}
	return commands
}

func (validateStep) guide() Guide {
	return Guide{
		What: "You try your applications on the new database and say whether they work.",
		Why:  "The source still has the state from before the switch. As long as it exists you can compare.",
		Tips: []string{
			"Not carried over: roles, access rights, large objects. Give again what your applications need.",
			"Compare sequences with the highest value in their tables, refresh materialized views, run ANALYZE.",
			"Connection errors about SSL or certificates: the target accepts only TLS.",
		},
	}
}
