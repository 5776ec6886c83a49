package steps

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

type writersStep struct{ stepDefaults }

func (writersStep) done(s *State) bool {
	return s.completed() || s.Facts.Finalization.Exists ||
		s.Choices.Stop != nil && s.censusTaken() && len(s.unsettled()) == 0 && len(s.unsureApps()) == 0
}

func (writersStep) badge(s *State) string {
	if all := census(s); s.Choices.Stop != nil && !s.completed() && len(all) > 0 {
		return fmt.Sprintf("%d/%d", len(all)-len(s.unsettled())-len(s.letRun()), len(all))
	}
	return ""
}

func (writersStep) want(s *State) []Effect { return s.wantStops() }

func (writersStep) looks(s *State) []Look {
	looks := append(s.freezeLooks(), Look{ObserveReplication, paceDowntime}, Look{ObserveFinalization, paceIdle}, Look{ObserveShares, 0})
	if s.beginsDowntime() { // beside another one?
		looks = append(looks, Look{ObserveMigrations, paceCopying}, Look{ObserveNotes, paceIdle})
	}
	return looks
}

func (writersStep) commands(s *State) []Command {
	commands := []Command{{"see who is bound to the source", cf("service", cmp.Or(s.Names().SourceInstance, "SOURCE"))}}
	if s.Choices.Target != nil {
		commands = append(commands, Command{"see who is bound to the target", cf("service", s.Choices.Target.Name)})
	}
	for _, a := range s.users() {
		if a.Running() {
			commands = append(commands, Command{"stop " + a.Name, cf("stop", a.Name)})
		}
	}
	return commands
}

func (writersStep) guide() Guide {
	return Guide{
		What: "Everything that can write to source or target is stopped. This is where the downtime begins.",
		Why:  "Whatever is written to the source during the finalization is not carried over: it would be lost. Rows that are written to the target before COMPLETED may collide with the replication.",
		Tips: []string{
			"The wizard remembers how each application was, and brings it back to exactly that: on the target after the migration, or on the source if you turn back.",
			"It finds bound applications, their tasks, service keys, schedulers, and whoever holds the address in a user-provided service or an environment. It cannot see open psql sessions, copied credentials, or what an application has built in: stop those yourself.",
			"A green application, bound to the target and stopped, is expected: it waits for COMPLETED, and can be started first then.",
			"A line that you waive is your word that it does no harm. The reason stands in the report, with your name.",
			"Reading from the source is allowed throughout.",
		},
	}
}

func (s *State) memoryOf(guid string) *AppMemory {
	return find(s.Choices.Memory, func(m AppMemory) bool { return m.GUID == guid })
}

// wantStops lists what the person agreed to stop and what still runs.
func (s *State) wantStops() []Effect {
	if s.Choices.Stop == nil {
		return nil
	}
	var want []Effect
	for _, m := range s.Choices.Memory {
		agreed := slices.Contains(s.Choices.Stop.Known, WriterApp.line(m.GUID))
		if a := s.app(m.GUID); agreed && a != nil && s.boundTo(*a) != "" && a.Running() && !s.waived(m) && !s.cameBack(m) {
			want = append(want, Effect{Do: DoStopApp, App: m.Ref})
		}
	}
	for _, t := range s.Facts.Tasks {
		e := Effect{Do: DoCancelTask, App: t.App, Task: t.Ref}
		if slices.Contains(s.Choices.Stop.Tasks, t.GUID) && s.waiver(WriterTask.line(t.GUID)) == nil && !s.did(e) {
			want = append(want, e)
		}
	}
	return want
}

func (writersStep) ask(s *State) *Question {
	if !s.censusTaken() || s.Choices.Stop == nil && (!s.fresh(ObserveApps, ObserveElsewhere)) {
		return nil
	}
	if q := s.askBefore(); q != nil {
		return s.orBack(q)
	}
	if s.beginsDowntime() && !s.seenBeside() {
		return nil
	}
	if q := s.askBeside(); q != nil {
		return s.orBack(q)
	}
	q := s.askOpen()
	if q == nil {
		q = working(QuestionWritersStopping, "The applications are being stopped.")
	} else {
		q.Options = append(q.Options, Option{ID: OptionLater, Label: "Not now", Consequence: "back to watching; the databases stay in sync"})
	}
	return s.orBack(q)
}

// askOpen asks about the lines of the census that are open; nil while all of them are
// being stopped.
func (s *State) askOpen() *Question {
	open := s.unsettled()
	first := s.Choices.Stop == nil
	if !first {
		open = slices.DeleteFunc(open, func(w Writer) bool { return w.Fate != FateDecide && !s.unexpectedWriter(w) })
		if len(open) == 0 {
			return nil
		}
	}
	stops, decide := stopText(open), 0
	for _, w := range open {
		if w.Fate == FateDecide {
			decide++
		}
	}
	q := &Question{ID: QuestionStopWriters, Recommended: OptionStop}
	names, side := listNames(open, func(w Writer) string { return w.Name }), sideOfAll(open)
	switch {
	case len(open) == 0:
		q.Title = "Nothing that can be seen writes to source or target. Is everything else that does off, too?"
		if let := s.letRun(); len(let) > 0 {
			q.Tone, side = Warn, sideOfAll(let)
			q.Title = fmt.Sprintf("%s can still write to %s: %s. Is everything else off?", plural(len(let), "thing that was waived", "things that were waived"), side.Database(), listNames(let, func(w Writer) string { return w.Name }))
			q.Why = "Once the finalization has begun, " + side.lost() + "."
		}
	case !first && !slices.ContainsFunc(open, func(w Writer) bool { return !s.leftRunning(w) }):
		q.Tone, q.Title = Warn, names+" is not stopped, and can write to "+side.Database()+"."
		q.Why = "The finalization stays locked until that is settled: " + side.lost() + "."
		if s.Choices.Finalize != nil {
			q.Tone, q.Why = Bad, "What it writes from now on "+side.mayCost()+"."
		}
	case !first:
		q.Tone = Bad
		q.Title = fmt.Sprintf("%s can write to %s again.", names, side.Database())
		q.Why = "Somebody or something has started it: a colleague, a pipeline, a schedule. What it writes from now on " + side.mayCost() + ". Find out who, or it may come back."
		if stops == "" {
			q.Tone, q.Title, q.Why = Warn, plural(decide, "way to write to "+side.Database()+" is", "ways to write to "+side.Database()+" are")+" open.", "The finalization stays locked until each is settled. Switch it off and look again, or say why it does no harm."
		}
	default:
		q.Title = fmt.Sprintf("%s can write to %s.", plural(len(open), "thing", "things"), side.Database())
		if n := len(s.letRun()); n > 0 {
			q.Title = fmt.Sprintf("%s can write to %s, and %d more by a waiver.", plural(len(open), "thing", "things"), side.Database(), n)
		}
		q.Why = "Each has to be settled before the finalization: " + side.lost() + ". The wizard does not see open psql sessions or copied credentials."
	}
	if decide > 0 { // a demonstration has nobody who could switch it off
		q.Recommended, q.Unattended = OptionLook, OptionWaive
	}
	if stops != "" || first {
		q.Options = append(q.Options, s.stopOption(stops, decide))
	}
	if len(open) > 0 {
		q.Options = append(q.Options, waiveOption(open), Option{ID: OptionLook, Label: "Look again", Consequence: "after you have switched something off yourself"})
	}
	if given := s.Choices.Waivers; len(given) > 0 {
		f := pick("lines", "Take back", given, func(w Waiver) Choice { return Choice{w.ID, w.Name, w.Reason} })
		q.Options = append(q.Options, Option{ID: OptionUnwaive, Label: "Take a waiver back", Consequence: "its line is open again", Fields: []Field{f}})
	}
	return q
}

// withdrawStop takes back the consent to stop an application, so that it is asked for
// again. Where the downtime has begun, writers are still watched.
func (s *State) withdrawStop(app Ref) {
	c := &s.Choices
	if c.Finalize == nil && !slices.ContainsFunc(c.Memory, s.wasStopped) {
		c.Stop = nil
	}
	if c.Stop == nil {
		return
	}
	stop := *c.Stop
	stop.Known = slices.DeleteFunc(slices.Clone(stop.Known), func(id string) bool { return id == WriterApp.line(app.GUID) })
	c.Stop = &stop
}

func (s *State) wasStopped(m AppMemory) bool {
	return s.did(Effect{Do: DoStopApp, App: m.Ref})
}

// leftRunning reports whether a line is an application that was to be stopped and that
// this migration has not stopped.
func (s *State) leftRunning(w Writer) bool {
	return slices.ContainsFunc(s.Choices.Memory, func(m AppMemory) bool {
		return w.ID == WriterApp.line(m.GUID) && m.State == Started && !s.wasStopped(m)
	})
}

// stopText says what the wizard itself would stop, by up to two names or as a count;
// empty: nothing.
func stopText(open []Writer) string {
	var parts []string
	for _, x := range []struct {
		fate       Fate
		verb, many string
	}{{FateStop, "stop", "applications"}, {FateCancel, "cancel", "tasks"}} {
		var list []string
		for _, w := range open {
			if w.Fate == x.fate {
				list = append(list, w.Name)
			}
		}
		switch n := len(list); {
		case n > 2:
			parts = append(parts, fmt.Sprintf("%s %d %s", x.verb, n, x.many))
		case n > 0:
			parts = append(parts, x.verb+" "+strings.Join(list, ", "))
		}
	}
	return strings.Join(parts, ", ")
}

func (s *State) stopOption(stops string, decide int) Option {
	o := Option{ID: OptionStop, Label: "Nothing else writes: go on", Consequence: "the finalization asks once more"}
	if stops != "" {
		o = Option{
			ID: OptionStop, Label: strings.ToUpper(stops[:1]) + stops[1:], Undo: UndoWork,
			Consequence: "the downtime begins; each comes back exactly as it is now",
		}
		switch {
		case s.downtime():
			o.Consequence = "each comes back exactly as it was"
		case decide > 0:
			o.Consequence = "the downtime begins, and the other lines are still to be settled"
		}
	}
	o.BeginsDowntime = len(s.unsettled()) > 0
	if o.BeginsDowntime && !s.downtime() { // Enter alone, in the field below, stops no production
		o.Typed = "begin downtime"
	}
	if s.Choices.Stop == nil {
		o.Fields = []Field{{
			ID: "limit", Label: "Ask me to decide after (minutes)", Kind: FieldText, Number: true, Optional: true,
			Default: fmt.Sprint(s.limit(s.forecast())), Help: "if the downtime lasts that long, the wizard asks: go on, or back out? 0: never",
		}}
	}
	return o
}

// waiveOption waives one line, with a reason of its own: who waives several has to think
// of each. What runs comes last, and at the very end what the wizard itself could stop.
func waiveOption(open []Writer) Option {
	f := Field{ID: "lines", Label: "Which one", Kind: FieldOne, Help: "one at a time: each has a reason of its own"}
	for rank := range 3 {
		for _, w := range open {
			c := Choice{w.ID, w.Name, w.What}
			if w.Runs {
				c.Note = "RUNS: " + w.Side.costs() + "; " + c.Note
			}
			if w.riskOfWaiving() == rank {
				f.Choices = append(f.Choices, c)
			}
		}
	}
	return Option{
		ID: OptionWaive, Label: "Say why one of them does no harm…", Undo: UndoWork, Waives: true,
		Consequence: sideOfAll(open).costsAll() + "; your reason goes into the record",
		Fields:      []Field{f, {ID: "reason", Label: "Reason", Kind: FieldText, Help: "for example: schedules are switched off until tomorrow"}},
	}
}

// riskOfWaiving ranks what is waived first: what does not run, what nobody here can stop,
// and what the wizard stops when the person agrees.
func (w Writer) riskOfWaiving() int {
	switch {
	case !w.Runs:
		return 0
	case w.Fate == FateDecide:
		return 1
	}
	return 2
}

func (writersStep) decide(s *State, a Answer) {
	if s.decideBeside(a) {
		return
	}
	c := &s.Choices
	switch a.Option {
	case OptionLater:
		if c.GoOn = nil; !s.downtime() {
			c.Stop = nil
		}
	case OptionLook:
		s.invalidate(ObserveApps, ObserveElsewhere, ObserveSourceKeys, ObserveTargetKeys, ObserveShares)
	case OptionWaive:
		s.waive(a.Values["lines"], strings.TrimSpace(a.Value("reason")))
	case OptionUnwaive:
		c.Waivers = slices.DeleteFunc(slices.Clone(c.Waivers), func(w Waiver) bool { return slices.Contains(a.Values["lines"], w.ID) })
	case OptionStop:
		s.stopAll(a)
	}
}

func (s *State) waive(lines []string, reason string) {
	waivers := slices.Clone(s.Choices.Waivers)
	for _, w := range census(s) {
		if slices.Contains(lines, w.ID) && s.waiver(w.ID) == nil {
			waivers = append(waivers, Waiver{ID: w.ID, Name: w.Name, Reason: reason, At: s.At, By: s.Facts.Session.User, Side: w.Side.noted(), Runs: w.Runs})
			s.record(Moment{Kind: MomentWaiver, Side: w.Side.noted(), ID: w.ID, Object: w.Name, Status: string(FateWaived), Says: reason, By: s.Facts.Session.User})
		}
	}
	s.Choices.Waivers = waivers
}

// stopAll takes the consent to stop what is open, and records how everything is first.
func (s *State) stopAll(a Answer) {
	c := &s.Choices
	var stop StopChoice
	if c.Stop != nil {
		stop = *c.Stop
	}
	stop.At, stop.By = s.At, s.Facts.Session.User
	if c.Stop == nil {
		stop.Forecast = new(s.forecast())
		s.setLimit(&stop, a.number("limit"))
	}
	stop.Known, stop.Tasks = slices.Clone(stop.Known), slices.Clone(stop.Tasks)
	for _, w := range census(s) {
		if !slices.Contains(stop.Known, w.ID) {
			stop.Known = append(stop.Known, w.ID)
		}
		if _, guid, _ := strings.Cut(w.ID, ":"); w.Fate == FateCancel && !slices.Contains(stop.Tasks, guid) {
			stop.Tasks = append(stop.Tasks, guid)
		}
	}
	memory := slices.Clone(c.Memory)
	for _, app := range s.users() {
		if s.memoryOf(app.GUID) == nil && !slices.ContainsFunc(s.unsureApps(), func(a App) bool { return a.GUID == app.GUID }) {
			memory = append(memory, s.memorized(app))
		}
		if app.Running() { // consented to, again or for the first time
			delete(s.Did, s.identity(Effect{Do: DoStopApp, App: app.Ref}))
		}
	}
	c.Stop, c.Memory = &stop, memory
	s.invalidate(ObserveApps)
}

// memoryFrom records how an application is before anything is done to it.
func memoryFrom(a App) AppMemory {
	m := AppMemory{Ref: a.Ref, SpaceGUID: a.SpaceGUID, State: a.State, Processes: a.Processes}
	if a.Running() {
		m.State = Started // whatever the platform calls it
	}
	bindings := a.Source
	if len(bindings) == 0 { // somebody else has brought it to the target
		bindings = a.Target
	}
	used := bindings.used()
	for i, b := range bindings {
		was := BoundMemory{Name: b.Name, Params: Params{Raw: b.Params, Known: b.ParamsKnown}}
		if &bindings[i] == used {
			m.Binding = &was
		} else {
			m.Older = append(m.Older, was)
		}
	}
	return m
}

func (writersStep) show(s *State, now time.Time) []Item {
	if !s.censusTaken() {
		return []Item{quiet("Looking who can write to source and target…")}
	}
	items := append(s.downtimeItems(now), s.alarmItems(now)...)
	lines := census(s)
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].Fate.rank() < lines[j].Fate.rank() })
	for _, w := range lines {
		items = append(items, w.row())
	}
	if len(lines) == 0 {
		items = append(items, text("Nothing is bound to %s, and nothing else is known to have its address.", s.Choices.Source.nameOr("the source")))
	}
	if s.Choices.Stop == nil {
		items = append(items, s.forecast().items()...)
	}
	return items
}

// rank sorts: what the person has to settle first, what is settled last.
func (f Fate) rank() int {
	return slices.Index([]Fate{FateDecide, FateStop, FateCancel, FateWaived, FateQuiet}, f)
}

// row shows a line of the census: who it is, what becomes of it, what it is, and
// why it matters or why it was waived.
func (w Writer) row() Item {
	fate, tone := "", Warn
	//exhaustive:enforce
	switch w.Fate {
	case FateStop:
		fate = "to stop"
	case FateCancel:
		fate = "to cancel"
	case FateDecide:
		fate = "you decide"
	case FateQuiet:
		fate, tone = "stopped", Good
		if w.Green {
			fate = "green"
		}
	case FateWaived:
		waived := Item{Kind: ItemRow, Cells: []string{w.Name, "waived", w.What, w.Note}, Of: w.SeenBy()}
		if w.Runs {
			waived.Tone, waived.Cells[1] = Warn, "waived, runs"
		}
		return waived
	}
	return Item{Kind: ItemRow, Tone: tone, Cells: []string{w.Name, fate, w.What, w.Why}, Of: w.SeenBy()}
}

// SeenBy is the look that sees a writer.
func (w Writer) SeenBy() Observable {
	//exhaustive:enforce
	switch w.Kind {
	case WriterApp, WriterTask:
		return ObserveApps
	case WriterKey:
		if w.Side == Target {
			return ObserveTargetKeys
		}
		return ObserveSourceKeys
	case WriterMention, WriterScheduler, WriterUnseen:
	}
	return ObserveElsewhere
}

// downtimeItems is the downtime so far, beside what was forecast.
func (s *State) downtimeItems(now time.Time) []Item {
	d := LastDowntime(*s)
	switch {
	case d.Begin.IsZero():
		return nil
	case d.End.IsZero():
		d := max(now.Sub(d.Begin), 0)
		so := fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
		if d >= time.Hour {
			so = fmt.Sprintf("%d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
		}
		text := "DOWNTIME " + so
		if c := s.Choices.Stop; c != nil && c.Forecast != nil {
			text += " of " + between(c.Forecast.Total())
		}
		tone := Warn
		if s.Facts.Finalization.Is(Failed) || s.Facts.Replication.Is(Failed) {
			tone = Bad
		}
		return []Item{{Kind: ItemHeadline, Tone: tone, Text: text, Short: "DOWN " + so, Label: s.whoIsDown(), Clock: true, Key: "DOWNTIME"}}
	}
	return []Item{{Kind: ItemHeadline, Tone: Good, Text: "UP AGAIN", Label: "after " + d.lasting(now) + " of downtime"}}
}
