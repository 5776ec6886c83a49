package tui

import (
	"fmt"
	"strconv"
	"strings"

	"pg-migrate-wizard/steps"
)

// listedAtOnce is how many entries of a long list are printed at a time.
const listedAtOnce = 20

// narrowable is how many entries make a list long.
const narrowable = 9

// offered lists the options that can be chosen by number. Where something is
// under way, staying needs no number.
func offered(q *steps.Question) []steps.Option {
	if !q.Waiting() {
		return q.Options
	}
	var list []steps.Option
	for _, o := range q.Options {
		if !o.Wait {
			list = append(list, o)
		}
	}
	return list
}

// sayQuestion prints a question with its options.
func (p *Plain) sayQuestion(q *steps.Question) {
	p.shown = q
	if p.in != nil {
		p.in.printed.Add(1)
	}
	p.out.blank()
	label := "Question"
	switch {
	case q.Waiting():
		label = "Under way"
	case q.Tone == steps.Bad:
		label = "Question, something went wrong"
	case q.Tone == steps.Warn:
		label = "Question, please read"
	}
	p.out.say("%s: %s", label, q.Title)
	if q.Why != "" {
		p.out.say("%s", withMore(q.Why, p.more(q.More)))
	}
	if q.Copy != "" {
		p.out.copyable(q.Copy)
	}
	options := offered(q)
	if p.o.Auto && q.Waiting() {
		return
	}
	if q.Waiting() && len(options) > 0 {
		p.out.say("Meanwhile you can choose:")
	}
	for i, o := range options {
		if q.Search && i == listedAtOnce {
			p.out.say("%d more are not listed. Type a part of a name to narrow the list.", len(options)-i)
			break
		}
		p.sayOption(q, i, o)
	}
	if !p.o.Auto {
		p.sayPrompt(q)
	}
}

func (p *Plain) sayOption(q *steps.Question, i int, o steps.Option) {
	line := strconv.Itoa(i+1) + ". " + o.Label
	if o.ID == q.Recommended && !q.Waiting() {
		line += " (recommended)"
	}
	if o.Consequence != "" {
		line += ": " + o.Consequence
	}
	p.out.say("%s", sentence(line))
	if o.Blocked != "" {
		p.out.sub("Not possible now: %s", sentence(obstacle(o)))
		return
	}
	switch {
	case o.Undo == steps.UndoNever && o.Typed != "":
		p.out.sub("Cannot be undone. You will be asked to type %s.", o.Typed)
	case o.Undo == steps.UndoNever:
		p.out.sub("Cannot be undone.")
	case o.Undo == steps.UndoWork:
		p.out.sub("Can be undone, with work.")
	case o.Typed != "":
		p.out.sub("You will be asked to type %s.", o.Typed)
	}
}

// sayPrompt says what can be typed now.
func (p *Plain) sayPrompt(q *steps.Question) {
	if q == nil {
		p.out.say("Nothing is asked at the moment. Type ? for help.")
		return
	}
	switch n := len(offered(q)); {
	case n == 0 && q.Waiting():
		p.out.say("There is nothing to choose: the wizard goes on by itself.")
	case q.Waiting():
		p.out.say("Type %s, or simply wait. ? is for help.", numbers(n))
	case q.Search:
		p.out.say("Type a number, a part of a name to narrow the list, or ? for help.")
	default:
		p.out.say("Type %s, or ? for help.", numbers(n))
	}
}

func numbers(n int) string {
	switch n {
	case 1:
		return "1"
	case 2:
		return "1 or 2"
	}
	return fmt.Sprintf("a number from 1 to %d", n)
}

// pick reads a number of a list of n; it says what is wrong with any other text.
func (p *Plain) pick(text string, n int) (int, bool) {
	i, err := strconv.Atoi(strings.TrimSuffix(text, "."))
	if err != nil || i < 1 || i > n {
		return 0, false
	}
	return i - 1, true
}

// narrow prints the entries of a long list that hold a text.
func (p *Plain) narrow(text string, labels []string, print func(i int)) {
	found := 0
	for i, label := range labels {
		if !strings.Contains(strings.ToLower(label), strings.ToLower(text)) {
			continue
		}
		if found++; found <= listedAtOnce {
			print(i)
		}
	}
	switch {
	case found == 0:
		p.out.say("Nothing in the list holds that. Type another part of a name, or a number.")
	case found > listedAtOnce: // it is a part of what is listed: no secret
		p.out.say("%d more hold %q. Type more of the name, or a number.", found-listedAtOnce, text)
	default:
		p.out.say("%d of %d hold %q. Type the number of one to choose it.", found, len(labels), text)
	}
}
