package cli

import (
	"cmp"
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// completing bounds a completion: a person waits for it with a finger on the key.
const completing = 3 * time.Second

// landscaped is the login that there is, and what the command line says so far.
type landscaped struct {
	*cfsession.Session
	cmd  *cobra.Command
	plan plan.Plan // of a file or a target; may be empty
}

// ask opens the login that there is, for a completion: it asks nobody, says
// nothing, and gives up soon.
func (p *program) ask(find func(ctx context.Context, l landscaped, offer func(name, says string)) error) completion {
	return func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, stop := context.WithTimeout(cmd.Context(), completing)
		defer stop()
		l, err := p.openToComplete(ctx, cmd)
		if err != nil {
			return nothing(err)
		}
		var found []cobra.Completion
		err = find(ctx, l, func(name, says string) { found = offer(found, begun, name, says) })
		if err != nil && found == nil {
			return nothing(err)
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

func (p *program) openToComplete(ctx context.Context, cmd *cobra.Command) (landscaped, error) {
	l := landscaped{cmd: cmd}
	quiet := *p
	quiet.err = io.Discard
	if err := quiet.settle(cmd, &p.flags); err != nil {
		return l, err
	}
	at := &p.flags
	if pl, err := p.selected(cmd); err == nil {
		at, l.plan = p.flags.place(pl), pl
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
	s := selection{name: flagOf(cmd, flagTarget), file: flagOf(cmd, flagFile), dir: flagOf(cmd, flagTargetDir)}
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

func (p *program) completeOrgs(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return p.ask(func(ctx context.Context, l landscaped, offer func(string, string)) error {
		return pages(func(page cfsession.Page) (cfsession.RefPage, error) { return l.Orgs(ctx, page) }, offer)
	})(cmd, args, begun)
}

func (p *program) completeSpaces(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return p.ask(func(ctx context.Context, l landscaped, offer func(string, string)) error {
		org, err := l.org(ctx)
		if err != nil {
			return err
		}
		return pages(func(page cfsession.Page) (cfsession.RefPage, error) { return l.Spaces(ctx, org.GUID, page) }, offer)
	})(cmd, args, begun)
}

// mostPages of a list are read: what is in none of them must be typed.
const mostPages = 5

func pages(read func(cfsession.Page) (cfsession.RefPage, error), offer func(string, string)) error {
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

func (l landscaped) org(ctx context.Context) (cfsession.Ref, error) {
	if name := cmp.Or(flagOf(l.cmd, flagOrg), l.plan.Org); name != "" {
		return l.FindOrg(ctx, name)
	}
	return l.Identity().Org, nil
}

func (l landscaped) space(ctx context.Context) (cfsession.Ref, error) {
	if name := cmp.Or(flagOf(l.cmd, flagSpace), l.plan.Space); name != "" {
		org, err := l.org(ctx)
		if err != nil {
			return cfsession.Ref{}, err
		}
		return l.FindSpace(ctx, org.GUID, name)
	}
	return l.Identity().Space, nil
}

// instances lists those of an offering, with their plan.
func (l landscaped) instances(ctx context.Context, offering string, each func(cfsession.Instance) error) error {
	space, err := l.space(ctx)
	if err != nil {
		return err
	}
	list, err := l.Instances(ctx, space.GUID)
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.Offering == offering {
			if err := each(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// completeInstances completes the service instances of an offering.
func (p *program) completeInstances(offering string) completion {
	return p.ask(func(ctx context.Context, l landscaped, offer func(string, string)) error {
		return l.instances(ctx, offering, func(i cfsession.Instance) error {
			offer(i.Name, i.Offering+", "+i.Plan)
			return nil
		})
	})
}

// completeKeys completes the service keys of one side: of its instance, where
// that is named, else of all that it could be.
func (p *program) completeKeys(side steps.Side) completion {
	return p.ask(func(ctx context.Context, l landscaped, offer func(string, string)) error {
		offering, named := steps.SourceOffering, cmp.Or(flagOf(l.cmd, flagSourceInstance), l.plan.Source.Instance)
		if side == steps.Target {
			offering, named = steps.TargetOffering, cmp.Or(flagOf(l.cmd, flagTargetInstance), l.plan.Target.Instance)
		}
		return l.instances(ctx, offering, func(i cfsession.Instance) error {
			if named != "" && i.Name != named {
				return nil
			}
			keys, err := l.Keys(ctx, i.GUID)
			for _, k := range keys {
				offer(k.Name, "key of "+i.Name)
			}
			return err
		})
	})
}

// completeApps completes the applications that are bound to the source.
func (p *program) completeApps(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return p.ask(func(ctx context.Context, l landscaped, offer func(string, string)) error {
		return l.instances(ctx, steps.SourceOffering, func(i cfsession.Instance) error {
			if named := l.plan.Source.Instance; named != "" && i.Name != named {
				return nil
			}
			bindings, err := l.Bindings(ctx, i.GUID)
			for _, b := range bindings {
				offer(b.App.Name, "bound to "+i.Name)
			}
			return err
		})
	})(cmd, args, begun)
}
