package plan

import (
	"slices"

	"pg-migrate-wizard/steps"
)

// piece is something that a migration leaves behind, and a plan decides about.
type piece struct {
	key      string
	question steps.QuestionID
	kind     steps.LeftKind
	fate     func(*CleanUp) *Fate
}

var pieces = []piece{
	{KeyCleanUp + "target-key", steps.QuestionCleanUpTargetKey, steps.LeftTargetKey, func(c *CleanUp) *Fate { return &c.TargetKey }},
	{KeyCleanUp + "source-keys", steps.QuestionCleanUpSourceKey, steps.LeftSourceKey, func(c *CleanUp) *Fate { return &c.SourceKeys }},
	{KeyCleanUp + "bindings", steps.QuestionCleanUpBinding, steps.LeftBinding, func(c *CleanUp) *Fate { return &c.Bindings }},
	{KeyCleanUp + "shares", steps.QuestionCleanUpShare, steps.LeftShare, func(c *CleanUp) *Fate { return &c.Shares }},
	{keySourceInstance, steps.QuestionCleanUpSourceInstance, steps.LeftSource, func(c *CleanUp) *Fate { return &c.SourceInstance }},
}

const keySourceInstance = KeyCleanUp + "source-instance"

// piecesOfSource are those that are kept unless the plan says otherwise.
func piecesOfSource() []piece { return pieces[1:] }

// answerPiece answers for one thing to clean up as for all of its kind.
func answerPiece(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	x := pieces[slices.IndexFunc(pieces, func(x piece) bool { return x.question == q.ID.Base() })]
	fate := *x.fate(&p.CleanUp)
	o, _ := q.Option(string(fate))
	loss := lossOpen(x.key, s)
	if r, says := p.closing(q, s); says {
		return r, nil
	}
	switch {
	case fate == Later:
		return reply{}, leftForLater(q)
	case fate == Delete && loss != nil:
		return reply{}, loss
	case fate == Delete && o.Irreversible() && o.Blocked == "" && itemsOpen(s) != nil:
		return reply{}, itemsOpen(s)
	case fate == Keep && p.CleanUp.SourceInstance == Delete && x.kind != steps.LeftSource && x.kind != steps.LeftTargetKey:
		return reply{}, open(x.key, TakenAlong, q.Title)
	case o.Blocked != "":
		// It was left on purpose by an earlier plan: this one is newer.
		if _, ok := q.Option(steps.OptionAgain); ok && answered(s, q, steps.OptionAgain) < maxTries {
			return reply{option: steps.OptionAgain}, nil
		}
		return reply{}, open(x.key, PieceInTheWay, o.Label, o.Blocked)
	}
	return reply{option: string(fate), sure: nodes()[x.key].fallback != string(fate)}, nil // nobody has ordered a default
}

func leftForLater(q *steps.Question) error {
	return stop(keySourceInstance, false, LeftForLater, q.Title)
}

// answerCooling comes before anything of the source is touched. What hangs on it
// can go although the source itself stays.
func answerCooling(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	loss := lossOpen(keySourceInstance, s)
	deletes := slices.ContainsFunc(piecesOfSource(), func(x piece) bool { return *x.fate(&p.CleanUp) == Delete })
	if r, says := p.closing(q, s); says {
		return r, nil
	}
	switch {
	case loss != nil && p.CleanUp.SourceInstance == Delete:
		return reply{}, loss
	case deletes && itemsOpen(s) != nil:
		return reply{}, itemsOpen(s)
	case deletes:
		return reply{option: steps.OptionDeleteNow}, nil
	case p.CleanUp.SourceInstance == Later:
		return reply{}, leftForLater(q)
	}
	return reply{option: steps.OptionLeave}, nil
}

// answerNameSwap swaps the names or leaves them. Half a swap is left to a person.
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

// Leftovers lists what a migration that has ended well has left as it is, and this
// plan wants otherwise: what one run has kept, the next may have to take away.
func (p Plan) Leftovers(s steps.State) []string {
	if p.Until != CleanedUp || s.Choices.Ended == nil || s.Choices.Ended.How != steps.EndCompleted {
		return nil
	}
	var list []string
	for _, l := range steps.Inventory(s) {
		goes := slices.ContainsFunc(pieces, func(x piece) bool { return x.kind == l.What && *x.fate(&p.CleanUp) == Delete })
		if k := s.Choices.TargetKey; l.What == steps.LeftTargetKey && k != nil && k.Name == l.Name && !k.Create && !k.SessionReplication {
			goes = false // it was there before the migration, and serves others
		}
		if goes {
			list = append(list, l.String())
		}
	}
	if p.CleanUp.NameSwap && steps.NamesKept(s) {
		list = append(list, "the names, which are not swapped")
	}
	return list
}
