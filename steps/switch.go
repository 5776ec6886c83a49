package steps

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

type switchStep struct{ stepDefaults }

func (switchStep) done(s *State) bool {
	return s.Choices.Validated != nil || s.Choices.Switch != nil && (s.wasSwitched() || s.fresh(ObserveApps) && s.allInPlace())
}

func (switchStep) badge(s *State) string {
	there, n := 0, 0
	for _, m := range s.Choices.Memory {
		if !s.ours(m, Target) {
			continue
		}
		if n++; s.inPlace(m, Target) {
			there++
		}
	}
	if n > 0 && s.Choices.Switch != nil {
		return fmt.Sprintf("%d/%d", there, n)
	}
	return ""
}

func (switchStep) looks(s *State) []Look {
	looks := []Look{{ObserveApps, paceDowntime}, {ObserveShares, 0}}
	if s.frozen() { // nobody has said yet that they are brought over
		looks = append(looks, Look{ObserveElsewhere, paceElsewhere}, Look{ObserveSourceKeys, paceCopying})
	}
	return looks
}

func (switchStep) show(s *State, now time.Time) []Item {
	if !s.looked(ObserveApps) {
		return []Item{quiet("Looking at the applications…")}
	}
	return append(append(s.downtimeItems(now), s.alarmItems(now)...), s.rows()...)
}

func (switchStep) guide() Guide {
	return Guide{
		What: "Each application is bound to the target the way it was bound to the source, and started if it was running before.",
		Why:  "An application learns its database from the binding when it starts.",
		Tips: []string{
			"The binding carries the same name and parameters as before; credentials are new, as with every binding.",
			"An application that was stopped before stays stopped. One that ran is waited for until all its instances are healthy.",
			"A restart is enough for most. Restage what turns its credentials into files or configuration while it is built.",
			"The service's label changes from postgresql to postgresql-db: an application that looks for the old label in VCAP_SERVICES does not find its database.",
			"The next deployment with an old manifest or MTA descriptor binds the source again: change it now.",
		},
	}
}

// allInPlace reports whether the switch is over: every application is in its place, or
// left as it is on purpose; one that ran, by its name.
func (s *State) allInPlace() bool {
	return len(s.unknownApps())+len(s.unsureApps()) == 0 && !slices.ContainsFunc(s.Choices.Memory, func(m AppMemory) bool { return !s.switched(m) })
}

func (s *State) switched(m AppMemory) bool {
	return s.inPlace(m, Target) || s.leftAt(m, Target) || !s.toRun(m, Target) && s.held(m, Target)
}

// unknownApps lists the applications that are bound to the source and that this
// migration does not remember. What the login may not see cannot be moved.
func (s *State) unknownApps() []App {
	return slices.DeleteFunc(s.bound(), func(a App) bool { return s.memoryOf(a.GUID) != nil || a.State == "" })
}

// inOrder lists the remembered applications in the order in which they are
// switched: the green ones, the canary, those that the person has put first, the others.
func (s *State) inOrder() []AppMemory {
	c := s.Choices.Switch
	rank := func(m AppMemory) int {
		switch {
		case s.pickedGreen(m.GUID):
			return -2
		case m.GUID == c.Canary:
			return -1
		}
		if i := slices.Index(c.Order, m.GUID); i >= 0 {
			return i
		}
		return len(c.Order)
	}
	list := slices.Clone(s.Choices.Memory)
	sort.SliceStable(list, func(i, j int) bool { return rank(list[i]) < rank(list[j]) })
	return list
}

// onTrial reports whether the others wait for the green ones, or for the canary.
func (s *State) onTrial(m AppMemory) bool {
	c := s.Choices.Switch
	if s.pickedGreen(m.GUID) {
		return false
	}
	if s.greenOnTrial() {
		return true
	}
	return c.Canary != "" && !c.Proven && m.GUID != c.Canary && s.memoryOf(c.Canary) != nil
}

func (switchStep) want(s *State) []Effect {
	if s.Choices.Switch == nil || !s.completed() {
		return nil
	}
	var want []Effect
	for _, m := range s.inOrder() {
		if s.onTrial(m) || slices.Contains(s.Choices.Switch.Left, m.GUID) {
			continue
		}
		if e, ok := s.nextMove(m, Target); ok {
			want = append(want, e)
		}
	}
	return want
}

func (switchStep) ask(s *State) *Question {
	if !s.looked(ObserveApps) {
		return nil
	}
	if q := s.askBefore(); q != nil {
		return s.orBack(q)
	}
	if s.Choices.Switch != nil && len(s.unknownApps()) == 0 {
		return s.askSwitching()
	}
	unknown := s.unknownApps()
	n := len(s.Choices.Memory) + len(unknown)
	q := &Question{
		ID: QuestionSwitch, Recommended: OptionSwitch, Title: fmt.Sprintf("Bring %s to the target?", plural(n, "application", "applications")),
		Why: "Each is bound to " + s.Choices.Target.nameOr("the target") + " as it was bound to the source, and started if it was running before." + s.olderGo(),
		Options: []Option{{
			ID: OptionSwitch, Label: "Bind and start them", Consequence: "ends the downtime, application by application", Undo: UndoWork,
		}},
	}
	green := slices.DeleteFunc(s.greens(), func(a App) bool { return !s.isGreen(a) })
	for _, a := range green {
		if s.memoryOf(a.GUID) != nil {
			n-- // no matter of the switch unless it is picked
		}
	}
	if n == 0 {
		q.Title, q.Options[0].Label = "No application is bound to the source: there is nothing to switch.", "Go on"
		q.Options[0].Consequence, q.Options[0].Undo = "", UndoFree
	}
	if len(green) > 0 {
		waits := listNames(green, func(a App) string { return a.Name })
		stays := waits + " stays stopped"
		if n > 0 {
			stays = q.Options[0].Consequence + "; " + stays
		}
		q.Title += " " + waits + " is bound to the target and stopped: green."
		q.Why += " Start the green one first where it replaces the others, which then follow or stay stopped."
		q.Options[0].Consequence = stays
		q.Options = slices.Insert(q.Options, 0, greenOption(green))
		q.Recommended = OptionGreen
	}
	if how := s.arrangement(); len(how) > 0 {
		q.Options = append(q.Options, Option{
			ID: OptionArrange, Label: "Bind and start them in a certain way…", Undo: UndoWork, Consequence: "one first and alone, some restaged, some before the others",
			Fields: how,
		})
	}
	q.Options = append(q.Options, Option{ID: OptionWait, Label: "Not yet", Wait: true, Consequence: "the applications stay as they are"})
	s.warnOfLoss(q, OptionSwitch, OptionWait, q.Recommended)
	return s.orBack(q)
}

// arrangement asks how the applications are switched, where the person does not want
// all of them restarted together.
func (s *State) arrangement() []Field {
	var running []Choice
	for _, m := range s.Choices.Memory {
		if m.State == Started {
			running = append(running, Choice{ID: m.GUID, Label: m.Name, Note: plural(App{Processes: m.Processes}.Instances(), "instance", "instances")})
		}
	}
	green := s.greens()
	if len(running)+len(green) == 0 {
		return nil
	}
	var first []Field
	if len(green) > 0 {
		first = []Field{greenField(green)}
	}
	if len(running) == 0 {
		return first
	}
	restage := Field{
		ID: "restage", Label: "Restage these", Kind: FieldMany, Optional: true, Choices: running,
		Help: "a restart is enough for most; restaging takes minutes more",
	}
	if len(running) == 1 {
		return append(first, restage)
	}
	return append(first,
		Field{
			ID: "canary", Label: "One goes first, alone", Kind: FieldOne, Default: noCanary, Choices: append([]Choice{{ID: noCanary, Label: "none: all together"}}, running...),
			Help: "you are asked again when it is healthy",
		},
		restage,
		Field{ID: "order", Label: "Start these before the others", Kind: FieldMany, Optional: true, Choices: running},
	)
}

// noCanary is the choice to switch all applications together.
const noCanary = "none"

// askSwitching asks during the switch: whether the canary works, and what is to be done
// about applications that do not run.
func (s *State) askSwitching() *Question {
	c := s.Choices.Switch
	if s.greenOnTrial() && s.greenUp() {
		return s.askBlue()
	}
	if m := s.memoryOf(c.Canary); m != nil && !c.Proven && s.inPlace(*m, Target) {
		q := &Question{
			ID: QuestionCanary, Recommended: OptionGoOn, Title: fmt.Sprintf("%s runs on the target, and is healthy. Bring the others?", m.Name),
			Why: "Try it: sign in, read, write. The others are still stopped.",
			Options: []Option{
				{ID: OptionGoOn, Label: "Bring the others", Consequence: "ends the downtime for them, too", Undo: UndoWork},
				{ID: OptionWait, Label: "Not yet", Wait: true, Consequence: "the others stay stopped"},
			},
		}
		return s.orBack(q)
	}
	if unhealthy := s.unhealthy(); len(unhealthy) > 0 && !s.busy() && len(s.notStarted()) == 0 {
		which := pickSome(unhealthy, func(m AppMemory) Choice { return Choice{ID: m.GUID, Label: m.Name} })
		names := listNames(unhealthy, func(m AppMemory) string { return m.Name })
		q := &Question{
			ID: QuestionSwitchIll, Tone: Bad, Recommended: OptionWait, More: MoreCommands,
			Title: fmt.Sprintf("%s is bound to the target and started, but %s.", names, s.ailing(unhealthy)),
			Why:   "Read its logs. The target accepts only TLS; an application that looks for the label postgresql does not find its database.",
			Options: []Option{
				{ID: OptionWait, Label: "Go on waiting", Wait: true, Consequence: "some need minutes to start"},
				{ID: OptionRestart, Label: "Restart", Consequence: "stops and starts it", Fields: which},
				{ID: OptionRestage, Label: "Restage", Consequence: "builds it anew, then starts it", Fields: which},
				{ID: OptionLeave, Label: "Go on without it", Consequence: "it stays as it is, for you to mend; the record says so", Undo: UndoWork, Fields: which},
			},
		}
		if len(unhealthy) > 1 {
			q.Title = fmt.Sprintf("%d applications are bound to the target and started, but %s: %s.", len(unhealthy), s.ailing(unhealthy), names)
		}
		return s.orBack(q)
	}
	if q := s.askNotUp(Switch); q != nil && len(s.notStarted()) == 0 {
		return q
	}
	q := working(QuestionSwitching, "The applications are being bound to the target and started.")
	return s.orBack(q)
}

// notStarted lists what could be begun now.
func (s *State) notStarted() []Effect {
	return slices.DeleteFunc(switchStep{}.want(s), func(e Effect) bool {
		_, known := s.Work[s.identity(e)]
		return known
	})
}

// unhealthy lists the applications that were started on the target and of which an
// instance was seen not to run.
func (s *State) unhealthy() []AppMemory {
	var unhealthy []AppMemory
	for _, m := range s.Choices.Memory {
		a := s.app(m.GUID)
		if a != nil && a.State == Started && s.toRun(m, Target) && a.Target != nil && len(s.toLeave(m, a, Target)) == 0 && a.Ill() &&
			!slices.Contains(s.Choices.Switch.Left, m.GUID) && s.overdue(m) {
			unhealthy = append(unhealthy, m)
		}
	}
	return unhealthy
}

// ailing says in common what keeps applications from being well.
func (s *State) ailing(apps []AppMemory) string {
	all := func(is func(*App) bool) bool {
		return !slices.ContainsFunc(apps, func(m AppMemory) bool { return !is(s.app(m.GUID)) })
	}
	switch {
	case all(func(a *App) bool { return a.NotReady }) && len(apps) == 1:
		return "is not ready: no request reaches it"
	case all(func(a *App) bool { return a.NotReady }):
		return "are not ready: no request reaches them"
	case all(func(a *App) bool { return a.Healthy == Unknown }):
		return "the platform does not tell how it runs"
	case len(apps) == 1:
		return "does not run"
	}
	return "do not run"
}

// startTimeout is how long a start may take before the wizard asks about it. The
// platform gives an instance a minute (CF default, health check time-out), SAP
// runtimes ask for several. A crash is asked about at once, and for as long as the
// application does not run: the platform tries again and again.
const startTimeout = 5 * time.Minute

func (s *State) overdue(m AppMemory) bool {
	a := s.app(m.GUID)
	at, did := s.Did[s.identity(Effect{Do: DoStartApp, App: m.Ref})]
	return !did || s.At.Sub(at) > startTimeout || a.Crashed
}

func (switchStep) decide(s *State, a Answer) {
	which := func(guid string) bool { return len(a.Values["which"]) == 0 || slices.Contains(a.Values["which"], guid) }
	switch a.Option {
	case OptionSwitch, OptionArrange, OptionGreen:
		s.beginSwitch(a)
	case OptionGoOn, OptionLeave:
		switch {
		case a.Question == QuestionCanary && s.greenOnTrial():
			s.decideBlue(a.Option)
			return
		case a.Option == OptionGoOn:
			s.Choices.changeSwitch(func(c *SwitchChoice) { c.Proven = true })
			return
		}
		fallthrough
	case OptionRestart, OptionRestage:
		c := *s.Choices.Switch
		for _, m := range s.unhealthy() {
			if !which(m.GUID) {
				continue
			}
			switch a.Option {
			case OptionLeave:
				c.Left = append(slices.Clip(c.Left), m.GUID)
				s.recordApp(m.Ref, AppLeft)
				continue
			case OptionRestage:
				c.Restage = append(slices.Clip(c.Restage), m.GUID)
				delete(s.Did, s.identity(Effect{Do: DoRestage, App: m.Ref}))
			}
			c.Again = append(slices.Clip(c.Again), m.GUID)
		}
		s.Choices.Switch = &c
	}
}

func (s *State) beginSwitch(a Answer) {
	memory, green := slices.Clone(s.Choices.Memory), a.Values["green"]
	for _, app := range s.unknownApps() {
		memory = append(memory, s.memorized(app))
	}
	for _, app := range s.greens() {
		if a.Option == OptionGreen && s.isGreen(app) {
			green = append(green, app.GUID)
		}
		if slices.Contains(green, app.GUID) && s.memoryOf(app.GUID) == nil { // bound since the others were stopped
			m := memoryFrom(app)
			m.Side = Target
			memory = append(memory, m)
		}
	}
	s.Choices.Memory = memory
	s.Choices.Switch = &SwitchChoice{Consent: *s.consent(), Restage: a.Values["restage"], Order: a.Values["order"], Green: green}
	if canary := a.Value("canary"); canary != noCanary {
		s.Choices.Switch.Canary = canary
	}
	s.invalidate(ObserveApps)
}

func (switchStep) commands(s *State) []Command {
	n := s.Names()
	var commands []Command
	for _, m := range s.Choices.Memory {
		bind := cf("bind-service", m.Name, n.TargetInstance)
		if m.Binding != nil && m.Binding.Name != "" {
			bind += " --binding-name " + shell(m.Binding.Name)
		}
		if m.Binding != nil && len(m.Binding.Params.Raw) > 0 && !secretLike.Match(m.Binding.Params.Raw) {
			bind += " -c " + shell(string(m.Binding.Params.Raw))
		}
		if m.Side == Target { // it is bound as it is to be
			if s.toRun(m, Target) {
				commands = append(commands, Command{"start " + m.Name, cf("start", m.Name)})
			}
			continue
		}
		commands = append(commands,
			Command{"unbind " + m.Name + " from the source", cf("unbind-service", m.Name, n.SourceInstance)},
			Command{"bind " + m.Name + " to the target", bind})
		if m.State == Started {
			commands = append(commands, Command{"start " + m.Name, cf("start", m.Name)})
		}
	}
	return commands
}

// Unhealthy lists the applications that this migration has started, is waiting for,
// and has not seen to be well, though it looked.
func Unhealthy(s State) []App {
	at, to := current(&s), Target
	switch at {
	case Switch:
	case BackOut:
		to = Source
	default:
		return nil
	}
	var list []App
	for _, m := range s.Choices.Memory {
		left := s.Choices.Switch != nil && slices.Contains(s.Choices.Switch.Left, m.GUID)
		if a := s.app(m.GUID); a != nil && !left && s.toRun(m, to) && a.State == Started && a.Ill() {
			list = append(list, *a)
		}
	}
	return list
}
