package plan

import (
	"slices"
	"time"

	"pg-migrate-wizard/steps"
)

// answerSwitch says how the applications come to the target. What somebody else
// has stopped stays stopped: no plan can know whether it was running.
func answerSwitch(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if err := p.checkApps(s); err != nil {
		return reply{}, err
	}
	r := reply{option: steps.OptionSwitch, values: map[string][]string{}}
	if c := p.Switch; c.Canary != "" || len(c.Green) > 0 || len(c.Order) > 0 || len(c.Restage) > 0 || c.How == Restage {
		if _, can := q.Option(steps.OptionArrange); can { // not where no application runs
			r.option = steps.OptionArrange
		}
	}
	o, _ := q.Option(r.option)
	names := map[string][]string{"order": p.Switch.Order, "restage": p.Switch.Restage, "green": p.Switch.Green}
	if c := p.Switch.Canary; c != "" {
		names["canary"] = []string{c}
	}
	for _, f := range o.Fields {
		if of, ok := names[f.ID]; ok {
			r.values[f.ID] = byNames(f.Choices, of...)
		}
		if f.ID == "restage" && p.Switch.How == Restage {
			for _, c := range f.Choices {
				r.values[f.ID] = append(r.values[f.ID], c.ID)
			}
		}
	}
	return r, nil
}

// answerCanary is asked when what goes first is healthy. The plan has said before what
// becomes of the others.
func answerCanary(p Plan, q *steps.Question, _ *steps.State) (reply, error) {
	if _, can := q.Option(steps.OptionLeave); can && p.Switch.Blue == BlueStay {
		return reply{option: steps.OptionLeave}, nil
	}
	return reply{option: steps.OptionGoOn}, nil
}

// byNames returns the identities of the choices with these names, in the order
// of the names. An application that does not run is no choice, and needs none.
func byNames(choices []steps.Choice, names ...string) []string {
	var ids []string
	for _, n := range names {
		for _, c := range choices {
			if c.Label == n {
				ids = append(ids, c.ID)
			}
		}
	}
	return ids
}

// checkApps checks that the applications under switch exist. It is done before the
// downtime, when there is time to correct the plan.
func (p Plan) checkApps(s *steps.State) error {
	there, running := map[string]bool{}, map[string]int{}
	add := func(name, state string) {
		there[name] = true
		if state == steps.Started {
			running[name]++
		}
	}
	for _, m := range s.Choices.Memory {
		add(m.Name, m.State)
	}
	for _, a := range s.Facts.Apps {
		if a.Source != nil && !a.Gone && !slices.ContainsFunc(s.Choices.Memory, func(m steps.AppMemory) bool { return m.GUID == a.GUID }) {
			add(a.Name, a.State)
		}
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{KeyRestage, p.Switch.Restage}, {KeyOrder, p.Switch.Order}} {
		for _, n := range list.names {
			if !there[n] {
				return open(list.key, NoSuchApp, n)
			}
		}
	}
	for _, n := range p.Switch.Green {
		if !onTarget(s, n) {
			return open(KeyGreen, NoSuchGreen, n)
		}
	}
	switch c := p.Switch.Canary; {
	case c == "":
	case !there[c]:
		return open(KeyCanary, NoSuchApp, c)
	case running[c] == 0:
		return open(KeyCanary, CanaryStopped, c)
	case running[c] > 1:
		return open(KeyCanary, SeveralApps, running[c], c)
	}
	return nil
}

// onTarget reports whether an application of that name is bound to the target.
func onTarget(s *steps.State, name string) bool {
	return slices.ContainsFunc(s.Facts.Apps, func(a steps.App) bool { return a.Name == name && a.Target != nil && !a.Gone })
}

// answerUnhealthy waits for applications that were started and do not run, as long
// as the plan has patience. Then the switch has failed.
func answerUnhealthy(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if s.At.Sub(lastStart(s)) < p.Switch.Patience {
		return reply{option: steps.OptionWait}, nil
	}
	ill := steps.Unhealthy(*s)
	for _, a := range ill {
		if a.Healthy == steps.No {
			return failed(p, q, s)
		}
	}
	if len(ill) > 0 { // they may well run: nothing is taken back for want of a look
		return reply{}, open("", AppNotHealthy, ill[0].Name, ill[0].Ailment)
	}
	return failed(p, q, s)
}

// lastStart is when the last application was started on the target: then, all
// had their time.
func lastStart(s *steps.State) time.Time {
	var at time.Time
	if s.Choices.Switch != nil {
		at = s.Choices.Switch.At
	}
	started := s.History.Last(s.Choices.Round, func(m *steps.Moment) bool { return m.Is(steps.MomentApp, steps.AppStarted) })
	if started != nil && started.At.After(at) {
		return started.At
	}
	return at
}

// answerAlarm leaves it to a person to compare the databases: no plan can know what a
// writer has written.
func answerAlarm(_ Plan, q *steps.Question, s *steps.State) (reply, error) {
	if err := lossOpen("", s); err != nil {
		return reply{}, err
	}
	return reply{}, open("", WritesMayBeLost, q.Title)
}

// lossOpen is why nothing is deleted while an alarm is open that may have cost writes;
// nil: none is.
func lossOpen(key string, s *steps.State) error {
	if open := steps.LossAlarms(*s); len(open) > 0 {
		return Open(nil, key, WritesMayBeLost, open[0].Meaning(*s))
	}
	return nil
}

// heldUp answers where requests keep failing. What cannot be removed of the side that the
// applications leave keeps none of them down: it is left there. A way back that is barred
// is given up once for the way on, where that loses nothing. Else it is a failure.
func heldUp(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if o, _ := q.Option(steps.OptionForward); o.ID != "" && !o.Irreversible() && answered(s, q, o.ID) == 0 {
		return reply{option: o.ID}, nil
	}
	if _, can := q.Option(steps.OptionLeaveOld); can {
		return reply{option: steps.OptionLeaveOld}, nil
	}
	return failed(p, q, s)
}

// answerNotUp answers about applications that ran before and are not up. On the way they
// are held up. Once they were up, somebody else has taken them down, and no plan knows why.
func answerNotUp(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	if q.Step != steps.Validate && q.Step != steps.CleanUp {
		return heldUp(p, q, s)
	}
	for _, m := range steps.NotUp(*s) {
		for _, a := range s.Facts.Apps {
			switch {
			case a.GUID != m.GUID:
			case a.State == steps.Started && a.Ill():
				return reply{}, open("", AppNotHealthy, a.Name, a.Ailment)
			default:
				return reply{}, open("", AppNotUp, a.Name)
			}
		}
	}
	return reply{}, open("", AppNotUp, q.Title)
}

// answerValidate takes applications that run as working, because a plan that cleans up
// says so. One that was looked at and not seen to be well does not work, nor one that ran
// before and is not up, whatever is asked.
func answerValidate(p Plan, q *steps.Question, s *steps.State) (reply, error) {
	for _, a := range s.Facts.Apps {
		if a.Target != nil && a.Ill() {
			return reply{}, open("", AppNotHealthy, a.Name, a.Ailment)
		}
	}
	if err := lossOpen("", s); err != nil {
		return reply{}, err
	}
	if down := steps.NotUp(*s); len(down) > 0 {
		return reply{}, open("", AppNotUp, down[0].Name)
	}
	if r, says := p.closing(q, s); says {
		return r, nil
	}
	return reply{option: steps.OptionYes}, nil
}
