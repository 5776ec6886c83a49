package steps

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

type writersStep struct{ stepDefaults }

func (writersStep) title() string { return "Stop writers" }

func (writersStep) done(s *State) bool {
	return s.completed() || s.Facts.Finalization.Exists || s.Choices.Stop != nil && s.seenWriters() && len(s.unsettled()) == 0
}

func (writersStep) badge(s *State) string {
	if all := census(s); s.Choices.Stop != nil && !s.completed() && len(all) > 0 {
		return fmt.Sprintf("%d/%d", len(all)-len(s.unsettled()), len(all))
	}
	return ""
}

func (writersStep) want(s *State) []Effect { return s.wantStops() }

func (writersStep) looks(s *State) []Look {
	return append(s.freezeWatch(), Look{SeeReplication, paceDowntime}, Look{SeeFinalization, paceIdle}, Look{SeeShares, 0})
}

func (writersStep) commands(s *State) []Command {
	commands := []Command{{"see who is bound to the source", "cf service " + shell(orWord(s.Names().SourceInstance, "SOURCE"))}}
	for _, a := range s.Facts.Apps {
		if a.Source != nil && a.State == Started {
			commands = append(commands, Command{"stop " + a.Name, "cf stop " + shell(a.Name)})
		}
	}
	return commands
}

func (writersStep) guide() Guide {
	return Guide{
		What: "Everything that can write to the source is stopped. This is where the downtime begins.",
		Why:  "Whatever is written to the source during the finalization is not carried over: it would be lost.",
		Tips: []string{
			"The wizard remembers how each application was, and brings it back to exactly that: on the target after the migration, or on the source if you turn back.",
			"It finds bound applications, their tasks, service keys, schedulers, and whoever holds the address in a user-provided service or an environment. It cannot see open psql sessions, copied credentials, or what an application has built in: stop those yourself.",
			"A line that you waive is your word that it does no harm. The reason stands in the report, with your name.",
			"Reading from the source is allowed throughout.",
		},
	}
}

func (s *State) memoryOf(guid string) *AppMemory {
	i := slices.IndexFunc(s.Choices.Memory, func(m AppMemory) bool { return m.GUID == guid })
	if i < 0 {
		return nil
	}
	return &s.Choices.Memory[i]
}

// wantStops lists what the person's word is about and what is still to be done:
// applications to stop, tasks to cancel.
func (s *State) wantStops() []Effect {
	if s.Choices.Stop == nil {
		return nil
	}
	var want []Effect
	for _, m := range s.Choices.Memory {
		meant := slices.Contains(s.Choices.Stop.Known, WriterApp.line(m.GUID))
		if a := s.app(m.GUID); meant && a != nil && !a.Gone && a.Source != nil && a.State == Started && !s.waived(m) && !s.cameBack(m) {
			want = append(want, Effect{Do: DoStopApp, App: m.Ref})
		}
	}
	for _, t := range s.Facts.Tasks {
		e := Effect{Do: DoCancelTask, App: t.App, Task: t.Ref}
		if slices.Contains(s.Choices.Stop.Tasks, t.GUID) && s.waiver(WriterTask.line(t.GUID)) == nil && !s.did(s.identity(e)) {
			want = append(want, e)
		}
	}
	return want
}

func (writersStep) ask(s *State) *Question {
	if !s.seenWriters() || s.Choices.Stop == nil && (!s.fresh(SeeApps) || !s.fresh(SeeElsewhere)) {
		return nil
	}
	q := s.askOpen()
	if q == nil {
		q = working(QuestionWritersStopping, "The applications are being stopped.")
	} else {
		q.Options = append(q.Options, Option{ID: OptionLater, Label: "Not now", Consequence: "back to watching; the databases stay in sync"})
	}
	q.Options = append(q.Options, wayBack(s)...)
	return q
}

// askOpen asks about the lines of the census that are open; nil while all that
// is open is being stopped on the person's word.
func (s *State) askOpen() *Question {
	open := s.unsettled()
	first := s.Choices.Stop == nil
	if !first {
		open = slices.DeleteFunc(open, func(w Writer) bool { return w.Fate != FateDecide && !s.stranger(w) })
		if len(open) == 0 {
			return nil
		}
	}
	halt, decide := s.halted(open), 0
	for _, w := range open {
		if w.Fate == FateDecide {
			decide++
		}
	}
	q := &Question{ID: QuestionStopWriters, Recommended: OptionStop}
	switch {
	case len(open) == 0:
		q.Title = "Nothing that can be seen writes to the source. Is everything else that does off, too?"
	case !first && !slices.ContainsFunc(open, func(w Writer) bool { return !s.leftRunning(w) }):
		q.Tone, q.Title = Warn, named(open)+" is not stopped, and can write to the source."
		q.Why = "The finalization stays locked until that is settled: what is written to the source then is lost."
		if s.Choices.Finalize != nil {
			q.Tone, q.Why = Bad, "What it writes from now on may be lost."
		}
	case !first:
		q.Tone = Bad
		q.Title = fmt.Sprintf("%s can write to the source again.", named(open))
		q.Why = "Somebody or something has started it: a colleague, a pipeline, a schedule. What it writes from now on may be lost. Find out who, or it may come back."
		if halt.none() {
			q.Tone, q.Title, q.Why = Warn, plural(decide, "way to write to the source is", "ways to write to the source are")+" open.", "The finalization stays locked until each is settled. Switch it off and look again, or say why it does no harm."
		}
	default:
		q.Title = fmt.Sprintf("%s can write to the source.", plural(len(open), "thing", "things"))
		q.Why = "Each has to be settled before the finalization: what is written to the source then is lost. The wizard does not see open psql sessions or copied credentials."
	}
	if decide > 0 {
		q.Recommended = OptionWaive
	}
	if !halt.none() || first {
		q.Options = append(q.Options, s.stopOption(halt, decide))
	}
	if len(open) > 0 {
		q.Options = append(q.Options, waiveOption(open), Option{ID: OptionLook, Label: "Look again", Consequence: "after you have switched something off yourself"})
	}
	if given := s.Choices.Waivers; len(given) > 0 {
		f := Field{ID: "lines", Label: "Take back", Kind: FieldMany}
		for _, w := range given {
			f.Choices = append(f.Choices, Choice{ID: w.ID, Label: w.Name, Note: w.Reason})
		}
		q.Options = append(q.Options, Option{ID: OptionUnwaive, Label: "Take a waiver back", Consequence: "its line is open again", Fields: []Field{f}})
	}
	return q
}

// unstop takes the word to stop an application back, so that it is asked about
// anew. The watch goes on where the downtime has begun.
func (s *State) unstop(app Ref) {
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
	return s.did(s.identity(Effect{Do: DoStopApp, App: m.Ref}))
}

// leftRunning reports whether a line is an application that this migration has
// not stopped, though it was to.
func (s *State) leftRunning(w Writer) bool {
	return slices.ContainsFunc(s.Choices.Memory, func(m AppMemory) bool {
		return w.ID == WriterApp.line(m.GUID) && m.State == Started && !s.wasStopped(m)
	})
}

// halt is what the wizard itself would stop.
type halt struct{ apps, tasks []Ref }

func (h halt) none() bool { return len(h.apps)+len(h.tasks) == 0 }

func (h halt) String() string {
	var parts []string
	if n := len(h.apps); n > 0 {
		parts = append(parts, "stop "+few(h.apps, "applications"))
	}
	if n := len(h.tasks); n > 0 {
		parts = append(parts, "cancel "+few(h.tasks, "tasks"))
	}
	return strings.Join(parts, ", ")
}

// few names one or two things, and counts more.
func few(refs []Ref, many string) string {
	if len(refs) > 2 {
		return fmt.Sprintf("%d %s", len(refs), many)
	}
	return names(refs)
}

func (s *State) halted(open []Writer) halt {
	var h halt
	for _, w := range open {
		_, guid, _ := strings.Cut(w.ID, ":")
		switch w.Fate {
		case FateStop:
			h.apps = append(h.apps, Ref{GUID: guid, Name: w.Name})
		case FateCancel:
			h.tasks = append(h.tasks, Ref{GUID: guid, Name: w.Name})
		}
	}
	return h
}

func (s *State) stopOption(h halt, decide int) Option {
	o := Option{ID: OptionStop, Label: "Nothing else writes: go on", Consequence: "the finalization asks once more"}
	if !h.none() {
		label := h.String()
		o = Option{
			ID: OptionStop, Label: strings.ToUpper(label[:1]) + label[1:], Undo: UndoWork,
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
	if s.Choices.Stop == nil {
		o.Fields = []Field{{
			ID: "limit", Label: "Ask me to decide after (minutes)", Kind: FieldText, Number: true, Optional: true,
			Default: fmt.Sprint(s.forecast().limit()), Help: "if the downtime lasts that long, the wizard asks: go on, or back out? 0: never",
		}}
	}
	return o
}

func waiveOption(open []Writer) Option {
	f := Field{ID: "lines", Label: "Which", Kind: FieldMany}
	for _, w := range open {
		f.Choices = append(f.Choices, Choice{ID: w.ID, Label: w.Name, Note: w.What})
		if w.Fate == FateDecide {
			f.Preset = append(f.Preset, w.ID)
		}
	}
	return Option{
		ID: OptionWaive, Label: "Say why some of it does no harm…", Undo: UndoWork,
		Consequence: "what it writes all the same is lost; your reason goes into the record",
		Fields:      []Field{f, {ID: "reason", Label: "Reason", Kind: FieldText, Help: "for example: schedules are switched off until tomorrow"}},
	}
}

// named puts a few lines of the census into a sentence.
func named(open []Writer) string {
	refs := make([]Ref, len(open))
	for i, w := range open {
		refs[i] = Ref{Name: w.Name}
	}
	return names(refs)
}

func (writersStep) decide(s *State, a Answer) {
	c := &s.Choices
	switch a.Option {
	case OptionLater:
		if c.GoOn = nil; !s.downtime() {
			c.Stop = nil
		}
	case OptionLook:
		s.overtake(SeeApps, SeeElsewhere, SeeSourceKeys, SeeShares)
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
			waivers = append(waivers, Waiver{ID: w.ID, Name: w.Name, Reason: reason, At: s.At, By: s.Facts.Session.User})
			s.remember(Moment{Kind: MomentWaiver, ID: w.ID, Object: w.Name, Status: string(FateWaived), Says: reason, By: s.Facts.Session.User})
		}
	}
	s.Choices.Waivers = waivers
}

// stopAll takes the word that stops what is open, after it has taken down how
// everything is.
func (s *State) stopAll(a Answer) {
	c := &s.Choices
	stop := StopChoice{At: s.At, By: s.Facts.Session.User}
	if c.Stop != nil {
		stop = *c.Stop
		stop.At, stop.By = s.At, s.Facts.Session.User
	} else {
		forecast := s.forecast()
		stop.Forecast = &forecast
		stop.setLimit(a.number("limit"))
	}
	lines := census(s)
	stop.Known, stop.Tasks = slices.Clone(stop.Known), slices.Clone(stop.Tasks)
	for _, w := range lines {
		if !slices.Contains(stop.Known, w.ID) {
			stop.Known = append(stop.Known, w.ID)
		}
		if _, guid, _ := strings.Cut(w.ID, ":"); w.Fate == FateCancel && !slices.Contains(stop.Tasks, guid) {
			stop.Tasks = append(stop.Tasks, guid)
		}
	}
	memory := slices.Clone(c.Memory)
	for _, app := range s.bound() {
		if s.memoryOf(app.GUID) == nil {
			memory = append(memory, remembered(app))
		}
		if app.State == Started { // the word is about this one, again or for the first time
			delete(s.Did, s.identity(Effect{Do: DoStopApp, App: app.Ref}))
		}
	}
	c.Stop, c.Memory = &stop, memory
	s.overtake(SeeApps)
}

// remembered takes down how an application is, before anything is done to it.
func remembered(a App) AppMemory {
	m := AppMemory{Ref: a.Ref, SpaceGUID: a.SpaceGUID, State: a.State, Processes: a.Processes}
	if a.Source != nil {
		m.Binding = &BoundMemory{Name: a.Source.Name, Params: Params{Raw: a.Source.Params, Known: a.Source.ParamsKnown}}
	}
	return m
}

func (writersStep) show(s *State, now time.Time) []Item {
	if !s.seenWriters() {
		return []Item{quiet("Looking who can write to the source…")}
	}
	items := append(s.clock(now), s.freeze(now)...)
	lines := census(s)
	slices.SortStableFunc(lines, func(a, b Writer) int { return a.Fate.rank() - b.Fate.rank() })
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

// rank puts what the person has to settle first, and what is settled last.
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
	case FateWaived:
		return Item{Kind: ItemRow, Tone: Good, Cells: []string{w.Name, "waived", w.What, w.Note}}
	}
	return Item{Kind: ItemRow, Tone: tone, Cells: []string{w.Name, fate, w.What, w.Why}}
}

// clock is the downtime so far, beside what was forecast.
func (s *State) clock(now time.Time) []Item {
	d := LastDowntime(*s)
	switch {
	case d.Begin.IsZero():
		return nil
	case d.End.IsZero():
		d := max(now.Sub(d.Begin), 0)
		text := fmt.Sprintf("DOWNTIME %02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
		if d >= time.Hour {
			text = fmt.Sprintf("DOWNTIME %d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
		}
		if c := s.Choices.Stop; c != nil && c.Forecast != nil {
			text += " of " + between(c.Forecast.Total())
		}
		return []Item{{Kind: ItemHeadline, Tone: Warn, Text: text, Label: "your applications are down", Clock: true, Key: "DOWNTIME"}}
	}
	return []Item{{Kind: ItemHeadline, Tone: Good, Text: "UP AGAIN", Label: "after " + lasting(d.End.Sub(d.Begin)) + " of downtime"}}
}
