package steps

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

type databasesStep struct{ stepDefaults }

func (databasesStep) revise(*State) *Question {
	return &Question{
		ID: QuestionDatabasesRevise, Title: "Choose other databases?",
		Why: "No replication exists yet, so this costs nothing.",
		Options: []Option{
			{ID: OptionAgain, Label: "Choose source and target again", Consequence: "service keys that were made stay and can be used again"},
		},
	}
}

func (databasesStep) looks(s *State) []Look {
	looks := []Look{{ObserveInstances, paceIdle}, {ObserveMigrations, 0}}
	if s.Choices.Source != nil && s.Choices.Target == nil {
		looks = append(looks, Look{ObservePlans, 0})
	}
	if i := s.newTarget(); i != nil && i.Operation.Busy() {
		looks[0].Every = paceCopying // a creation takes minutes
	}
	return looks
}

func (databasesStep) commands(s *State) []Command {
	return []Command{
		{"list the instances of the space", "cf services"},
		{"create a target (sizes are an example)", "cf create-service " + TargetOffering + " standard TARGET -c '{\"memory\": 4, \"storage\": 40}'"},
		{"see the size and plan of one", cf("service", cmp.Or(s.Names().SourceInstance, "SOURCE"))},
	}
}

func (databasesStep) guide() Guide {
	return Guide{
		What: "Choose the database to move (source, service PostgreSQL) and the new, empty one that takes its place (target, PostgreSQL, hyperscaler option).",
		Why:  "The target must be new: what it holds already may stand in the way, and a target that a failed migration has written to cannot be used again.",
		Tips: []string{
			"Storage of the target: 30 % more than the source uses, or 10 GB more, whichever is more. PostgreSQL keeps logs and temporary files beside your data.",
			"Trial instances cannot be migrated.",
			"A source takes part in one migration at a time.",
			"Not moved: roles, access rights, large objects. Not possible: more than 1,000 schemas or 30,000 relations.",
			"The target accepts only TLS connections: applications must be able to use it.",
			prepareLabel, prepareManifests,
		},
	}
}

func (databasesStep) want(s *State) []Effect { return s.wantTarget() }

func (databasesStep) done(s *State) bool {
	if s.Choices.Source == nil || s.Choices.Target == nil {
		return false
	}
	if s.completed() {
		return true
	}
	return s.instanceProblem(s.Choices.Source) == "" && s.instanceProblem(s.Choices.Target) == ""
}

// instanceProblem returns why a chosen instance cannot take part; empty when it can.
func (s *State) instanceProblem(r *Ref) string {
	if !s.looked(ObserveInstances) {
		return "not looked at yet"
	}
	i := s.instance(r)
	if i == nil {
		return r.Name + " is not in this space any more"
	}
	return whyUnfit(*i)
}

func whyUnfit(i Instance) string {
	switch {
	case strings.Contains(i.Plan, trialPlan) || strings.Contains(i.Offering, trialPlan):
		return "trial instances cannot be migrated"
	}
	return i.Operation.hindrance(i.Operation.Condition())
}

func (databasesStep) ask(s *State) *Question {
	if !s.looked(ObserveInstances) || !s.looked(ObserveMigrations) && s.Seen[ObserveMigrations].Problem == nil {
		return nil
	}
	if q := s.askNotThere(); q != nil {
		return q
	}
	if s.Choices.Source == nil {
		return s.askInstance(&Question{
			ID: QuestionSource, Title: "Which database shall be moved?",
			Why: "The source: an instance of the service PostgreSQL. It stays as it is until you delete it at the very end.",
		}, SourceOffering)
	}
	if q := s.askNewTarget(); q != nil {
		return q
	}
	if s.Choices.Target == nil {
		if !s.plansAsked() {
			return nil
		}
		return s.askInstance(&Question{
			ID: QuestionTarget, Title: "Which database takes the place of " + s.Choices.Source.Name + "?",
			Why: "The target: a new, empty instance of PostgreSQL, hyperscaler option. Its storage: 30 % or 10 GB more than the source uses, whichever is more.",
		}, TargetOffering)
	}
	return s.askUnusable(&Question{
		ID: QuestionDatabasesUnfit, Title: "The chosen databases cannot be used as they are.",
		Why: strings.Join(slices.DeleteFunc([]string{s.instanceProblem(s.Choices.Source), s.instanceProblem(s.Choices.Target)}, func(w string) bool { return w == "" }), "; ") + ".",
	})
}

// askUnusable is the question when what was chosen cannot be used. Once the
// migration has begun others cannot be chosen: it can be mended, or the person backs out.
func (s *State) askUnusable(q *Question) *Question {
	q.Tone, q.Recommended = Bad, OptionLook
	q.Options = []Option{{ID: OptionLook, Label: "Look again", Consequence: "if it was mended meanwhile"}}
	if s.begun() {
		return s.orBack(q)
	}
	q.Recommended = OptionAgain
	q.Options = append([]Option{{ID: OptionAgain, Label: "Choose again", Consequence: "nothing is changed"}}, q.Options...)
	return q
}

func (s *State) askInstance(q *Question, offering string) *Question {
	able, best, alike := 0, 0, 0
	like := s.namesOf(TargetOffering)
	if offering == TargetOffering {
		like = []string{s.Choices.Source.Name}
	}
	for _, i := range s.Facts.Instances {
		if i.Offering != offering {
			continue
		}
		o := Option{ID: i.GUID, Label: i.Name, Consequence: listed(i.Plan, i.Operation.remark()), Blocked: whyUnfit(i)}
		if offering == TargetOffering && slices.ContainsFunc(s.Choices.UsedTargets, func(r Ref) bool { return r.GUID == i.GUID }) {
			o.Blocked = "an earlier replication has written to it; a new target is needed"
		}
		by := cmp.Or(s.takenBy(i), s.wasInUse(i))
		o.Consequence = listed(o.Consequence, by)
		if o.Blocked == "" && by == "" {
			able++
			if n := commonPrefix(i.Name, like); n > best || able == 1 {
				q.Unattended, best, alike = o.ID, n, len(q.Options)
			}
		}
		q.Options = append(q.Options, o)
	}
	q.Search = len(q.Options) > 9
	switch {
	case able == 1:
		q.Recommended = q.Unattended
	case best > 0 && offering == TargetOffering: // a guess is no advice
		o := &q.Options[alike]
		o.Consequence = listed(o.Consequence, "a guess, by its name")
	}
	if able == 0 && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Blocked == "" }) {
		q.Tone = Warn
		q.Title = fmt.Sprintf("There is no instance of %s here that can be used.", offering)
		if offering == TargetOffering {
			q.Why = "Create a new one: its storage should be 30 % or 10 GB more than the source uses, whichever is more."
		} else {
			q.Why = "Is this the right space? Only instances of the service PostgreSQL can be moved."
		}
	}
	if q.ID == QuestionTarget {
		create := s.createTarget()
		if q.Tone == Warn && create.Blocked == "" {
			q.Recommended = create.ID
		}
		q.Options = append(q.Options, create)
		q.Options = append(q.Options, Option{ID: OptionAgain, Label: "Choose another source"})
	} else {
		q.Options = append(q.Options, Option{ID: OptionElsewhere, Label: "Another org or space…"})
	}
	q.Options = append(q.Options, Option{ID: OptionLook, Label: "Look again", Consequence: "reads the list anew"})
	return q
}

func (s *State) namesOf(offering string) []string {
	var names []string
	for _, i := range s.Facts.Instances {
		if i.Offering == offering && whyUnfit(i) == "" {
			names = append(names, i.Name)
		}
	}
	return names
}

// commonPrefix is the length of the longest prefix that a name shares with one of others;
// less than three letters count as none. People often name a target after its source.
func commonPrefix(name string, others []string) int {
	best := 0
	for _, other := range others {
		n := 0
		for n < min(len(name), len(other)) && name[n] == other[n] {
			n++
		}
		best = max(best, n)
	}
	if best < 3 {
		return 0
	}
	return best
}

func (databasesStep) decide(s *State, a Answer) {
	c := &s.Choices
	switch {
	case a.Option == OptionLook:
		s.invalidate(ObserveInstances)
	case a.Question == QuestionTarget && a.Option == OptionCreate:
		s.decideCreateTarget(a)
	case a.Question == QuestionTargetNotMade:
		s.dropTarget()
	case a.Option == OptionAgain:
		c.Source, c.SourceKey, c.OpenAccess = nil, nil, nil
		s.dropTarget()
		s.forgetSource()
	case a.Option == OptionElsewhere:
		c.Where, c.Source, c.SourceKey = nil, nil, nil
		s.dropTarget()
		s.forgetSource()
		s.Facts.Session.Org, s.Facts.Session.Space = Ref{}, Ref{}
		s.Facts.Instances, s.Facts.Plans = nil, nil
		delete(s.Seen, ObserveInstances)
		delete(s.Seen, ObservePlans)
		s.invalidate(ObserveOrgs)
	default:
		r := s.present(Ref{GUID: a.Option})
		if a.Question == QuestionSource {
			c.Source = &r
			s.forgetSource()
		} else {
			c.Target = &r
			s.forgetTarget()
		}
	}
}

// dropTarget takes back what was decided about the target, and what followed from it.
func (s *State) dropTarget() {
	c := &s.Choices
	c.Target, c.NewTarget = nil, nil
	c.Taken, c.TargetKey, c.Check, c.Accepted, c.LastCheck = nil, nil, nil, nil, nil
	c.Replicate, c.GoOn, c.Stop, c.Memory, c.Finalize, c.Switch = nil, nil, nil, nil, nil, nil
	s.forgetTarget()
}

// forgetSource drops facts that belong to another source.
func (s *State) forgetSource() {
	s.Facts.Access, s.Facts.SourceKeys, s.Facts.Apps = Unknown, nil, nil
	s.forget(ObserveAccess, ObserveSourceKeys, ObserveApps)
	s.forgetTarget()
}

func (s *State) forgetTarget() {
	s.Facts.TargetKeys, s.Facts.Note, s.Facts.NoteGone, s.doubtLead = nil, nil, false, false
	s.forget(ObserveTargetKeys, ObserveApps, ObserveNote)
	s.forgetNames()
}

// forgetNames drops facts that belong to other names.
func (s *State) forgetNames() {
	s.Facts.Findings = nil
	s.Facts.Replication, s.Facts.Finalization = Progress{}, Progress{}
	s.forget(ObserveReplication, ObserveFinalization)
}

// forget drops looks, so that only those that begin from now on count.
func (s *State) forget(kinds ...Observable) {
	for _, k := range kinds {
		s.Seen[k] = Seen{since: s.seq}
	}
}

func (databasesStep) show(s *State, now time.Time) []Item {
	items := s.newTargetItems(now)
	if !s.looked(ObserveInstances) {
		return []Item{quiet("Reading the service instances of the space…")}
	}
	for _, x := range s.endpoints() {
		switch i := s.instance(x.instance); {
		case x.instance == nil:
		case i == nil:
			items = append(items, fact(x.label, "%s", x.instance.Name))
		default:
			items = append(items, fact(x.label, "%s (%s, plan %s)", i.Name, i.Offering, i.Plan))
		}
	}
	return items
}

// cf is a command line of the cf CLI.
func cf(command string, args ...string) string {
	line := "cf " + command
	for _, a := range args {
		line += " " + shell(a)
	}
	return line
}

// shell quotes a name for a POSIX shell.
func shell(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
