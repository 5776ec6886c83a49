package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

// Words that work at every prompt.
const (
	wordGuide    = "guide"
	wordCommands = "commands"
	wordLog      = "log"
	wordSteps    = "steps"
	wordAgain    = "again"
	wordBackOut  = "back"
	wordReport   = "report"
	wordLook     = "look"
	wordHelp     = "help"
	wordQuit     = "quit"
)

var plainWords = []struct{ name, short, does string }{
	{wordGuide, "g", "what this step is for, and what to watch out for"},
	{wordCommands, "c", "the cf and curl lines that do the same by hand"},
	{wordLog, "l", "the last requests that the wizard made"},
	{wordSteps, "s", "all steps, and where each stands; with a number, like s 4, look at that step and what can still be changed of it"},
	{wordAgain, "a", "read this step and its question again; what is half answered is left, and nothing is done"},
	{wordBackOut, "b", "the way back: what would be undone and what would be lost, then the question whether to back out"},
	{wordReport, "r", "write the report of this migration, as it is now"},
	{wordLook, "u", "look at everything again, now"},
	{wordHelp, "?", "this help"},
	{wordQuit, "q", "quit; you can come back"},
}

// wordOf recognises a word and what follows it.
func wordOf(line string) (name, arg string, ok bool) {
	fields := strings.Fields(line)
	if len(fields) == 0 || len(fields) > 2 {
		return "", "", false
	}
	for _, w := range plainWords {
		said := strings.ToLower(fields[0])
		if said != w.name && said != w.short {
			continue
		}
		if len(fields) == 1 {
			return w.name, "", true
		}
		return w.name, fields[1], w.name == wordSteps
	}
	return "", "", false
}

// word does what a word says.
func (p *Plain) word(name, arg string) {
	switch name {
	case wordGuide:
		p.sayGuide(p.viewed())
	case wordCommands:
		p.sayCommands(p.viewed())
	case wordLog:
		p.sayRequests()
	case wordSteps:
		if arg == "" {
			p.saySteps()
		} else {
			p.turnTo(arg)
		}
	case wordAgain:
		p.sayAgain(p.step)
	case wordBackOut:
		p.goBack()
	case wordReport:
		p.saveReport()
	case wordLook:
		p.out.say("Looking again.")
		p.shown = nil
		p.m.LookAgain()
	case wordHelp:
		p.sayHelp()
	case wordQuit:
		p.quit()
	}
}

// quit leaves on the person's word. While applications are down it takes two: nobody
// leaves them so by a slip of the finger. The lines of a pipe are meant.
func (p *Plain) quit() {
	if d := steps.LastDowntime(p.now.State); p.o.Terminal && !p.quitting && !d.Begin.IsZero() && d.End.IsZero() {
		p.quitting = true
		p.out.say("Your applications are down. Quit all the same? Type q once more; any other line stays here.")
		return
	}
	p.result.Quit, p.result.Question = true, p.question
	p.leave()
}

// staying takes the line behind a quit that was not meant. It answers nothing.
func (p *Plain) staying(name string) bool {
	if !p.quitting || name == wordQuit {
		return false
	}
	p.quitting = false
	p.out.say("You stay. Nothing was done.")
	return true
}

// viewed is the step that is being talked about.
func (p *Plain) viewed() steps.ID {
	if p.revising != "" {
		return p.revising
	}
	return p.step
}

func (p *Plain) sayHelp() {
	p.out.blank()
	p.out.say("Help. A question is answered with the number of a choice. Nothing is ever chosen by an empty line.")
	p.out.say("These words work at every prompt:")
	for _, w := range plainWords {
		p.out.say("%s or %s: %s.", w.short, w.name, w.does)
	}
	p.out.say("A value that looks like one of these words is typed with = before it.")
}

func (p *Plain) sayGuide(id steps.ID) {
	g := id.Guide()
	p.out.blank()
	p.out.say("Guide to the step %s.", id.Title())
	p.out.say("What: %s", g.What)
	p.out.say("Why: %s", g.Why)
	for _, tip := range g.Tips {
		p.out.say("Good to know: %s", tip)
	}
}

func (p *Plain) sayCommands(id steps.ID) {
	p.out.blank()
	commands := steps.Commands(p.now.State, id)
	if len(commands) == 0 {
		p.out.say("Nothing of the step %s can be done by hand at the moment.", id.Title())
		return
	}
	p.out.say("The step %s by hand:", id.Title())
	for _, c := range commands {
		p.out.say("%s:", capital(c.Does))
		p.out.copyable(p.o.Command(c.Line))
	}
}

// loggedAtOnce is how many requests the log shows.
const loggedAtOnce = 20

func (p *Plain) sayRequests() {
	list, total := p.m.Requests()
	p.out.blank()
	if n := len(list) - loggedAtOnce; n > 0 {
		list = list[n:]
	}
	if len(list) == 0 {
		p.out.say("Requests so far: none.")
		return
	}
	p.out.say("Requests so far: %d. The last %d, the newest at the end:", total, len(list))
	for _, r := range list {
		p.out.say("%s", requestLine(r))
	}
}

func requestLine(r engine.Request) string {
	line := fmt.Sprintf("%s, %s: %s %s, ", r.At.Format("15:04:05"), r.Service, r.Method, r.Path)
	if r.Status == 0 {
		line += "no answer: " + r.Failure
	} else {
		line += "status " + strconv.Itoa(r.Status)
	}
	line += ", " + r.Took.Round(time.Millisecond).String()
	if r.RequestID != "" {
		line += ", request id " + r.RequestID
	}
	return line
}

// statusWords are what a step can be, for people.
var statusWords = map[steps.Status]string{
	steps.Todo:      "to come",
	steps.Asking:    "waits for your answer",
	steps.Working:   "under way",
	steps.Attention: "needs your attention",
	steps.Done:      "done",
	steps.Skipped:   "given up",
}

func (p *Plain) saySteps() {
	p.out.blank()
	for _, id := range steps.Road() {
		p.out.say("%s", p.stepLine(id))
	}
	if p.step == steps.BackOut {
		p.out.say("%s", p.stepLine(steps.BackOut))
	}
}

func (p *Plain) stepLine(id steps.ID) string {
	s := p.now.State
	line := id.Title() + ": " + statusWords[steps.StatusOf(s, id)]
	if n := id.Number(); n > 0 {
		line = strconv.Itoa(n) + ". " + line
	}
	if b := steps.Badge(s, id); b != "" {
		line += ", " + b
	}
	if begin, end := steps.Span(s, id); !end.IsZero() {
		line += ", took " + steps.Lasting(end.Sub(begin))
	}
	return line
}

// turnTo looks at a step by its number. That changes what is said, never the
// world.
func (p *Plain) turnTo(number string) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(steps.Road()) {
		p.out.say("There is no such step; they have numbers from 1 to %d.", len(steps.Road()))
		return
	}
	id := steps.Road()[n-1]
	p.sayAgain(id)
	switch {
	case id == p.step:
	case steps.Revise(p.now.State, id) != nil:
		p.revising = id
		p.out.say("The word again leads to where the migration stands.")
	default:
		p.out.say("Nothing of it can be changed at the moment.")
	}
}

// sayAgain says everything about a step, and whatever is asked then.
func (p *Plain) sayAgain(id steps.ID) {
	p.stayHere()
	p.out.blank()
	if n := id.Number(); n > 0 {
		p.out.say("Looking at step %s", p.stepLine(id))
	} else {
		p.out.say("Looking at %s", p.stepLine(id))
	}
	for _, it := range steps.Show(p.now.State, id, time.Now()) {
		for _, l := range itemLines(it) {
			p.out.say("%s", l)
		}
	}
}

// goBack says what backing out means now, and asks whether to.
func (p *Plain) goBack() {
	p.stayHere()
	p.sayCard(steps.BackOutPlan(p.now.State))
	if steps.AskBackOut(p.now.State) != nil {
		p.backing = true
	}
}

// stayHere leaves whatever is asked beside the road.
func (p *Plain) stayHere() {
	p.revising, p.backing, p.shown = "", false, nil
}

func (p *Plain) sayCard(card steps.Card) {
	p.out.blank()
	p.out.say("The way back.")
	if !card.Possible {
		p.out.say("%s", card.Why)
		return
	}
	p.out.say("If you back out: %s", sentence(card.Outcome))
	if len(card.ToDo()) > 0 {
		p.out.say("What is done, in this order:")
		for i, l := range card.ToDo() {
			p.out.sub("%d. %s", i+1, sentence(l))
		}
	}
	for _, l := range card.Cannot {
		p.out.say("What stays as it is: %s", l)
	}
	if steps.AskBackOut(p.now.State) == nil {
		p.out.say(signInFirst)
	}
}

func (p *Plain) saveReport() {
	if p.o.SaveReport == nil {
		p.out.say("No report can be written here.")
		return
	}
	p.out.say("%s", SavedWords(p.o.SaveReport(p.now.State)))
}
