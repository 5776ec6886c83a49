package report

import (
	"slices"
	"sort"
	"strings"

	"pg-migrate-wizard/steps"
)

// requests lists those that failed or got no clear answer.
func (b *builder) requests() []Request {
	var list []Request
	for i, m := range b.s.History {
		if !m.Is(steps.MomentEffect, steps.OutcomeFailed) && !m.Is(steps.MomentEffect, steps.OutcomeUnclear) {
			continue
		}
		list = append(list, Request{
			At: m.At, Round: m.Round, Request: m.Object, Outcome: m.Status, Message: m.Says, Status: m.HTTPStatus, RequestID: m.RequestID, Verb: string(m.Verb), ID: m.ID,
			DoneAt: b.next(i, func(later steps.Moment) bool { return later.Done() && m.ID != "" && later.ID == m.ID }),
		})
	}
	return list
}

// removals lists what was deleted.
func (b *builder) removals() []Removal {
	var list []Removal
	for _, m := range b.s.History {
		if m.Done() && m.Verb.Deletes() {
			list = append(list, Removal{At: m.At, Round: m.Round, What: m.Object, Verb: string(m.Verb), ID: m.ID})
		}
	}
	return list
}

// decisions lists the decision points. The record has the time of the next one
// only: when an earlier one was asked is known as long as nothing has moved that
// time on.
func (b *builder) decisions() []Decision {
	var list []Decision
	for _, m := range b.s.History {
		if !m.Answers(steps.QuestionDecision) {
			continue
		}
		d := Decision{Round: m.Round, Answered: m.At, Answer: m.Status, By: m.By}
		if stop := steps.CutOverAt(b.cutOvers, m.At).Stop; stop != nil {
			on := m.Status == steps.OptionGoOn
			switch asked := !stop.AskAfter.After(m.At); {
			case asked && !on:
				d.Asked = stop.AskAfter
			case !asked && on && stop.AskAfter.Equal(m.At.Add(stop.Limit.Duration())):
				d.Again = int(stop.Limit)
			}
		}
		list = append(list, d)
	}
	if q := steps.Ask(b.s); q != nil && q.ID == steps.QuestionDecision {
		list = append(list, Decision{Round: b.s.Choices.Round, Asked: b.s.Choices.Stop.AskAfter})
	}
	return list
}

// alarms lists what somebody else did and should not have: writers that came back, and
// changes of what the migration relies on.
func (b *builder) alarms() []Alarm {
	var list []Alarm
	for _, a := range steps.Alarms(b.s) {
		kind, guid, _ := strings.Cut(a.ID, ":") // docs/journal.md
		if kind == "chosen-key" {
			guid = "" // known by its side
		}
		if change, ok := changes[kind]; ok {
			kind = change
		}
		span := b.span(a.Since, a.Until)
		a.Since, a.Until = a.Since.In(b.at.Location()), a.Until.In(b.at.Location())
		list = append(list, Alarm{
			Round: a.Round, Kind: kind, Writer: !a.Drift(), Name: a.Name, GUID: guid, What: a.What, Means: a.Meaning(b.s), Side: a.Side, Span: span,
		})
	}
	return list
}

// changes are the kinds of alarms about what the migration relies on, by the beginning
// of their identities.
var changes = map[string]string{
	"instance": "changed-instance", "chosen-key": "changed-key", "space": "changed-space", "cf-user": "changed-user",
}

// waivers lists all that were given, oldest first: of the present cut-over, of
// cut-overs that were taken back, and those that were withdrawn.
func (b *builder) waivers() []Waiver {
	var list []Waiver
	add := func(w steps.Waiver, round int, former, withdrawn bool) {
		kind, _, _ := strings.Cut(w.ID, ":")
		list = append(list, Waiver{round, kind, w.Name, w.Reason, w.At, w.By, former, withdrawn, w.Side.OrSource()})
	}
	for _, c := range b.cutOvers {
		for _, w := range c.Waivers {
			add(w, c.Round, c.Taken, false)
		}
	}
	for _, m := range b.s.History {
		kept := func(c steps.CutOver) bool {
			return slices.ContainsFunc(c.Waivers, func(w steps.Waiver) bool { return w.ID == m.ID && w.At.Equal(m.At) })
		}
		if m.Kind == steps.MomentWaiver && !slices.ContainsFunc(b.cutOvers, kept) {
			add(steps.Waiver{ID: m.ID, Name: m.Object, Reason: m.Says, At: m.At, By: m.By, Side: m.Side}, m.Round, false, true)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].At.Before(list[j].At) })
	return list
}
