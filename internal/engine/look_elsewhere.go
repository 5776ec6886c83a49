package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// unseenService is a service instance that an application is bound to and that
// the login may not look at: it may be a scheduler. The other kinds of what was
// not seen are cfsession's.
const unseenService = "service"

// lookElsewhere finds who can reach the source otherwise than by a binding: who
// names its address, in its own space and in those that it is shared with, and
// which schedulers the applications are bound to. What the login may not look
// into is named too: it may hold more.
func (e *Engine) lookElsewhere(ctx context.Context, p Platform, o steps.Observation, s steps.State) (steps.Occurrence, error) {
	source := *s.Choices.Source
	bindings, err := p.Bindings(ctx, source.GUID)
	if err != nil && !cfsession.IsNotFound(err) {
		return nil, err
	}
	seen := steps.SawElsewhere{Observation: o}
	found := &seen.Elsewhere
	mark, err := e.hostOfSource(ctx, p, s, bindings)
	switch {
	case err != nil:
		return nil, err
	case mark.IsZero():
		found.Unseen = append(found.Unseen, steps.Unseen{
			Ref: source, Kind: unseenService, Why: "none of its keys and bindings shows this login an address that could be looked for, so nobody who uses it otherwise can be found",
		})
	default:
		if err := lookMentions(ctx, p, s, mark, found); err != nil {
			return nil, err
		}
	}
	err = lookSchedulers(ctx, p, s, bindings, found)
	return seen, err
}

// bindingsWorthReading is how many bindings are asked for the address when no
// key tells it: who may not see the credentials of some may see none.
const bindingsWorthReading = 3

// hostOfSource marks the source's address, which every key and binding of it
// names: the migration's own key first. Zero when none may be seen.
func (e *Engine) hostOfSource(ctx context.Context, p Platform, s steps.State, bindings []cfsession.Binding) (cfsession.HostMark, error) {
	var guids []string
	for _, k := range s.Facts.SourceKeys {
		switch {
		case k.Operation.Busy():
		case s.Choices.SourceKey != nil && k.Name == s.Choices.SourceKey.Name:
			guids = slices.Insert(guids, 0, k.GUID)
		case k.Usable == steps.Yes:
			guids = append(guids, k.GUID)
		}
	}
	for _, b := range bindings[:min(len(bindings), bindingsWorthReading)] {
		guids = append(guids, b.GUID)
	}
	for _, guid := range guids {
		if mark, known := e.hosts.Load(guid); known {
			return mark.(cfsession.HostMark), nil //nolint:forcetypeassert // only marks are stored
		}
		mark, err := p.HostOf(ctx, guid)
		switch {
		case cfsession.IsNotFound(err), cfsession.IsForbidden(err):
		case err != nil:
			return cfsession.HostMark{}, err
		case mark.IsZero(): // another one may name it in a way that is understood
		default:
			e.hosts.Store(guid, mark)
			return mark, nil
		}
	}
	return cfsession.HostMark{}, nil
}

// lookMentions looks who names the address, and how the applications are that
// use it so.
func lookMentions(ctx context.Context, p Platform, s steps.State, mark cfsession.HostMark, found *steps.Elsewhere) error {
	shares, err := sharesOf(ctx, p, s.Choices.Source)
	if err != nil {
		return err
	}
	spaces := []steps.Ref{s.Choices.Where.Space}
	for _, share := range shares {
		if share.Space.GUID != spaces[0].GUID {
			spaces = append(spaces, share.Space)
		}
	}
	for _, space := range spaces {
		mentions, err := p.Mentions(ctx, space.GUID, []cfsession.HostMark{mark})
		if unseen, partly := errors.AsType[*cfsession.UnseenError](err); partly {
			for _, u := range unseen.Unseen {
				found.Unseen = append(found.Unseen, unseenPlace(u, space))
			}
		} else if err != nil {
			return err
		}
		for _, m := range mentions {
			found.Mentions = append(found.Mentions, mention(m))
		}
	}
	apps, err := readApps(ctx, p, mentionedApps(found.Mentions))
	if err != nil {
		return err
	}
	for _, m := range found.Mentions {
		for i := range m.Apps {
			m.Apps[i] = *apps[m.Apps[i].GUID]
		}
	}
	return nil
}

func mention(m cfsession.Mention) steps.Mention {
	out := steps.Mention{Ref: steps.Ref{GUID: m.GUID, Name: m.Name}, Kind: m.Kind, Variables: m.Variables}
	users := m.BoundApps
	if m.Kind == steps.MentionEnvironment {
		users = []cfsession.Ref{{GUID: m.GUID, Name: m.Name}}
	}
	for _, app := range users {
		out.Apps = append(out.Apps, steps.App{Ref: steps.Ref(app)})
	}
	return out
}

func unseenPlace(u cfsession.Unseen, space steps.Ref) steps.Unseen {
	out := steps.Unseen{Ref: steps.Ref{GUID: u.GUID, Name: u.Name}, Kind: u.Kind, Why: problemOf(u.Err).Says}
	switch {
	case cfsession.IsForbidden(u.Err):
		out.Why = "this login lacks the right to look into it"
	case cfsession.IsNotFound(u.Err):
		out.Why = "it is not there, or this login may not see it"
	}
	if out.Name == "" && u.GUID == space.GUID {
		out.Name = space.Name
	}
	return out
}

// lookSchedulers finds the services that can start tasks of the applications
// that are bound to the source, or call them.
func lookSchedulers(ctx context.Context, p Platform, s steps.State, bindings []cfsession.Binding, found *steps.Elsewhere) error {
	var guids []string
	for _, b := range bindings {
		guids = append(guids, b.App.GUID)
	}
	services, err := p.BoundServices(ctx, guids)
	if err != nil {
		return err
	}
	for _, service := range services {
		instance, app := steps.Ref(service.Instance), steps.Ref(service.App)
		switch {
		case s.Choices.Source.GUID == instance.GUID, s.Choices.Target != nil && s.Choices.Target.GUID == instance.GUID:
		case instance.Name == "":
			if !slices.ContainsFunc(found.Unseen, func(u steps.Unseen) bool { return u.GUID == instance.GUID }) {
				found.Unseen = append(found.Unseen, steps.Unseen{
					Ref: instance, Kind: unseenService, Why: "a service of " + app.Name + " that this login may not see",
				})
			}
		case strings.Contains(strings.ToLower(service.Offering), "scheduler"): // SAP's is jobscheduler
			i := slices.IndexFunc(found.Schedulers, func(s steps.Scheduler) bool { return s.GUID == instance.GUID })
			if i < 0 {
				i = len(found.Schedulers)
				found.Schedulers = append(found.Schedulers, steps.Scheduler{Ref: instance, Offering: service.Offering})
			}
			found.Schedulers[i].Apps = append(found.Schedulers[i].Apps, app)
		}
	}
	return nil
}

// lookShares reads with which spaces source and target are shared.
func lookShares(ctx context.Context, p Platform, o steps.Observation, s steps.State) (steps.Occurrence, error) {
	seen := steps.SawShares{Observation: o, Shares: map[steps.Side][]steps.Share{}}
	for side, instance := range map[steps.Side]*steps.Ref{steps.Source: s.Choices.Source, steps.Target: s.Choices.Target} {
		shares, err := sharesOf(ctx, p, instance)
		if err != nil {
			return nil, err
		}
		seen.Shares[side] = shares
	}
	return seen, nil
}

// sharesOf are the spaces that an instance is shared with; of one that is gone
// none.
func sharesOf(ctx context.Context, p Platform, instance *steps.Ref) ([]steps.Share, error) {
	if instance == nil {
		return nil, nil
	}
	shared, err := p.SharedSpaces(ctx, instance.GUID)
	if err != nil && !cfsession.IsNotFound(err) {
		return nil, err
	}
	var shares []steps.Share
	for _, to := range shared {
		shares = append(shares, steps.Share{Space: steps.Ref(to.Space), Org: steps.Ref(to.Org)})
	}
	return shares, nil
}
