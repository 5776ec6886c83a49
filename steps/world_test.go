package steps_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// world is the other side, as small as it can be: it carries effects out,
// answers looks, and checks the invariants whenever something is asked of it.
type world struct {
	now            time.Time
	session        Session
	saved          []JournalSummary // migrations that this machine remembers
	others         []JournalSummary // those, and those that have ended
	elsewhereNotes []Note           // on targets, of other migrations
	instances      []Instance
	access         bool
	tells          bool // the broker tells parameters
	keys           map[Side][]Key
	apps           []App
	tasks          []Task
	elsewhere      Elsewhere
	shares         map[Side][]Share
	ailing         map[string]string  // applications that do not get healthy, and how that looks
	health         map[string]App     // how others are seen, of which health is asked
	refuses        func(Effect) bool  // requests that are refused, and change nothing
	clings         map[string]bool    // bindings that the broker does not delete
	leftStuck      map[string]bool    // bindings that the person left because they could not be deleted
	newName        map[string]*string // of a binding, where the left one has the old name
	clingsAs       *Operation         // what the platform says of those then; nil: that the deletion failed
	replication    string             // "" none
	finalization   string
	gcp            bool
	findings       []Finding
	made           int
	log            []string
	before         map[string]App
	violated       string
	lastSeen       string // what the machine was last told of the replication
	finalized      bool   // COMPLETED was reached
	confirmed      bool
	onIdle         func()
	forgets        int // looks at the service that do not find what is there

	notes  bool            // migrations are written down on their target
	note   *worldNote      // nil: there is none
	reader reader          // the machine that looks or acts now
	kept   map[string]bool // tokens whose note was written
	tokens int

	left, green []string // applications that stay as they are by name, and those that are started on the target
}

func newWorld(gcp bool) *world {
	w := &world{
		now: time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC),
		session: Session{
			SignedIn: true, User: "dana@acme.example", API: "https://api.example", Org: Ref{"o1", "acme"}, Space: Ref{"s1", "prod"},
			Landscape: "eu10.hana.ondemand.com", Provider: "AWS", GoogleCloud: gcp, MigrationURL: "https://pg-migrate.example/v1",
		},
		instances: []Instance{
			{Ref: Ref{"i1", "orders-db"}, Offering: SourceOffering, Plan: "v9.6-small"},
			{Ref: Ref{"i2", "orders-hyperscaler"}, Offering: TargetOffering, Plan: "standard"},
			{Ref: Ref{"i3", "orders-second"}, Offering: TargetOffering, Plan: "standard"},
			{Ref: Ref{"i4", "toy"}, Offering: TargetOffering, Plan: "trial"},
		},
		keys: map[Side][]Key{},
		apps: []App{
			{Ref: Ref{"a1", "api"}, State: Started, Processes: []Process{{"web", 3}}, Source: Bindings{{GUID: "b1", Name: "db"}}},
			{Ref: Ref{"a2", "worker"}, State: Started, Processes: []Process{{"web", 1}}, Source: Bindings{{GUID: "b2", Params: json.RawMessage(`{"role":"rw"}`), ParamsKnown: true}}},
			{Ref: Ref{"a3", "admin"}, State: Stopped, Processes: []Process{{"web", 1}}, Source: Bindings{{GUID: "b3"}}},
		},
		gcp: gcp, tells: true, before: map[string]App{}, shares: map[Side][]Share{}, ailing: map[string]string{},
		findings: []Finding{NewFinding(Source, false, "Multiple roles found (beware that no role will be migrated)")},
	}
	for _, a := range w.apps {
		w.before[a.GUID] = copyApp(a)
	}
	return w
}

func copyApp(a App) App {
	a.Source, a.Target = slices.Clone(a.Source), slices.Clone(a.Target)
	return a
}

func (w *world) guid(prefix string) string { w.made++; return fmt.Sprintf("%s-%d", prefix, w.made) }

func (w *world) violate(format string, args ...any) {
	if w.violated == "" {
		w.violated = fmt.Sprintf(format, args...)
	}
}

func (w *world) app(guid string) *App {
	i := slices.IndexFunc(w.apps, func(a App) bool { return a.GUID == guid })
	return &w.apps[i]
}

// carryOut does what an effect says and checks what must hold at that moment.
func (w *world) carryOut(s State, e Effect) Ref {
	w.log = append(w.log, e.ID())
	switch e.Do {
	case DoOpenAccess:
		w.access = true
	case DoCreateKey:
		if e.Side == Target && w.gcp && !e.SessionReplication {
			w.violate("invariant 7: a key without session replication on Google Cloud")
		}
		k := Key{Ref: Ref{w.guid("k"), e.Key.Name}, Usable: Yes, SessionReplication: No}
		if e.SessionReplication {
			k.SessionReplication = Yes
		}
		w.keys[e.Side] = append(w.keys[e.Side], k)
		return k.Ref
	case DoDeleteKey:
		if e.Side == Source && w.replication != "" && !w.finalized {
			w.violate("invariant 3: source key deleted before COMPLETED")
		}
		w.keys[e.Side] = slices.DeleteFunc(w.keys[e.Side], func(k Key) bool { return k.GUID == e.Key.GUID })
	case DoCreateReplication:
		if w.replication != "" {
			w.violate("invariant 6: a second replication")
		}
		w.replication = Waiting
	case DoDeleteReplication:
		w.replication = ""
	case DoCreateFinalization:
		if w.finalization != "" {
			w.violate("invariant 6: a second finalization")
		}
		w.finalization = Waiting
	case DoDeleteFinalization:
		w.finalization = ""
	case DoCancelTask:
		w.tasks = slices.DeleteFunc(slices.Clone(w.tasks), func(t Task) bool { return t.GUID == e.Task.GUID })
	case DoRestage:
	case DoShare:
		w.shares[e.Side] = append(w.shares[e.Side], Share{Space: e.Space})
	case DoStopApp:
		w.app(e.App.GUID).State = Stopped
	case DoStartApp:
		a := w.app(e.App.GUID)
		if was := w.before[a.GUID]; a.Source.InForce() != nil && a.Target.InForce() != nil && (was.Source == nil || was.Target == nil) {
			w.violate("invariant 5: %s is started with both databases", a.Name)
		}
		a.State = Started
	case DoBind:
		w.bind(e)
		a := w.app(e.App.GUID)
		if e.Instance.GUID == "i1" {
			return Ref{GUID: a.Source[0].GUID}
		}
		return Ref{GUID: a.Target[0].GUID}
	case DoUnbind:
		a := w.app(e.App.GUID)
		if !w.finalized {
			w.violate("an application was unbound before COMPLETED")
		}
		a.Source, a.Target = w.unbound(e, a.Source), w.unbound(e, a.Target)
	case DoCreateInstance:
		if slices.ContainsFunc(w.instances, func(i Instance) bool { return i.Name == e.Instance.Name }) {
			w.violate("invariant 6: a second instance %s", e.Instance.Name)
		}
		i := Instance{Ref: Ref{w.guid("i"), e.Instance.Name}, Offering: TargetOffering, Plan: e.Plan.Name}
		w.instances = append(w.instances, i)
		return i.Ref
	case DoDeleteInstance:
		if !w.finalized {
			w.violate("invariant 3: source deleted before COMPLETED")
		}
		if slices.ContainsFunc(w.apps, func(a App) bool { return a.Source != nil }) {
			w.violate("invariant 3: source deleted with an application bound")
		}
		if len(w.keys[Source])+len(w.shares[Source]) > 0 {
			w.violate("source deleted with keys %v and shares %v", w.keys[Source], w.shares[Source])
		}
		w.instances = slices.DeleteFunc(w.instances, func(i Instance) bool { return i.GUID == e.Instance.GUID })
	case DoUnshare:
		w.unshare(e)
	case DoRenameInstance:
		w.rename(s, e)
	}
	return Ref{}
}

func (w *world) bind(e Effect) {
	a := w.app(e.App.GUID)
	if !w.finalized {
		w.violate("invariant 4: bound to the target before COMPLETED")
	}
	here, other := &a.Target, a.Source
	if e.Instance.GUID == "i1" {
		here, other = &a.Source, a.Target
	} else if a.SpaceGUID != "" && a.SpaceGUID != w.session.Space.GUID && len(w.shares[Target]) == 0 {
		w.violate("%s is bound to an instance that its space does not see", a.Name)
	}
	if *here != nil {
		w.violate("%s is bound twice to one instance", a.Name)
	}
	if e.Binding.Name != "" && slices.ContainsFunc(other, func(b Binding) bool { return b.Name == e.Binding.Name }) {
		w.violate("two bindings of one name")
	}
	*here = Bindings{{GUID: w.guid("b"), Name: e.Binding.Name, Params: e.Params.Raw, ParamsKnown: e.Params.Known}}
}

// failsToUnbind is a broker that does not delete a binding.
func (w *world) failsToUnbind(e Effect) {
	a := w.app(e.App.GUID)
	for _, list := range []*Bindings{&a.Source, &a.Target} {
		*list = slices.Clone(*list)
		for i, b := range *list {
			if b.GUID == e.Binding.GUID {
				(*list)[i].Operation = Operation{Type: "delete", State: "failed", Description: "the broker refuses"}
			}
		}
	}
}

// unbound are the bindings that are left after one was to be deleted.
func (w *world) unbound(e Effect, list Bindings) Bindings {
	var left Bindings
	for _, b := range list {
		switch {
		case b.GUID != e.Binding.GUID:
			left = append(left, b)
		case w.clings[b.GUID]:
			b.Operation = Operation{Type: "delete", State: "failed", Description: "the broker refuses"}
			if w.clingsAs != nil {
				b.Operation = *w.clingsAs
			}
			left = append(left, b)
		}
	}
	return left
}

// whoRan answers truly which of the applications ran before.
func (w *world) whoRan(q *Question) Answer {
	a := Answer{Question: q.ID, Option: OptionNoneRan, Values: map[string][]string{}}
	some, several := q.Option(OptionSomeRan)
	if !several {
		for _, app := range w.apps {
			if strings.Contains(q.Title, app.Name) && w.before[app.GUID].State == Started {
				a.Option = OptionAllRan
			}
		}
		return a
	}
	for _, c := range some.Fields[0].Choices {
		if w.before[c.ID].State == Started {
			a.Option, a.Values["ran"] = OptionSomeRan, append(a.Values["ran"], c.ID)
		}
	}
	return a
}

// asked checks what must hold at the moment when something is asked for: what
// is seen between the asking and the doing is nobody's fault.
func (w *world) asked(s State, effects []Effect) {
	for _, e := range effects {
		switch e.Do {
		case DoBind, DoRestage:
			for _, a := range s.Facts.Apps {
				if a.GUID == e.App.GUID && a.State == Started {
					w.violate("%s while it was seen running", e)
				}
			}
		case DoCreateReplication:
			w.checkReplication(s)
		case DoCreateFinalization:
			w.checkFinalization(s)
		}
	}
}

func (w *world) checkReplication(s State) {
	f := s.Facts.Findings
	if f == nil || f.Names != s.Names() {
		w.violate("invariant 2: replication without a preflight check for these names")
		return
	}
	for _, x := range f.List {
		if x.Critical {
			w.violate("invariant 2: replication with a critical finding")
		}
	}
	if len(w.keys[Source]) == 0 || len(w.keys[Target]) == 0 || !w.access {
		w.violate("replication without keys or access")
	}
}

func (w *world) checkFinalization(s State) {
	if w.lastSeen != InSync {
		w.violate("invariant 1: finalization while the last look said %q", w.lastSeen)
	}
	if !w.confirmed {
		w.violate("invariant 1: finalization without the typed word")
	}
	waived := map[string]bool{}
	for _, x := range s.Choices.Waivers {
		if x.Reason == "" {
			w.violate("%s is waived without a reason", x.Name)
		}
		waived[x.ID] = true
	}
	for _, a := range s.Facts.Apps {
		if a.Source != nil && a.State == Started && !waived["app:"+a.GUID] {
			w.violate("invariant 1: finalization while %s was seen running", a.Name)
		}
		if a.Target != nil && a.State == Started && !waived["app:"+a.GUID] {
			w.violate("invariant 12: finalization while %s was seen running on the target", a.Name)
		}
	}
	for _, t := range s.Facts.Tasks {
		if !waived["task:"+t.GUID] {
			w.violate("invariant 1: finalization while the task %s was seen running", t.Name)
		}
	}
	for _, k := range s.Facts.SourceKeys {
		if k.Name != s.Choices.SourceKey.Name && !waived["key:"+k.GUID] {
			w.violate("invariant 1: finalization with the key %s open", k.Name)
		}
	}
	for _, k := range s.Facts.TargetKeys {
		if k.Name != s.Choices.TargetKey.Name && !waived["key:"+k.GUID] {
			w.violate("invariant 12: finalization with the key %s of the target open", k.Name)
		}
	}
	for _, see := range []Observable{ObserveApps, ObserveElsewhere, ObserveSourceKeys, ObserveTargetKeys} {
		if s.Seen[see].At.IsZero() {
			w.violate("invariant 12: finalization without a look at the %s", see)
		}
	}
	for _, d := range s.Facts.Elsewhere.Schedulers {
		if !waived["scheduler:"+d.GUID] {
			w.violate("invariant 1: finalization with the scheduler %s open", d.Name)
		}
	}
	for _, m := range s.Facts.Elsewhere.Mentions {
		stopped := len(m.Apps) > 0
		for _, a := range m.Apps {
			stopped = stopped && a.State == Stopped
		}
		if !stopped && !waived["mention:"+m.GUID] {
			w.violate("invariant 1: finalization with the mention %s open", m.Name)
		}
	}
}

// answer returns what a look sees.
func (w *world) answer(s State, see Observable, asked uint64) Occurrence {
	o := Observation{Asked: asked}
	switch see {
	case ObserveSession:
		return SawSession{o, w.session}
	case ObserveMigrations:
		return SawMigrations{o, w.saved, w.others}
	case ObserveOrgs:
		return SawOrgs{o, []Ref{w.session.Org}}
	case ObserveSpaces:
		return SawSpaces{o, w.session.Org.GUID, []Ref{w.session.Space}}
	case ObserveInstances:
		return SawInstances{o, slices.Clone(w.instances)}
	case ObservePlans:
		return SawPlans{o, []ServicePlan{{Ref: Ref{"p1", "development"}}, {Ref: Ref{"p2", "standard"}}, {Ref: Ref{"p3", "trial"}}}}
	case ObserveAccess:
		open := Unknown
		if w.tells {
			open = No
			if w.access {
				open = Yes
			}
		}
		return SawAccess{o, open}
	case ObserveSourceKeys:
		return SawKeys{o, Source, slices.Clone(w.keys[Source])}
	case ObserveTargetKeys:
		return SawKeys{o, Target, slices.Clone(w.keys[Target])}
	case ObserveApps:
		var apps []App
		for _, a := range w.apps {
			a = copyApp(a)
			if slices.Contains(HealthWanted(s), a.GUID) {
				a.Healthy = Yes
				if says := w.ailing[a.GUID]; says != "" {
					a.Healthy, a.Ailment, a.Crashed = No, says, strings.Contains(says, "CRASHED")
				}
				if h, odd := w.health[a.GUID]; odd {
					a.Healthy, a.Ailment, a.Crashed, a.NotReady = h.Healthy, h.Ailment, h.Crashed, h.NotReady
				}
			}
			apps = append(apps, a)
		}
		return SawApps{Observation: o, Apps: apps, Tasks: slices.Clone(w.tasks)}
	case ObserveElsewhere:
		return SawElsewhere{o, w.elsewhere}
	case ObserveNote:
		return w.sawNote(s, o)
	case ObserveAppEvents:
		return SawAppEvents{Observation: o}
	case ObserveNotes:
		return SawNotes{Observation: o, Notes: w.elsewhereNotes}
	case ObserveShares:
		return SawShares{o, map[Side][]Share{Source: slices.Clone(w.shares[Source]), Target: slices.Clone(w.shares[Target])}}
	case ObserveReplication, ObserveFinalization:
		if w.forgets > 0 {
			w.forgets--
			if see == ObserveReplication {
				return SawReplication{Observation: o, Names: s.Names(), Exists: false, Word: ""}
			}
			return SawFinalization{Observation: o, Names: s.Names(), Exists: false, Word: ""}
		}
		if see == ObserveFinalization {
			return SawFinalization{Observation: o, Names: s.Names(), Exists: w.finalization != "", Word: w.finalization}
		}
		w.lastSeen = w.replication
		return SawReplication{Observation: o, Names: s.Names(), Exists: w.replication != "", Word: w.replication}
	}
	panic(see)
}

// step moves the service on by one state.
func (w *world) step(fail bool) {
	switch {
	case w.finalization == Waiting:
		w.finalization = Running
	case w.finalization == Running && fail:
		w.finalization = Failed
	case w.finalization == Running:
		w.finalization, w.replication, w.finalized = Completed, Completed, true
	case w.replication == Waiting:
		w.replication = Running
	case w.replication == Running && fail:
		w.replication = Failed
	case w.replication == Running:
		w.replication = InSync
	}
}

// run drives a machine against the world until it asks something that waits for
// a person, ends, or only watches.
type run struct {
	t     testing.TB
	w     *world
	s     State
	queue []Effect
}

func newRun(t testing.TB, w *world) *run {
	r := &run{t: t, w: w, s: New()}
	r.apply(Resumed{})
	return r
}

func (r *run) apply(e Occurrence) {
	var effects []Effect
	r.s, effects = Apply(r.s, Event{r.w.now, e})
	r.queue = append(r.queue, effects...)
	r.w.asked(r.s, effects)
	if r.w.violated != "" {
		r.t.Fatalf("%s\nlog: %v", r.w.violated, r.w.log)
	}
}

// settle performs effects and looks until nothing is due at once.
func (r *run) settle() {
	for range 500 {
		switch {
		case len(r.queue) > 0:
			e := r.queue[0]
			r.queue = r.queue[1:]
			r.perform(e)
		case r.lookOnce():
		default:
			return
		}
	}
	r.t.Fatalf("does not come to rest at %s: %+v", Current(r.s), Ask(r.s))
}

func (r *run) perform(e Effect) {
	switch e.Do {
	case DoCheck:
		r.apply(Checked{e, r.w.findings})
	case DoCancelCheck, DoSignIn, DoOpenMigration:
	default:
		if r.w.refuses != nil && r.w.refuses(e) {
			r.w.log = append(r.w.log, "refused "+e.ID())
			r.apply(WentWrong{e, Problem{Kind: ProblemJob, Says: "the broker says no"}})
			return
		}
		made := r.w.carryOut(r.s, e)
		if e.Do == DoUnbind && r.w.clings[e.Binding.GUID] {
			r.apply(WentWrong{e, Problem{Kind: ProblemRefused, Says: "the broker refuses"}})
			return
		}
		r.apply(Did{Effect: e, Made: made})
	}
}

func (r *run) lookOnce() bool {
	for _, l := range Looks(r.s) {
		if !r.s.Seen[l.Of].Fresh() {
			r.apply(r.w.answer(r.s, l.Of, r.s.Sequence()))
			return true
		}
	}
	return false
}

// watch looks at everything again, as the engine does when it is time.
func (r *run) watch() {
	r.w.now = r.w.now.Add(10 * time.Second)
	for _, l := range Looks(r.s) {
		r.apply(r.w.answer(r.s, l.Of, r.s.Sequence()))
	}
	r.settle()
}

func (r *run) choose(option string) {
	r.t.Helper()
	q := Ask(r.s)
	if q == nil {
		r.t.Fatalf("nothing is asked at %s", Current(r.s))
	}
	a, ok := q.Complete(option, "it is off")
	if !ok {
		r.t.Fatalf("question %s has no open option %q: %+v", q.ID, option, q.Options)
	}
	r.w.confirmed = r.w.confirmed || q.ID == "finalize" && option == "finalize"
	r.w.now = r.w.now.Add(time.Second)
	r.apply(Answered{a})
	if r.s.Notice != "" {
		r.t.Fatalf("answer refused: %s", r.s.Notice)
	}
	r.settle()
}
