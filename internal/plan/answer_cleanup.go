package plan

import "pg-migrate-wizard/steps"

const keySourceInstance = KeyCleanUp + "source-instance"

// answerFate is the plan's word on one thing to clean up, or on all of a kind.
func answerFate(name string, fate func(CleanUp) Fate) func(Plan, *steps.Question, *steps.State) (reply, error) {
	key := KeyCleanUp + name
	return func(p Plan, q *steps.Question, s *steps.State) (reply, error) {
		word := fate(p.CleanUp)
		o, _ := q.Option(string(word))
		switch {
		case word == Later:
			return reply{}, leftForLater(q)
		case word == Keep && p.CleanUp.SourceInstance == Delete && key != keySourceInstance && name != "target-key":
			return reply{}, open(key, TakenAlong, q.Title)
		case o.Blocked != "":
			// Something was left on purpose on an earlier word: this one is newer.
			if _, ok := q.Option(steps.OptionAgain); ok && answered(s, q, steps.OptionAgain) < maxTries {
				return reply{option: steps.OptionAgain}, nil
			}
			return reply{}, open(key, PieceInTheWay, o.Label, o.Blocked)
		}
		return reply{option: string(word), sure: fallbacks[key] != string(word)}, nil // a default is nobody's word
	}
}

func leftForLater(q *steps.Question) error {
	return stop(keySourceInstance, false, LeftForLater, q.Title)
}

// answerCooling comes before anything of the source is touched. What hangs on it
// can go although the source itself stays.
func answerCooling(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	c := p.CleanUp
	switch {
	case c.SourceKeys == Delete || c.Bindings == Delete || c.Shares == Delete || c.SourceInstance == Delete:
		return reply{option: steps.OptionDeleteNow}, nil
	case c.SourceInstance == Later:
		return reply{}, leftForLater(q)
	}
	return reply{option: steps.OptionLeave}, nil
}

// answerNameSwap swaps the names or leaves them. Half a swap is nobody's wish.
func answerNameSwap(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	_, half := q.Option(steps.OptionRestore)
	switch {
	case p.CleanUp.NameSwap:
		return reply{option: steps.OptionSwap}, nil
	case half:
		return reply{}, open(KeyNameSwap, NamesHalfSwapped, q.Title)
	}
	return reply{option: steps.OptionKeep}, nil
}
