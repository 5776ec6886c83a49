package plan

import "pg-migrate-wizard/steps"

// Leftovers lists what a migration that has ended well has left as it is, and this
// plan wants otherwise: what one run has kept, the next may have to take away.
func (p Plan) Leftovers(s steps.State) []string {
	if p.Until != CleanedUp || s.Choices.Ended == nil || s.Choices.Ended.How != steps.EndCompleted {
		return nil
	}
	fates := map[steps.LeftKind]Fate{
		steps.LeftTargetKey: p.CleanUp.TargetKey, steps.LeftSourceKey: p.CleanUp.SourceKeys, steps.LeftBinding: p.CleanUp.Bindings,
		steps.LeftShare: p.CleanUp.Shares, steps.LeftSource: p.CleanUp.SourceInstance,
	}
	var list []string
	for _, l := range steps.Inventory(s) {
		if fates[l.What] == Delete && (l.What != steps.LeftTargetKey || forMigrationOnly(s, l.Name)) {
			list = append(list, l.String())
		}
	}
	if p.CleanUp.NameSwap && steps.NamesKept(s) {
		list = append(list, "the names, which are not swapped")
	}
	return list
}

// forMigrationOnly reports whether a key of the target serves nothing but the
// migration. One that was there before is not cleaned up.
func forMigrationOnly(s steps.State, name string) bool {
	k := s.Choices.TargetKey
	return k == nil || k.Name != name || k.Create || k.SessionReplication
}
