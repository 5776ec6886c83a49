package steps

import "slices"

// AsAssumed is the observation of a world in which all goes as the state assumes: what
// was carried out took hold, and what cannot be known ends well. A dry run observes so.
func AsAssumed(s State, see Observable) Occurrence {
	o := Observation{Asked: s.seq}
	f := s.Facts
	switch see {
	case ObserveSession:
		return SawSession{o, f.Session}
	case ObserveMigrations:
		return SawMigrations{o, f.Migrations, f.Others}
	case ObserveNotes:
		return SawNotes{o, f.Notes}
	case ObserveOrgs:
		return SawOrgs{o, f.Orgs}
	case ObserveSpaces:
		return SawSpaces{o, f.SpacesOf, f.Spaces}
	case ObserveInstances:
		return SawInstances{o, f.Instances}
	case ObservePlans:
		return SawPlans{o, f.Plans}
	case ObserveAccess:
		if s.Choices.Source != nil && s.did(Effect{Do: DoOpenAccess, Instance: *s.Choices.Source}) {
			return SawAccess{o, Yes}
		}
		return SawAccess{o, f.Access}
	case ObserveSourceKeys:
		return SawKeys{o, Source, f.SourceKeys}
	case ObserveTargetKeys:
		return SawKeys{o, Target, f.TargetKeys}
	case ObserveNote:
		return SawNote{Observation: o, Target: s.instanceOf(Target).GUID, Note: f.Note, Gone: f.NoteGone}
	case ObserveShares:
		return SawShares{o, f.Shares}
	case ObserveApps:
		return s.appsAsAssumed(o)
	case ObserveElsewhere:
		elsewhere := f.Elsewhere
		elsewhere.Unseen = slices.DeleteFunc(slices.Clone(elsewhere.Unseen), s.toldByNewKey)
		return SawElsewhere{o, elsewhere}
	case ObserveReplication:
		exists, status := replication.assumed(&s)
		return SawReplication{Observation: o, Names: s.Names(), Exists: exists, Word: status}
	case ObserveFinalization:
		exists, status := finalization.assumed(&s)
		return SawFinalization{Observation: o, Names: s.Names(), Exists: exists, Word: status}
	}
	return LookAgain{}
}

// appsAsAssumed: what was started comes up, and cancelled tasks end.
func (s *State) appsAsAssumed(o Observation) SawApps {
	saw := SawApps{Observation: o, Apps: slices.Clone(s.Facts.Apps)}
	for i, a := range saw.Apps {
		if a.State == Started {
			saw.Apps[i].Healthy = Yes
		}
	}
	saw.Tasks = slices.DeleteFunc(slices.Clone(s.Facts.Tasks), func(t Task) bool {
		return s.did(Effect{Do: DoCancelTask, Task: t.Ref})
	})
	return saw
}

// toldByNewKey reports whether something could not be seen without the source's address,
// which the new key of the source tells.
func (s *State) toldByNewKey(u Unseen) bool {
	source, key := s.Choices.Source, s.Choices.SourceKey
	return source != nil && u.GUID == source.GUID && key != nil && key.Create &&
		s.did(Effect{Do: DoCreateKey, Instance: *source, Key: Ref{Name: key.Name}})
}
