package steps

import (
	"iter"
	"slices"
)

// Both is the side of a writer that reaches source and target.
const Both Side = "both"

// Database is a side as people read it; empty is what stood in records before there were
// two: the source.
func (x Side) Database() string {
	switch x {
	case Target:
		return "the target"
	case Both:
		return "source and target"
	}
	return "the source"
}

// noted is a side as records have it: the source is not named.
func (x Side) noted() Side {
	if x == Source {
		return ""
	}
	return x
}

// OrSource is a side of a record, which does not name the source.
func (x Side) OrSource() Side {
	if x == "" {
		return Source
	}
	return x
}

// onTarget reports whether a writer reaches the target. Its rows get in the way of what
// is copied there, at any time before COMPLETED, not only while it is finalized.
func (x Side) onTarget() bool { return x == Target || x == Both }

// SideOf is the side of several writers together.
func SideOf(list ...Writer) Side { return sideOfAll(list) }

func sideOfAll(list []Writer) Side {
	side := Side("")
	for _, w := range list {
		side = side.And(w.Side)
	}
	return side
}

// sideOfAlarms is the side of several alarms together.
func sideOfAlarms(list []Alarm) Side {
	side := Side("")
	for _, a := range list {
		side = side.And(a.Side)
	}
	return side
}

// And is the side that reaches what either reaches; empty reaches nothing.
func (x Side) And(other Side) Side {
	switch {
	case x == "" || x == other:
		return other
	case other == "":
		return x
	}
	return Both
}

// targetWatched reports whether a writer to the target is in the way: none may write there
// either until COMPLETED (contract, Overview). Afterwards the target is the database.
func (s *State) targetWatched() bool { return !s.completed() }

// WatchedSides are the databases that nothing may write to now, the source first.
func WatchedSides(s State) iter.Seq2[Side, Ref] {
	return func(yield func(Side, Ref) bool) {
		for _, x := range s.endpoints() {
			if x.instance != nil && (x.side == Source || s.targetWatched()) && !yield(x.side, *x.instance) {
				return
			}
		}
	}
}

// boundTo is the side that an application is bound to, as far as writing there is in the
// way; empty: to none.
func (s *State) boundTo(a App) Side {
	side := Side("")
	if a.Source != nil {
		side = Source
	}
	if a.Target != nil && s.targetWatched() {
		side = side.And(Target)
	}
	if a.Gone {
		return ""
	}
	return side
}

// users lists the applications that are bound to a database that nothing may write to.
func (s *State) users() []App {
	return slices.DeleteFunc(slices.Clone(s.Facts.Apps), func(a App) bool { return s.boundTo(a) == "" })
}

// why says in a few words why something matters that reaches a side.
func (x Side) why(source, target string) string {
	switch x {
	case Target:
		return target
	case Both:
		return source + "; " + target
	}
	return source
}

// collides is what writing to the target means before COMPLETED.
const collides = "its rows may collide with the replication"

// lost says what becomes of what is written to a side once the finalization has begun.
func (x Side) lost() string {
	switch x {
	case Target:
		return "what is written to the target before COMPLETED may collide with the replication, or be overwritten"
	case Both:
		return "what is written to the source then is lost, and rows on the target may collide with the replication"
	}
	return "what is written to the source then is lost"
}

// mayCost says what may become of it.
func (x Side) mayCost() string {
	switch x {
	case Target:
		return "may collide with the replication"
	case Both:
		return "may be lost, or collide with the replication"
	}
	return "may be lost"
}

// costs is what one running writer does, on somebody's word.
func (x Side) costs() string {
	switch x {
	case Target:
		return "what it writes may collide with the replication"
	case Both:
		return "what it writes is lost, or may collide with the replication"
	}
	return "what it writes is lost"
}

// costsAll is what writers do that are let be.
func (x Side) costsAll() string {
	switch x {
	case Target:
		return "what it writes all the same may collide with the replication"
	case Both:
		return "what it writes all the same is lost, or may collide with the replication"
	}
	return "what it writes all the same is lost"
}

// missing says what may have become of writes in the finalization.
func (x Side) missing(writes string) string {
	switch x {
	case Target:
		return writes + " may collide with the replication, and rows on the target may differ from the source"
	case Both:
		return writes + " may be missing on the target, or differ there"
	}
	return writes + " may be missing on the target"
}

// doubt says in a sentence what an open alarm may have come to.
func (x Side) doubt() string {
	if x == Target {
		return "Rows on the target may differ from the source."
	}
	return "Writes may be missing on the target."
}

// collision ends a sentence about a writer that can write now.
func (x Side) collision() string {
	if x.onTarget() {
		return ": " + collides + "."
	}
	return "."
}
