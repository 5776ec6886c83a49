package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// completionTimeout bounds a completion: a person waits for it with a finger on the key.
const completionTimeout = 3 * time.Second

// completionSession is the login that there is, and what the command line says so far.
type completionSession struct {
	*cfsession.Session
	cmd  *cobra.Command
	plan plan.Plan // of a file or a target; may be empty
}

// offerFunc is told of a name and what it is.
type offerFunc func(name, description string)

// ask completes with what find sees by the login that there is: it asks nobody, says
// nothing, and gives up soon.
func (p *program) ask(find func(l completionSession, ctx context.Context, offer offerFunc) error) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, begun string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
		ctx, stop := context.WithTimeout(cmd.Context(), completionTimeout)
		defer stop()
		l, err := p.openToComplete(ctx, cmd)
		if err != nil {
			return nothing(err)
		}
		err = find(l, ctx, func(name, description string) { found = appendCompletion(found, begun, name, description) })
		if err != nil && found == nil {
			return nothing(err)
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

func (p *program) openToComplete(ctx context.Context, cmd *cobra.Command) (completionSession, error) {
	l := completionSession{cmd: cmd}
	defer func(w io.Writer) { p.err = w }(p.err)
	p.err = io.Discard
	if err := p.applySettings(cmd); err != nil {
		return l, err
	}
	at := &p.flags
	if pl, err := p.selected(cmd); err == nil {
		at, l.plan = at.place(pl), pl
	}
	kept, err := cfsession.ReadKept("")
	if err != nil {
		return l, err
	}
	opts, err := at.options(kept.SSLDisabled)
	if err != nil {
		return l, err
	}
	if l.Session, err = cfsession.Open(ctx, opts); err != nil {
		return l, err
	}
	if api := l.Identity().API; at.apiURL != "" && sameAPI(at.apiURL) != api {
		return l, usage("the login is for %s", api)
	}
	return l, nil
}

// selected is the plan that the command line names so far; an empty one on a
// command that is about none.
func (p *program) selected(cmd *cobra.Command) (plan.Plan, error) {
	s := selection{target: flagOf(cmd, flagTarget), file: flagOf(cmd, flagFile), dir: flagOf(cmd, flagTargetDir)}
	chooses := cmd.Flags().Lookup(flagTarget) != nil // else the only target that is kept does not count
	if s.file == "" && !chooses {
		return plan.Plan{}, nil
	}
	return p.readSelection(s)
}

// flagOf is the value of a flag, "" where the command has no such flag.
func flagOf(cmd *cobra.Command, flag string) string {
	value, _ := cmd.Flags().GetString(flag)
	return value
}

func (l completionSession) orgs(ctx context.Context, offer offerFunc) error {
	return offerPages(offer, func(page cfsession.Page) (cfsession.RefPage, error) { return l.Orgs(ctx, page) })
}

func (l completionSession) spaces(ctx context.Context, offer offerFunc) error {
	org, err := l.org(ctx)
	if err != nil {
		return err
	}
	return offerPages(offer, func(page cfsession.Page) (cfsession.RefPage, error) { return l.Spaces(ctx, org.GUID, page) })
}

// mostPages of a list are read: what is in none of them must be typed.
const mostPages = 5

func offerPages(offer offerFunc, read func(cfsession.Page) (cfsession.RefPage, error)) error {
	for n := 1; n <= mostPages; n++ {
		page, err := read(cfsession.Page{Number: n, Size: 1000})
		if err != nil {
			return err
		}
		for _, ref := range page.Items {
			offer(ref.Name, "")
		}
		if n >= page.Pages {
			return nil
		}
	}
	return nil
}

func (l completionSession) org(ctx context.Context) (cfsession.Ref, error) {
	if name := cmp.Or(flagOf(l.cmd, flagOrg), l.plan.Org); name != "" {
		return l.FindOrg(ctx, name)
	}
	return l.Identity().Org, nil
}

func (l completionSession) space(ctx context.Context) (cfsession.Ref, error) {
	name := cmp.Or(flagOf(l.cmd, flagSpace), l.plan.Space)
	if name == "" {
		return l.Identity().Space, nil
	}
	org, err := l.org(ctx)
	if err != nil {
		return cfsession.Ref{}, err
	}
	return l.FindSpace(ctx, org.GUID, name)
}

// instances are those of an offering: the one that is named, if one is.
func (l completionSession) instances(ctx context.Context, offering, instance string) ([]cfsession.Instance, error) {
	space, err := l.space(ctx)
	if err != nil {
		return nil, err
	}
	list, err := l.Instances(ctx, space.GUID)
	return slices.DeleteFunc(list, func(i cfsession.Instance) bool {
		return i.Offering != offering || instance != "" && i.Name != instance
	}), err
}

// completeInstances completes the service instances of an offering, with their plan.
func (p *program) completeInstances(offering string) cobra.CompletionFunc {
	return p.ask(func(l completionSession, ctx context.Context, offer offerFunc) error {
		list, err := l.instances(ctx, offering, "")
		for _, i := range list {
			offer(i.Name, i.Offering+", "+i.Plan)
		}
		return err
	})
}

// completeKeys completes the service keys of one side: of its instance, where
// that is named, else of all that it could be.
func (p *program) completeKeys(side steps.Side) cobra.CompletionFunc {
	return p.ask(func(l completionSession, ctx context.Context, offer offerFunc) error {
		offering, instance := steps.SourceOffering, cmp.Or(flagOf(l.cmd, flagSourceInstance), l.plan.Source.Instance)
		if side == steps.Target {
			offering, instance = steps.TargetOffering, cmp.Or(flagOf(l.cmd, flagTargetInstance), l.plan.Target.Instance)
		}
		list, err := l.instances(ctx, offering, instance)
		for _, i := range list {
			keys, failed := l.Keys(ctx, i.GUID)
			err = errors.Join(err, failed)
			for _, k := range keys {
				offer(k.Name, "key of "+i.Name)
			}
		}
		return err
	})
}

// boundApps are the applications that are bound to the source.
func (l completionSession) boundApps(ctx context.Context, offer offerFunc) error {
	return l.appsOf(ctx, steps.SourceOffering, l.plan.Source.Instance, offer)
}

// waitingApps are the applications that are bound to the target.
func (l completionSession) waitingApps(ctx context.Context, offer offerFunc) error {
	return l.appsOf(ctx, steps.TargetOffering, l.plan.Target.Instance, offer)
}

func (l completionSession) appsOf(ctx context.Context, offering, instance string, offer offerFunc) error {
	list, err := l.instances(ctx, offering, instance)
	for _, i := range list {
		bindings, failed := l.Bindings(ctx, i.GUID)
		err = errors.Join(err, failed)
		for _, b := range bindings {
			offer(b.App.Name, "bound to "+i.Name)
		}
	}
	return err
}
