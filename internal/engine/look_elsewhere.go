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

// watchedSide is a database that nothing may write to, as a look finds who could.
type watchedSide struct {
	side     steps.Side
	instance steps.Ref
	bindings []cfsession.Binding
	mark     cfsession.HostMark // of its address; zero: not known
}

// lookElsewhere finds who can reach source or target otherwise than by a binding: who
// names an address of theirs, in their own space and in those that they are shared with,
// and which schedulers the applications are bound to. What the login may not look into is
// named too: it may hold more. Both sides are looked for in the same lists.
func (e *Engine) lookElsewhere(ctx context.Context, p Platform, o steps.Observation, s steps.State) (steps.Occurrence, error) {
	var sides []*watchedSide
	var guids []string
	for side, instance := range steps.WatchedSides(s) {
		sides, guids = append(sides, &watchedSide{side: side, instance: instance}), append(guids, instance.GUID)
	}
	bindings, err := p.Bindings(ctx, guids...)
	if err != nil && !cfsession.IsNotFound(err) {
		return nil, err
	}
	seen := steps.SawElsewhere{Observation: o}
	found := &seen.Elsewhere
	var known []*watchedSide
	for _, x := range sides {
		x.bindings = slices.DeleteFunc(slices.Clone(bindings), func(b cfsession.Binding) bool { return b.InstanceGUID != x.instance.GUID })
		guids := x.tellingAddress(s)
		if x.mark, err = e.hostOf(ctx, p, guids); err != nil {
			return nil, err
		}
		switch {
		case !x.mark.IsZero():
			known = append(known, x)
		case x.side == steps.Target && len(guids) == 0: // nobody was ever told its address
		default:
			found.Unseen = append(found.Unseen, steps.Unseen{
				Ref: x.instance, Side: x.side, Kind: unseenService,
				Why: "none of its keys and bindings shows this login an address that could be looked for, so nobody who uses it otherwise can be found",
			})
		}
	}
	if len(known) > 0 {
		if err := lookMentions(ctx, p, s, known, found); err != nil {
			return nil, err
		}
	}
	err = lookSchedulers(ctx, p, s, sides, found)
	return seen, err
}

// bindingsWorthReading is how many bindings are asked for the address when no
// key tells it: who may not see the credentials of some may see none.
const bindingsWorthReading = 3

// tellingAddress lists the keys and bindings that name a database's address: the
// migration's own key first.
func (x *watchedSide) tellingAddress(s steps.State) []string {
	keys, chosen := s.Facts.SourceKeys, s.Choices.SourceKey
	if x.side == steps.Target {
		keys, chosen = s.Facts.TargetKeys, s.Choices.TargetKey
	}
	var guids []string
	for _, k := range keys {
		switch {
		case k.Operation.Busy():
		case chosen != nil && k.Name == chosen.Name:
			guids = slices.Insert(guids, 0, k.GUID)
		case k.Usable == steps.Yes:
			guids = append(guids, k.GUID)
		}
	}
	for _, b := range x.bindings[:min(len(x.bindings), bindingsWorthReading)] {
		guids = append(guids, b.GUID)
	}
	return guids
}

// hostOf marks a database's address, by the first of its keys and bindings that tells it.
// Zero when none may be seen.
func (e *Engine) hostOf(ctx context.Context, p Platform, guids []string) (cfsession.HostMark, error) {
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

// lookMentions looks who names the addresses, and how the applications are that
// use them so.
func lookMentions(ctx context.Context, p Platform, s steps.State, sides []*watchedSide, found *steps.Elsewhere) error {
	spaces := []steps.Ref{s.Choices.Where.Space}
	var marks []cfsession.HostMark
	var all steps.Side
	for _, x := range sides {
		marks, all = append(marks, x.mark), all.And(x.side)
		shares, err := sharesOf(ctx, p, &x.instance)
		if err != nil {
			return err
		}
		for _, share := range shares {
			if !slices.ContainsFunc(spaces, func(r steps.Ref) bool { return r.GUID == share.Space.GUID }) {
				spaces = append(spaces, share.Space)
			}
		}
	}
	for _, space := range spaces {
		mentions, err := p.Mentions(ctx, space.GUID, marks)
		if unseen, partly := errors.AsType[*cfsession.UnseenError](err); partly {
			for _, u := range unseen.Unseen {
				place := unseenPlace(u, space)
				place.Side = all
				found.Unseen = append(found.Unseen, place)
			}
		} else if err != nil {
			return err
		}
		for _, m := range mentions {
			out := mention(m)
			for _, x := range sides {
				if slices.Contains(m.Marks, x.mark) {
					out.Side = out.Side.And(x.side)
				}
			}
			found.Mentions = append(found.Mentions, out)
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
// that are bound to source or target, or call them.
func lookSchedulers(ctx context.Context, p Platform, s steps.State, sides []*watchedSide, found *steps.Elsewhere) error {
	bound := map[string]steps.Side{}
	var guids []string
	for _, x := range sides {
		for _, b := range x.bindings {
			if bound[b.App.GUID] == "" {
				guids = append(guids, b.App.GUID)
			}
			bound[b.App.GUID] = bound[b.App.GUID].And(x.side)
		}
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
					Ref: instance, Side: bound[app.GUID], Kind: unseenService, Why: "a service of " + app.Name + " that this login may not see",
				})
			}
		case strings.Contains(strings.ToLower(service.Offering), "scheduler"): // SAP's is jobscheduler
			i := slices.IndexFunc(found.Schedulers, func(s steps.Scheduler) bool { return s.GUID == instance.GUID })
			if i < 0 {
				i = len(found.Schedulers)
				found.Schedulers = append(found.Schedulers, steps.Scheduler{Ref: instance, Offering: service.Offering})
			}
			scheduler := &found.Schedulers[i]
			scheduler.Apps, scheduler.Side = append(scheduler.Apps, app), scheduler.Side.And(bound[app.GUID])
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
